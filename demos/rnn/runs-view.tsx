/** The runs on the same pairs beside each other and beside what needs no network. */
import { useComputed, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { encode } from '../shared/address.ts';
import { LineChart, type ChartSeries, type Guide } from '../shared/chart.tsx';
import { Curves } from '../shared/curves.ts';
import { formatCount, formatPercent } from '../shared/format.ts';
import { schema } from './config.ts';
import type { PairData } from './pairs.ts';
import type { Run } from './runs.ts';
import { describeNetwork, unlike } from './settings.ts';

const COLORS = ['--series-1', '--series-2', '--series-3', '--series-4'] as const;

export function RunsView(props: {
  runs: readonly Run[];
  version: ReadonlySignal<number>;
  baselines: PairData['baselines'];
  guides: readonly Guide[];
}): JSX.Element | null {
  const { runs, baselines } = props;
  const [now, ...earlier] = runs.toReversed();
  if (!now || earlier.length === 0) return null;
  const rails = [
    ['Always the greater class', baselines.majority],
    ['A threshold on the words that both share', baselines.overlap],
  ] as const;
  return (
    <section>
      <header class="stage-head">
        <h2>Runs on these pairs</h2>
        <p class="muted">Kept while the network changes</p>
      </header>
      <div class="view-chart">
        <Chart {...props} runs={[now, ...earlier].slice(0, COLORS.length)} />
        <div class="runs">
          <table class="plain-table">
            <thead>
              <tr>
                {['Network', 'Epochs', 'Accuracy', 'F1', 'MCC'].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[now, ...earlier].map(({ config, epoch, scores }) => (
                <tr key={encode(schema, config)}>
                  <th scope="row">
                    {config === now.config ? (
                      <b>{describeNetwork(config)}, this run</b>
                    ) : (
                      <a href={`#${encode(schema, { ...config, view: 'pairs' })}`}>{describeNetwork(config)}</a>
                    )}
                    {config !== now.config && <span>{unlike(config, now.config)}</span>}
                  </th>
                  <td>{formatCount(epoch)}</td>
                  <Scores {...scores} />
                </tr>
              ))}
              {rails.map(([name, scores]) => (
                <tr key={name} class="muted">
                  <th scope="row">{name}</th>
                  <td>–</td>
                  <Scores {...scores} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}

function Scores({ accuracy, f1, mcc }: Run['scores']): JSX.Element {
  return (
    <>
      <td>{formatPercent(accuracy)}</td>
      <td>{f1.toFixed(3)}</td>
      <td>{mcc.toFixed(3)}</td>
    </>
  );
}

/** The accuracies of the newest runs, this one in front. */
function Chart({
  runs,
  version,
  guides,
}: {
  runs: readonly Run[];
  version: ReadonlySignal<number>;
  guides: readonly Guide[];
}): JSX.Element {
  const names = runs.map((_, at) => String(at));
  const curves = useComputed(() => {
    void version.value;
    const together = new Curves(names);
    runs.forEach((run, at) => {
      const [steps, accuracy] = run.curves.columns();
      steps.forEach((step, row) => {
        const value = accuracy?.[row] ?? null;
        if (value !== null) together.add(String(at), step, value);
      });
    });
    return together;
  });
  const series = runs.map(({ config }, at): ChartSeries => ({
    name: String(at),
    label: at === 0 ? 'this run' : describeNetwork(config),
    color: COLORS[at] ?? '--series-1',
    dashed: at > 0,
  }));
  return (
    <LineChart
      key={series.map(({ label }) => label).join()}
      title="Accuracy of each run"
      xLabel="Step"
      yLabel="Test pairs right"
      curves={curves}
      version={version}
      series={series}
      guides={guides}
      format={formatPercent}
      axisFormat={(value) => `${Math.round(value * 100)} %`}
      range={[0, 1]}
      empty="Accuracy will appear here"
    />
  );
}
