/**
 * What every convolution makes of one image, and how a number of the first comes about: the patch under the pointer,
 * times a filter, summed.
 */
import { useSignal, type Signal } from '@preact/signals';
import type { HTMLAttributes, JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import { ImageChoice } from './image-choice.tsx';
import { FilterPicture, MapPicture, Photo } from './pictures.tsx';
import { readMaps, type Maps, type Next } from './maps.ts';
import { firstConvolution, readFilters, type Filters } from './probe.ts';
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
            <LayerMaps key={layer.path} layer={layer} spot={index === 0 ? spot : null} />
          ))}
        </>
      )}
    </div>
  );
}

const WORDS: Readonly<Record<Next, string>> = { relu: 'after ReLU', norm: 'normalised, above 0', other: 'above 0' };

/** Rows, columns and channels that a key moves the spot by. */
const KEYS: Readonly<Record<string, Readonly<Partial<Spot>>>> = {
  ArrowUp: { row: -1 },
  ArrowDown: { row: 1 },
  ArrowLeft: { column: -1 },
  ArrowRight: { column: 1 },
  PageUp: { channel: -1 },
  PageDown: { channel: 1 },
};

const between = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));

/** @param spot what points to a number of these maps; null where nothing does */
function LayerMaps({ layer, spot }: { layer: Maps; spot: Signal<Spot> | null }): JSX.Element {
  const { path, values, channels, rows, columns, next } = layer;
  const most = values.reduce((best, value) => Math.max(best, value), 0);
  return (
    <section>
      <header class="stage-head">
        <h2>{/^\d+$/.test(path) ? `Layer ${path}` : path}</h2>
        <p class="muted">
          {channels} maps of {rows} × {columns}, {WORDS[next]}
        </p>
      </header>
      <ul class="maps" {...(spot ? pointing(layer, spot) : {})}>
        {Array.from({ length: channels }, (_, channel) => (
          <li key={channel} data-channel={channel}>
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

/** Attributes of a list of maps whose numbers can be pointed to, by pointer and by keys. */
function pointing({ channels, rows, columns }: Maps, spot: Signal<Spot>): HTMLAttributes<HTMLUListElement> {
  const point = (event: TargetedPointerEvent<HTMLElement>): void => {
    const map = (event.target as HTMLElement).closest<HTMLElement>('[data-channel]');
    if (!map) return;
    const box = map.getBoundingClientRect();
    spot.value = {
      channel: Number(map.dataset['channel']),
      row: between(Math.floor(((event.clientY - box.top) / box.height) * rows), rows),
      column: between(Math.floor(((event.clientX - box.left) / box.width) * columns), columns),
    };
  };
  const move = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const { channel, row, column } = spot.value;
    spot.value = {
      channel: between(channel + (by.channel ?? 0), channels),
      row: between(row + (by.row ?? 0), rows),
      column: between(column + (by.column ?? 0), columns),
    };
  };
  return {
    tabIndex: 0,
    'aria-label': 'Maps of the first layer: arrow keys move the patch, Page Up and Page Down change the filter',
    'data-hover': '',
    onPointerMove: point,
    onPointerDown: point,
    onKeyDown: move,
  } as HTMLAttributes<HTMLUListElement>;
}

const THEN: Readonly<Record<Next, string>> = {
  relu: 'ReLU makes it',
  norm: 'batch normalisation and ReLU make it',
  other: 'its map shows what is above 0,',
};

/** patch * filter + bias = number, at the spot that is pointed to, and what its map shows of it. */
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
  const shown =
    first.next === 'norm'
      ? (first.values[(channel * first.rows + row) * first.columns + column] ?? 0)
      : Math.max(0, sum);
  const terms = ['red', 'green', 'blue'].map((name, c) => signed(products[c] ?? 0, `(${name})`));
  const words = (filters.bias ? [...terms, signed(bias, '(bias)')] : terms).join(' ').replace(/^\+ /, '');
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
        {rows} × {columns} × {channels} products summed: {words} = <b>{sum.toFixed(2)}</b>; {THEN[first.next]}{' '}
        <b>{shown.toFixed(2)}</b>. Point at the maps below: every number of a map is the same filter at another place.
      </p>
    </section>
  );
}

/** "− 0.42 (red)" */
function signed(value: number, name: string): string {
  return `${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(2)} ${name}`;
}
