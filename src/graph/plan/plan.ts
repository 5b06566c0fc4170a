/**
 * A plan: the flat list of dispatches that a trace has become, with its memory.
 *
 * Pipelines, uniforms and slabs are made once. A run uploads the small host leaves in one write, records every
 * dispatch in one compute pass, and submits once.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import type { Pipeline } from '../../gpu/pipelines.ts';
import type { Pass } from '../../gpu/timer.ts';
import type { Choices } from '../tuning/choices.ts';
import { LeafSlot, PlanSlot, type Kept, type Ring } from '../keep.ts';
import { numel, type Spec, type Storage } from '../value.ts';
import { bindGroup, ownedBy, prepare, type PreparedStep, type Range } from './bound.ts';
import { build } from './build.ts';
import type { Capture } from './capture.ts';
import { fuse } from './fuse.ts';
import { GUARD_BYTES, sentinelBytes } from './guard.ts';
import type { Base, ExternalBase, Source } from './ir.ts';
import { joinSteps, type Joined } from './joined.ts';
import { bytesOf, lower, type Scratch, type Step } from './lower.ts';
import { createSlabs, planMemory, writesSomething, type MemoryPlan, type Place } from './memory.ts';
import { packParams } from './params.ts';
import { LazyStage, runsMeanwhile, type Stage } from './stage.ts';

/** What a plan reads from outside: where it lies, or the bytes to upload. */
export type External = Storage | Kept | ArrayBufferView;

/** What one run binds: decided when the run is asked for, used when its turn comes. */
export interface Run {
  readonly externals: readonly External[];
  /** For each result that has memory of its own. */
  readonly targets: readonly (Storage | null)[];
  readonly results: readonly (Kept | null)[];
  /** What is recorded. */
  readonly stage: Stage;
}

export interface PlanOptions {
  /** Surrounds every value with known words. */
  readonly guarded: boolean;
  /** When kernels run that compile quickly: in the first runs, in all, or in none. */
  readonly early: 'first' | 'always' | 'never';
}

export class Plan {
  readonly signature: Int32Array;
  readonly hash: number;
  readonly runs: { count: number } = { count: 0 };
  readonly label: string;
  readonly memory: MemoryPlan;
  readonly slabs: readonly GpuBuffer[];
  private readonly gpu: Gpu;
  private readonly guarded: boolean;
  readonly software: boolean;
  /** Made when it is first asked for. */
  private inOne: { readonly joined: Joined | null } | null = null;
  private readonly full: Stage;
  /** What runs at first, and how often. */
  private early: { readonly stage: Stage; readonly runs: number } | null;
  /** Runs that have been asked for. */
  private asked = 0;
  /** Where each step's Params are. */
  private readonly offsets: ReadonlyMap<Step, number>;
  private readonly prepared = new Map<Step, PreparedStep>();
  private readonly located: readonly Source[];
  private readonly given: readonly ExternalBase[];
  private readonly params: GpuBuffer | null;
  private readonly upload: GpuBuffer | null;
  private readonly staging: Uint8Array;
  /** Which externals are uploaded, and to where. */
  private readonly uploads: readonly { index: number; offset: number }[];
  private readonly shadows = new Map<number, GpuBuffer>();

  constructor(gpu: Gpu, choices: Choices, captured: Capture, { guarded, early }: PlanOptions) {
    this.gpu = gpu;
    this.guarded = guarded;
    this.signature = captured.signature;
    this.hash = captured.hash;
    const built = build(captured);
    const groups = fuse(built.nodes, gpu.limits.maxStorageBuffersPerShaderStage);
    const device = { ...choices.adapter, choices };
    this.software = device.software;
    const lowered = groups.map((group) => lower(group, device));
    const steps = lowered.flatMap(({ steps }) => steps).filter(doesSomething);
    const quick = lowered.flatMap(({ early, steps }) => (early ?? { steps }).steps).filter(doesSomething);
    const both = [...new Set(lowered.flatMap(({ steps, early }) => [...steps, ...(early?.steps ?? [])]))];
    const all = early === 'never' ? steps : both.filter(doesSomething);
    this.label = `plan ${++gpu.counters.plans}`;
    this.memory = planMemory(all, groups, built.externals, guarded);
    this.located = built.results;
    this.given = built.externals;
    this.slabs = createSlabs(gpu, this.memory, this.label);
    // Packs have no guards: what lies between their members is zero.
    const surrounded = new Set(this.memory.guards.map(({ slab }) => slab));
    this.slabs.forEach(({ handle, size }, index) => {
      if (surrounded.has(index)) gpu.device.queue.writeBuffer(handle, 0, sentinelBytes(size));
    });
    const { bytes, offsets } = packParams(all);
    this.offsets = new Map(all.map((step, index) => [step, offsets[index]!]));
    this.params = bytes.length ? this.uniforms(bytes) : null;
    const { uploadBytes } = this.memory;
    this.upload = uploadBytes
      ? gpu.createBuffer(
          `${this.label}, uploads`,
          uploadBytes,
          GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
        )
      : null;
    this.staging = new Uint8Array(uploadBytes);
    this.uploads = built.externals.flatMap((base) => {
      const place = this.memory.places.get(base);
      return place?.kind === 'upload' ? [{ index: base.index, offset: place.offset }] : [];
    });
    const prepare = (step: Step): PreparedStep => this.prepare(step);
    const isQuick = early !== 'never' && steps.some((step) => !quick.includes(step));
    this.full = new LazyStage(this.label, steps, { prepare, patient: isQuick });
    this.early = null;
    if (isQuick) {
      const keyOf = (what: Step['what']): string => gpu.pipelines.keyOf(what);
      const runs = early === 'always' ? Infinity : runsMeanwhile(lowered, keyOf, device.software);
      this.early = { stage: new LazyStage(`${this.label}, early`, quick, { prepare, patient: false }), runs };
    }
    // Compilation begins with planning.
    void (this.early?.stage ?? this.full).ready;
  }

