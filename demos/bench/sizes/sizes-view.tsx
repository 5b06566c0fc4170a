/** A sweep: a picture of the time over the size beside what the arithmetic asks, and the same as a table. */
import type { JSX } from 'preact';
import { Button, Select } from '../../shared/controls.tsx';
import { SWEEPS, type Sweep } from '../cases/sweeps.ts';
import { frameOf, LogAxes, type Range } from '../log-axes.tsx';
import { msText } from '../profile/units.ts';
import { byArithmetic, verdictOf, type Growth, type Size } from './growth.ts';
import type { SizesStore } from './sizes-store.ts';
import './sizes.css';

const PICTURE = { width: 720, height: 300 };

export function SizesView({ store }: { store: SizesStore }): JSX.Element {
  const { job, sweep, chosen, growth } = store;
  const { sizes, failures } = growth.value;
  const running = job.progress.value !== null;
  return (
    <div class="sizes">
      <p class="bench-lead">
        What a larger size costs: twice the arithmetic should take twice the time at most, and a side of 257, which
        fills no block of a kernel, not much more than one of 256. Each size is checked against float64 before its time
        counts.
      </p>
      <div class="case-choice">
        <Select
          label="What grows"
          value={sweep.value}
          options={SWEEPS.map(({ name, title, axis }) => ({ value: name, label: `${axis}: ${title}` }))}
          onChange={(name) => (sweep.value = name)}
        />
        <Button
          label="Measure this at every size"
          variant="primary"
          icon="play"
          disabled={running}
          onPress={() => void store.run()}
        >
          {sizes.length > 0 ? 'Measure again' : 'Measure'}
        </Button>
      </div>
      {sizes.length > 1 && (
        <>
          <p>{verdictOf(growth.value)}</p>
          <div class="log-scroll" role="region" aria-label="Time over size" tabIndex={0}>
            <Picture sweep={chosen.value} growth={growth.value} />
          </div>
        </>
      )}
      {sizes.length > 0 && <Table axis={chosen.value.axis} growth={growth.value} />}
      {failures.map(({ at, why }) => (
        <p key={at} class="bench-problem">
          {chosen.value.axis} {at}: {why}
        </p>
      ))}
    </div>
  );
}

/** Sizes that differ by a hundredth would lie on one another: those are dots over rates instead. */
function Picture({ sweep, growth }: { sweep: Sweep; growth: Growth }): JSX.Element {
  const { sizes, grows: isGrowth } = growth;
  const expected = isGrowth ? byArithmetic(growth) : [];
  const valueOf = (size: Size): number => (isGrowth ? size.ms : size.rate);
  const values = [...sizes.map(valueOf), ...expected.map(({ ms }) => ms)];
  const xs: Range = [sizes[0]!.at / 1.25, sizes.at(-1)!.at * 1.25];
  const ys: Range = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const frame = frameOf(xs, ys, PICTURE);
  const { x, y } = frame;
  const line = (points: readonly { at: number; value: number }[]): string =>
    points.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ');
  const ticks = sizes.filter(({ ofRound }) => ofRound === null).map(({ at }) => at);
  return (
    <svg
      class="log-picture"
      viewBox={`0 0 ${frame.width} ${frame.height}`}
      width={frame.width}
      role="img"
      aria-label={`${sweep.title}: ${isGrowth ? 'time' : 'rate'} over ${sweep.axis}; the table below has the same numbers.`}
    >
      <LogAxes
        frame={frame}
        x={{ range: xs, label: sweep.axis, ticks }}
        y={{ range: ys, label: isGrowth ? 'milliseconds' : 'GFLOP/s' }}
      />
      {isGrowth && (
        <>
          <polyline class="sizes-expected" points={line(expected.map(({ at, ms }) => ({ at, value: ms })))} />
          <polyline class="sizes-measured" points={line(sizes.map((size) => ({ at: size.at, value: size.ms })))} />
          <text x={x(xs[1]) - 6} y={y(expected.at(-1)!.ms) - 10} text-anchor="end">
            as the arithmetic
          </text>
        </>
      )}
      {sizes.map((size) => (
        <circle
          key={size.at}
          class="sizes-point"
          data-odd={size.ofRound ? '' : undefined}
          cx={x(size.at)}
          cy={y(valueOf(size))}
          r={4.5}
        >
          <title>
            {sweep.axis} {size.at}: {msText(size.ms)}, {size.rate.toPrecision(3)} GFLOP/s
          </title>
        </circle>
      ))}
    </svg>
  );
}

function Table({ axis, growth: { sizes, grows: isGrowth } }: { axis: string; growth: Growth }): JSX.Element {
  return (
    <div class="bench-scroll" role="region" aria-label="Time by size" tabIndex={0}>
      <table class="bench-table">
        <thead>
          <tr>
            <th scope="col">{axis}</th>
            <th scope="col">median</th>
            <th scope="col">p10 to p90</th>
            <th scope="col">GFLOP/s</th>
            {isGrowth && <th scope="col">time grows</th>}
            {isGrowth && <th scope="col">arithmetic grows</th>}
            {!isGrowth && <th scope="col">of the round size’s rate</th>}
          </tr>
        </thead>
        <tbody>
          {sizes.map(({ at, ms, low, high, rate, growth, ofRound }) => (
            <tr key={at}>
              <th scope="row">{at}</th>
              <td>{msText(ms)}</td>
              <td>
                {msText(low)} to {msText(high)}
              </td>
              <td>{rate.toPrecision(3)}</td>
              {isGrowth && <td>{growth ? `${growth.time.toFixed(2)}x` : ''}</td>}
              {isGrowth && <td>{growth ? `${growth.arithmetic.toFixed(2)}x` : ''}</td>}
              {!isGrowth && <td>{ofRound ? `${(100 * ofRound.share).toFixed(0)} % of ${ofRound.round}` : ''}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
