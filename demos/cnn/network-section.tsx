/** The controls of the network: its architecture, and what of it can be switched off. */
import type { JSX } from 'preact';
import { Segmented, Select, Slider, Toggle } from '../shared/controls.tsx';
import { BRANCHES, MODELS, RANGES, REACHES, type CnnConfig } from './config.ts';
import { BRANCH_LABELS, MODEL_LABELS, REACH_LABELS } from './settings.ts';

export interface PanelProps {
  readonly config: CnnConfig;
  readonly onChange: (patch: Partial<CnnConfig>) => void;
}

const WIDTHS = [4, 8, 16, 24, 32, 48, 64, 96, 128, 256];
const WITH_DROPOUT: readonly CnnConfig['model'][] = ['six-conv', 'alexnet', 'googlenet', 'densenet'];

export function NetworkSection({ config, onChange }: PanelProps): JSX.Element {
  const { model, branches } = config;
  const toggle = (branch: number, isOn: boolean): void =>
    onChange({ branches: BRANCHES.filter((each) => (each === branch ? isOn : branches.includes(each))) });
  return (
    <section class="lab-section">
      <h2>Network</h2>
      <div class="fields">
        <Select
          label="Architecture"
          value={model}
          options={MODELS.map((value) => ({ value, label: MODEL_LABELS[value] }))}
          onChange={(next) => onChange({ model: next })}
        />
        {(model === 'resnet-20' || model === 'plain-20') && (
          <Toggle
            label="Skip connections"
            checked={model === 'resnet-20'}
            onChange={(skip) => onChange({ model: skip ? 'resnet-20' : 'plain-20' })}
          />
        )}
        {model === 'googlenet' && (
          <div class="field" role="group" aria-label="Branches of the inception modules">
            <span class="field-label">Branches of the inception modules</span>
            {BRANCHES.map((branch) => (
              <Toggle
                key={branch}
                label={BRANCH_LABELS[branch] ?? ''}
                checked={branches.includes(branch)}
                // A module without branches would have nothing to give on.
                disabled={branches.length === 1 && branches.includes(branch)}
                onChange={(isOn) => toggle(branch, isOn)}
              />
            ))}
          </div>
        )}
        {model === 'densenet' && (
          <Segmented
            legend="Layers before it that each sees"
            value={config.reach}
            options={REACHES.map((value) => ({ value, label: REACH_LABELS[value] }))}
            onChange={(reach) => onChange({ reach })}
          />
        )}
        {model === 'six-conv' && (
          <Slider
            label="Channels of the first stage"
            value={config.width}
            {...RANGES.width}
            stops={WIDTHS}
            onChange={(width) => onChange({ width })}
          />
        )}
        {WITH_DROPOUT.includes(model) && (
          <Slider
            label="Dropout"
            value={config.dropout}
            {...RANGES.dropout}
            step={0.05}
            onChange={(dropout) => onChange({ dropout })}
          />
        )}
      </div>
    </section>
  );
}