  /** What runs in the long run, one dispatch for each. */
  get steps(): readonly PreparedStep[] {
    return this.full.steps;
  }

  /** Dispatches a run, with the ops that each serves. */
  get dispatches(): readonly string[] {
    return this.steps.map(({ step }) => step.what.label);
  }

  /** What the next run records unless its tiny dispatches are joined: at first what compiles quickly. */
  next(): Stage {
    const { early, full } = this;
    const run = this.asked++;
    if (!early || run >= early.runs) return full;
    // What runs but once never needs the others.
    if (run > 0) void full.ready;
    return early.stage;
  }

  /** Where each result of the next run will be found; null for one with memory of its own. */
  claimResults(ring: Ring, externals: readonly External[], specs: readonly Spec[]): (Kept | null)[] {
    this.runs.count++;
    return this.located.map((source, index) => {
      const place = this.memory.places.get(source.base);
      const bytes = numel(specs[index]!.shape) * 4;
      if (place?.kind === 'target') return null;
      if (place?.kind === 'external') {
        const held = externals[place.index] as Storage | Kept;
        return 'narrow' in held ? held.narrow(bytes) : new LeafSlot(held, bytes);
      }
      if (place?.kind === 'slab' && place.slab < this.memory.firstShared)
        return new PlanSlot(this.slabs[place.slab]!, place.offset, bytes, this.runs);
      return ring.take(bytes);
    });
  }

  /** Pipelines of the next run that are not compiled yet. */
  compiling(): Pipeline[] {
    const stage = this.early && this.asked < this.early.runs ? this.early.stage : this.full;
    void stage.ready;
    return stage.steps.map(({ pipeline }) => pipeline).filter(({ handle }) => handle === null);
  }

  /** From the next run on the fast kernels are used. */
  endEarly(): void {
    if (this.early) this.early = { ...this.early, runs: 0 };
  }

  /**
   * This plan with its tiny dispatches joined, for a step that is run over and over; null where that would not leave
   * half of them or fewer. The first call begins to compile.
   */
  get joined(): Joined | null {
    // A kernel that a person changes is seen by itself.
    const apart = this.guarded || this.gpu.pipelines.edits.size > 0;
    this.inOne ??= { joined: apart ? null : joinSteps(this.gpu, this, (bytes) => this.uniforms(bytes)) };
    return this.inOne.joined;
  }

  /** The steps that a pass of this label recorded; null where it is another plan's. */
  stepsOf(label: string): readonly PreparedStep[] | null {
    const stages = [this.full, this.early?.stage, this.inOne?.joined];
    return stages.find((stage) => stage?.label === label)?.steps ?? null;
  }

  /** Records and submits one run. What the device finds wrong with a plan, it finds at the first. */
  execute(run: Run): void {
    const { gpu } = this;
    if (gpu.lost !== null) return;
    const { stage } = run;
    if (stage.hasRun) this.record(run);
    else
      gpu.watch(
        'validation',
        (message) => `internal: ${stage.steps.map(({ step }) => step.what.label).join(', ')}: ${message}`,
        () => this.record(run),
      );
    stage.hasRun = true;
  }

