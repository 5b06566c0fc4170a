/** The curves of networks that train side by side, over steps or over each one's own seconds. */
import type { JSX } from 'preact';
import { LineChart, type ChartSeries, type Guide } from '../shared/chart.tsx';
import { Segmented } from '../shared/controls.tsx';
import { formatLoss, formatPercent, formatTick } from '../shared/format.ts';
import type { Axis } from './contest-curves.ts';
import type { AnyContest } from './contest-store.ts';
import './contest.css';

export function ContestCharts(props: {
  store: AnyContest;
  /** Of the accuracies. */
  title?: string;
  axis: Axis;
  onAxis: (axis: Axis) => void;
  series: readonly ChartSeries[];
  /** Accuracies to compare with. */
  guides: readonly Guide[];
  /** What an empty chart says in the place of that numbers will appear. */
  empty?: string | undefined;
}): JSX.Element {
  const { store, title = 'Test accuracy', axis, series, guides, empty } = props;
  const curves = store.curves[axis];
  const key = `${title} ${axis} ${series.map(({ label }) => label).join()} ${guides.map(({ at }) => at).join()} ${empty}`;
  const [loss, accuracy] = [curves.loss, curves.accuracy];
  const along =
    axis === 'steps'
      ? { xLabel: 'Step' }
      : { xLabel: 'Seconds', xFormat: (ms: number) => String(Number((ms / 1000).toPrecision(3))) };
  return (
    <div class="contest">
      <Segmented
        legend="Along the charts"
        hideLegend
        value={axis}
        options={[
          { value: 'steps', label: 'Over steps' },
          { value: 'seconds', label: 'Over seconds' },
        ]}
        onChange={props.onAxis}
      />
      <div key={key} class="contest-charts">
        <LineChart
          title={title}
          yLabel="Images right"
          {...along}
          curves={accuracy}
          version={store.version}
          series={series}
          format={formatPercent}
          axisFormat={(value) => `${Math.round(value * 100)} %`}
          range={[0, 1]}
          guides={guides}
          empty={empty ?? 'Accuracy will appear here'}
        />
        <LineChart
          title="Training loss"
          yLabel="Cross-entropy"
          {...along}
          curves={loss}
          version={store.version}
          series={series}
          format={formatLoss}
          axisFormat={formatTick}
          allowLog
          empty={empty ?? 'Loss will appear here'}
        />
      </div>
      <p class="muted">
        Seconds are those of each network's own steps: they take turns, and neither scoring nor the first step, which
        also compiles, is counted.
      </p>
    </div>
  );
}
