/** The compare page: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Select, Slider, Toggle } from '../shared/controls.tsx';
import { listenForFiles } from '../shared/drop.ts';
import { formatCount, formatDuration, formatPercent } from '../shared/format.ts';
import { CannotStart } from '../shared/problem.tsx';
import { STATES } from '../shared/run-panels.tsx';
import { Shell } from '../shared/shell.tsx';
import { TrainingSection } from '../shared/training-section.tsx';
import { OPTIMIZER_LABELS, STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { ENTRANTS, GOALS, matchingPair, PAIRS } from './compare-config.ts';
import { COLORS, NAMES, type CompareStore } from './compare-store.ts';
import { RANGES } from './config.ts';
import { ContestCharts } from './contest-charts.tsx';
import { ContestNotices } from './contest-notices.tsx';
import { ImagesSection } from './images-section.tsx';
import type { Runner } from './runner.ts';

export function CompareLab({ store }: { store: CompareStore }): JSX.Element {
  const config = store.config.value;
  const fatal = store.fatal.value;
  useEffect(() => listenForFiles((files) => store.open(files)), []);
  const labels = [config.first, config.second].map((name) => ENTRANTS.find((each) => each.name === name)?.label ?? '');
  const series = NAMES.map((name, at) => ({
    name,
    label: labels[at] ?? '',
    color: COLORS[at]!,
    dashed: at > 0,
  }));
  const { step, stepsToDo } = { step: store.progress.value.step, stepsToDo: store.task.value?.stepsToDo ?? 0 };
  return (
    <Shell
      name="Compare"
      run={store}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={config.panel}
      onPanel={(panel) => store.change({ panel })}
      onReset={() => store.reset()}
      configuration={[...(config.source === 'files' ? ['CIFAR-10'] : []), ...labels].join(', ')}
      header={
        <>
          <a href="index.html">One network</a>
          <a href="transfer.html">Transfer</a>
        </>
      }
      controls={<CompareControls store={store} />}
      readouts={[
        { label: 'Step', value: formatCount(step) },
        { label: 'Steps to do', value: formatCount(stepsToDo) },
      ]}
      notices={<ContestNotices store={store} />}
      stage={
        fatal ? (
          <CannotStart error={fatal} />
        ) : (
          <ContestCharts
            store={store}
            axis={config.axis}
            onAxis={(axis) => store.change({ axis })}
            series={series}
            guides={[{ at: config.goal / 100, label: `${config.goal} %` }]}
          />
        )
      }
      side={<Standing store={store} />}
      status={fatal ? null : <span data-testid="state">{STATES[store.state.value]}</span>}
    />
  );
}

function CompareControls({ store }: { store: CompareStore }): JSX.Element {
  const config = store.config.value;
  const pair = matchingPair(config);
  const change = store.change.bind(store);
  const options = ENTRANTS.map(({ name, label }) => ({ value: name, label }));
  return (
    <>
      <section class="lab-section">
        <Select
          label="Preset"
          value={pair?.name ?? ''}
          placeholder="Your own"
          options={PAIRS.map(({ name, label }) => ({ value: name, label }))}
          note={pair?.note}
          onChange={(name) => change(PAIRS.find((candidate) => candidate.name === name)?.config ?? {})}
        />
      </section>
      <ImagesSection config={config} onChange={change} onFiles={(files) => store.open(files)}>
        <Toggle
          label="Shift and mirror each image anew"
          checked={config.augment}
          onChange={(augment) => change({ augment })}
        />
      </ImagesSection>
      <section class="lab-section">
        <h2>Networks</h2>
        <div class="fields">
          <Select label="First" value={config.first} options={options} onChange={(first) => change({ first })} />
          <Select label="Second" value={config.second} options={options} onChange={(second) => change({ second })} />
          <Slider
            label="Accuracy to reach, %"
            value={config.goal}
            min={GOALS.min}
            max={GOALS.max}
            onChange={(goal) => change({ goal })}
          />
        </div>
      </section>
      <TrainingSection
        config={config}
        onChange={change}
        optimizers={OPTIMIZER_LABELS}
        hasMomentum={(optimizer) => optimizer === 'momentum'}
        ranges={RANGES}
        ends={{ lr: 1, epochs: 20 }}
        quick={STEPS_PER_FRAME.quick}
      />
    </>
  );
}

function Standing({ store }: { store: CompareStore }): JSX.Element {
  void store.version.value;
  const contest = store.task.value;
  const { goal } = store.config.value;
  const runners = contest?.runners ?? [];
  const rows: readonly [string, (runner: Runner) => string][] = [
    ['Parameters', ({ parameters }) => formatCount(parameters)],
    ['Multiplications an image', ({ multAdds }) => formatCount(multAdds)],
    ['Time of a step', ({ pace }) => (Number.isFinite(pace) ? `${(1000 * pace).toPrecision(3)} ms` : '–')],
    ['Time of all steps', ({ seconds }) => formatDuration(seconds)],
    ['Test accuracy', ({ marks }) => formatPercent(marks.at(-1)?.test.accuracy)],
    [
      `Time to ${goal} %`,
      (runner) => {
        const mark = runner.reached(goal / 100);
        return mark ? `${formatDuration(mark.seconds)}, ${formatCount(mark.step)} steps` : 'not yet';
      },
    ],
  ];
  return (
    <>
      <section class="lab-section">
        <h2>Side by side</h2>
        <table class="plain-table contest-table">
          <thead>
            <tr>
              <th scope="col">
                On the same images in the same order
                {store.config.value.augment && ', shifted and mirrored for each anew'}
              </th>
              {runners.map(({ name, label, color }) => (
                <th key={name} scope="col">
                  <i style={{ background: `var(${color})` }} /> {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([term, show]) => (
              <tr key={term}>
                <th scope="row">{term}</th>
                {runners.map((runner) => (
                  <td key={runner.name}>{show(runner)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {[store.config.value.first, store.config.value.second].includes('mlp') && <Explosion />}
    </>
  );
}

const SIDES = [32, 64, 128, 224];
/** 512 units for every number of an image, and what comes behind them. */
const mlpParameters = (side: number): number => (3 * side * side + 1) * 512 + 513 * 256 + 257 * 10;
/** Both of LeNet's, for images of any size. */
const CONVOLUTIONS = (3 * 25 + 1) * 6 + (6 * 25 + 1) * 16;

function Explosion(): JSX.Element {
  const most = mlpParameters(SIDES.at(-1) ?? 0);
  return (
    <section class="lab-section">
      <h2>Parameters of an MLP, by the size of the image</h2>
      <ul class="explosion">
        {SIDES.map((side) => (
          <li key={side}>
            <span>
              {side} × {side}
            </span>
            <i aria-hidden="true" style={{ '--share': mlpParameters(side) / most }} />
            <b>{formatCount(mlpParameters(side))}</b>
          </li>
        ))}
      </ul>
      <p class="field-note">
        LeNet's two convolutions have {formatCount(CONVOLUTIONS)} at every size: their filters are the same in all
        places.
      </p>
    </section>
  );
}
