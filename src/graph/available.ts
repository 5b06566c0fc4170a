/**
 * Availability: whether the bytes of a value can still be had, and what to say when they cannot.
 */
import type { Engine } from './engine.ts';
import { isAlias, show, type Storage, type Value } from './value.ts';

function writtenAt(storage: Storage): number {
  return Math.max(storage.writtenAt, storage.slab?.writtenAt ?? 0);
}

/**
 * Sees to it that a value can be read by a node traced now. One whose submit has passed and that was not kept is
 * computed again, as long as nothing it depends on has been written in place since.
 */
export function makeAvailable(state: Engine, value: Value, reader: string, submitPending: () => void): void {
  if (value.storage) {
    if (value.storage.disposed)
      throw new Error(
        `${reader}: tensor ${show(value.shape)} has been disposed. Dispose it after its last use, or not at all.`,
      );
    if (value.storage.buffer.destroyed || value.storage.buffer.gpu !== state.gpu) throw gone(reader, value);
    if (value.storage.awaited) submitPending();
    return;
  }
  if (value.host) return;
  if (value.kept && value.kept.buffer.gpu !== state.gpu) throw gone(reader, value);
  const alias = isAlias(value);
  if (value.kept?.live() && !alias) return;
  const arrived = alias ? null : value.kept?.arrived();
  if (arrived) {
    value.host = { data: value.dtype === 'float32' ? new Float32Array(arrived) : new Int32Array(arrived) };
    return;
  }
  const { node } = value;
  if (!node) throw lost(reader, value, 'its memory has been used again by later steps');
  if (!node.executed) return;
  for (const input of node.inputs) {
    if (input.storage && !node.op.view && writtenAt(input.storage) > node.epoch)
      throw lost(reader, value, 'what it was computed from has been updated in place since');
    makeAvailable(state, input, reader, submitPending);
  }
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
