/** The controls of the MLP lab: preset, data, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Segmented, Select, Slider } from '../shared/controls.tsx';
import { Marks } from '../shared/marked.tsx';
import { Decay, TrainingSection } from '../shared/training-section.tsx';
import { PLANES, RANGES, STEPS_PER_FRAME, type MlpConfig } from './config.ts';
import { matchingPreset, presetsOf } from './presets.ts';
import { DigitsData, TableData } from './data-section.tsx';
import type { DataStore } from './data-store.ts';
import { LadderPanel } from './ladder-panel.tsx';
import { marksOf } from './ladder.ts';
import { NetworkSection } from './network-section.tsx';
import { PlanePicture } from './plane-picture.tsx';
import { OPTIMIZER_LABELS, PLANE_LABELS } from './settings.ts';

export interface PanelProps {
  readonly config: MlpConfig;
  readonly onChange: (patch: Partial<MlpConfig>) => void;
}

export function ControlsPanel({ config, onChange, files }: PanelProps & { files: DataStore }): JSX.Element {
  const preset = matchingPreset(config);
  const presets = presetsOf(config.mode);
  return (
    <Marks.Provider value={marksOf(config)}>
      {presets.length > 0 && (
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
      )}
      {config.mode === 'digits' && (
        <>
          <LadderPanel config={config} onChange={onChange} />
          <DigitsData config={config} onChange={onChange} files={files} />
        </>
      )}
      {config.mode === 'table' && <TableData config={config} onChange={onChange} files={files} />}
      {config.mode === 'plane' && <PlaneSection config={config} onChange={onChange} />}
      <NetworkSection config={config} onChange={onChange} />
      <TrainingSection
        config={config}
        onChange={onChange}
        optimizers={OPTIMIZER_LABELS}
        hasMomentum={(optimizer) => optimizer === 'momentum' || optimizer === 'nesterov'}
        ranges={RANGES}
        ends={{ lr: 10, epochs: config.mode === 'plane' ? 1000 : 50 }}
        quick={STEPS_PER_FRAME.quick}
      >
        <Decay label="L1 penalty" value={config.l1} onChange={(l1) => onChange({ l1 })} />
      </TrainingSection>
    </Marks.Provider>
  );
}

function PlaneSection({ config, onChange }: PanelProps): JSX.Element {
  return (
    <section class="lab-section">
      <h2>Data</h2>
      <div class="fields">
        <Segmented
          legend="Points"
          hideLegend
          value={config.plane}
          options={PLANES.map((value) => ({
            value,
            label: PLANE_LABELS[value],
            picture: <PlanePicture plane={value} />,
          }))}
          onChange={(plane) => onChange({ plane })}
        />
        <Slider
          label="Training points"
          value={config.points}
          {...RANGES.points}
          max={1000}
          typedMax={RANGES.points.max}
          step={20}
          onChange={(points) => onChange({ points })}
        />
        <Slider
          label="Noise"
          value={config.noise}
          {...RANGES.noise}
          step={0.01}
          onChange={(noise) => onChange({ noise })}
        />
      </div>
    </section>
  );
}
