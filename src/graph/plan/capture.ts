/**
 * Capturing a trace: the pending nodes, what they read from outside, what must survive, and a signature.
 *
 * Two traces with equal signatures have the same structure (ops, attributes, shapes, connections, results), so that
 * one plan serves both with other buffers bound. The signature is a sequence of integers; writing and comparing it is
 * all that a step without `compile` pays for planning.
 */
import { isAlias, type Node, type Value } from '../value.ts';

export interface Capture {
  readonly nodes: readonly Node[];
  /** Leaves and kept values that the nodes read, in order of first use. */
  readonly externals: readonly Value[];
  /** For each external: -1 for host data, else a number that externals in the same buffer share. */
  readonly bufferClasses: readonly number[];
  /** For each external whether it is a result that is kept for a while, and may lie elsewhere in each run. */
  readonly kept: readonly boolean[];
  /** Values that must survive, in order. */
  readonly results: readonly Value[];
  readonly signature: Int32Array;
  readonly hash: number;
}

let scratch = new Int32Array(4096);

const specIds = new Map<string, number>();

function specId(value: Value): number {
  const key = `${value.dtype}${value.shape.join()}`;
  let id = specIds.get(key);
  if (id === undefined) specIds.set(key, (id = specIds.size));
  return id;
}

/** @param survives whether a value that a node computed must outlive the submit */
export function capture(nodes: readonly Node[], survives: (value: Value) => boolean): Capture {
  const externals: Value[] = [];
  const results: Value[] = [];
  const externalIndex = new Map<Value, number>();
  const bufferClasses: number[] = [];
  const keeps: boolean[] = [];
  const classes = new Map<object, number>();
  const position = new Map<Node, number>();
  let length = 0;
  let hash = 0x811c9dc5;
  const emit = (word: number): void => {
    if (length === scratch.length) {
      const larger = new Int32Array(scratch.length * 2);
      larger.set(scratch);
      scratch = larger;
    }
    scratch[length++] = word;
    hash = Math.imul(hash ^ word, 0x01000193);
  };
  nodes.forEach((node, index) => {
    position.set(node, index);
    emit(node.key);
    emit(node.inputs.length);
    for (const input of node.inputs) {
      const at = input.node && !isHeld(input) ? position.get(input.node) : undefined;
      if (at !== undefined) {
        emit(at * 8 + input.index);
        continue;
      }
      let external = externalIndex.get(input);
      const isNew = external === undefined;
      if (external === undefined) {
        external = externals.push(input) - 1;
        externalIndex.set(input, external);
      }
      emit(-1 - external);
      if (isNew) {
        emit(specId(input));
        bufferClasses.push(classOf(input, classes));
        keeps.push(!input.storage && !input.host);
        emit(2 * bufferClasses[external]! + Number(keeps[external]));
      }
    }
    for (const output of node.outputs) {
      const kept = survives(output);
      emit(kept ? (output.target ? 2 : 1) : 0);
      if (kept) results.push(output);
    }
  });
  return { nodes, externals, bufferClasses, kept: keeps, results, signature: scratch.slice(0, length), hash };
}

/** The value has bytes somewhere; it need not be computed. */
function isHeld(value: Value): boolean {
  return value.storage !== null || value.host !== null || (value.kept?.live() === true && !isAlias(value));
}

/** Values in the same buffer share a number, because an in-place write to one concerns all. */
function classOf(value: Value, classes: Map<object, number>): number {
  const buffer = value.storage?.buffer ?? (value.kept?.live() ? value.kept.buffer : null);
  if (!buffer) return -1;
  let known = classes.get(buffer);
  if (known === undefined) classes.set(buffer, (known = classes.size));
  return known;
}

export function sameSignature(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
