/**
 * What the benchmark asks of an engine, and which engines there are. Each engine is a file of its own, loaded only when
 * it is measured, so that a peer's library weighs on nobody else.
 */
import type { Batch, Case, OpCase, TrainingCase, TrainingData } from './cases/case.ts';

export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  /** Gets a device. */
  start(): Promise<void>;
  /** Uploads inputs and builds what `run` needs; what can be compiled lazily may be. */
  prepareOp(work: OpCase, inputs: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp>;
  prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining>;
}

export interface Prepared {
  /** Waits for what it compiles behind its first runs. */
  ready?(): Promise<void>;
  dispose(): void;
}

export interface PreparedOp extends Prepared {
  /** Does the op `iterations` times, and resolves when the GPU has done the last. */
  run(iterations: number): Promise<void>;
  /** A result, row-major. */
  output(): Promise<Float32Array>;
}

export interface PreparedTraining extends Prepared {
  /** Takes `iterations` steps without waiting between them, and resolves to the loss of the last, read back. */
  run(iterations: number): Promise<number>;
  /** Another batch of the same size, for all steps from now on. */
  feed(batch: Batch): void;
  /** Logits of other inputs, by the weights as they are now. */
  predict(x: Float32Array<ArrayBuffer>, xShape: readonly number[]): Promise<Float32Array>;
}

const LOADERS = {
  wgrad: () => import('./engines/wgrad/engine.ts'),
  'jax-js': () => import('./engines/jax-js/engine.ts'),
  tfjs: () => import('./engines/tfjs/engine.ts'),
  onnxruntime: () => import('./engines/onnxruntime/engine.ts'),
  'wgrad, one': () => import('./engines/wgrad/one.ts'),
} satisfies Record<string, () => Promise<{ default: Engine }>>;

export type EngineName = keyof typeof LOADERS;

/** Ours first: the others are compared with it. */
export const ENGINES: readonly EngineName[] = ['wgrad', 'jax-js', 'tfjs'];

/** Of these only the terminal knows where they are; they forward and do not train. */
export const OPTIONAL_ENGINES: readonly EngineName[] = ['onnxruntime'];

/** The ops that have no forward pass of their own. */
const BACKWARD: ReadonlySet<string> = new Set(['conv2dWeight', 'conv2dInput', 'conv2dPasses']);

/** Of the chosen engines those that run a case; a race is held to one of its members alone. */
export function enginesFor(work: Case, chosen: readonly EngineName[]): readonly EngineName[] {
  if (work.kind === 'op')
    return BACKWARD.has(work.op) ? chosen.filter((name) => !OPTIONAL_ENGINES.includes(name)) : chosen;
  if (work.kind === 'training' && work.members > 1) return ['wgrad', 'wgrad, one'];
  return work.kind === 'training' && work.oursAlone
    ? ['wgrad']
    : chosen.filter((name) => !OPTIONAL_ENGINES.includes(name));
}

export async function loadEngine(name: EngineName): Promise<Engine> {
  return (await LOADERS[name]()).default;
}

/** Of those that load; one that does not says why where it is measured. */
export async function versionsOf(names: readonly EngineName[]): Promise<Partial<Record<EngineName, string>>> {
  const loaded = await Promise.allSettled(names.map(loadEngine));
  const found = loaded.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
  return Object.fromEntries(found.map(({ name, version }) => [name, version]));
}

/** Results behind each other, as a case with several has them. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