  private record(run: Run): void {
    const { gpu } = this;
    const done = gpu.probe?.span?.('encode');
    gpu.readback.flushRequests();
    this.uploadHostData(run.externals);
    const encoder = gpu.device.createCommandEncoder({ label: this.label });
    const ranges = run.externals.map((external, index) => this.apart(encoder, external, index));
    const isJoined = run.stage === this.inOne?.joined;
    const { steps, label } = isJoined && !this.liesAsPlanned(ranges) ? this.full : run.stage;
    if (steps.length) {
      const pass: Pass = gpu.probe?.pass(encoder, label) ?? encoder.beginComputePass({ label });
      const locate = (place: Place): Range => this.rangeOf(place, ranges, run.targets);
      let bound: Pipeline | null = null;
      for (const prepared of steps) {
        if (prepared.pipeline !== bound) pass.setPipeline((bound = prepared.pipeline).handle!);
        pass.setBindGroup(0, bindGroup(gpu, prepared, locate));
        pass.dispatchWorkgroups(...prepared.step.workgroups);
      }
      pass.end();
    }
    gpu.counters.dispatches += steps.length;
    run.results.forEach((kept, index) => kept && this.copyToRing(encoder, kept, this.located[index]!));
    gpu.submit(encoder.finish());
    done?.();
  }

  /**
   * Whether the same values share buffers as when the plan was made, for joined kernels bind each buffer once. An
   * optimiser that is made later moves parameters.
   */
  private liesAsPlanned(ranges: readonly (Range | null)[]): boolean {
    const buffers = new Map<number, GpuBuffer>();
    for (const { index, bufferClass, kept } of this.given) {
      if (kept || bufferClass < 0) continue;
      const { buffer } = ranges[index]!;
      const known = buffers.get(bufferClass);
      if (known === undefined) buffers.set(bufferClass, buffer);
      else if (known !== buffer) return false;
    }
    return new Set(buffers.values()).size === buffers.size;
  }

  /** Results that lie in this plan's memory can no longer be had. */
  retire(): void {
    this.runs.count++;
  }

  destroy(): void {
    const { gpu } = this;
    const owned = (this.inOne?.joined?.steps ?? []).flatMap(ownedBy);
    for (const buffer of [...this.slabs, ...this.shadows.values(), ...owned, this.params, this.upload])
      if (buffer) gpu.destroyBuffer(buffer);
  }

  private copyToRing(encoder: GPUCommandEncoder, kept: Kept, source: Source): void {
    const place = this.memory.places.get(source.base);
    const from =
      place?.kind === 'upload'
        ? this.upload!
        : place?.kind === 'slab' && place.slab >= this.memory.firstShared
          ? this.slabs[place.slab]!
          : null;
    if (!from || kept.bytes === 0) return;
    const offset = (place as { offset: number }).offset + source.layout.offset * 4;
    encoder.copyBufferToBuffer(from.handle, offset, kept.buffer.handle, kept.offset, kept.bytes);
  }

  private uniforms(bytes: Uint8Array<ArrayBuffer>): GpuBuffer {
    const buffer = this.gpu.createBuffer(
      `${this.label}, params`,
      bytes.length,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
    this.gpu.device.queue.writeBuffer(buffer.handle, 0, bytes);
    return buffer;
  }

  private prepare(step: Step): PreparedStep {
    const { gpu, params, memory, offsets } = this;
    let prepared = this.prepared.get(step);
    if (!prepared) {
      const placeOf = (of: Base | Scratch): Place => memory.places.get(of)!;
      const uniforms = params && { buffer: params, offset: offsets.get(step)! };
      prepared = prepare(gpu, step, uniforms, placeOf, (bound) => this.boundBytes(bound, placeOf(bound.memory)));
      this.prepared.set(step, prepared);
    }
    return prepared;
  }

  /** What a binding covers; in debug mode also the sentinels behind the value, which WebGPU would otherwise protect. */
  private boundBytes(bound: { memory: Base | Scratch; offset: number }, place: Place): number {
    const bytes = Math.max(4, bytesOf(bound.memory) - bound.offset);
    if (place.kind !== 'slab' || this.memory.guards.length === 0) return bytes;
    return Math.min(bytes + GUARD_BYTES, this.slabs[place.slab]!.size - place.offset - bound.offset);
  }

  private rangeOf(place: Place, externals: readonly (Range | null)[], targets: readonly (Storage | null)[]): Range {
    if (place.kind === 'slab') return { buffer: this.slabs[place.slab]!, offset: place.offset };
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
    if (!this.slabs.includes(external.buffer)) return external;
    const place = [...this.memory.places].find(([base]) => base.kind === 'external' && base.index === index)!;
    const bytes = bytesOf(place[0]);
    let shadow = this.shadows.get(index);
    if (!shadow) {
      shadow = this.gpu.createBuffer(`${this.label}, carried`, bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
      this.shadows.set(index, shadow);
    }
    encoder.copyBufferToBuffer(external.buffer.handle, external.offset, shadow.handle, 0, bytes);
    return { buffer: shadow, offset: 0 };
  }
}

function doesSomething(step: Step): boolean {
  return step.workgroups.every((count) => count > 0) && writesSomething(step);
}
