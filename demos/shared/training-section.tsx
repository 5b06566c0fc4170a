/** The controls of the training: optimiser, regularisation, batches, pace. Most act on the running training. */
import type { ComponentChildren, JSX } from 'preact';
import { Button, NumberInput, Segmented, Select, Slider } from './controls.tsx';
import { formatSetting } from './format.ts';
import { Marked } from './marked.tsx';
import { PACES, SCHEDULES, SCHEDULE_LABELS, type TrainingSettings } from './training-settings.ts';

interface Span {
  readonly min: number;
  readonly max: number;
}

export interface TrainingProps<O extends string> {
  readonly config: TrainingSettings<O>;
  readonly onChange: (patch: Partial<TrainingSettings<O>>) => void;
  readonly optimizers: Readonly<Record<O, string>>;
  /** Whether the momentum is an optimiser's option. */
  readonly hasMomentum: (optimizer: O) => boolean;
  readonly ranges: { readonly [K in 'lr' | 'momentum' | 'batch' | 'epochs' | 'seed']: Span };
  /** Where the sliders end; numbers that are typed may go further. */
  readonly ends: { readonly lr: number; readonly epochs: number };
  /** Steps a frame at the middle pace. */
  readonly quick: number;
  /** Further settings, below the weight decay. */
  readonly children?: ComponentChildren;
}

const DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

export function TrainingSection<O extends string>(props: TrainingProps<O>): JSX.Element {
  const { config, onChange, optimizers, ranges, ends } = props;
  const paces = { slow: '1 a frame', quick: `${props.quick} a frame`, full: 'Full speed' };
  const powers = Array.from({ length: 1 + Math.log2(ranges.batch.max) }, (_, power) => 2 ** power);
  return (
    <section class="lab-section">
      <h2>Training</h2>
      <div class="fields">
        <Marked by="lr">
          <Slider
            label="Learning rate"
            tag="live"
            scale="log"
            value={config.lr}
            min={ranges.lr.min}
            max={ends.lr}
            typedMax={ranges.lr.max}
            format={formatSetting}
            onChange={(lr) => onChange({ lr })}
          />
        </Marked>
        <Marked by="schedule">
          <Select
            label="Learning-rate schedule"
            value={config.schedule}
            options={SCHEDULES.map((value) => ({ value, label: SCHEDULE_LABELS[value] }))}
            onChange={(schedule) => onChange({ schedule })}
          />
        </Marked>
        <Marked by="optimizer">
          <Select
            label="Optimiser"
            value={config.optimizer}
            options={(Object.keys(optimizers) as O[]).map((value) => ({ value, label: optimizers[value] }))}
            onChange={(optimizer) => onChange({ optimizer })}
          />
        </Marked>
        {props.hasMomentum(config.optimizer) && (
          <Slider
            label="Momentum"
            tag="live"
            value={config.momentum}
            min={ranges.momentum.min}
            max={0.99}
            typedMax={ranges.momentum.max}
            step={0.01}
            format={formatSetting}
            onChange={(momentum) => onChange({ momentum })}
          />
        )}
        <Decay
          label="Weight decay (L2)"
          value={config.weightDecay}
          onChange={(weightDecay) => onChange({ weightDecay })}
        />
        {props.children}
        <Marked by="batch">
          <Slider
            label="Batch size"
            tag="live"
            value={config.batch}
            min={ranges.batch.min}
            max={ranges.batch.max}
            stops={powers}
            onChange={(batch) => onChange({ batch })}
          />
        </Marked>
        <Marked by="epochs">
          <Slider
            label="Epochs"
            tag="live"
            value={config.epochs}
            min={1}
            max={ends.epochs}
            typedMax={ranges.epochs.max}
            onChange={(epochs) => onChange({ epochs })}
          />
        </Marked>
        <Segmented
          legend="Steps"
          value={config.pace}
          options={PACES.map((value) => ({ value, label: paces[value] }))}
          onChange={(pace) => onChange({ pace })}
        />
        <Seed seed={config.seed} range={ranges.seed} onChange={(seed) => onChange({ seed })} />
      </div>
    </section>
  );
}

export function Decay(props: { label: string; value: number; onChange: (value: number) => void }): JSX.Element {
  return <Slider {...props} tag="live" min={0} max={1} stops={DECAYS} format={formatSetting} />;
}

/** A seed, and a button that draws another. */
export function Seed(props: { seed: number; range: Span; onChange: (seed: number) => void }): JSX.Element {
  const { seed, range, onChange } = props;
  const newSeed = (): void => onChange(1 + Math.floor(Math.random() * range.max));
  return (
    <div class="field">
      <div class="field-head">
        <label for="seed">Seed</label>
        <span class="seed">
          <Button label="New random seed" icon="dice" variant="quiet" onPress={newSeed} />
          <NumberInput id="seed" label="Seed" value={seed} min={range.min} max={range.max} whole onChange={onChange} />
        </span>
      </div>
    </div>
  );
}
