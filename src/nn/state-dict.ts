/**
 * Loading a state dict: everything is checked before anything is written.
 */
import {
  abandonWrites,
  copyStorage,
  engine,
  flush,
  makeAvailable,
  noGrad,
  sameShape,
  show,
  Tensor,
  writeStorage,
  type DType,
  type HostArray,
  type Shape,
} from '../graph/index.ts';
import { clone } from '../ops/index.ts';

/** A tensor, or what `io.loadSafetensors` gives. */
export type StateEntry =
  Tensor | { readonly shape: Shape; readonly dtype?: DType; readonly data: HostArray | Uint8Array };

export type StateDict = Readonly<Record<string, StateEntry>>;

/** Keys of the model that the state lacks, and keys of the state that the model lacks. */
export interface UnmatchedKeys {
  readonly missingKeys: readonly string[];
  readonly unexpectedKeys: readonly string[];
}

export function applyState(
  parameters: Map<string, Tensor>,
  state: Map<string, StateEntry>,
  strict: boolean,
): UnmatchedKeys {
  const problems: string[] = [];
  for (const [key, parameter] of parameters) {
    const entry = state.get(key);
    if (!entry) {
      if (strict) problems.push(`"${key}" ${show(parameter.shape)} is missing`);
    } else if (!sameShape(entry.shape, parameter.shape))
      problems.push(`"${key}" is ${show(entry.shape)} and the model has ${show(parameter.shape)}`);
    else if (entry.dtype && entry.dtype !== parameter.dtype)
      problems.push(`"${key}" is ${entry.dtype} and the model has ${parameter.dtype}`);
    else if (!(entry instanceof Tensor) && entry.data.length !== parameter.numel)
      problems.push(`"${key}" has ${entry.data.length} numbers and shape ${show(entry.shape)}`);
  }
  if (strict) for (const key of state.keys()) if (!parameters.has(key)) problems.push(`"${key}" is not in the model`);
  if (problems.length)
    throw new Error(
      `loadStateDict: ${problems.join('; ')}. Nothing was loaded. Build the model with the same layers and sizes, or pass { strict: false } for missing and unexpected keys, and numbers of the model's dtype.`,
    );
  const values = [...parameters.values()].map(({ value }) => value);
  const available = (some: typeof values): void => {
    for (const value of some) makeAvailable(engine(), value, 'loadStateDict', flush);
  };
  available(values.filter(({ storage }) => !storage?.awaited));
  // Nobody will see the random start of what is overwritten, unless the state itself may be computed from it.
  if (![...state.values()].some((entry) => entry instanceof Tensor))
    abandonWrites(new Set([...parameters].flatMap(([key, { value }]) => (state.has(key) ? value.storage! : []))));
  available(values);
  stage(
    [...parameters].flatMap(([key, parameter]) => {
      const from = state.get(key);
      return from ? [{ to: parameter, from }] : [];
    }),
  );
  return {
    missingKeys: [...parameters.keys()].filter((key) => !state.has(key)),
    unexpectedKeys: [...state.keys()].filter((key) => !parameters.has(key)),
  };
}

/** Writes values to leaves that own memory, as one: all are read before any is written. */
export function stage(writes: readonly { from: StateEntry | Float32Array; to: Tensor }[]): void {
  const staged = writes.map(({ from, to }) => {
    const values = from instanceof Tensor ? snapshot(from, to.dtype) : 'data' in from ? from.data : from;
    return { values, to };
  });
  flush();
  for (const { values, to } of staged) {
    if (values instanceof Tensor) {
      copyStorage(values.value.storage!, to.value.storage!);
      values.dispose();
    } else writeStorage(to.value.storage!, (to.dtype === 'float32' ? Float32Array : Int32Array).from(values));
  }
}

/** The values as they are now, for they may be computed from the parameters that are about to be written. */
function snapshot(entry: Tensor, dtype: DType): Tensor {
  return noGrad(() => clone(entry.to(dtype)).retain());
}
