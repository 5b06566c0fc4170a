/**
 * Checkpoints: all that a training run needs to go on with the same bits, in one safetensors file.
 *
 * Tensors are `model.<key>` and `optimizer.<parameter>.<moment>`, so that any reader of safetensors finds the weights;
 * everything else is JSON in the metadata. Parts are known by their state dicts alone.
 */
import type { OptimizerState } from '../optim/index.ts';
import type { StateDict } from '../nn/index.ts';
import { sameShape, show, type Tensor } from '../graph/index.ts';
import { getGeneratorState, setGeneratorState } from '../ops/index.ts';
import { parseJson, toJson } from './checkpoint-json.ts';
import { loadSafetensors, safetensorsMetadata, saveSafetensors, type LoadedTensor } from './safetensors.ts';

/** A part whose state is plain data: a learning-rate scheduler, a `DataLoader`. */
export interface Stateful {
  stateDict(): object;
  loadStateDict(state: never): void;
}

/** What is saved, and what is loaded into; a file has the parts that were given. */
export interface CheckpointParts {
  readonly model: { stateDict(): Record<string, Tensor>; loadStateDict(state: StateDict): void };
  readonly optimizer?: {
    readonly name: string;
    stateDict(): OptimizerState;
    loadStateDict(state: OptimizerState): void;
  };
  readonly scheduler?: Stateful;
  readonly loader?: Stateful;
}

export interface Progress {
  /** Default 0. */
  readonly step?: number;
  /** Default 0. */
  readonly epoch?: number;
  /** Anything that JSON holds, such as the history of the loss. */
  readonly extra?: unknown;
}

const FORMAT = 1;
const HOST_PARTS = ['scheduler', 'loader'] as const;

interface Contents extends Required<Progress> {
  readonly format: number;
  readonly generator: { seed: number; offset: number };
  readonly optimizer: {
    readonly name: string;
    readonly state: Record<string, Record<string, number>>;
    readonly paramGroups: OptimizerState['paramGroups'];
  } | null;
  readonly scheduler: object | null;
  readonly loader: object | null;
}

/**
 * Writes a checkpoint of the state at this line; training may go on while it is read back.
 *
 * @throws Error where `extra` or a state holds what JSON cannot.
 */
export function saveCheckpoint(parts: CheckpointParts & Progress): Promise<Uint8Array> {
  const { model, optimizer, step = 0, epoch = 0, extra = null } = parts;
  const tensors: Record<string, Tensor> = {};
  for (const [key, tensor] of Object.entries(model.stateDict())) tensors[`model.${key}`] = tensor;
  const dumped = optimizer?.stateDict();
  const numbers: Record<string, Record<string, number>> = {};
  for (const [index, entries] of Object.entries(dumped?.state ?? {})) {
    numbers[index] = {};
    for (const [key, value] of Object.entries(entries))
      if (typeof value === 'number') numbers[index][key] = value;
      else tensors[`optimizer.${index}.${key}`] = value as Tensor;
  }
  const contents: Contents = {
    format: FORMAT,
    step,
    epoch,
    extra,
    generator: getGeneratorState(),
    optimizer: optimizer && dumped ? { name: optimizer.name, state: numbers, paramGroups: dumped.paramGroups } : null,
    scheduler: parts.scheduler?.stateDict() ?? null,
    loader: parts.loader?.stateDict() ?? null,
  };
  return saveSafetensors(tensors, { metadata: { checkpoint: toJson(contents) } });
}

/**
 * Has the parts and the random generator go on from a checkpoint, and returns how far it had come.
 *
 * @throws Error where the file is damaged or no checkpoint, or does not fit a part; then nothing has been changed.
 */
