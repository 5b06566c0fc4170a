/**
 * compile: a step traced once and replayed.
 *
 * The first call with arguments of some structure runs the function and plans all of it as one submit. Later calls
 * bind the new arguments, ask run-time scalars (learning rate, step count, seeds) for their values, and submit.
 */
import type { Asked } from './ask.ts';
import { makeAvailable } from './available.ts';
import { engine, type Engine } from './engine.ts';
import { flush, submit } from './flush.ts';
import { capture } from './plan/capture.ts';
import type { Stage } from './plan/stage.ts';
import type { Plan } from './plan/plan.ts';
import { createStorage } from './storage.ts';
import { Tensor } from './tensor.ts';
import { leafValue, show, type Node, type Storage, type Value } from './value.ts';

/** What a compiled function may return. */
export type Result = Tensor | readonly Tensor[] | { readonly [name: string]: Tensor } | void;

interface Entry {
  readonly plan: Plan;
  /** For each external of the plan: which leaf of the arguments it is, or the value that was captured. */
  readonly externals: readonly (number | Value)[];
  /** What the trace asked of the arguments: of which leaf, and the answer that it holds for. */
  readonly asked: readonly (Omit<Asked, 'of'> & { readonly leaf: number })[];
  /** What survives, in the plan's order: values of the first run, whose place those of a later run take. */
  readonly results: readonly Value[];
  /** Results that go to memory of their own (`retain`). */
  readonly retained: ReadonlySet<Value>;
  /** What is returned: a result, which leaf of the arguments, or a tensor from outside. */
  readonly returned: readonly (Value | number | Tensor)[];
  /** How often it was replayed. */
  readonly replays: { count: number };
  /** Gives new tensors the form that the function returned. */
  readonly rebuild: (tensors: readonly Tensor[]) => Result;
}

export interface CompileOptions {
  /**
   * Tiny dispatches become one, from the 64th replay on. Compilers may round the joined kernel otherwise than its parts,
   * so that a step that is resumed in the middle of a training has the same bits only without.
   */
  join?: boolean;
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
  { join = true }: CompileOptions = {},
): (...args: Args) => R {
  const entries = new Map<string, Entry[]>();
  let owner: Engine | null = null;
  return (...args) => {
    const state = engine();
    if (state.recording) return step(...args);
    if (owner !== state) entries.clear();
    owner = state;
    let given = argumentsOf(state, args);
    if (state.pending.length > given.nodes.length) {
      flush();
      given = argumentsOf(state, args);
    }
    const { key, leaves, nodes } = given;
    const known = entries.get(key) ?? [];
    const entry = known.find(({ asked }) =>
      asked.every(({ leaf, question, answer }) => Object.is(question(...leaves[leaf]!.bounds!), answer)),
    );
    if (entry && state.plans.touch(entry.plan)) {
      state.pending = state.pending.filter((node) => !nodes.includes(node));
      for (const node of nodes) node.executed = true;
      return replay(state, entry, leaves, join) as R;
    }
    const { entry: made, result } = record(state, () => step(...args), leaves);
    entries.set(key, [made, ...known.filter((other) => other !== entry)]);
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
    words.push(
      known < 0
        ? `${value.dtype}${value.shape.join()}${value.host ? 'h' : 'g'}${value.bounds ? 'b' : ''}`
        : `l${known}`,
    );
    if (known < 0) leaves.push(value);
  };
  for (const { value } of args) visit(value);
  return { key: words.join(' '), leaves, nodes };
}

function record(state: Engine, step: () => Result, leaves: readonly Value[]): { entry: Entry; result: Result } {
  const before = [...state.pending];
  const asked: Asked[] = [];
  state.recording = true;
  state.asked = asked;
  try {
    const result = step();
    state.recording = false;
    return { entry: submitRecorded(state, result, leaves, asked), result };
  } catch (error) {
    for (const node of state.pending) if (!before.includes(node)) node.executed = true;
    state.pending = before.filter((node) => !node.executed);
    throw error;
  } finally {
    state.recording = false;
    state.asked = null;
  }
}

