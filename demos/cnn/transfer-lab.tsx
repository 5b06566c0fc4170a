/** The transfer page: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { listenForFiles } from '../shared/drop.ts';
import { formatCount, formatDuration, formatPercent, formatSetting } from '../shared/format.ts';
import { CannotStart } from '../shared/problem.tsx';
import { STATES } from '../shared/run-panels.tsx';
import { Shell } from '../shared/shell.tsx';
import { ContestCharts } from './contest-charts.tsx';
import { ContestNotices } from './contest-notices.tsx';
import { classNamesOf } from './images.ts';
import { PretrainingPanel } from './pretraining-panel.tsx';
import { MODEL_LABELS } from './settings.ts';
import type { TransferConfig } from './transfer-config.ts';
import { TransferControls } from './transfer-controls.tsx';
import { CONTESTANTS, type Contestant } from './transfer-recipe.ts';
import { COLORS, LABELS, type TransferStore } from './transfer-store.ts';

const SERIES = CONTESTANTS.map((name) => ({
  name,
  label: LABELS[name],
  color: COLORS[name],
  dashed: name === 'scratch',
}));

export function TransferLab({ store }: { store: TransferStore }): JSX.Element {
  void store.version.value;
  useEffect(() => listenForFiles((files) => store.open(files)), []);
  const config = store.config.value;
  const fatal = store.fatal.value;
  const contest = store.task.value;
  const pretraining = (contest?.pretraining.left ?? 0) > 0;
  const state = store.state.value;
  return (
    <Shell
      name="Transfer"
      run={store}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={config.panel}
      onPanel={(panel) => store.change({ panel })}
      onReset={() => store.restart()}
      configuration={`${MODEL_LABELS[config.model]}, ${config.images} images of each class`}
      header={
        <>
          <a href="index.html">One network</a>
          <a href="compare.html">Compare</a>
        </>
      }
      controls={<TransferControls store={store} />}
      readouts={[
        { label: pretraining ? 'Pre-training step' : 'Step', value: formatCount(store.progress.value.step) },
        { label: 'Steps to do', value: formatCount(contest?.stepsToDo ?? 0) },
      ]}
      notices={<ContestNotices store={store} />}
      stage={
        fatal ? (
          <CannotStart error={fatal} />
        ) : (
          <>
            <PretrainingPanel store={store} />
            <ContestCharts
              store={store}
              title={`Accuracy on new images: ${classNamesOf(config.source, config.held).join(' or ')}`}
              axis={config.axis}
              onAxis={(axis) => store.change({ axis })}
              series={SERIES}
              guides={[{ at: 0.5, label: 'a guess' }]}
              empty={pretraining ? 'Begins when pre-training is done' : undefined}
            />
          </>
        )
      }
      side={<Standing store={store} />}
      status={
        fatal ? null : (
          <span data-testid="state">{pretraining && state === 'playing' ? 'Pre-training' : STATES[state]}</span>
        )
      }
    />
  );
}

function Standing({ store }: { store: TransferStore }): JSX.Element {
  void store.version.value;
  const config = store.config.value;
  const contest = store.task.value;
  const tested = contest?.runners[0]?.trainer.task.testScored.size;
  return (
    <section class="lab-section">
      <h2>Two new classes from {formatCount(contest?.few.train.length ?? 2 * config.images)} images</h2>
      <table class="plain-table contest-table transfer-table">
        <thead>
          <tr>
            <th scope="col">On the same images in the same order, from the same head</th>
            <th scope="col">Right</th>
            <th scope="col">Trained</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {CONTESTANTS.map((name) => {
            const runner = contest?.runners.find((each) => each.name === name);
            return (
              <tr key={name}>
                <th scope="row">
                  <i style={{ background: `var(${COLORS[name]})` }} /> {LABELS[name]}
                </th>
                <td>{formatPercent(runner?.marks.at(-1)?.test.accuracy)}</td>
                <td>{runner ? formatCount(runner.trained) : '–'}</td>
                <td>{runner ? formatDuration(runner.seconds) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="field-note">
        Images of the two classes answered right, of {tested ? formatCount(tested) : 'those'} that none was trained on;
        parameters that are not frozen; the time of all steps.
      </p>
      <dl class="contest-notes">
        {CONTESTANTS.map((name) => (
          <div key={name}>
            <dt>
              <i style={{ background: `var(${COLORS[name]})` }} /> {LABELS[name]}
            </dt>
            <dd>{NOTES[name](config)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What there is to be seen. */
const NOTES: { readonly [K in Contestant]: (config: TransferConfig) => string } = {
  scratch: () =>
    'Its training loss goes down as well, but by heart: so few images do not say what to look for in others.',
  head: () =>
    'Two rows of weights on what the other classes have taught the body to see: a cheap step, and little to learn by heart.',
  whole: () =>
    'Starts with the same knowledge and fits faster; at the full rate the body also forgets it for the sake of few images.',
  rates: ({ share }) =>
    `The body moves at ${formatSetting(share)} of the head’s rate: it adapts while the head, which knows nothing at first, catches up.`,
};
