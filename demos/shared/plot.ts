/**
 * The canvas of a chart: one uPlot, fed from curves, made anew when colours or scale change, and described to those who
 * cannot see it. Knows nothing of legends and tables.
 */
import { effect, type ReadonlySignal } from '@preact/signals';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Guide, LineChartProps } from './chart.tsx';
import { formatCount } from './format.ts';
import { placeGuides } from './guides.ts';
import { theme, token } from './theme.ts';

/** Beyond this uPlot finds no ticks; a loss that ran away is told by its number. */
const MOST = 1e12;
/** Steps are counted in whole numbers. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [0, 1, 2, 3, 4, 5, 6, 7].map((power) => digit * 10 ** power))
  .sort((a, b) => a - b);

/** Draws into `box` until the returned function is called. `hovered` is set to the row under the pointer. */
export function drawPlot(
  box: HTMLElement,
  props: LineChartProps,
  log: ReadonlySignal<boolean>,
  hovered: { value: number | null },
): () => void {
  let plot: uPlot | null = null;
  const size = (): { width: number; height: number } => ({ width: box.clientWidth, height: box.clientHeight });
  const data = (): uPlot.AlignedData => {
    const { names } = props.curves.value;
    const [steps, ...columns] = props.curves.value.columns();
    const curves = props.series.map(({ name }) => columns[names.indexOf(name)] ?? []);
    return [steps, ...(log.value ? curves.map((curve) => curve.map(toLog)) : curves)];
  };
  const stopMaking = effect(() => {
    void theme.value;
    plot?.destroy();
    plot = new uPlot(options(props, log.value, size(), hovered), data(), box);
  });
  const stopMarking = effect(() => {
    void props.mark?.value;
    plot?.redraw(false);
  });
  const stopFilling = effect(() => {
    void props.version.value;
    plot?.setData(data());
    const canvas = plot?.root.querySelector('canvas');
    canvas?.setAttribute('role', 'img');
    canvas?.setAttribute('aria-label', spoken(props));
  });
  const watcher = new ResizeObserver(() => {
    if (box.clientWidth > 0) plot?.setSize(size());
  });
  watcher.observe(box);
  return () => {
    watcher.disconnect();
    stopFilling();
    stopMarking();
    stopMaking();
    plot?.destroy();
  };
}

function spoken({ title, curves, series, format }: LineChartProps): string {
  const parts = series.map(({ name, label }) => `${label} ${format(curves.value.last(name))}`);
  return `${title}: ${parts.join(', ')}. The same numbers are in the table.`;
}

function options(
  props: LineChartProps,
  log: boolean,
  size: { width: number; height: number },
  hovered: { value: number | null },
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
  const write = props.axisFormat ?? props.format;
  return {
    ...size,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_plot, _min, max) => [0, Math.max(max ?? 0, 10)] },
      y: {
        range: log
          ? (_plot, min, max) => logRange(min, max, props.guides ?? [])
          : (_plot, min, max) => [...linearRange(props.range, min, max)],
      },
    },
    axes: [
      {
        ...axis,
        label: props.xLabel,
        incrs: WHOLE,
        size: 26,
        space: 64,
        values: (_plot, splits) => splits.map(props.xFormat ?? formatCount),
      },
      {
        ...axis,
        label: props.yLabel,
        size: 52,
        space: 30,
        values: (_plot, splits) => splits.map((at) => write(log ? 10 ** at : at)),
        ...(log ? { incrs: [1, 2, 5, 10] } : {}),
      },
    ],
    series: [
      {},
      ...props.series.map(({ label, color, dashed, dots }) => ({
        label,
        stroke: token(color),
        width: 2,
        spanGaps: true,
        // A curve of one point would show nothing.
        points: { show: ({ data: [steps] }: uPlot) => dots || steps.length < 3, size: 6 },
        ...(dashed ? { dash: [6, 3] } : {}),
      })),
    ],
    hooks: {
      draw: [
        (plot) => drawMark(plot, props.mark?.peek() ?? null),
        // An empty chart says that it is, in their place.
        (plot) =>
          plot.data[0].length > 0 &&
          drawGuides(
            plot,
            log ? (props.guides ?? []).map(({ at, label }) => ({ at: Math.log10(at), label })) : (props.guides ?? []),
          ),
      ],
      setCursor: [
        ({ cursor }) => {
          hovered.value = (cursor.left ?? -1) >= 0 ? (cursor.idx ?? null) : null;
        },
      ],
    },
  };
}

/** An upright line at the step that is looked back at. */
function drawMark({ ctx, bbox, valToPos }: uPlot, step: number | null): void {
  if (step === null) return;
  const x = Math.round(valToPos(step, 'x', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = token('--text');
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Level lines with a few words on each, where they lie within the axis. */
function drawGuides({ ctx, bbox, scales, valToPos }: uPlot, guides: readonly Guide[]): void {
  const { min, max } = scales['y'] ?? {};
  if (typeof min !== 'number' || typeof max !== 'number') return;
  const lines = guides
    .filter(({ at }) => at >= min && at <= max)
    .map(({ at, label }) => ({ y: Math.round(valToPos(at, 'y', true)) + 0.5, label }));
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = token('--muted');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { y } of lines) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(right, y);
    ctx.stroke();
  }
  ctx.font = `${11 * devicePixelRatio}px ${token('--sans')}`;
  ctx.textAlign = 'right';
  for (const { y, label, below } of placeGuides(lines, 14 * devicePixelRatio)) {
    ctx.textBaseline = below ? 'top' : 'bottom';
    ctx.fillText(label, right - 2 * devicePixelRatio, y + (below ? 2 : -2) * devicePixelRatio);
  }
  ctx.restore();
}

/** Room above the highest point; a flat or missing curve still gets an axis. */
/** A correlation may fall below an axis that begins at 0, which then begins there. */
function linearRange(
  fixed: readonly [number, number] | undefined,
  min: number | null,
  max: number | null,
): readonly [number, number] {
  if (fixed) return [Math.min(fixed[0], (min ?? 0) * 1.2), fixed[1] * 1.03];
  return [0, max !== null && max > 0 ? Math.min(max * 1.08, MOST) : 1];
}

/** Whole powers of ten; the plot itself is linear in them. */
function logRange(min: number | null, max: number | null, guides: readonly Guide[]): [number, number] {
  const at = guides.map((guide) => Math.log10(guide.at));
  const low = Math.floor(Math.min(min ?? -1, ...at));
  return [low, Math.max(low + 1, Math.ceil(Math.max(max ?? low, ...at)))];
}

function toLog(value: number | null): number | null {
  return value !== null && value > 0 ? Math.log10(value) : null;
}
