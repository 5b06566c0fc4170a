/** The controls of the CNN lab: preset, images, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Button, NumberInput, Segmented, Select, Slider, Toggle } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { MODELS, OPTIMIZERS, PACES, RANGES, SCHEDULES, type CnnConfig } from './config.ts';
import { matchingPreset, PRESETS } from './presets.ts';
import { MODEL_LABELS, OPTIMIZER_LABELS, SCHEDULE_LABELS } from './settings.ts';

interface PanelProps {
  readonly config: CnnConfig;
  readonly onChange: (patch: Partial<CnnConfig>) => void;
}

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const WIDTHS = [4, 8, 16, 24, 32, 48, 64, 96, 128, 256];
const DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
const PACE_LABELS = { slow: '1 a frame', quick: '4 a frame', full: 'Full speed' } as const;

export function ControlsPanel(props: PanelProps & { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { config, onChange } = props;
  const preset = matchingPreset(config);
  return (
    <>
      <section class="lab-section">
        <Select
          label="Preset"
          value={preset?.name ?? ''}
          placeholder="Your own"
          options={PRESETS.map(({ name, label }) => ({ value: name, label }))}
          note={preset?.note}
          onChange={(name) => onChange(PRESETS.find((candidate) => candidate.name === name)?.config ?? {})}
        />
      </section>
      <ImagesSection {...props} />
      <NetworkSection {...props} />
      <TrainingSection config={config} onChange={onChange} />
    </>
  );
}

function ImagesSection(props: PanelProps & { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { config, onChange, onFiles } = props;
  const choose = (): void => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', multiple: true, accept: '.bin' });
    input.addEventListener('change', () => onFiles([...(input.files ?? [])]));
    input.click();
  };
  return (
    <section class="lab-section">
      <h2>Images</h2>
      <div class="fields">
        <p class="field-note">
          {config.source === 'files'
            ? 'CIFAR-10, from your files.'
            : 'Generated: ten shapes in any colour on any ground. For CIFAR-10 drop its binary batches on the page.'}
        </p>
        {config.source === 'files' ? (
          <Button label="Use generated shapes" onPress={() => onChange({ source: 'generated' })}>
            Use generated shapes
          </Button>
        ) : (
          <Button label="Choose CIFAR-10's files…" onPress={choose}>
            Choose CIFAR-10's files…
          </Button>
        )}
        <Toggle
          label="Shift and mirror each image anew"
          checked={config.augment}
          onChange={(augment) => onChange({ augment })}
        />
      </div>
    </section>
  );
}

function NetworkSection({ config, onChange }: PanelProps): JSX.Element {
  return (
    <section class="lab-section">
      <h2>Network</h2>
      <div class="fields">
        <Select
          label="Architecture"
          value={config.model}
          options={MODELS.map((value) => ({ value, label: MODEL_LABELS[value] }))}
          onChange={(model) => onChange({ model })}
        />
        {config.model === 'six-conv' && (
          <>
            <Slider
              label="Channels of the first stage"
              value={config.width}
              {...RANGES.width}
              stops={WIDTHS}
              onChange={(width) => onChange({ width })}
            />
            <Slider
              label="Dropout"
              value={config.dropout}
              {...RANGES.dropout}
              step={0.05}
              onChange={(dropout) => onChange({ dropout })}
            />
          </>
        )}
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
          label="Weight decay (L2)"
          tag="live"
          value={config.weightDecay}
          min={0}
          max={1}
          stops={DECAYS}
          format={formatSetting}
          onChange={(weightDecay) => onChange({ weightDecay })}
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
