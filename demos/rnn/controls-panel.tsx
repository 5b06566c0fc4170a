/** The controls of the RNN lab. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { NumberInput, Segmented, Select, Slider, Toggle } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { PACES, RANGES, type RnnConfig } from './config.ts';
import { matchingPreset, presetsOf } from './lab-presets.ts';

interface PanelProps {
  readonly config: RnnConfig;
  readonly onChange: (patch: Partial<RnnConfig>) => void;
}

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const CLIPS = [0, 0.1, 0.25, 0.5, 1, 2, 5, 10, 100];
const PACE_LABELS = { slow: '1 a frame', quick: '4 a frame', full: 'Full speed' } as const;

export function ControlsPanel({ config, onChange }: PanelProps): JSX.Element {
  const presets = presetsOf(config.task);
  const preset = matchingPreset(config);
  return (
    <>
      <section class="lab-section">
        <Select
          label="Preset"
          value={preset?.name ?? ''}
          placeholder="Your own"
          options={presets.map(({ name, label }) => ({ value: name, label }))}
          note={preset?.note}
          onChange={(name) => onChange(presets.find((candidate) => candidate.name === name)?.config ?? {})}
        />
      </section>
      {config.task === 'memory' && <MemorySection config={config} onChange={onChange} />}
      <TrainingSection config={config} onChange={onChange} />
    </>
  );
}

function MemorySection({ config, onChange }: PanelProps): JSX.Element {
  return (
    <section class="lab-section">
      <h2>Sequences and networks</h2>
      <div class="fields">
        <Slider
          label="Steps of a sequence"
          value={config.length}
          {...RANGES.length}
          stops={[8, 16, 32, 64, 128, 256]}
          onChange={(length) => onChange({ length })}
        />
        <Slider
          label="Hidden units"
          value={config.hidden}
          {...RANGES.hidden}
          stops={[4, 8, 16, 32, 64, 128]}
          onChange={(hidden) => onChange({ hidden })}
        />
        <Slider label="Layers" value={config.layers} {...RANGES.layers} onChange={(layers) => onChange({ layers })} />
        <Slider
          label="Forget-gate bias of the LSTM"
          value={config.forgetBias}
          {...RANGES.forgetBias}
          step={0.5}
          onChange={(forgetBias) => onChange({ forgetBias })}
        />
        <Slider
          label="Clip the gradient norm (0: never)"
          value={config.clip}
          {...RANGES.clip}
          stops={CLIPS}
          format={formatSetting}
          onChange={(clip) => onChange({ clip })}
        />
        <Toggle
          label="Orthogonal recurrent weights"
          checked={config.orthogonal}
          onChange={(orthogonal) => onChange({ orthogonal })}
        />
      </div>
    </section>
  );
}

function TrainingSection({ config, onChange }: PanelProps): JSX.Element {
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
          max={100}
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
