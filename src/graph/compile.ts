/**
 * compile: a step traced once and replayed.
 *
 * The first call with arguments of some structure runs the function and plans all of it as one submit. Later calls
 * bind the new arguments, ask run-time scalars (learning rate, step count, seeds) for their values, and submit.
 */
import { makeAvailable } from './available.ts';
import { engine, type Engine } from './engine.ts';
import { flush, submit } from './flush.ts';
import { capture } from './plan/capture.ts';
import type { Plan } from './plan/plan.ts';
import { Tensor } from './tensor.ts';
import { leafValue, type Node, type Value } from './value.ts';

/** What a compiled function may return. */
export type Result = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor } | void;

interface Entry {
  readonly plan: Plan;
  /** For each external of the plan: which leaf of the arguments it is, or the value that was captured. */
  readonly externals: readonly (number | Value)[];
  /** What survives, in the plan's order: which returned tensor it is, or the value that shows it (a gradient). */
  readonly results: readonly (number | Value)[];
  readonly returned: readonly Value[];
  /** Gives new tensors the form that the function returned. */
  readonly rebuild: (tensors: readonly Tensor[]) => Result;
}

/**
 * A function that does what `step` does, without tracing it again.
 *
 * `step` may use anything: models, losses, backward, optimizer.step(). Its JavaScript runs only once for each structure
 * of the arguments (shapes, dtypes); what changes from call to call must be an argument, a parameter, or a run-time
 * scalar such as `optimizer.lr`. It cannot read values; return tensors and read those.
 */
export function compile<Args extends readonly Tensor[], R extends Result>(
  step: (...args: Args) => R,
): (...args: Args) => R {
  const entries = new Map<string, Entry>();
  return (...args) => {
    const state = engine();
    if (state.recording) return step(...args);
    const { key, leaves, nodes } = argumentsOf(state, args);
    if (state.pending.length > nodes.length) flush();
    const entry = entries.get(key);
    if (entry) {
      state.pending = state.pending.filter((node) => !nodes.includes(node));
      for (const node of nodes) node.executed = true;
      return replay(state, entry, leaves) as R;
    }
    const { entry: made, result } = record(state, () => step(...args), leaves);
    entries.set(key, made);
    return result as R;
  };
}

/** The structure of the arguments with what is pending behind them, and the leaves of that. */
function argumentsOf(state: Engine, args: readonly Tensor[]): { key: string; leaves: Value[]; nodes: Node[] } {
  const leaves: Value[] = [];
  const nodes: Node[] = [];
  const words: (string | number)[] = [];
  const visit = (value: Value): void => {
    makeAvailable(state, value, 'compile', flush);
    const { node } = value;
    if (node && !node.executed) {
      const known = nodes.indexOf(node);
      words.push(known < 0 ? `n${node.key}.${value.index}` : `m${known}.${value.index}`);
      if (known >= 0) return;
      nodes.push(node);
      for (const input of node.inputs) visit(input);
      return;
    }
    const known = leaves.indexOf(value);
    words.push(known < 0 ? `${value.dtype}${value.shape.join()}${value.host ? 'h' : 'g'}` : `l${known}`);
    if (known < 0) leaves.push(value);
  };
  for (const { value } of args) visit(value);
  return { key: words.join(' '), leaves, nodes };
}

function record(state: Engine, step: () => Result, leaves: readonly Value[]): { entry: Entry; result: Result } {
  state.recording = true;
  const { pending } = state;
  let result: Result;
  try {
    result = step();
  } catch (error) {
    state.pending = pending.filter((node) => !node.executed);
    throw error;
  } finally {
    state.recording = false;
  }
  const { tensors, rebuild } = formOf(result);
  const returned = tensors.map((tensor) => tensor.value);
  for (const value of returned) {
    makeAvailable(state, value, 'compile', flush);
    if (value.node && !value.node.executed) value.keep = true;
  }
  const nodes = state.pending;
  state.pending = [];
  const wanted = new Set(returned);
  const captured = capture(nodes, (value) => wanted.has(value) || value.keep || value.target !== null);
  const plan = state.plans.get(captured);
  const externals = captured.externals.map((value) => {
    const leaf = leaves.indexOf(value);
    return leaf < 0 ? value : leaf;
  });
  const results = captured.results.map((value) => {
    const index = returned.indexOf(value);
    return index < 0 ? value : index;
  });
  submit(state, plan, captured.externals, captured.results);
  for (const node of nodes) node.executed = true;
  return { entry: { plan, externals, results, returned, rebuild }, result };
}

function replay(state: Engine, entry: Entry, leaves: readonly Value[]): Result {
  const externals = entry.externals.map((external) => {
    const value = typeof external === 'number' ? leaves[external]! : external;
    if (value.host?.refresh) value.host = { ...value.host, data: value.host.refresh() };
    else if (typeof external !== 'number') makeAvailable(state, value, 'compile', flush);
    return value;
  });
  const fresh = entry.returned.map((value) => ({ ...leafValue(value, {}), storage: value.storage }));
  const results = entry.results.map((result) => (typeof result === 'number' ? fresh[result]! : result));
  submit(state, entry.plan, externals, results);
  return entry.rebuild(fresh.map((value) => new Tensor(value)));
}

function formOf(result: Result): { tensors: Tensor[]; rebuild: Entry['rebuild'] } {
  if (result === undefined) return { tensors: [], rebuild: () => undefined };
  if (result instanceof Tensor) return { tensors: [result], rebuild: ([tensor]) => tensor! };
  if (Array.isArray(result)) return { tensors: [...(result as Tensor[])], rebuild: (tensors) => tensors };
  const names = Object.keys(result);
  const tensors = Object.values(result as Record<string, Tensor>);
  if (!tensors.every((tensor) => tensor instanceof Tensor))
    throw new Error(
      'compile: the step must return tensors: one, a list, an object of them, or nothing. Return other things outside the step.',
    );
  return { tensors, rebuild: (all) => Object.fromEntries(names.map((name, index) => [name, all[index]!])) };
}
