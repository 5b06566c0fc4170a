/** The controls of the network: its layers, their activation, and dropout. */
import type { JSX } from 'preact';
import { NumberInput, Select, Slider } from '../shared/controls.tsx';
import { ACTIVATIONS, RANGES } from './config.ts';
import type { PanelProps } from './controls-panel.tsx';
import { Marked } from '../shared/marked.tsx';
import { ACTIVATION_LABELS } from './settings.ts';

const WIDTHS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];

export function NetworkSection({ config, onChange }: PanelProps): JSX.Element {
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
            <Marked by="hidden">
              <LayerWidths hidden={hidden} onChange={(widths) => onChange({ hidden: widths })} />
            </Marked>
            <Marked by="activation">
              <Select
                label="Activation"
                value={config.activation}
                options={ACTIVATIONS.map((value) => ({ value, label: ACTIVATION_LABELS[value] }))}
                onChange={(activation) => onChange({ activation })}
              />
            </Marked>
            <Marked by="dropout">
              <Slider
                label="Dropout, hidden layers"
                tag={config.dropout > 0 ? 'live' : undefined}
                value={config.dropout}
                {...RANGES.dropout}
                step={0.05}
                onChange={(dropout) => onChange({ dropout })}
              />
            </Marked>
          </>
        )}
        <Marked by="inputDropout">
          <Slider
            label="Dropout, input"
            tag={config.inputDropout > 0 ? 'live' : undefined}
            value={config.inputDropout}
            {...RANGES.dropout}
            step={0.05}
            onChange={(inputDropout) => onChange({ inputDropout })}
          />
        </Marked>
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