export function loadCheckpoint(bytes: Uint8Array, parts: CheckpointParts): Required<Progress> {
  const contents = contentsOf(bytes);
  const tensors = loadSafetensors(bytes);
  checkParts(contents, parts);
  const weights = under(tensors, 'model.');
  checkModel(weights, parts.model.stateDict());
  const undo: (() => void)[] = [];
  try {
    for (const name of HOST_PARTS) {
      const part = parts[name];
      if (!part) continue;
      const before = structuredClone(part.stateDict());
      undo.push(() => part.loadStateDict(before as never));
      part.loadStateDict(contents[name] as never);
    }
    if (parts.optimizer && contents.optimizer)
      parts.optimizer.loadStateDict(optimizerState(contents.optimizer, tensors));
  } catch (error) {
    for (const restore of undo) restore();
    throw error;
  }
  parts.model.loadStateDict(weights as StateDict);
  setGeneratorState(contents.generator);
  const { step, epoch, extra } = contents;
  return { step, epoch, extra };
}

/**
 * What a checkpoint says of its run, for who has to know before there are parts to load it into. Loads nothing.
 *
 * @throws Error where the file is damaged or no checkpoint.
 */
export function checkpointProgress(bytes: Uint8Array): Required<Progress> {
  const { step, epoch, extra } = contentsOf(bytes);
  return { step, epoch, extra };
}

function contentsOf(bytes: Uint8Array): Contents {
  const { checkpoint } = safetensorsMetadata(bytes);
  if (checkpoint === undefined)
    throw fault(
      'the file holds tensors and is no checkpoint',
      'Load it with model.loadStateDict(io.loadSafetensors(bytes)).',
    );
  const contents = parseJson(checkpoint) as Partial<Contents> | null;
  const format = contents?.format;
  if (typeof format === 'number' && format > FORMAT)
    throw fault(
      `the file has format ${format}, and this version reads up to ${FORMAT}`,
      'Use the version of wgrad that wrote it, or a newer one.',
    );
  const { seed, offset } = contents?.generator ?? {};
  if (format !== FORMAT || ![seed, offset, contents?.step, contents?.epoch].every(Number.isSafeInteger))
    throw fault('the file is damaged: its metadata is no checkpoint', 'Take an earlier one.');
  return contents as Contents;
}

function checkParts(contents: Contents, parts: CheckpointParts): void {
  for (const name of ['optimizer', ...HOST_PARTS] as const) {
    if (parts[name] && !contents[name]) throw fault(`the file has no ${name}`, `Leave ${name} out, or save it too.`);
    if (!parts[name] && contents[name])
      throw fault(
        `the file has a ${name} and none is given to load it`,
        `Pass ${name}; for the weights alone use io.loadSafetensors.`,
      );
  }
  const [there, here] = [contents.optimizer?.name, parts.optimizer?.name];
  if (there !== here)
    throw fault(`the file is of optim.${there}, and the optimizer is optim.${here}`, `Make an optim.${there}.`);
}

/** As `loadStateDict` would, but before anything else is loaded. */
function checkModel(weights: Record<string, LoadedTensor>, model: Record<string, Tensor>): void {
  const problems: string[] = [];
  for (const [key, { shape }] of Object.entries(model)) {
    const found = weights[key];
    if (!found) problems.push(`"${key}" ${show(shape)} is missing`);
    else if (!sameShape(found.shape, shape))
      problems.push(`"${key}" is ${show(found.shape)} and the model has ${show(shape)}`);
  }
  for (const key of Object.keys(weights)) if (!(key in model)) problems.push(`"${key}" is not in the model`);
  if (problems.length > 0)
    throw fault(`the file is of another model: ${problems.join('; ')}`, 'Build the model as it was when it was saved.');
}

function optimizerState(
  { state, paramGroups }: NonNullable<Contents['optimizer']>,
  tensors: Record<string, LoadedTensor>,
): OptimizerState {
  const entries = Object.entries(state).map(([index, numbers]) => [
    index,
    { ...numbers, ...under(tensors, `optimizer.${index}.`) },
  ]);
  return { state: Object.fromEntries(entries) as OptimizerState['state'], paramGroups };
}

function under(tensors: Record<string, LoadedTensor>, prefix: string): Record<string, LoadedTensor> {
  const found = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, tensor]) => [key.slice(prefix.length), tensor]));
}

function fault(what: string, remedy: string): Error {
  return new Error(`loadCheckpoint: ${what}. Nothing was loaded. ${remedy}`);
}
