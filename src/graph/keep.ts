/**
 * Kept values: results of a plan that outlive its run.
 *
 * Small ones land in a ring, so that losses of thousands of steps can be read whenever it suits; before the ring
 * reuses a half, the half is copied to the host. Large ones lie in buffers of the plan itself and last until the plan
 * runs again.
 */
import type { Gpu, GpuBuffer } from '../gpu/gpu.ts';
import type { Storage } from './value.ts';

export interface Kept {
  readonly buffer: GpuBuffer;
  readonly offset: number;
  readonly bytes: number;
  /** Still in that buffer. */
  live(): boolean;
  /** The bytes on the host, once the ring has moved on; null where there are none. */
  saved(): Promise<ArrayBuffer> | null;
  /** The same, where they have already arrived. */
  arrived(): ArrayBuffer | null;
  /** The first bytes of it, for a view. */
  narrow(bytes: number): Kept;
}

const RING_BYTES = 2 ** 21;
const HALF = RING_BYTES / 2;
/** Values up to this size go to the ring. */
export const SMALL = 16384;

interface Generation {
  saved: Promise<ArrayBuffer> | null;
  arrived: ArrayBuffer | null;
}

export class Ring {
  readonly buffer: GpuBuffer;
  private readonly gpu: Gpu;
  private readonly alignment: number;
  /** Puts work into the queue of submits, in order. */
  private readonly schedule: (work: () => void) => void;
  private head = 0;
  private readonly halves: Generation[] = [newGeneration(), newGeneration()];

  constructor(gpu: Gpu, schedule: (work: () => void) => void) {
    this.gpu = gpu;
    this.schedule = schedule;
    this.alignment = gpu.limits.minStorageBufferOffsetAlignment;
    this.buffer = gpu.createBuffer(
      'kept values',
      RING_BYTES,
      GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    );
    gpu.readback.reserve(HALF);
  }

  take(bytes: number): Kept {
    const half = Math.floor(this.head / HALF);
    let offset = this.head;
    if (offset + bytes > (half + 1) * HALF || offset === RING_BYTES) offset = this.enter(half === 0 ? 1 : 0);
    this.head = offset + Math.ceil(bytes / this.alignment) * this.alignment;
    if (this.head === HALF || this.head === RING_BYTES) this.head = this.enter(this.head === HALF ? 1 : 0);
    const generation = this.halves[offset < HALF ? 0 : 1]!;
    return new RingSlot(this.buffer, offset, bytes, generation);
  }

  private enter(half: number): number {
    const leaving = this.halves[half]!;
    const { gpu, buffer } = this;
    leaving.saved = new Promise((resolve, reject) => {
      this.schedule(() => void gpu.readback.snapshot(buffer, half * HALF, HALF).then(resolve, reject));
    });
    leaving.saved.then(
      (data) => {
        leaving.arrived = data;
      },
      () => undefined,
    );
    this.halves[half] = newGeneration();
    return half * HALF;
  }
}

function newGeneration(): Generation {
  return { saved: null, arrived: null };
}

class RingSlot implements Kept {
  readonly buffer: GpuBuffer;
  readonly offset: number;
  readonly bytes: number;
  private readonly generation: Generation;

  constructor(buffer: GpuBuffer, offset: number, bytes: number, generation: Generation) {
    this.buffer = buffer;
    this.offset = offset;
    this.bytes = bytes;
    this.generation = generation;
  }

  live(): boolean {
    return this.generation.saved === null;
  }

  saved(): Promise<ArrayBuffer> | null {
    return this.generation.saved?.then((half) => this.part(half)) ?? null;
  }

  arrived(): ArrayBuffer | null {
    return this.generation.arrived && this.part(this.generation.arrived);
  }

  narrow(bytes: number): Kept {
    return new RingSlot(this.buffer, this.offset, bytes, this.generation);
  }

  private part(half: ArrayBuffer): ArrayBuffer {
    const from = this.offset % HALF;
    return half.slice(from, from + this.bytes);
  }
}

/** Memory of a plan, valid until it runs again. */
export class PlanSlot implements Kept {
  readonly buffer: GpuBuffer;
  readonly offset: number;
  readonly bytes: number;
  private readonly runs: { count: number };
  private readonly run: number;

  constructor(buffer: GpuBuffer, offset: number, bytes: number, runs: { count: number }, run: number = runs.count) {
    this.buffer = buffer;
    this.offset = offset;
    this.bytes = bytes;
    this.runs = runs;
    this.run = run;
  }

  live(): boolean {
    return this.runs.count === this.run && !this.buffer.destroyed;
  }

  saved(): null {
    return null;
  }

  arrived(): null {
    return null;
  }

  narrow(bytes: number): Kept {
    return new PlanSlot(this.buffer, this.offset, bytes, this.runs, this.run);
  }
}

/** The memory of a leaf, which a view of it keeps reachable. */
export class LeafSlot implements Kept {
  readonly bytes: number;
  private readonly storage: Storage;

  constructor(storage: Storage, bytes: number) {
    this.storage = storage;
    this.bytes = bytes;
  }

  get buffer(): GpuBuffer {
    return this.storage.buffer;
  }

  get offset(): number {
    return this.storage.offset;
  }

  live(): boolean {
    return !this.storage.disposed && !this.buffer.destroyed;
  }

  saved(): null {
    return null;
  }

  arrived(): null {
    return null;
  }

  narrow(bytes: number): Kept {
    return new LeafSlot(this.storage, bytes);
  }
}
