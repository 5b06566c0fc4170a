/**
 * Memory of leaves.
 *
 * A leaf's memory is freed by `dispose()` or, failing that, when nothing refers to it any more. Freeing goes through
 * the queue of submits, behind all work that was asked for before.
 */
import type { GpuBuffer } from '../gpu/gpu.ts';
import { engine, type Engine } from './engine.ts';
import { flush } from './flush.ts';
import type { HostArray, Storage } from './value.ts';

const unreachable = new FinalizationRegistry<{ buffer: GpuBuffer; state: Engine }>(({ buffer, state }) => {
  change(state, () => state.gpu.destroyBuffer(buffer));
});

/** Changes memory in its turn: after the work, and the reads, that were asked for before. */
function change(state: Engine, work: () => void): void {
  state.queue.push(null, () => {
    state.gpu.readback.flushRequests();
    work();
  });
}

export function createStorage(label: string, bytes: number): Storage {
  const state = engine();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = state.gpu.createBuffer(label, bytes, usage);
  const storage: Storage = { buffer, offset: 0, bytes, writtenAt: 0, slab: null, disposed: false, awaited: false };
  unreachable.register(storage, { buffer, state }, storage);
  return storage;
}

/** A part of a slab, which keeps the whole slab reachable. */
export function partOf(slab: Storage, offset: number, bytes: number): Storage {
  return {
    buffer: slab.buffer,
    offset: slab.offset + offset,
    bytes,
    writtenAt: slab.writtenAt,
    slab,
    disposed: false,
    awaited: false,
  };
}

/** Lets go of what was traced to fill memory and was not submitted yet. Other bytes must be written before it is read. */
export function abandonWrites(storages: ReadonlySet<Storage>): void {
  for (const { outputs } of engine().pending)
    for (const value of outputs) {
      if (!value.target || !storages.has(value.target)) continue;
      value.target.awaited = false;
      value.target = null;
      value.exposed = false;
    }
}

/** Writes host data, after all work that was traced before. */
export function writeStorage(storage: Storage, data: HostArray): void {
  const state = engine();
  flush();
  storage.writtenAt = ++state.clock;
  const { device } = state.gpu;
  const bytes = data as HostArray & ArrayBufferView<ArrayBuffer>;
  change(state, () => device.queue.writeBuffer(storage.buffer.handle, storage.offset, bytes));
}

/** Overwrites a leaf with another's bytes, after all work that was traced before. */
export function copyStorage(from: Storage, to: Storage): void {
  moveStorage(from, to);
  to.writtenAt = ++engine().clock;
}

/** Gives a value new memory with the same bytes, so that nothing computed from it is out of date. */
export function moveStorage(from: Pick<Storage, 'buffer' | 'offset' | 'bytes'>, to: Storage): void {
  const state = engine();
  flush();
  change(state, () => {
    const encoder = state.gpu.device.createCommandEncoder({ label: 'move leaf' });
    encoder.copyBufferToBuffer(
      from.buffer.handle,
      from.offset,
      to.buffer.handle,
      to.offset,
      Math.min(from.bytes, to.bytes),
    );
    state.gpu.submit(encoder.finish());
  });
}

export function releaseStorage(storage: Storage): void {
  if (storage.disposed) return;
  const state = engine();
  flush();
  storage.disposed = true;
  if (storage.slab) return;
  unreachable.unregister(storage);
  change(state, () => state.gpu.destroyBuffer(storage.buffer));
}
