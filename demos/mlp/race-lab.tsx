/** The race page: its parts in the places that the shell has for them. */
import type { JSX } from 'preact';
import { NumberInput, Segmented, Select, Slider } from '../shared/controls.tsx';
import { formatCount, formatLoss, formatPercent, formatRate, formatSetting, formatTick } from '../shared/format.ts';
import { CannotStart, Notice } from '../shared/problem.tsx';
import { STATES } from '../shared/run-panels.tsx';
import { Shell } from '../shared/shell.tsx';
import { PACES } from '../shared/training-settings.ts';
import { PLANES, RANGES } from './config.ts';
import { RaceChart } from './race-chart.tsx';
import { MOST_SEEDS, RACE_PRESETS, matchingRace } from './race-config.ts';
import { spreadOf, type Measure } from './race-results.ts';
import type { RaceStore } from './race-store.ts';
import { PLANE_LABELS } from './settings.ts';
import '../shared/chart.css';
import './race.css';

export function RaceLab({ store }: { store: RaceStore }): JSX.Element {
  const fatal = store.fatal.value;
  const error = store.error.value;
  const { step, stepsPerSecond } = store.progress.value;
  const { vary, seeds, panel } = store.config.value;
  const runners = store.task.value ? store.task.value.variants.length * store.task.value.seeds : 0;
  return (
    <Shell
      name="Race"
      run={store}
      adapter={store.adapter}
      failed={fatal !== null}
      panelOpen={panel}
      onPanel={(open) => store.change({ panel: open })}
      onReset={() => store.reset()}
      configuration={`${vary}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`}
      header={<a href="index.html">One network</a>}
      controls={<RaceControls store={store} />}
      readouts={[
        { label: 'Step', value: formatCount(step) },
        { label: 'Networks', value: runners ? formatCount(runners) : '–' },
        { label: 'Steps a second', value: formatRate(stepsPerSecond) },
      ]}
      notices={error && <Notice title="Something went wrong">{error.message}</Notice>}
      stage={
        fatal ? (
          <CannotStart error={fatal} />
        ) : (
          <div class="race">
            <RaceChart store={store} title="Training loss" measure="losses" format={formatTick} />
            <RaceChart
              store={store}
              title="Test accuracy"
              measure="accuracies"
              format={(value) => `${Math.round(value * 100)} %`}
              top={1.02}
            />
          </div>
        )
      }
      side={<RaceTable store={store} />}
      status={fatal ? null : <span data-testid="state">{STATES[store.state.value]}</span>}
    />
  );
}

function RaceTable({ store }: { store: RaceStore }): JSX.Element {
  const field = store.task.value;
  const last = store.standings.value.at(-1);
  const cell = (measure: Measure, variant: number, show: (value: number) => string): string => {
    if (!field || !last) return '–';
    const spread = spreadOf(last, measure, variant, field.seeds);
    if (!spread) return 'diverged';
    return field.seeds > 1 ? `${show(spread.mean)} ± ${show(spread.sd)}` : show(spread.mean);
  };
  return (
    <section class="lab-section race-table">
      <h2>Standing after {formatCount(last?.step ?? 0)} steps</h2>
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">Runner</th>
            <th scope="col">Training loss</th>
            <th scope="col">Test accuracy</th>
          </tr>
        </thead>
        <tbody>
          {field?.variants.map(({ name, color }, index) => (
            <tr key={name}>
              <th scope="row">
                <i style={{ background: `var(${color})` }} /> {name}
              </th>
              <td>{cell('losses', index, formatLoss)}</td>
              <td>{cell('accuracies', index, formatPercent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        Mean ± standard deviation over the seeds. Bands reach from the lowest to the highest. All runners see the same
        batches, and those of one seed start from the same weights.
      </p>
    </section>
  );
}

const VARY_LABELS = { activation: 'Activation', optimizer: 'Optimiser', dropout: 'Dropout' } as const;
const PACE_LABELS = { slow: '1 a frame', quick: '10 a frame', full: 'Full speed' } as const;

function RaceControls({ store }: { store: RaceStore }): JSX.Element {
  const config = store.config.value;
  const preset = matchingRace(config);
  const change = store.change.bind(store);
  return (
    <>
      <section class="lab-section">
        <Select
          label="Preset"
          value={preset?.name ?? ''}
          placeholder="Your own"
          options={RACE_PRESETS.map(({ name, label }) => ({ value: name, label }))}
          note={preset?.note}
          onChange={(name) => change(RACE_PRESETS.find((candidate) => candidate.name === name)?.config ?? {})}
        />
      </section>
      <section class="lab-section">
        <h2>Race</h2>
        <div class="fields">
          <Segmented
            legend="What varies"
            value={config.vary}
            options={(['activation', 'optimizer', 'dropout'] as const).map((value) => ({
              value,
              label: VARY_LABELS[value],
            }))}
            onChange={(vary) => change({ vary })}
          />
          <Slider label="Seeds" value={config.seeds} min={1} max={MOST_SEEDS} onChange={(seeds) => change({ seeds })} />
          <Slider
            label="Learning rate"
            scale="log"
            value={config.lr}
            min={1e-5}
            max={10}
            typedMax={RANGES.lr.max}
            format={formatSetting}
            onChange={(lr) => change({ lr })}
          />
          {config.vary === 'dropout' && (
            <Slider
              label="Dropout"
              value={config.dropout}
              {...RANGES.dropout}
              step={0.05}
              onChange={(dropout) => change({ dropout })}
            />
          )}
          <Slider
            label="Hidden layers"
            value={config.hidden.length}
            min={0}
            max={RANGES.depth}
            onChange={(depth) =>
              change({
                hidden: Array.from({ length: depth }, (_, at) => config.hidden[at] ?? config.hidden.at(-1) ?? 16),
              })
            }
          />
          <Segmented
            legend="Data"
            value={config.mode}
            options={[
              { value: 'plane', label: 'Points' },
              { value: 'digits', label: 'Digits' },
            ]}
            onChange={(mode) => change({ mode })}
          />
          {config.mode === 'plane' && (
            <Select
              label="Points"
              value={config.plane}
              options={PLANES.map((value) => ({ value, label: PLANE_LABELS[value] }))}
              onChange={(plane) => change({ plane })}
            />
          )}
          <Segmented
            legend="Pace"
            value={config.pace}
            options={PACES.map((value) => ({ value, label: PACE_LABELS[value] }))}
            onChange={(pace) => change({ pace })}
          />
          <div class="field">
            <div class="field-head">
              <label for="seed">First seed</label>
            </div>
            <NumberInput
              id="seed"
              label="First seed"
              value={config.seed}
              {...RANGES.seed}
              onChange={(seed) => change({ seed })}
            />
          </div>
        </div>
      </section>
    </>
  );
}
