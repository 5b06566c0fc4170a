/**
 * Recording runs of a plan: host data is uploaded in one write, every dispatch goes into one compute pass, or into several
 * while kernels compile, and what must survive is copied out. Knows memory and stages, and nothing of how they were planned.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import type { Pipeline } from '../../gpu/pipelines.ts';
import type { Pass } from '../../gpu/timer.ts';
import type { Kept } from '../keep.ts';
import type { Storage } from '../value.ts';
import { bindGroup, type BoundPlace, type Locate, type PreparedStep, type Range } from './bound.ts';
import type { ExternalBase, Source } from './ir.ts';
import { bytesOf } from './lower.ts';
import type { MemoryPlan, Place } from './memory.ts';
import type { Stage } from './stage.ts';

/** What a plan reads from outside: where it lies, or the bytes to upload. */
export type External = Storage | Kept | ArrayBufferView;

/** What one run binds: decided when the run is asked for, used when its turn comes. */
export interface Run {
  readonly externals: readonly External[];
  /** For each result that has memory of its own. */
  readonly targets: readonly (Storage | null)[];
  readonly results: readonly (Kept | null)[];
  /** What is recorded, and what where it does not fit the buffers of the run. */
  readonly stage: Stage;
  readonly otherwise: Stage;
}

/** A run that is being recorded. */
interface Recording {
  encoder: GPUCommandEncoder;
  readonly steps: readonly PreparedStep[];
  /** What its passes are called. */
  readonly label: string;
  readonly locate: Locate;
}

/** What of a plan its recorder works with. */
interface Recorded {
  readonly label: string;
  readonly memory: MemoryPlan;
  readonly slabs: readonly GpuBuffer[];
  readonly externals: readonly ExternalBase[];
  /** Where each result is read. */
  readonly located: readonly Source[];
}

export class Recorder {
  private readonly gpu: Gpu;
  private readonly plan: Recorded;
  private readonly upload: GpuBuffer | null;
  private readonly staging: Uint8Array;
  /** Which externals are uploaded, and to where. */
  private readonly uploads: readonly { index: number; offset: number }[];
  private readonly shadows = new Map<number, GpuBuffer>();

  constructor(gpu: Gpu, plan: Recorded) {
    this.gpu = gpu;
    this.plan = plan;
    const { uploadBytes, places } = plan.memory;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
    this.upload = uploadBytes ? gpu.createBuffer(`${plan.label}, uploads`, uploadBytes, usage) : null;
    this.staging = new Uint8Array(uploadBytes);
    this.uploads = plan.externals.flatMap((base) => {
      const place = places.get(base);
      return place?.kind === 'upload' ? [{ index: base.index, offset: place.offset }] : [];
    });
  }

  /** Buffers of its own. */
  get buffers(): readonly GpuBuffer[] {
    return this.upload ? [this.upload, ...this.shadows.values()] : [...this.shadows.values()];
  }

  /** Records and submits one run. */
  execute(run: Run): void {
    const { gpu } = this;
    if (gpu.lost !== null) return;
    const done = gpu.probe?.span?.('encode');
    this.watched(run.stage, () => {
      const recording = this.begin(run);
      this.record(recording, recording.steps);
      this.finish(recording, run);
    });
    run.stage.hasRun = true;
    done?.();
  }

  /**
   * Records and submits a run whose kernels still compile, in parts, so that the GPU computes while the rest compiles.
   * Nothing outside of the plan is written before all has compiled.
   */
  async executeInParts(run: Run): Promise<void> {
    const { gpu } = this;
    if (gpu.lost !== null) return;
    const recording = this.watched(run.stage, () => this.begin(run));
    const { steps } = recording;
    const writing = steps.findIndex(({ places }) => places.some(isOutside));
    const last = writing < 0 ? steps.length : writing;
    for (let from = 0; from < steps.length;) {
      if (from < last) await steps[from]!.pipeline.ready;
      else await run.stage.ready;
      let to = from;
      while (to < (from < last ? last : steps.length) && steps[to]!.pipeline.handle) to++;
      if (gpu.lost !== null) return;
      const part = steps.slice(from, to);
      this.watched(run.stage, () => this.record(recording, part));
      if (to < steps.length) this.submitPart(recording);
      from = to;
    }
    this.watched(run.stage, () => this.finish(recording, run));
    run.stage.hasRun = true;
  }

