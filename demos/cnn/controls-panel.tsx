/** The controls of the CNN lab: preset, images, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Button, Select, Slider, Toggle } from '../shared/controls.tsx';
import { FileButton } from '../shared/file-button.tsx';
import { TrainingSection } from '../shared/training-section.tsx';
import { OPTIMIZER_LABELS, STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { RANGES } from './config.ts';
import { NetworkSection, type PanelProps } from './network-section.tsx';
import { matchingPreset, PRESETS } from './presets.ts';

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
      <TrainingSection
        config={config}
        onChange={onChange}
        optimizers={OPTIMIZER_LABELS}
        hasMomentum={(optimizer) => optimizer === 'momentum'}
        ranges={RANGES}
        ends={{ lr: 1, epochs: 50 }}
        quick={STEPS_PER_FRAME.quick}
      />
    </>
  );
}

function ImagesSection(props: PanelProps & { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { config, onChange, onFiles } = props;
  return (
    <section class="lab-section">
      <h2>Images</h2>
      <div class="fields">
        <p class="field-note">
          {config.source === 'files'
            ? 'CIFAR-10, from your files.'
            : 'Generated: ten shapes in any colour on any ground. For CIFAR-10 drop its binary batches, or its tables in Parquet, on the page.'}
        </p>
        {config.source === 'files' ? (
          <Button label="Use generated shapes" onPress={() => onChange({ source: 'generated' })}>
            Use generated shapes
          </Button>
        ) : (
          <FileButton label="Choose CIFAR-10's files…" accept=".bin,.parquet" multiple onFiles={onFiles} />
        )}
        <Toggle label="Vary each image anew" checked={config.augment} onChange={(augment) => onChange({ augment })} />
        {config.augment && <AugmentFields {...props} />}
      </div>
    </section>
  );
}

function AugmentFields({ config, onChange }: PanelProps): JSX.Element {
  const { crop, flip, jitter, cutout } = config;
  return (
    <>
      <Slider
        label="Shift, pixels"
        value={crop}
        {...RANGES.crop}
        max={8}
        typedMax={RANGES.crop.max}
        onChange={(next) => onChange({ crop: next })}
      />
      <Toggle label="Mirror one in two" checked={flip} onChange={(next) => onChange({ flip: next })} />
      <Slider
        label="Brightness, contrast, saturation"
        value={jitter}
        {...RANGES.jitter}
        step={0.05}
        onChange={(next) => onChange({ jitter: next })}
      />
      <Slider
        label="Square cut out, pixels"
        value={cutout}
        {...RANGES.cutout}
        max={16}
        typedMax={RANGES.cutout.max}
        onChange={(next) => onChange({ cutout: next })}
      />
    </>
  );
}
