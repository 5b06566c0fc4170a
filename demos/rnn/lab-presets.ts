/**
 * The presets of each task of the lab: those of the terminal run, and memory and encoders that a reader brings, which
 * only the page trains. Pure data.
 */
import { differences } from '../shared/address.ts';
import { DEFAULTS, LOOKS, schema, type RnnConfig } from './config.ts';
import type { Words } from './encoder-words.ts';
import { BERT, PLAIN, PRESETS, type Preset } from './presets.ts';

/** How an encoder that is given is tuned: what has read billions of words is moved less. Devlin et al. 2019, A.3. */
export const PUBLISHED: { readonly [K in Words['unit']]: Partial<RnnConfig> } = {
  words: { ...BERT, given: true },
  pieces: { ...BERT, given: true, length: 96, lr: 5e-5, epochs: 3 },
};

const MEMORY: Partial<RnnConfig> = {
  ...PLAIN,
  task: 'memory',
  length: 64,
  hidden: 32,
  layers: 2,
  clip: 1,
  orthogonal: false,
  forgetBias: 3,
  lr: 0.003,
  batch: 64,
  epochs: 20,
};

const MEMORY_PRESETS: readonly Preset[] = [
  {
    name: 'memory',
    label: 'RNN against LSTM, 64 steps',
    note: 'Both read the same batches; the LSTM’s forget gates start open. Watch whose gradient gets back to the first step.',
    config: MEMORY,
  },
  {
    name: 'memory-plain',
    label: 'The same, with forget gates half closed',
    note: 'As PyTorch starts an LSTM: at first its gradient vanishes no slower than that of the RNN.',
    config: { ...MEMORY, forgetBias: 0 },
  },
  {
    name: 'memory-orthogonal',
    label: 'The same, from orthogonal weights',
    note: 'An orthogonal matrix neither shrinks nor grows what it carries: the gradient of the RNN reaches further back.',
    config: { ...MEMORY, orthogonal: true },
  },
  {
    name: 'memory-long',
    label: 'RNN against LSTM, 128 steps',
    note: 'Twice as far back.',
    config: { ...MEMORY, length: 128 },
  },
];

const GIVEN: Preset = {
  name: 'published',
  label: 'A published BERT, fine-tuned',
  note: 'It has read books and an encyclopaedia before it sees the first pair.',
  config: PUBLISHED.pieces,
};

const ALL: readonly Preset[] = [...PRESETS, GIVEN, ...MEMORY_PRESETS];
const taskOf = ({ config }: Preset): RnnConfig['task'] => config.task ?? DEFAULTS.task;

export function presetsOf(task: RnnConfig['task']): readonly Preset[] {
  return ALL.filter((preset) => taskOf(preset) === task);
}

/** The settings that a newcomer to a task sees. */
export function firstOf(task: RnnConfig['task']): Partial<RnnConfig> {
  return presetsOf(task)[0]?.config ?? {};
}

/** The preset that a configuration still is, if any. */
export function matchingPreset(config: RnnConfig): Preset | undefined {
  const ignored: readonly string[] = [...LOOKS, 'source', 'seed'];
  return presetsOf(config.task).find((preset) =>
    differences(schema, config, { ...config, ...preset.config }).every((key) => ignored.includes(key)),
  );
}