function submitRecorded(state: Engine, result: Result, leaves: readonly Value[], questions: readonly Asked[]): Entry {
  const { tensors, rebuild } = formOf(result);
  for (const { value } of tensors) {
    makeAvailable(state, value, 'compile', flush);
    if (value.node && !value.node.executed) value.keep = true;
  }
  const nodes = state.pending;
  state.pending = [];
  const wanted = new Set(tensors.map(({ value }) => value));
  const done = state.gpu.probe?.span?.('plan');
  const captured = capture(nodes, (value) => wanted.has(value) || value.keep || value.target !== null);
  const { externals: values, results } = captured;
  const plan = state.plans.get(captured);
  done?.();
  const externals = values.map((value) => (leaves.includes(value) ? leaves.indexOf(value) : value));
  const returned = tensors.map((tensor) => {
    if (results.includes(tensor.value)) return tensor.value;
    return leaves.includes(tensor.value) ? leaves.indexOf(tensor.value) : tensor;
  });
  const retained = new Set(results.filter((value) => value.target !== null));
  submit(state, plan, values, results);
  for (const node of nodes) node.executed = true;
  const asked = questions.map(({ of, ...asked }) => ({ ...asked, leaf: sourceOf(of, leaves) }));
  return {
    plan,
    externals,
    asked: asked.filter(({ leaf }) => leaf >= 0),
    results,
    retained,
    returned,
    replays: { count: 0 },
    rebuild,
  };
}

/** Which argument the elements of a value were selected from, and with them its bounds; -1 for none. */
function sourceOf(value: Value, leaves: readonly Value[]): number {
  let at: Value | undefined = value;
  while (at?.bounds && !leaves.includes(at)) at = at.node?.inputs[0];
  return at?.bounds ? leaves.indexOf(at) : -1;
}

function replay(state: Engine, entry: Entry, leaves: readonly Value[], join: boolean): Result {
  const externals = entry.externals.map((external) => {
    const value = typeof external === 'number' ? leaves[external]! : external;
    if (value.host?.refresh) value.host = { ...value.host, data: value.host.refresh() };
    else if (typeof external !== 'number') makeAvailable(state, value, 'compile', flush);
    return value;
  });
  const handed = new Set(entry.returned);
  const results = entry.results.map((value) => {
    const result = handed.has(value) ? leafValue(value, {}) : value;
    if (entry.retained.has(value)) result.target = retainedStorage(value, result);
    return result;
  });
  submit(state, entry.plan, externals, results, state.joins ? entry.plan.joined : join ? joinedFor(entry) : null);
  const tensors = entry.returned.map((returned) => {
    if (returned instanceof Tensor) return returned;
    if (typeof returned === 'number') return new Tensor(leaves[returned]!);
    return new Tensor(results[entry.results.indexOf(returned)]!);
  });
  return entry.rebuild(tensors);
}

/**
 * Joined kernels take longer to compile than their parts, so they are compiled behind the first replays. They run from a
 * fixed replay on, ready or not: the same program makes the same steps, and the same bits, every time.
 */
const JOINS = { compiled: 8, used: 64 };

function joinedFor({ plan, replays }: Entry): Stage | null {
  const count = ++replays.count;
  if (count < JOINS.compiled) return null;
  const { joined } = plan;
  return count < JOINS.used ? null : joined;
}

/** A tensor that is handed out gets memory of its own each time; one that stays inside is written again. */
function retainedStorage(recorded: Value, result: Value): Storage {
  return result === recorded
    ? recorded.storage!
    : createStorage(`retained ${show(recorded.shape)}`, recorded.storage!.bytes);
}

function formOf(result: Result): { tensors: Tensor[]; rebuild: Entry['rebuild'] } {
  if (result === undefined) return { tensors: [], rebuild: () => undefined };
  if (result instanceof Promise)
    throw new Error(
      'compile: the step is async. Make it synchronous: return tensors, and await what they hold outside.',
    );
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
