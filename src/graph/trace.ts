/**
 * Tracing: `apply` turns a call of an op into a node. Nothing runs here; shapes are checked, so that an error is
 * raised at the line that made the call.
 */
import type { AnyOp, OpDefinition } from './define-op.ts';
import { engine, type Engine } from './engine.ts';
import { makeAvailable } from './available.ts';
import { flush } from './flush.ts';
import { Tensor } from './tensor.ts';
import { leafValue, type Node, type Spec, type Value } from './value.ts';

/** A loop that never reads is submitted in pieces of about this many nodes. */
const PENDING_LIMIT = 4096;

const keys = new Map<AnyOp, Map<string, number>>();
let nextKey = 1;

function keyOf(op: AnyOp, attrs: object, again: number): number {
  let byAttrs = keys.get(op);
  if (!byAttrs) keys.set(op, (byAttrs = new Map()));
  const own = isEmpty(attrs) ? '' : JSON.stringify(attrs);
  const text = again > 0 ? `${own} again ${again}` : own;
  let key = byAttrs.get(text);
  if (key === undefined) byAttrs.set(text, (key = nextKey++));
  return key;
}

/** Many ops have no attributes, and writing out that they have none takes longer than looking. */
function isEmpty(attrs: object): boolean {
  for (const name in attrs) if (Object.hasOwn(attrs, name)) return false;
  return true;
}

/** Adds a node and returns the tensor of its first output. */
export function apply<Saved extends string, Attrs extends object>(
  definition: OpDefinition<Saved, Attrs>,
  inputs: readonly Tensor[],
  attrs: Attrs,
): Tensor {
  return new Tensor(addNode(definition, inputs, attrs).outputs[0]!);
}

/** Adds a node and returns the tensors of all its outputs. */
export function applyAll<Saved extends string, Attrs extends object>(
  definition: OpDefinition<Saved, Attrs>,
  inputs: readonly Tensor[],
  attrs: Attrs,
): Tensor[] {
  return addNode(definition, inputs, attrs).outputs.map((value) => new Tensor(value));
}

function addNode<Saved extends string, Attrs extends object>(
  definition: OpDefinition<Saved, Attrs>,
  inputs: readonly Tensor[],
  attrs: Attrs,
): Node {
  const state = engine();
  const op = definition as unknown as AnyOp;
  const values = inputs.map((tensor) => tensor.value);
  const specs = definition.shape(values, attrs);
  // Before anything is made available or traced for this node, for it would be submitted too, and not be kept.
  const full = state.pending.length >= PENDING_LIMIT && state.uncut === 0;
  if (full || state.eager || values.some(({ storage }) => storage?.awaited)) flush();
  for (const value of values) makeAvailable(state, value, op.name, flush);
  const requiresGrad = state.gradEnabled && op.backward !== undefined && values.some((value) => value.requiresGrad);
  const node: Node = {
    id: state.nextNodeId++,
    op,
    inputs: values,
    attrs,
    key: keyOf(op, attrs, state.again),
    outputs: [],
    epoch: epochOf(state),
    executed: false,
    requiresGrad,
    released: false,
  };
  const bounds = op.view || op.selects ? values[0]!.bounds : null;
  node.outputs = specs.map((spec, index) => outputValue(node, spec, index, bounds));
  for (const value of values) value.consumed = true;
  // What a block wrote when it was first computed is not written again.
  if (op.writes && state.again > 0) return node;
  if (op.writes) markWrites(state, op.writes, values);
  state.pending.push(node);
  return node;
}

/** Other in every stretch between in-place writes, and where something is computed again. */
function epochOf({ clock, again }: Engine): number {
  return clock + again / (again + 1);
}

function outputValue(node: Node, spec: Spec, index: number, bounds: Value['bounds']): Value {
  const differentiable = node.requiresGrad && spec.dtype === 'float32';
  return { ...leafValue(spec, { requiresGrad: differentiable }), node, index, bounds };
}

function markWrites(state: Engine, writes: readonly number[], values: readonly Value[]): void {
  state.clock++;
  for (const index of writes) {
    const { storage } = values[index]!;
    if (!storage) throw new Error('internal: an op writes in place to a value without memory.');
    storage.writtenAt = state.clock;
  }
}
