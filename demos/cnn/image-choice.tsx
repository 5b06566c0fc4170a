/** The image that a picture is about: one of the test images, or a photograph of one's own. */
import type { JSX } from 'preact';
import { Button } from '../shared/controls.tsx';
import { FileButton } from '../shared/file-button.tsx';
import { Photo } from './pictures.tsx';
import { imageOf, type NamedGallery } from './use-images.ts';
import type { ViewProps } from './views.tsx';

const SHOWN = 12;

export function ImageChoice({
  gallery,
  selected,
  select,
  photo,
  open,
  forget,
}: ViewProps & { gallery: NamedGallery }): JSX.Element {
  const { labels, classNames, side } = gallery;
  const first = Math.floor(selected / SHOWN) * SHOWN;
  const count = Math.min(SHOWN, labels.length - first);
  return (
    <section class="choice" aria-label="The image to look into">
      <ul>
        {Array.from({ length: count }, (_, i) => (
          <li key={i}>
            <button
              type="button"
              aria-pressed={!photo && first + i === selected}
              onClick={() => {
                forget();
                select(first + i);
              }}
            >
              <Photo
                pixels={imageOf(gallery, first + i)}
                side={side}
                label={`A ${classNames[labels[first + i] ?? 0]}`}
              />
            </button>
          </li>
        ))}
        {photo && (
          <li>
            <button type="button" aria-pressed="true">
              <Photo pixels={photo} side={side} label="Your picture" />
            </button>
          </li>
        )}
      </ul>
      <Button label="Next images" variant="quiet" icon="next" onPress={() => select((first + SHOWN) % labels.length)} />
      <FileButton label="Your own picture…" accept="image/*" onFiles={open} />
    </section>
  );
}
