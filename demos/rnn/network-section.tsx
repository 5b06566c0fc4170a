/** The controls of the network: what reads, in which directions, with or without attention, from scratch or pre-trained. */
import type { JSX } from 'preact';
import { Segmented, Select, Slider, Toggle } from '../shared/controls.tsx';
import { formatSetting } from '../shared/format.ts';
import { MODELS, PASSES, POOLINGS, RANGES, isGiven, poolingOf, type RnnConfig } from './config.ts';
import { EncoderSection, type EncoderProps } from './encoder-section.tsx';
import { MODEL_LABELS, POOLING_LABELS } from './settings.ts';

export interface PanelProps {
  readonly config: RnnConfig;
  readonly onChange: (patch: Partial<RnnConfig>) => void;
}

const SIZES = [4, 8, 16, 32, 64, 128, 256, 512];
const CLIPS = [0, 0.1, 0.25, 0.5, 1, 2, 5, 10, 100];

/** Of pairs and characters. */
export function NetworkSection(props: PanelProps & EncoderProps): JSX.Element {
  const { config, onChange } = props;
  const { task, model } = config;
  const given = isGiven(config);
  const pairs = task === 'pairs';
  const recurrent = model !== 'transformer' && model !== 'bert';
  const models = pairs ? MODELS : MODELS.filter((name) => name === 'rnn' || name === 'gru' || name === 'lstm');
  return (
    <section class="lab-section">
      <h2>Network</h2>
      <div class="fields">
        <Select
          label="Architecture"
          value={model}
          options={models.map((value) => ({ value, label: MODEL_LABELS[value] }))}
          onChange={(value) => onChange({ model: value })}
        />
        {pairs && recurrent && (
          <Segmented
            legend="Reads"
            value={config.bidirectional ? 'both' : 'one'}
            options={[
              { value: 'one', label: 'One way' },
              { value: 'both', label: 'Both ways' },
            ]}
            onChange={(way) => onChange({ bidirectional: way === 'both' })}
          />
        )}
        {pairs && model !== 'bert' && (
          <>
            <Toggle
              label="Attention between the sentences"
              checked={config.attention}
              onChange={(attention) => onChange({ attention })}
            />
            <Select
              label="What stands for a sentence"
              value={poolingOf(config)}
              options={POOLINGS.filter((value) => value !== 'last' || (recurrent && !config.attention)).map(
                (value) => ({
                  value,
                  label: POOLING_LABELS[value],
                }),
              )}
              onChange={(pooling) => onChange({ pooling })}
            />
          </>
        )}
        {model === 'bert' && <Beginning {...props} />}
        {!given && (
          <Slider
            label={pairs ? 'Features of a word' : 'Features of a character'}
            value={config.embedding}
            {...RANGES.embedding}
            stops={SIZES}
            onChange={(embedding) => onChange({ embedding })}
          />
        )}
        {pairs && model !== 'bert' && (
          <Toggle
            label="Learn these features"
            checked={config.trainWords}
            onChange={(trainWords) => onChange({ trainWords })}
          />
        )}
        {model !== 'bert' && (
          <Slider
            label="Hidden units"
            value={config.hidden}
            {...RANGES.hidden}
            stops={SIZES}
            onChange={(hidden) => onChange({ hidden })}
          />
        )}
        {!given && (
          <Slider label="Layers" value={config.layers} {...RANGES.layers} onChange={(layers) => onChange({ layers })} />
        )}
        {!recurrent && !given && (
          <Slider
            label="Heads"
            value={config.heads}
            {...RANGES.heads}
            stops={[1, 2, 4, 8]}
            onChange={(heads) => onChange({ heads })}
          />
        )}
        <Slider
          label="Dropout"
          value={config.dropout}
          {...RANGES.dropout}
          step={0.05}
          onChange={(dropout) => onChange({ dropout })}
        />
        {recurrent && <Orthogonal config={config} onChange={onChange} />}
      </div>
    </section>
  );
}

const BEGINNINGS = {
  scratch: { given: false, pretrain: 0, frozen: false },
  pretrained: { given: false, pretrain: PASSES },
  given: { given: true },
} as const;

function Beginning(props: PanelProps & EncoderProps): JSX.Element {
  const { config, onChange } = props;
  const beginning = config.given ? 'given' : config.pretrain > 0 ? 'pretrained' : 'scratch';
  return (
    <>
      <Select
        label="Begins"
        value={beginning}
        options={[
          { value: 'scratch', label: 'From scratch' },
          { value: 'pretrained', label: 'Pre-trained here' },
          { value: 'given', label: 'From files or the web' },
        ]}
        onChange={(wanted) => onChange(BEGINNINGS[wanted])}
      />
      {beginning === 'given' && <EncoderSection {...props} />}
      {beginning === 'pretrained' && (
        <Slider
          label="Passes of guessing masked words"
          value={config.pretrain}
          min={1}
          max={50}
          typedMax={RANGES.pretrain.max}
          onChange={(pretrain) => onChange({ pretrain })}
        />
      )}
      {beginning !== 'scratch' && (
        <Segmented
          legend="Then learns"
          value={config.frozen ? 'frozen' : 'full'}
          options={[
            { value: 'full', label: 'All of it' },
            { value: 'frozen', label: 'Only its head' },
          ]}
          onChange={(value) => onChange({ frozen: value === 'frozen' })}
        />
      )}
    </>
  );
}

/** Of memory: the sequences, and the two that read them. */
export function MemorySection({ config, onChange }: PanelProps): JSX.Element {
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
          stops={SIZES}
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
        <Orthogonal config={config} onChange={onChange} />
      </div>
    </section>
  );
}

export function Clip({ config, onChange }: PanelProps): JSX.Element {
  return (
    <Slider
      label="Clip the gradient norm (0: never)"
      value={config.clip}
      {...RANGES.clip}
      stops={CLIPS}
      format={formatSetting}
      onChange={(clip) => onChange({ clip })}
    />
  );
}

function Orthogonal({ config, onChange }: PanelProps): JSX.Element {
  return (
    <Toggle
      label="Orthogonal recurrent weights"
      checked={config.orthogonal}
      onChange={(orthogonal) => onChange({ orthogonal })}
    />
  );
}
