/** The controls of the RNN lab: preset, data, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Select } from '../shared/controls.tsx';
import { TrainingSection } from '../shared/training-section.tsx';
import { OPTIMIZER_LABELS, STEPS_PER_FRAME } from '../shared/training-settings.ts';
import { RANGES } from './config.ts';
import { DataSection, type DataProps } from './data-section.tsx';
import type { EncoderProps } from './encoder-section.tsx';
import { matchingPreset, presetsOf } from './lab-presets.ts';
import { Clip, MemorySection, NetworkSection } from './network-section.tsx';

export function ControlsPanel(props: DataProps & EncoderProps): JSX.Element {
  const { config, onChange } = props;
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
      {config.task === 'memory' ? (
        <MemorySection config={config} onChange={onChange} />
      ) : (
        <>
          <DataSection {...props} />
          <NetworkSection {...props} />
        </>
      )}
      <TrainingSection
        config={config}
        onChange={onChange}
        optimizers={OPTIMIZER_LABELS}
        hasMomentum={(optimizer) => optimizer === 'momentum'}
        ranges={RANGES}
        ends={{ lr: 1, epochs: 50 }}
        quick={STEPS_PER_FRAME.quick}
      >
        <Clip config={config} onChange={onChange} />
      </TrainingSection>
    </>
  );
}
