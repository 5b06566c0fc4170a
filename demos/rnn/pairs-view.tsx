/** How well pairs are told apart beside what needs no network, a pair of one's own, and the mistakes. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Button } from '../shared/controls.tsx';
import { LineChart, type ChartSeries, type Guide } from '../shared/chart.tsx';
import { percent } from '../shared/confusion.ts';
import { formatCount, formatPercent } from '../shared/format.ts';
import { PairEditor } from './pair-editor.tsx';
import { isPairsTask, type PairsTask } from './pairs-probe.ts';
import { RunsView } from './runs-view.tsx';
import type { ViewProps } from './views.tsx';
import './pairs-view.css';

const SERIES: readonly ChartSeries[] = [
  { name: 'accuracy', label: 'Accuracy', color: '--series-1' },
  { name: 'f1', label: 'F1', color: '--series-3', dashed: true },
  { name: 'mcc', label: 'MCC', color: '--series-4', dashed: true },
];
const SHOWN = 12;

export function PairsView(props: ViewProps): JSX.Element {
  const { run, looks, runs } = props;
  const task = run.task.value;
  const rails = useMemo(() => (task && isPairsTask(task) ? railsOf(task) : []), [task]);
  const curves = useComputed(() => looks.pairsCurves.value);
  const mark = useComputed(() => run.past.value?.moment.step ?? null);
  if (!task || !isPairsTask(task)) return <p class="stage-empty">Building the network…</p>;
  return (
    <div class="stage">
      <PairEditor {...props} task={task} />
      <div class="view-chart">
        <LineChart
          key={rails.map(({ at }) => at).join()}
          title="Test pairs told apart"
          xLabel="Step"
          yLabel="Score"
          curves={curves}
          version={looks.version}
          series={SERIES}
          mark={mark}
          guides={rails}
          format={(value) => (value === null ? '–' : value.toFixed(3))}
          axisFormat={(value) => value.toFixed(2)}
          range={[0, 1]}
          empty="Scores will appear here"
        />
        <p class="field-note">
          Dotted, what needs no network: always the greater class, and a threshold on the words that both sentences
          share. F1 is of the pairs that say the same; MCC is 0 where the answers tell nothing.
        </p>
      </div>
      <RunsView runs={runs} version={looks.version} baselines={task.data.baselines} guides={rails} />
      <Mistakes {...props} task={task} />
    </div>
  );
}

function railsOf({ data: { baselines } }: PairsTask): Guide[] {
  const majority = baselines.majority.accuracy;
  const overlap = baselines.overlap.accuracy;
  return [
    { at: majority, label: `majority ${formatPercent(majority)}` },
    { at: overlap, label: `word overlap ${formatPercent(overlap)}` },
  ];
}

/** The test pairs that are answered wrong, the surest first. */
function Mistakes({ looks, own, task }: ViewProps & { task: PairsTask }): JSX.Element {
  const chances = looks.pairs.value?.chances;
  const { first, second, labels } = task.data.test;
  if (!chances) return <p class="stage-empty">Waiting for the first answers…</p>;
  const sureness = (at: number): number => Math.abs((chances[at] ?? 0) - 0.5);
  const wrong = [...chances.keys()]
    .filter((at) => Number((chances[at] ?? 0) > 0.5) !== labels[at])
    .sort((a, b) => sureness(b) - sureness(a));
  return (
    <section>
      <header class="stage-head">
        <h2>Mistakes, the surest first</h2>
        <p class="muted">
          {formatCount(wrong.length)} of {formatCount(chances.length)} test pairs
        </p>
      </header>
      {wrong.length === 0 && <p class="stage-empty">No mistakes.</p>}
      <ul class="mistakes-list">
        {wrong.slice(0, SHOWN).map((at) => (
          <li key={at}>
            <p>
              <span>{first[at]}</span>
              <span>{second[at]}</span>
            </p>
            <p class="mistake-said">
              <b>{labels[at] ? 'the same' : 'not the same'}</b>
              <span>
                answered {labels[at] ? 'not the same' : 'the same'}, {percent(0.5 + sureness(at))} sure
              </span>
              <Button
                label="Look into it"
                onPress={() => {
                  own.set(first[at] ?? '', second[at] ?? '', labels[at]);
                  document.querySelector('.pair')?.scrollIntoView({ block: 'nearest' });
                }}
              >
                Look into it
              </Button>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
