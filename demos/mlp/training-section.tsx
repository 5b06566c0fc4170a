/** The controls of the training: optimiser, regularisation, batches, pace. Most act on the running training. */
import type { JSX } from 'preact';
import { Button, NumberInput, Segmented, Select, Slider } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { OPTIMIZERS, PACES, RANGES, SCHEDULES } from './config.ts';
import type { PanelProps } from './controls-panel.tsx';
import { Marked } from './marked.tsx';
import { OPTIMIZER_LABELS, SCHEDULE_LABELS } from './settings.ts';

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
const PACE_LABELS = { slow: '1 a frame', quick: '10 a frame', full: 'Full speed' } as const;

export function TrainingSection({ config, onChange }: PanelProps): JSX.Element {
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
            min={1e-5}
            max={10}
            typedMax={RANGES.lr.max}
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
            options={OPTIMIZERS.map((value) => ({ value, label: OPTIMIZER_LABELS[value] }))}
            onChange={(optimizer) => onChange({ optimizer })}
          />
        </Marked>
        {(config.optimizer === 'momentum' || config.optimizer === 'nesterov') && (
          <Slider
            label="Momentum"
            tag="live"
            value={config.momentum}
            min={RANGES.momentum.min}
            max={0.99}
            typedMax={RANGES.momentum.max}
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
        <Decay label="L1 penalty" value={config.l1} onChange={(l1) => onChange({ l1 })} />
        <Marked by="batch">
          <Slider
            label="Batch size"
            tag="live"
            value={config.batch}
            {...RANGES.batch}
            stops={BATCHES}
            onChange={(batch) => onChange({ batch })}
          />
        </Marked>
        <Marked by="epochs">
          <Slider
            label="Epochs"
            tag="live"
            value={config.epochs}
            min={1}
            max={config.mode === 'plane' ? 1000 : 50}
            typedMax={RANGES.epochs.max}
            onChange={(epochs) => onChange({ epochs })}
          />
        </Marked>
        <Segmented
          legend="Steps"
          value={config.pace}
          options={PACES.map((value) => ({ value, label: PACE_LABELS[value] }))}
          onChange={(pace) => onChange({ pace })}
        />
        <Seed seed={config.seed} onChange={(seed) => onChange({ seed })} />
      </div>
    </section>
  );
}

function Decay(props: { label: string; value: number; onChange: (value: number) => void }): JSX.Element {
  return <Slider {...props} tag="live" min={0} max={1} stops={DECAYS} format={formatSetting} />;
}

function Seed({ seed, onChange }: { seed: number; onChange: (seed: number) => void }): JSX.Element {
  const newSeed = (): void => onChange(1 + Math.floor(Math.random() * RANGES.seed.max));
  return (
    <div class="field">
      <div class="field-head">
        <label for="seed">Seed</label>
        <span class="seed">
          <Button label="New random seed" icon="dice" variant="quiet" onPress={newSeed} />
          <NumberInput id="seed" label="Seed" value={seed} {...RANGES.seed} onChange={onChange} />
        </span>
      </div>
    </div>
  );
}
