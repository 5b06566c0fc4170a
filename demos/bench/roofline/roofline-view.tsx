/** The roof of this device with every measured kernel under it: a picture, and the same as a table. */
import type { JSX } from 'preact';
import { Button } from '../../shared/controls.tsx';
import type { BenchStore } from '../page-store.ts';
import './roofline.css';
import { pointsOf, type Point } from './points.ts';
import { roofAt, type Roof } from './roof.ts';

/** In CSS pixels; less where the window has less, so that text keeps its size. */
const WIDTH = 720;
const HEIGHT = 340;
const MARGIN = { left: 58, right: 16, top: 14, bottom: 42 };

export function RooflineView({ store }: { store: BenchStore }): JSX.Element {
  const roof = store.roof.value;
  const points = roof ? pointsOf(store.results.value, roof) : [];
  return (
    <div class="roofline">
      <p class="bench-lead">
        What this device can do at most, measured here by two small kernels: the slope is its memory, the ceiling its
        arithmetic. A kernel is good where it is near the roof above it.
      </p>
      <Button
        label="Measure the roof and the kernels"
        variant="primary"
        icon="play"
        disabled={store.job.progress.value !== null || store.environment.value === null}
        onPress={() => void store.runRoofline()}
      >
        {roof ? 'Measure again' : 'Measure'}
      </Button>
      {roof && (
        <>
          <p>
            Memory {roof.bandwidth.toPrecision(3)} GB/s, arithmetic {roof.compute.toPrecision(3)} GFLOP/s; they meet at{' '}
            {(roof.compute / roof.bandwidth).toPrecision(2)} flops a byte.
          </p>
          <div class="roofline-scroll" role="region" aria-label="Roofline" tabIndex={0}>
            <Picture roof={roof} points={points} />
          </div>
          <Table points={points.filter(({ engine }) => engine === 'wgrad')} />
        </>
      )}
    </div>
  );
}

interface Scale {
  readonly x: (intensity: number) => number;
  readonly y: (rate: number) => number;
  readonly xs: readonly [number, number];
  readonly ys: readonly [number, number];
}

function scaleOf(roof: Roof, points: readonly Point[], width: number): Scale {
  const intensities = [roof.compute / roof.bandwidth, ...points.map(({ intensity }) => intensity)];
  const xs = [0.6 * Math.min(...intensities, 0.25), 2 * Math.max(...intensities)] as const;
  const rates = [roofAt(roof, xs[0]), ...points.map(({ rate }) => rate)];
  const ys = [0.6 * Math.min(...rates), 1.6 * roof.compute] as const;
  const along = (value: number, [low, high]: readonly [number, number]): number =>
    Math.log(value / low) / Math.log(high / low);
  return {
    xs,
    ys,
    x: (intensity) => MARGIN.left + along(intensity, xs) * (width - MARGIN.left - MARGIN.right),
    y: (rate) => HEIGHT - MARGIN.bottom - along(rate, ys) * (HEIGHT - MARGIN.top - MARGIN.bottom),
  };
}

function Picture({ roof, points }: { roof: Roof; points: readonly Point[] }): JSX.Element {
  const width = Math.min(WIDTH, document.documentElement.clientWidth - 34);
  const { x, y, xs, ys } = scaleOf(roof, points, width);
  const ridge = roof.compute / roof.bandwidth;
  const path = [
    [xs[0], roofAt(roof, xs[0])],
    [ridge, roof.compute],
    [xs[1], roof.compute],
  ].map(([intensity = 1, rate = 1]) => `${x(intensity)},${y(rate)}`);
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <svg
      class="roofline-picture"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      role="img"
      aria-label={`Roofline with ${points.length} kernels; the table below has the same numbers.`}
    >
      {decades(xs).map((value) => (
        <g key={`x${value}`}>
          <line class="roofline-grid" x1={x(value)} x2={x(value)} y1={MARGIN.top} y2={bottom} />
          <text x={x(value)} y={bottom + 17} text-anchor="middle">
            {value}
          </text>
        </g>
      ))}
      {decades(ys).map((value) => (
        <g key={`y${value}`}>
          <line class="roofline-grid" x1={MARGIN.left} x2={width - MARGIN.right} y1={y(value)} y2={y(value)} />
          <text x={MARGIN.left - 8} y={y(value) + 4} text-anchor="end">
            {value}
          </text>
        </g>
      ))}
      <text x={(width + MARGIN.left) / 2} y={HEIGHT - 6} text-anchor="middle">
        flops a byte
      </text>
      <text transform={`translate(13 ${HEIGHT / 2}) rotate(-90)`} text-anchor="middle">
        GFLOP/s
      </text>
      <polyline class="roofline-roof" points={path.join(' ')} />
      {points.map((point) => (
        <circle
          key={`${point.case} ${point.engine}`}
          class="roofline-point"
          data-ours={point.engine === 'wgrad' ? '' : undefined}
          cx={x(point.intensity)}
          cy={y(point.rate)}
          r={point.engine === 'wgrad' ? 5 : 3.5}
        >
          <title>
            {point.title}, {point.engine}: {point.rate.toPrecision(3)} GFLOP/s, {percent(point.share)} of the roof
          </title>
        </circle>
      ))}
    </svg>
  );
}

/** Powers of ten between two numbers. */
function decades([low, high]: readonly [number, number]): number[] {
  const values: number[] = [];
  for (let power = Math.ceil(Math.log10(low)); 10 ** power <= high; power++) values.push(Number(`1e${power}`));
  return values;
}

function Table({ points }: { points: readonly Point[] }): JSX.Element {
  return (
    <div class="bench-scroll" role="region" aria-label="Kernels under the roof" tabIndex={0}>
      <table class="bench-table">
        <thead>
          <tr>
            <th scope="col">kernel</th>
            <th scope="col">flops a byte</th>
            <th scope="col">GFLOP/s</th>
            <th scope="col">of the roof</th>
            <th scope="col">bound by</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.case}>
              <th scope="row">{point.title}</th>
              <td>{Number(point.intensity.toPrecision(2))}</td>
              <td>{point.rate.toPrecision(3)}</td>
              <td>{percent(point.share)}</td>
              <td>{point.bound}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
