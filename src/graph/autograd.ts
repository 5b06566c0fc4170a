/**
 * Reverse-mode differentiation: walks the nodes back from a loss and lets each op add the nodes of its gradient.
 *
 * Gradients are ordinary nodes, so the planner fuses and schedules them with the rest. Nothing here knows an op; even
 * the sum of two gradients is the caller's.
 */
import { engine, noGrad, uncut } from './engine.ts';
import { Tensor } from './tensor.ts';
import { sameShape, show, type Node, type Value } from './value.ts';

export interface Arithmetic {
  /** A scalar 1. */
  one(): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  /** The same numbers in memory of their own. */
  copy(x: Tensor): Tensor;
}

export interface BackwardOptions {
  /** What flows back into this tensor, of its shape; a scalar needs none. */
  gradient?: Tensor;
  /** Allow another backward pass through the same graph. */
  retainGraph?: boolean;
}

/** Adds to `grad` of every leaf that the loss depends on. */
export function runBackward(
  loss: Tensor,
  { gradient, retainGraph = false }: BackwardOptions,
  arithmetic: Arithmetic,
): void {
  const { value } = loss;
  if (gradient && (gradient.dtype !== 'float32' || !sameShape(gradient.shape, loss.shape)))
    throw new Error(
      `backward: gradient is ${gradient.dtype} ${show(gradient.shape)}; it must be float32 ${show(loss.shape)}, as the tensor.`,
    );
  if (!gradient && loss.numel !== 1)
    throw new Error(
      `backward: loss must be a scalar, got ${show(loss.shape)}. Reduce it first, e.g. loss.mean(), or pass { gradient }.`,
    );
  if (!value.requiresGrad)
    throw new Error(
      'backward: the loss does not depend on any tensor that requires a gradient. ' +
        'Use parameters or requiresGrad: true, and compute the loss outside noGrad().',
    );
  if (value.node?.released || released.has(value))
    throw new Error(
      'backward: this graph has been gone through once and its saved values are freed. ' +
        'Compute the loss again, or call backward({ retainGraph: true }) the first time.',
    );
  // Where a gradient is given the value need not be computed, unless somebody reads it.
  if (!gradient) value.keep = true;
  uncut(() => noGrad(() => walk(value, gradient ?? arithmetic.one(), retainGraph, arithmetic)));
  if (!retainGraph) released.add(value);
}

/** Losses whose graph has been freed, also after their submit has dropped the graph itself. */
const released = new WeakSet<Value>();

function walk(loss: Value, gradient: Tensor, retainGraph: boolean, arithmetic: Arithmetic): void {
  for (const [value, own] of propagate(loss, gradient, retainGraph, arithmetic)) {
    if (!value.leaf) continue;
    const { leaf } = value;
    // A gradient may be another leaf as it is, such as that of a * b; it must not change where that one does.
    if (leaf.grad) leaf.grad = arithmetic.add(leaf.grad, own);
    else leaf.grad = isGiven(own.value) ? arithmetic.copy(own) : own;
    leaf.grad.value.keep = true;
  }
}

/** The gradients of all that an output depends on, by nodes from `since` on. */
function propagate(
  output: Value,
  gradient: Tensor,
  retainGraph: boolean,
  arithmetic: Arithmetic,
  since = 0,
): ReadonlyMap<Value, Tensor> {
  const gradients = new Map([[output, gradient]]);
  for (const node of reachable(output, since)) {
    backwardOf(node, gradients, arithmetic);
    if (!retainGraph) node.released = true;
  }
  return gradients;
}

/**
 * Computes again what was not kept, and gives the gradients of all that it is computed of.
 *
 * @param compute traces it, with gradients; nothing that it traces is taken for what was traced before
 */
export function gradientsAgain(
  compute: () => Tensor,
  gradient: Tensor,
  arithmetic: Arithmetic,
): ReadonlyMap<Value, Tensor> {
  const state = engine();
  const { gradEnabled, nextNodeId } = state;
  state.again++;
  state.gradEnabled = true;
  try {
    const { value } = compute();
    state.gradEnabled = false;
    return propagate(value, gradient, false, arithmetic, nextNodeId);
  } finally {
    state.gradEnabled = gradEnabled;
    state.again--;
  }
}

/** Whether what is traced now was traced before, and is only computed again. */
export function isComputedAgain(): boolean {
  return engine().again > 0;
}

/** What a value is computed of by nodes from `since` on, and requires a gradient; the value itself where none computes it. */
export function sourcesOf(output: Value, since: number): Value[] {
  const isInside = ({ node }: Value): boolean => node !== null && node.requiresGrad && node.id >= since;
  const reached = [output, ...reachable(output, since).flatMap(({ inputs }) => inputs)];
  return [...new Set(reached.filter((value) => value.requiresGrad && !isInside(value)))];
}

/** Bytes that no node computes, or a view of them; a number of the program itself stays what it is. */
function isGiven(value: Value): boolean {
  let at = value;
  while (at.node?.op.view) at = at.node.inputs[0]!;
  return at.node === null && at.host?.literal !== true;
}

function backwardOf(node: Node, gradients: Map<Value, Tensor>, arithmetic: Arithmetic): void {
  const grads = node.outputs.map((output) => gradients.get(output) ?? null);
  if (grads.every((gradient) => gradient === null)) return;
  const needs = node.inputs.map((input) => input.requiresGrad);
  const results = node.op.backward!({ grads, saved: savedOf(node), attrs: node.attrs, inputs: node.inputs, needs });
  results.forEach((gradient, index) => {
    const input = node.inputs[index]!;
    if (!gradient || !input.requiresGrad) return;
    const sum = gradients.get(input);
    gradients.set(input, sum ? arithmetic.add(sum, gradient) : gradient);
  });
}

function savedOf(node: Node): Record<string, Tensor> {
  const saved: Record<string, Tensor> = {};
  for (const name of node.op.saves ?? []) {
    const output = /^out(\d*)$/.exec(name);
    const value = output ? node.outputs[Number(output[1] || 0)] : node.inputs[node.op.inputs?.indexOf(name) ?? -1];
    if (!value)
      throw new Error(`internal: op ${node.op.name} saves "${name}", which is neither an input nor an output.`);
    saved[name] = new Tensor(value);
  }
  return saved;
}

/** Nodes with a gradient that the loss depends on, from `since` on, latest first. */
function reachable(loss: Value, since = 0): Node[] {
  const found = new Set<Node>();
  const stack = loss.node ? [loss.node] : [];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node) || !node.requiresGrad || node.id < since) continue;
    found.add(node);
    for (const input of node.inputs) if (input.requiresGrad && input.node) stack.push(input.node);
  }
  return [...found].toSorted((a, b) => b.id - a.id);
}

/** Whether ops record what a backward pass would need. */
export function isGradEnabled(): boolean {
  return engine().gradEnabled;
}
