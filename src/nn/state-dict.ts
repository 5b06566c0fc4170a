/**
 * Loading a state dict: everything is checked before anything is written.
 */
import {
  copyStorage,
  flush,
  noGrad,
  sameShape,
  show,
  Tensor,
  writeStorage,
  type HostArray,
  type Shape,
} from '../graph/index.ts';
import { clone } from '../ops/index.ts';
import type { Parameter } from './parameter.ts';

/** A tensor, or what `io.loadSafetensors` gives. */
export type StateEntry = Tensor | { readonly shape: Shape; readonly data: HostArray };

export type StateDict = Readonly<Record<string, StateEntry>>;

export function applyState(parameters: Map<string, Parameter>, state: Map<string, StateEntry>, strict: boolean): void {
  const problems: string[] = [];
  for (const [key, parameter] of parameters) {
    const entry = state.get(key);
    if (!entry) {
      if (strict) problems.push(`"${key}" ${show(parameter.shape)} is missing`);
    } else if (!sameShape(entry.shape, parameter.shape))
      problems.push(`"${key}" is ${show(entry.shape)} and the model has ${show(parameter.shape)}`);
  }
  if (strict) for (const key of state.keys()) if (!parameters.has(key)) problems.push(`"${key}" is not in the model`);
  if (problems.length)
    throw new Error(
      `loadStateDict: ${problems.join('; ')}. Nothing was loaded. Build the model with the same layers and sizes, or pass { strict: false } for missing and unexpected keys.`,
    );
  for (const [key, parameter] of parameters) {
    const entry = state.get(key);
    if (entry) assign(parameter, entry);
  }
}

function assign(parameter: Parameter, entry: StateEntry): void {
  const storage = parameter.value.storage!;
  if (!(entry instanceof Tensor)) writeStorage(storage, Float32Array.from(entry.data));
  else if (entry.value.storage && entry.dtype === 'float32') {
    flush();
    copyStorage(entry.value.storage, storage);
  } else {
    flush();
    noGrad(() => clone(entry.to('float32'))).value.target = storage;
    flush();
  }
}
