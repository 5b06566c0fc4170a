/**
 * What every convolution makes of one image, and how a number of the first comes about: the patch under the pointer,
 * times a filter, summed.
 */
import { useSignal } from '@preact/signals';
import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { ImageChoice } from './image-choice.tsx';
import { FilterPicture, MapPicture, Photo } from './pictures.tsx';
import { firstConvolution, readFilters, readMaps, type Filters, type Maps } from './probe.ts';
import { isCnnTask } from './recipe.ts';
import { useChosenImage, useImagesProbe, useNamedGallery } from './use-images.ts';
import type { ViewProps } from './views.tsx';

interface Spot {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

export function MapsView(props: ViewProps): JSX.Element {
  const { run, selected, photo } = props;
  const gallery = useNamedGallery(run);
  const pixels = useChosenImage(gallery, selected, photo);
  const latest = useSignal<Float32Array | null>(null);
  const maps = useImagesProbe(run, 500, async (task) => (latest.value ? readMaps(task, latest.value) : null));
  const filters = useImagesProbe(run, 500, readFilters).result.value;
  const spot = useSignal<Spot>({ channel: 0, row: 8, column: 8 });
  useEffect(() => {
    latest.value = pixels;
    maps.again();
  }, [pixels]);
  if (!gallery || !pixels) return <p class="stage-empty">Drawing the images…</p>;
  const layers = maps.result.value;
  const first = layers?.[0];
  return (
    <div class="stage">
      <ImageChoice {...props} gallery={gallery} />
      {!layers || layers.length === 0 ? (
        <p class="stage-empty">
          {layers ? 'This network has no convolution: it sees the image as one long list of numbers.' : 'Looking…'}
        </p>
      ) : (
        <>
          {first && filters && (
            <Formula {...props} {...{ pixels, filters, first }} side={gallery.side} spot={spot.value} />
          )}
          {layers.map((layer, index) => (
            <LayerMaps key={layer.path} layer={layer} onSpot={index === 0 ? (next) => (spot.value = next) : null} />
          ))}
        </>
      )}
    </div>
  );
}

function LayerMaps({ layer, onSpot }: { layer: Maps; onSpot: ((spot: Spot) => void) | null }): JSX.Element {
  const { path, values, channels, rows, columns } = layer;
  const most = values.reduce((best, value) => Math.max(best, value), 0);
  const point = (channel: number) => (event: TargetedPointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const along = (offset: number, length: number, count: number): number =>
      Math.min(count - 1, Math.max(0, Math.floor((offset / length) * count)));
    onSpot?.({
      channel,
      row: along(event.clientY - box.top, box.height, rows),
      column: along(event.clientX - box.left, box.width, columns),
    });
  };
  return (
    <section>
      <header class="stage-head">
        <h2>{path}</h2>
        <p class="muted">
          {channels} maps of {rows} × {columns}, after ReLU
        </p>
      </header>
      <ul class="maps" data-hover={onSpot ? '' : undefined}>
        {Array.from({ length: channels }, (_, channel) => (
          <li
            key={channel}
            onPointerMove={onSpot ? point(channel) : undefined}
            onPointerDown={onSpot ? point(channel) : undefined}
          >
            <MapPicture
              values={values.subarray(channel * rows * columns, (channel + 1) * rows * columns)}
              {...{ rows, columns, most }}
              label={`${path}, map ${channel + 1}`}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** patch * filter + bias = number -> ReLU, at the spot that is pointed to. */
function Formula(
  props: ViewProps & { pixels: Float32Array; side: number; filters: Filters; first: Maps; spot: Spot },
): JSX.Element | null {
  const { run, pixels, side, filters, first } = props;
  const task = run.task.value;
  if (!task || !isCnnTask(task)) return null;
  const layer = firstConvolution(task.model);
  const [, channels, rows, columns] = filters.shape;
  const padding = Number(layer?.options.padding ?? 0);
  const channel = Math.min(props.spot.channel, first.channels - 1);
  const [row, column] = [Math.min(props.spot.row, first.rows - 1), Math.min(props.spot.column, first.columns - 1)];
  const { mean, std } = task.images.normalize;
  const size = channels * rows * columns;
  const filter = filters.values.subarray(channel * size, (channel + 1) * size);
  const patch = new Float32Array(size);
  const products = new Float32Array(channels);
  for (let at = 0; at < size; at++) {
    const c = Math.floor(at / (rows * columns));
    const y = row + (Math.floor(at / columns) % rows) - padding;
    const x = column + (at % columns) - padding;
    const inside = y >= 0 && y < side && x >= 0 && x < side;
    const value = inside ? (pixels[(c * side + y) * side + x] ?? 0) : 0;
    patch[at] = value;
    const seen = inside ? (value - (mean[c] ?? 0)) / (std[c] ?? 1) : 0;
    products[c] = (products[c] ?? 0) + seen * (filter[at] ?? 0);
  }
  const bias = filters.bias?.[channel] ?? 0;
  const sum = products.reduce((total, value) => total + value, bias);
  const terms = ['red', 'green', 'blue'].map((name, c) => signed(products[c] ?? 0, `(${name})`));
  const words = [...terms, signed(bias, '(bias)')].join(' ').replace(/^\+ /, '');
  return (
    <section class="formula" aria-live="off">
      <figure>
        <Photo pixels={patch} side={rows} label="The patch of the image" />
        <figcaption>
          patch at {row}, {column}
        </figcaption>
      </figure>
      <b aria-hidden="true">×</b>
      <figure>
        <FilterPicture values={filter} {...{ channels, rows, columns }} label={`Filter ${channel + 1}`} />
        <figcaption>filter {channel + 1}</figcaption>
      </figure>
      <p>
        {rows} × {columns} × {channels} products summed: {words} = <b>{sum.toFixed(2)}</b>; ReLU makes it{' '}
        <b>{Math.max(0, sum).toFixed(2)}</b>. Point at the maps below: every number of a map is the same filter at
        another place.
      </p>
    </section>
  );
}

/** "− 0.42 (red)" */
function signed(value: number, name: string): string {
  return `${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(2)} ${name}`;
}
