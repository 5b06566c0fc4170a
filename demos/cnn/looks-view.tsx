/** Where in an image the network sees a class (Grad-CAM), and what it takes the image for. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ChanceBars } from '../shared/chance-bars.tsx';
import { Select } from '../shared/controls.tsx';
import { ImageChoice } from './image-choice.tsx';
import { HeatPicture, Photo } from './pictures.tsx';
import { readLook } from './grad-cam.ts';
import { useChosenImage, useImagesProbe, useNamedGallery } from './use-images.ts';
import type { ViewProps } from './views.tsx';

export function LooksView(props: ViewProps): JSX.Element {
  const { run, selected, photo } = props;
  const gallery = useNamedGallery(run);
  const wanted = useSignal(-1);
  const latest = useSignal<Float32Array | null>(null);
  const look = useImagesProbe(run, 700, async (task) =>
    latest.value ? readLook(task, latest.value, wanted.value) : null,
  );
  const pixels = useChosenImage(gallery, selected, photo);
  useEffect(() => {
    latest.value = pixels;
    look.again();
  }, [pixels, wanted.value]);
  if (!gallery || !pixels) return <p class="stage-empty">Drawing the images…</p>;
  const { side, classNames, labels } = gallery;
  const { chances = null, heat = null } = look.result.value ?? {};
  const label = photo ? undefined : labels[selected];
  return (
    <div class="stage">
      <ImageChoice {...props} gallery={gallery} />
      <div class="looks">
        <figure>
          <Photo pixels={pixels} side={side} label="The image" />
          <figcaption>{label === undefined ? 'your picture' : classNames[label]}</figcaption>
        </figure>
        <figure>
          {heat ? (
            <HeatPicture {...{ pixels, side, heat }} label="Where the class is seen" />
          ) : (
            <p class="stage-empty">{chances ? 'No convolution, no place.' : 'Looking…'}</p>
          )}
          <figcaption>in colour: what speaks for the class</figcaption>
        </figure>
        <section>
          <Select
            label="Class to look for"
            value={String(wanted.value)}
            options={[
              { value: '-1', label: 'The likeliest' },
              ...classNames.map((name, index) => ({ value: String(index), label: name })),
            ]}
            onChange={(value) => (wanted.value = Number(value))}
          />
          <ChanceBars chances={chances} names={classNames} label={label} />
        </section>
      </div>
      <p class="field-note">
        Grad-CAM: each of the last maps that are not yet pooled counts as much as it raises the class's score on
        average. A network that looks at the background has learned the wrong thing.
      </p>
    </div>
  );
}
