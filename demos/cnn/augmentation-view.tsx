/** What augmentation makes of an image: as a training step draws it, and by each part of it alone. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../shared/controls.tsx';
import { percent } from '../shared/confusion.ts';
import { readVariants, type AugmentPart, type Variants } from './augmentation.ts';
import type { CnnConfig } from './config.ts';
import { ImageChoice } from './image-choice.tsx';
import { Photo } from './pictures.tsx';
import { useChosenImage, useImagesProbe, useNamedGallery } from './use-images.ts';
import type { ViewProps } from './views.tsx';

const ALONE: { readonly [K in AugmentPart]: (config: CnnConfig) => readonly [title: string, note: string] } = {
  crop: ({ crop }) => ['Shifted', `by up to ${crop} pixels either way; black comes in`],
  flip: () => ['Mirrored', 'one in two'],
  jitter: ({ jitter }) => ['Recoloured', `brightness, contrast and saturation, each by up to ${percent(jitter)}`],
  cutout: ({ cutout }) => ['Cut out', `a square of ${cutout} × ${cutout}, its middle anywhere`],
};

export function AugmentationView(props: ViewProps): JSX.Element {
  const { run, selected, photo, change } = props;
  const gallery = useNamedGallery(run);
  const pixels = useChosenImage(gallery, selected, photo);
  const draw = useSignal(1);
  const latest = useSignal<Float32Array | null>(null);
  // The weights have no part in it: only another image, task or draw makes other variants.
  const variants = useImagesProbe(run, Infinity, async (task) =>
    latest.value ? readVariants(task, latest.value, draw.value) : null,
  );
  useEffect(() => {
    latest.value = pixels;
    variants.again();
  }, [pixels, draw.value, run.task.value]);
  if (!gallery || !pixels) return <p class="stage-empty">Drawing the images…</p>;
  const { side } = gallery;
  return (
    <div class="stage">
      <ImageChoice {...props} gallery={gallery} />
      {variants.result.value ? (
        <Variety
          side={side}
          variants={variants.result.value}
          onDraw={() => draw.value++}
          onSwitch={() => change({ augment: true })}
        />
      ) : (
        <p class="stage-empty">Drawing its variants…</p>
      )}
    </div>
  );
}

function Variety(props: { side: number; variants: Variants; onDraw: () => void; onSwitch: () => void }): JSX.Element {
  const { side } = props;
  const { isOn, config, pixels, all, alone } = props.variants;
  return (
    <>
      {!isOn && (
        <div class="variants-off">
          <p>Augmentation is off: training sees each image as it is, in every epoch.</p>
          <Button label="Switch it on" onPress={props.onSwitch}>
            Switch it on and train anew
          </Button>
        </div>
      )}
      <section>
        <header class="stage-head">
          <h2>{isOn ? 'As training steps draw it' : 'As training steps would draw it'}</h2>
          <Button label="New draw" onPress={props.onDraw}>
            New draw
          </Button>
        </header>
        <div class="variants">
          <figure>
            <Photo pixels={pixels} side={side} label="The image" />
            <figcaption>the image</figcaption>
          </figure>
          <VariantList variants={all} side={side} label="Variant" />
        </div>
        <p class="field-note">
          {alone.length > 0
            ? 'In every step each image of the batch is drawn like one of these: the network hardly ever sees the same pixels twice, while the class stays the same.'
            : 'None of its parts is in use, so nothing changes. Set some of them under Images.'}
        </p>
      </section>
      {alone.length > 1 && (
        <div class="variants-alone">
          {alone.map(([part, drawn]) => {
            const [title, note] = ALONE[part](config);
            return (
              <section key={part}>
                <header>
                  <h2>{title}</h2>
                  <p class="muted">{note}</p>
                </header>
                <VariantList variants={drawn} side={side} label={`${title}, variant`} />
              </section>
            );
          })}
        </div>
      )}
    </>
  );
}

function VariantList(props: { variants: readonly Float32Array[]; side: number; label: string }): JSX.Element {
  const { variants, side, label } = props;
  return (
    <ul>
      {variants.map((pixels, at) => (
        <li key={at}>
          <Photo pixels={pixels} side={side} label={`${label} ${at + 1}`} />
        </li>
      ))}
    </ul>
  );
}
