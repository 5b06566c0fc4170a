/** The controls of the CNN lab: preset, images, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Select, Slider, Toggle } from '../shared/controls.tsx';
import { TrainingSection } from '../shared/training-section.tsx';
import { OPTIMIZER_LABELS, STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { RANGES } from './config.ts';
import { ImagesSection } from './images-section.tsx';
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
      <ImagesSection {...props}>
        <Toggle label="Vary each image anew" checked={config.augment} onChange={(augment) => onChange({ augment })} />
        {config.augment && <AugmentFields {...props} />}
      </ImagesSection>
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
