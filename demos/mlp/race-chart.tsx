/** Curves of a race: for each variant the mean over its seeds, and a band from the lowest to the highest. */
import { effect, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatCount } from '../shared/format.ts';
import { theme, token } from '../shared/theme.ts';
import type { Variant } from './race-config.ts';
import { spreadOf, type Measure } from './race-results.ts';
import type { RaceStore } from './race-store.ts';

interface RaceChartProps {
  readonly store: RaceStore;
  readonly title: string;
  readonly measure: Measure;
  readonly format: (value: number) => string;
  /** Fixed top of the vertical axis. */
  readonly top?: number;
}

export function RaceChart(props: RaceChartProps): JSX.Element {
  const { store, title, measure, format } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const box = host.current;
    if (!box) return undefined;
    const stop = effect(() => {
      void theme.value;
      const field = store.task.value;
      plot.current?.destroy();
      plot.current = field ? new uPlot(options(box, field.variants, props), columns(store, measure), box) : null;
    });
    const watcher = new ResizeObserver(() => {
      if (box.clientWidth > 0) plot.current?.setSize({ width: box.clientWidth, height: box.clientHeight });
    });
    watcher.observe(box);
    return () => {
      watcher.disconnect();
      stop();
      plot.current?.destroy();
    };
  }, []);
  useSignalEffect(() => {
    void store.standings.value;
    plot.current?.setData(columns(store, measure));
  });
  const field = store.task.value;
  const last = store.standings.value.at(-1);
  const spoken = (field?.variants ?? []).map(({ name }, index) => {
    const spread = last && field ? spreadOf(last, measure, index, field.seeds) : null;
    return `${name} ${spread ? format(spread.mean) : 'no number'}`;
  });
  return (
    <section class="chart" aria-label={title}>
      <div class="chart-head">
        <h2>{title}</h2>
      </div>
      <div class="chart-plot race-plot">
        <div
          ref={host}
          class="chart-canvas"
          role="img"
          aria-label={`${title}: ${spoken.join(', ')}. The same numbers are in the table.`}
        />
      </div>
    </section>
  );
}

/** Steps, then for each variant the highest, the lowest and the mean. */
function columns({ standings, task }: RaceStore, measure: Measure): uPlot.AlignedData {
  const rows = standings.peek();
  const field = task.peek();
  const steps = rows.map(({ step }) => step);
  if (!field) return [steps];
  const curves = field.variants.flatMap((_, index) => {
    const spreads = rows.map((row) => spreadOf(row, measure, index, field.seeds));
    return (['high', 'low', 'mean'] as const).map((key) => spreads.map((spread) => spread?.[key] ?? null));
  });
  return [steps, ...curves];
}

function options(
  box: HTMLElement,
  variants: readonly Variant[],
  { format, top, title }: RaceChartProps,
): uPlot.Options {
  const font = `12px ${token('--sans')}`;
  const axis: uPlot.Axis = {
    stroke: token('--muted'),
    font,
    labelFont: font,
    labelSize: 18,
    labelGap: 0,
    grid: { stroke: token('--grid'), width: 1 },
    ticks: { show: false },
  };
  const edge = { points: { show: false }, width: 0 };
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [0, Math.max(max ?? 0, 10)] },
      y: { range: (_plot, _min, max) => [0, top ?? (max !== null && max > 0 ? Math.min(max * 1.05, 1e12) : 1)] },
    },
    axes: [
      { ...axis, label: 'Step', size: 26, space: 64, values: (_plot, splits) => splits.map((at) => formatCount(at)) },
      { ...axis, label: title, size: 52, space: 30, values: (_plot, splits) => splits.map(format) },
    ],
    series: [
      {},
      ...variants.flatMap(({ name, color }, index) => [
        edge,
        edge,
        {
          label: name,
          stroke: token(color),
          width: 2,
          points: { show: false },
          ...(index ? { dash: [8 - 2 * index, 3] } : {}),
        },
      ]),
    ],
    bands: variants.map(({ color }, index) => ({ series: [3 * index + 1, 3 * index + 2], fill: `${token(color)}33` })),
  };
}
