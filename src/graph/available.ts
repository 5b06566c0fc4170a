/**
 * Availability: whether the bytes of a value can still be had, and what to say when they cannot.
 */
import type { Engine } from './engine.ts';
import { isAlias, show, type Node, type Storage, type Value } from './value.ts';

function writtenAt(storage: Storage): number {
  return Math.max(storage.writtenAt, storage.slab?.writtenAt ?? 0);
}

/**
 * Sees to it that a value can be read by a node traced now. One whose submit has passed and that was not kept is
 * computed again, as long as nothing it depends on has been written in place since.
 */
export function makeAvailable(state: Engine, value: Value, reader: string, submitPending: () => void): void {
  // A stack of its own, for what is computed again may be thousands of nodes deep.
  const stack = [value];
  for (let at = stack.at(-1); at; at = stack.at(-1)) {
    const node = isAvailable(state, at, reader, submitPending) ? null : at.node!;
    const missing = node?.inputs.find((input) => !isAvailable(state, input, reader, submitPending));
    if (missing) stack.push(missing);
    else {
      if (node) traceAgain(state, node, reader);
      stack.pop();
    }
  }
}

/** The bytes are somewhere, or will be once what is pending has run; if not, they must be computed again. */
function isAvailable(state: Engine, value: Value, reader: string, submitPending: () => void): boolean {
  const { storage, kept, node } = value;
  if (storage) {
    if (storage.disposed)
      throw new Error(
        `${reader}: tensor ${show(value.shape)} has been disposed. Dispose it after its last use, or not at all.`,
      );
    if (storage.buffer.destroyed || storage.buffer.gpu !== state.gpu) throw gone(reader, value);
    if (storage.awaited) submitPending();
    return true;
  }
  if (value.host) return true;
  if (kept && kept.buffer.gpu !== state.gpu) throw gone(reader, value);
  const alias = isAlias(value);
  if (kept?.live() && !alias) return true;
  const arrived = alias ? null : kept?.arrived();
  if (arrived) {
    value.host = { data: value.dtype === 'float32' ? new Float32Array(arrived) : new Int32Array(arrived) };
    return true;
  }
  if (!node) throw lost(reader, value, 'its memory has been used again by later steps');
  return !node.executed;
}

function traceAgain(state: Engine, node: Node, reader: string): void {
  for (const { storage } of node.inputs)
    if (storage && !node.op.view && writtenAt(storage) > node.epoch)
      throw lost(reader, node.outputs[0]!, 'what it was computed from has been updated in place since');
  node.executed = false;
  node.epoch = state.clock;
  state.pending.push(node);
}

function gone(reader: string, value: Value): Error {
  return new Error(
    `${reader}: tensor ${show(value.shape)} belongs to a device that is gone. Rebuild it from data kept on the host.`,
  );
}

function lost(reader: string, value: Value, why: string): Error {
  const from = value.node ? ` of ${value.node.op.name}` : '';
  return new Error(
    `${reader}: the result ${show(value.shape)}${from} is no longer held: ${why}. ` +
      'Call retain() on it in the step that computes it, or read it in that step.',
  );
}
