/** The training images that the network finds most like an image, beside those whose pixels are. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formatCount } from '../shared/format.ts';
import { ImageChoice } from './image-choice.tsx';
import { readNeighbours, type Alike } from './neighbours.ts';
import { Photo } from './pictures.tsx';
import type { Gallery } from './probe.ts';
import { imageOf, useChosenImage, useImagesProbe, useNamedGallery } from './use-images.ts';
import type { ViewProps } from './views.tsx';

interface Query {
  readonly pixels: Float32Array;
  /** Undefined of a picture of one's own. */
  readonly label: number | undefined;
}

export function NeighboursView(props: ViewProps): JSX.Element {
  const { run, selected, photo } = props;
  const gallery = useNamedGallery(run);
  const pixels = useChosenImage(gallery, selected, photo);
  const query = useSignal<Query | null>(null);
  const found = useImagesProbe(run, 500, async (task) => {
    const asked = query.value;
    return asked && { asked, ...(await readNeighbours(task, asked.pixels)) };
  });
  useEffect(() => {
    query.value = pixels && { pixels, label: photo ? undefined : gallery?.labels[selected] };
    found.again();
  }, [pixels]);
  if (!gallery || !pixels) return <p class="stage-empty">Drawing the images…</p>;
  const { side, classNames } = gallery;
  const seen = found.result.value;
  if (!seen)
    return (
      <div class="stage">
        <ImageChoice {...props} gallery={gallery} />
        <p class="stage-empty">Comparing…</p>
      </div>
    );
  const { asked, width, features, pixels: given } = seen;
  const shared = { classNames, label: asked.label, gallery: seen.gallery };
  return (
    <div class="stage">
      <ImageChoice {...props} gallery={gallery} />
      <div class="neighbours">
        <figure>
          <Photo pixels={asked.pixels} side={side} label="The image" />
          <figcaption>{asked.label === undefined ? 'your picture' : classNames[asked.label]}</figcaption>
        </figure>
        <div>
          <Nearest {...shared} title="Nearest to the network" alike={features} />
          <Nearest {...shared} title="Nearest by pixels" alike={given} />
        </div>
      </div>
      <p class="field-note">
        Among {formatCount(seen.gallery.labels.length)} training images. For the network an image is the{' '}
        {formatCount(width)} numbers that its last linear layer is given, for the others its{' '}
        {formatCount(asked.pixels.length)} pixels; below each is the cosine of the angle between the two, 1 for the same
        direction. As the network learns, images of one class come together whatever their colours and places are.
      </p>
    </div>
  );
}

function Nearest(props: {
  title: string;
  alike: Alike;
  gallery: Gallery;
  classNames: readonly string[];
  label: number | undefined;
}): JSX.Element {
  const { title, alike, gallery, classNames, label } = props;
  const classes = Array.from(alike.indices, (index) => gallery.labels[index] ?? 0);
  const [most = 0, votes] = label === undefined ? commonest(classes) : [label, countOf(classes, label)];
  const [name, count] = [classNames[most], classes.length];
  return (
    <section>
      <header class="stage-head">
        <h2>{title}</h2>
        <p class="muted">
          {label === undefined ? `most often ${name}, ${votes} of ${count}` : `${votes} of ${count} of its class`}
        </p>
      </header>
      <ul class="photos" data-plain={label === undefined ? '' : undefined}>
        {classes.map((own, at) => {
          const similarity = (alike.similarities[at] ?? 0).toFixed(3);
          const index = alike.indices[at] ?? 0;
          return (
            <li key={index} data-wrong={label === undefined || own === label ? undefined : ''}>
              <Photo
                pixels={imageOf(gallery, index)}
                side={gallery.side}
                label={`A ${classNames[own]}, similarity ${similarity}`}
              />
              <span>{classNames[own]}</span>
              <small>{similarity}</small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const countOf = (classes: readonly number[], wanted: number): number =>
  classes.filter((each) => each === wanted).length;

/** The class that most have, and how many; of equals that of the most alike. */
function commonest(classes: readonly number[]): [number | undefined, number] {
  const [most] = classes.toSorted((a, b) => countOf(classes, b) - countOf(classes, a));
  return [most, countOf(classes, most ?? 0)];
}
