/**
 * The state of an optimiser, in the form of torch.optim's state_dict. Loading checks everything before it writes.
 */
import { sameShape, show, Tensor } from '../graph/index.ts';
import { stage, type StateEntry } from '../nn/index.ts';
import type { Rule } from './optimizer.ts';
import { checkOptions, membersOf, type ParamGroup } from './param-groups.ts';
import type { Slab } from './slab.ts';

/** Of a parameter that has been moved: how often, and its moments by PyTorch's names. */
export interface ParameterState {
  readonly step: number;
  readonly [moment: string]: StateEntry | number;
}

export interface OptimizerState {
  /** By the number of the parameter, over all groups. */
  readonly state: Readonly<Record<number, ParameterState>>;
  /** Options, and the numbers of the parameters that they hold for. */
  readonly paramGroups: readonly { readonly params: readonly number[]; readonly [option: string]: unknown }[];
}

type Moments = ReadonlyMap<string, Tensor>;

export function dumpState(
  slab: Slab,
  groups: readonly ParamGroup<object>[],
  moments: Moments,
  steps: readonly number[],
): OptimizerState {
  const state: Record<number, ParameterState> = {};
  steps.forEach((step, index) => {
    const parts = [...moments].map(([key, moment]): [string, Tensor] => [key, slab.part(moment, index)]);
    if (step) state[index] = { ...Object.fromEntries(parts), step };
  });
  let at = 0;
  const paramGroups = groups.map(({ params, ...options }) => ({
    ...structuredClone(options),
    params: params.map(() => at++),
  }));
  return { state, paramGroups };
}

/** Writes the moments and the groups' options; returns the steps of each parameter. */
export function loadState<O extends object>(
  rule: Rule<O>,
  slab: Slab,
  groups: readonly ParamGroup<O>[],
  moments: Moments,
  { state, paramGroups }: OptimizerState,
): number[] {
  const fail = (why: string): never => {
    throw new Error(
      `${rule.name}: loadStateDict: ${why}. Nothing was loaded. Make the optimizer with the same parameters and options.`,
    );
  };
  if (paramGroups.length !== groups.length) fail(`${paramGroups.length} groups, and here are ${groups.length}`);
  const options = paramGroups.map(({ params, ...given }, number) => {
    const group = groups[number]!;
    if (params.length !== group.params.length)
      fail(`group ${number} has ${params.length} parameters, and here ${group.params.length}`);
    const loaded: ParamGroup<O> = { ...group, ...structuredClone(given) };
    checkOptions(rule.name, loaded, rule.defaults);
    const [here, there] = [membersOf(rule.name, group), membersOf(rule.name, loaded)];
    if (there > 1 && here !== there) fail(`group ${number} is for ${there} members, and here for ${here}`);
    const missing = rule.needs(loaded).moments.find((key) => !moments.has(key));
    if (missing) fail(`group ${number} needs ${missing}, which is not here`);
    return loaded;
  });
  const writes: { from: StateEntry | Float32Array; to: Tensor }[] = [];
  // The numbers count over all groups, whatever they are called.
  const numbers = paramGroups.flatMap(({ params }) => params);
  for (const key of Object.keys(state)) if (!numbers.includes(Number(key))) fail(`there is no parameter ${key}`);
  const starts = groups.flatMap((group) => group.params.map(() => rule.start?.(group) ?? 0));
  const steps = slab.parameters.map(({ shape, numel }, index) => {
    const entry = state[numbers[index]!];
    for (const [key, moment] of moments) {
      const from = entry ? entry[key] : new Float32Array(numel).fill(starts[index]!);
      const to = slab.part(moment, index);
      if (from === undefined || typeof from === 'number') fail(`parameter ${index} has no ${key}`);
      else {
        if (!(from instanceof Float32Array) && !sameShape(from.shape, shape))
          fail(`${key} of parameter ${index} is ${show(from.shape)}, and the parameter ${show(shape)}`);
        if ('data' in from && !(from instanceof Tensor) && from.data.length !== numel)
          fail(`${key} of parameter ${index} has ${from.data.length} numbers and shape ${show(shape)}`);
        writes.push({ from, to });
      }
    }
    const step = entry?.step ?? 0;
    if (!Number.isInteger(step) || step < 0) fail(`parameter ${index} has made ${step} steps`);
    return step;
  });
  stage(writes);
  options.forEach((loaded, number) => Object.assign(groups[number]!, loaded));
  return steps;
}
