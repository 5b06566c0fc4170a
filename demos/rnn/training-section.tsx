/** The controls of the training: rates, schedule, optimiser, batches, pace. */
import type { JSX } from 'preact';
import { NumberInput, Segmented, Select, Slider } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { OPTIMIZERS, PACES, RANGES, SCHEDULES } from './config.ts';
import { Clip, type PanelProps } from './network-section.tsx';
import { OPTIMIZER_LABELS, SCHEDULE_LABELS } from './settings.ts';

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
const PACE_LABELS = { slow: '1 a frame', quick: '4 a frame', full: 'Full speed' } as const;

export function TrainingSection({ config, onChange }: PanelProps): JSX.Element {
  return (
    <section class="lab-section">
      <h2>Training</h2>
      <div class="fields">
        <Slider
          label="Learning rate"
          tag="live"
          scale="log"
          value={config.lr}
          min={1e-5}
          max={1}
          typedMax={RANGES.lr.max}
          format={formatSetting}
          onChange={(lr) => onChange({ lr })}
        />
        {config.task !== 'memory' && <Rule config={config} onChange={onChange} />}
        <Slider
          label="Batch size"
          tag="live"
          value={config.batch}
          {...RANGES.batch}
          stops={BATCHES}
          onChange={(batch) => onChange({ batch })}
        />
        <Slider
          label="Epochs"
          tag="live"
          value={config.epochs}
          min={1}
          max={50}
          typedMax={RANGES.epochs.max}
          onChange={(epochs) => onChange({ epochs })}
        />
        <Segmented
          legend="Steps"
          value={config.pace}
          options={PACES.map((value) => ({ value, label: PACE_LABELS[value] }))}
          onChange={(pace) => onChange({ pace })}
        />
        <div class="field">
          <div class="field-head">
            <label for="seed">Seed</label>
            <NumberInput
              id="seed"
              label="Seed"
              value={config.seed}
              {...RANGES.seed}
              onChange={(seed) => onChange({ seed })}
            />
          </div>
        </div>
      </div>
    </section>
  );
}

/** Of pairs and characters; memory is always learnt by Adam at a constant rate. */
function Rule({ config, onChange }: PanelProps): JSX.Element {
  return (
    <>
      <Select
        label="Learning-rate schedule"
        value={config.schedule}
        options={SCHEDULES.map((value) => ({ value, label: SCHEDULE_LABELS[value] }))}
        onChange={(schedule) => onChange({ schedule })}
      />
      <Select
        label="Optimiser"
        value={config.optimizer}
        options={OPTIMIZERS.map((value) => ({ value, label: OPTIMIZER_LABELS[value] }))}
        onChange={(optimizer) => onChange({ optimizer })}
      />
      {config.optimizer === 'momentum' && (
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
      <Slider
        label="Weight decay"
        tag="live"
        value={config.weightDecay}
        min={0}
        max={1}
        stops={DECAYS}
        format={formatSetting}
        onChange={(weightDecay) => onChange({ weightDecay })}
      />
      <Clip config={config} onChange={onChange} />
    </>
  );
}
