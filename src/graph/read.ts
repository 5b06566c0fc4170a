/**
 * Reading values back: the only thing that waits.
 */
import { makeAvailable } from './available.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';
import type { GpuBuffer } from '../gpu/gpu.ts';
import { numel, type Value } from './value.ts';

/** The bytes of a value. What is pending is submitted first. */
export async function readValue(value: Value, reader: string): Promise<ArrayBuffer> {
  const state = engine();
  if (state.recording)
    throw new Error(
      `${reader}: a compiled step cannot read values. Return the tensor from the step and read it outside.`,
    );
  makeAvailable(state, value, reader, flush);
  if (value.node && !value.node.executed) {
    value.keep = true;
    flush();
  } else if (value.storage && state.pending.some(({ op }) => op.writes)) flush();
  const bytes = numel(value.shape) * 4;
  if (value.storage) return fromBuffer(value.storage.buffer, value.storage.offset, bytes);
  if (value.host) {
    const { buffer, byteOffset } = value.host.data;
    return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + bytes);
  }
  const kept = value.kept!;
  return kept.saved() ?? fromBuffer(kept.buffer, kept.offset, bytes);
}

function fromBuffer(buffer: GpuBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
  const state = engine();
  return new Promise((resolve, reject) => {
    state.queue.push(null, () => void state.gpu.readback.read(buffer, offset, bytes).then(resolve, reject));
  });
}

/** Submits what is pending and resolves when the GPU has done all of it. */
export async function synchronize(): Promise<void> {
  const state = engine();
  flush();
  await state.queue.drained();
  await state.gpu.idle();
}
