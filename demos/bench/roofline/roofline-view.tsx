/** The roof of this device with every measured kernel under it: a picture, and the same as a table. */
import type { JSX } from 'preact';
import { Button } from '../../shared/controls.tsx';
import { frameOf, LogAxes, type Range } from '../log-axes.tsx';
import type { BenchStore } from '../page-store.ts';
import './roofline.css';
import { pointsOf, type Point } from './points.ts';
import { roofAt, type Roof } from './roof.ts';

const SIZE = { width: 720, height: 340 };

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
          <div class="log-scroll" role="region" aria-label="Roofline" tabIndex={0}>
            <Picture roof={roof} points={points} />
          </div>
          <Table points={points.filter(({ engine }) => engine === 'wgrad')} />
        </>
      )}
    </div>
  );
}

function rangesOf(roof: Roof, points: readonly Point[]): { xs: Range; ys: Range } {
  const intensities = [roof.compute / roof.bandwidth, ...points.map(({ intensity }) => intensity)];
  const xs = [0.6 * Math.min(...intensities, 0.25), 2 * Math.max(...intensities)] as const;
  const rates = [roofAt(roof, xs[0]), ...points.map(({ rate }) => rate)];
  return { xs, ys: [0.6 * Math.min(...rates), 1.6 * roof.compute] };
}

function Picture({ roof, points }: { roof: Roof; points: readonly Point[] }): JSX.Element {
  const { xs, ys } = rangesOf(roof, points);
  const frame = frameOf(xs, ys, SIZE);
  const { x, y, width, height } = frame;
  const ridge = roof.compute / roof.bandwidth;
  const path = [
    [xs[0], roofAt(roof, xs[0])],
    [ridge, roof.compute],
    [xs[1], roof.compute],
  ].map(([intensity = 1, rate = 1]) => `${x(intensity)},${y(rate)}`);
  return (
    <svg
      class="log-picture"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      role="img"
      aria-label={`Roofline with ${points.length} kernels; the table below has the same numbers.`}
    >
      <LogAxes frame={frame} x={{ range: xs, label: 'flops a byte' }} y={{ range: ys, label: 'GFLOP/s' }} />
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