  /** What the device finds wrong with a plan, it finds at the first run. */
  private watched<T>({ hasRun, steps }: Stage, work: () => T): T {
    if (hasRun) return work();
    const labels = (): string => steps.map(({ step }) => step.what.label).join(', ');
    return this.gpu.watch('validation', (message) => `internal: ${labels()}: ${message}`, work);
  }

  private begin(run: Run): Recording {
    const { gpu } = this;
    gpu.readback.flushRequests();
    this.uploadHostData(run.externals);
    const encoder = gpu.device.createCommandEncoder({ label: this.plan.label });
    const ranges = run.externals.map((external, index) => this.apart(encoder, external, index));
    const { steps, label } = run.stage.fits?.(ranges) === false ? run.otherwise : run.stage;
    return { encoder, steps, label, locate: (place) => this.rangeOf(place, ranges, run.targets) };
  }

  private record({ encoder, label, locate }: Recording, steps: readonly PreparedStep[]): void {
    const { gpu } = this;
    if (steps.length === 0) return;
    const pass: Pass = gpu.probe?.pass(encoder, label) ?? encoder.beginComputePass({ label });
    let bound: Pipeline | null = null;
    for (const prepared of steps) {
      if (prepared.pipeline !== bound) pass.setPipeline((bound = prepared.pipeline).handle!);
      pass.setBindGroup(0, bindGroup(gpu, prepared, locate));
      pass.dispatchWorkgroups(...prepared.step.workgroups);
    }
    pass.end();
    gpu.counters.dispatches += steps.length;
  }

  private submitPart(recording: Recording): void {
    this.gpu.submit(recording.encoder.finish());
    recording.encoder = this.gpu.device.createCommandEncoder({ label: this.plan.label });
  }

  private finish({ encoder }: Recording, run: Run): void {
    run.results.forEach((kept, index) => kept && this.copyToRing(encoder, kept, this.plan.located[index]!));
    this.gpu.submit(encoder.finish());
  }

  private copyToRing(encoder: GPUCommandEncoder, kept: Kept, source: Source): void {
    const place = this.plan.memory.places.get(source.base);
    const from =
      place?.kind === 'upload'
        ? this.upload!
        : place?.kind === 'slab' && place.slab >= this.plan.memory.firstShared
          ? this.plan.slabs[place.slab]!
          : null;
    if (!from || kept.bytes === 0) return;
    const offset = (place as { offset: number }).offset + source.layout.offset * 4;
    encoder.copyBufferToBuffer(from.handle, offset, kept.buffer.handle, kept.offset, kept.bytes);
  }

  private rangeOf(place: Place, externals: readonly (Range | null)[], targets: readonly (Storage | null)[]): Range {
    if (place.kind === 'slab') return { buffer: this.plan.slabs[place.slab]!, offset: place.offset };
    if (place.kind === 'upload') return { buffer: this.upload!, offset: place.offset };
    return place.kind === 'external' ? externals[place.index]! : targets[place.result]!;
  }

  /** All host leaves in one write. The queue orders it before this submit and after those before. */
  private uploadHostData(externals: readonly External[]): void {
    if (!this.upload) return;
    for (const { index, offset } of this.uploads) {
      const data = externals[index] as ArrayBufferView;
      this.staging.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    }
    this.gpu.device.queue.writeBuffer(this.upload.handle, 0, this.staging as Uint8Array<ArrayBuffer>);
  }

  /** A result of this plan's last run that this run reads is moved out of the way, for this run writes there. */
  private apart(encoder: GPUCommandEncoder, external: External, index: number): Range | null {
    if (!('buffer' in external) || ArrayBuffer.isView(external)) return null;
    if (!this.plan.slabs.includes(external.buffer)) return external;
    const place = [...this.plan.memory.places].find(([base]) => base.kind === 'external' && base.index === index)!;
    const bytes = bytesOf(place[0]);
    let shadow = this.shadows.get(index);
    if (!shadow) {
      shadow = this.gpu.createBuffer(
        `${this.plan.label}, carried`,
        bytes,
        GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
      );
      this.shadows.set(index, shadow);
    }
    encoder.copyBufferToBuffer(external.buffer.handle, external.offset, shadow.handle, 0, bytes);
    return { buffer: shadow, offset: 0 };
  }
}

/** Memory that outlives the plan, and is written. */
function isOutside({ place, access }: BoundPlace): boolean {
  return access === 'read_write' && (place.kind === 'external' || place.kind === 'target');
}
