/** The controls of the MLP lab: preset, data, network, training. Shows a configuration and asks for changes to it. */
import type { JSX } from 'preact';
import { Button, NumberInput, Segmented, Select, Slider } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { ACTIVATIONS, OPTIMIZERS, PACES, PLANES, RANGES, matchingPreset, presetsOf, type MlpConfig } from './config.ts';
import { PlanePicture } from './plane-picture.tsx';

interface PanelProps {
  readonly config: MlpConfig;
  readonly onChange: (patch: Partial<MlpConfig>) => void;
}

const WIDTHS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

const PLANE_LABELS = { spirals: 'Spirals', moons: 'Moons', circles: 'Circles', blobs: 'Blobs', xor: 'XOR' } as const;
const ACTIVATION_LABELS = { relu: 'ReLU', tanh: 'Tanh', sigmoid: 'Sigmoid' } as const;
const OPTIMIZER_LABELS = {
  sgd: 'SGD',
  momentum: 'SGD with momentum 0.9',
  nesterov: 'SGD with Nesterov momentum 0.9',
  adam: 'Adam',
  adamw: 'AdamW',
} as const;
const PACE_LABELS = { slow: '1 a frame', quick: '10 a frame', full: 'Full speed' } as const;

export function ControlsPanel({ config, onChange }: PanelProps): JSX.Element {
  const preset = matchingPreset(config);
  const presets = presetsOf(config.mode);
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
      {config.mode === 'plane' && <PlaneSection config={config} onChange={onChange} />}
      <NetworkSection config={config} onChange={onChange} />
      <TrainingSection config={config} onChange={onChange} />
    </>
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

function NetworkSection({ config, onChange }: PanelProps): JSX.Element {
  const { hidden } = config;
  const setDepth = (depth: number): void => {
    const width = hidden.at(-1) ?? 16;
    onChange({ hidden: Array.from({ length: depth }, (_, layer) => hidden[layer] ?? width) });
  };
  return (
    <section class="lab-section">
      <h2>Network</h2>
      <div class="fields">
        <Slider label="Hidden layers" value={hidden.length} min={0} max={RANGES.depth} onChange={setDepth} />
        {hidden.length > 0 && (
          <>
            <Slider
              label="Width of all layers"
              value={Math.max(...hidden)}
              min={RANGES.width.min}
              max={RANGES.width.max}
              stops={WIDTHS}
              onChange={(width) => onChange({ hidden: hidden.map(() => width) })}
            />
            <LayerWidths hidden={hidden} onChange={(widths) => onChange({ hidden: widths })} />
            <Segmented
              legend="Activation"
              value={config.activation}
              options={ACTIVATIONS.map((value) => ({ value, label: ACTIVATION_LABELS[value] }))}
              onChange={(activation) => onChange({ activation })}
            />
            <Slider
              label="Dropout, hidden layers"
              value={config.dropout}
              {...RANGES.dropout}
              step={0.05}
              onChange={(dropout) => onChange({ dropout })}
            />
          </>
        )}
        <Slider
          label="Dropout, input"
          value={config.inputDropout}
          {...RANGES.dropout}
          step={0.05}
          onChange={(inputDropout) => onChange({ inputDropout })}
        />
      </div>
    </section>
  );
}

function LayerWidths(props: { hidden: readonly number[]; onChange: (hidden: readonly number[]) => void }): JSX.Element {
  return (
    <div class="field" role="group" aria-label="Width of each hidden layer">
      <div class="field-head">
        <span class="field-label">Units, layer by layer</span>
      </div>
      <div class="layer-widths">
        {props.hidden.map((width, layer) => (
          <NumberInput
            key={layer}
            label={`Units of hidden layer ${layer + 1}`}
            value={width}
            {...RANGES.width}
            whole
            onChange={(units) => props.onChange(props.hidden.with(layer, units))}
          />
        ))}
      </div>
    </div>
  );
}

function TrainingSection({ config, onChange }: PanelProps): JSX.Element {
  const newSeed = (): void => onChange({ seed: 1 + Math.floor(Math.random() * RANGES.seed.max) });
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
          max={10}
          typedMax={RANGES.lr.max}
          format={formatSetting}
          onChange={(lr) => onChange({ lr })}
        />
        <Select
          label="Optimiser"
          value={config.optimizer}
          options={OPTIMIZERS.map((value) => ({ value, label: OPTIMIZER_LABELS[value] }))}
          onChange={(optimizer) => onChange({ optimizer })}
        />
        <Slider
          label="Weight decay"
          value={config.weightDecay}
          {...RANGES.weightDecay}
          stops={DECAYS}
          format={formatSetting}
          onChange={(weightDecay) => onChange({ weightDecay })}
        />
        <Slider
          label="Batch size"
          value={config.batch}
          {...RANGES.batch}
          stops={BATCHES}
          onChange={(batch) => onChange({ batch })}
        />
        <Slider
          label="Epochs"
          value={config.epochs}
          min={1}
          max={config.mode === 'plane' ? 1000 : 50}
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
            <span class="seed">
              <Button label="New random seed" icon="dice" variant="quiet" onPress={newSeed} />
              <NumberInput
                id="seed"
                label="Seed"
                value={config.seed}
                {...RANGES.seed}
                onChange={(seed) => onChange({ seed })}
              />
            </span>
          </div>
        </div>
      </div>
    </section>
  );
}

/** One line for a closed panel: what is trained, and how. */
export function describe({ mode, plane, hidden, activation, optimizer, lr }: MlpConfig): string {
  const data = mode === 'plane' ? PLANE_LABELS[plane] : 'Digits';
  const net = hidden.length > 0 ? `${hidden.join('-')} ${ACTIVATION_LABELS[activation]}` : 'no hidden layer';
  return `${data}, ${net}, ${optimizer === 'sgd' ? 'SGD' : optimizer} ${formatSetting(lr)}`;
}
