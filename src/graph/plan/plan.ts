/**
 * A plan: the flat list of dispatches that a trace has become, with its memory.
 *
 * Pipelines, uniforms and slabs are made once. A run uploads the small host leaves in one write, records every
 * dispatch in one compute pass, and submits once.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import type { Pipeline } from '../../gpu/pipelines.ts';
import type { Choices } from '../tuning/choices.ts';
import { LeafSlot, PlanSlot, type Kept, type Ring } from '../keep.ts';
import { numel, type Spec, type Storage } from '../value.ts';
import { ownedBy, prepare, type PreparedStep } from './bound.ts';
import { build } from './build.ts';
import type { Capture } from './capture.ts';
import { fuse } from './fuse.ts';
import { GUARD_BYTES, sentinelBytes } from './guard.ts';
import type { Base, ExternalBase, Source } from './ir.ts';
import { joinSteps, type Joined } from './joined.ts';
import { bytesOf, lower, type Scratch, type Step } from './lower.ts';
import { createSlabs, planMemory, writesSomething, type MemoryPlan, type Place } from './memory.ts';
import { packParams } from './params.ts';
import { Recorder, type External, type Run } from './recorder.ts';
import { LazyStage, runsMeanwhile, type Stage } from './stage.ts';

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
  /** What runs at first, and how often; null where it no longer does. */
  private early: { readonly stage: Stage; readonly runs: number } | null;
  private readonly atFirst: Stage | null;
  /** Runs that have been asked for. */
  private asked = 0;
  /** Where each step's Params are. */
  private readonly offsets: ReadonlyMap<Step, number>;
  private readonly prepared = new Map<Step, PreparedStep>();
  readonly located: readonly Source[];
  readonly externals: readonly ExternalBase[];
  private readonly params: GpuBuffer | null;
  private readonly recorder: Recorder;

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
    this.externals = built.externals;
    this.slabs = createSlabs(gpu, this.memory, this.label);
    // Packs have no guards: what lies between their members is zero.
    const surrounded = new Set(this.memory.guards.map(({ slab }) => slab));
    this.slabs.forEach(({ handle, size }, index) => {
      if (surrounded.has(index)) gpu.device.queue.writeBuffer(handle, 0, sentinelBytes(size));
    });
    const { bytes, offsets } = packParams(all);
    this.offsets = new Map(all.map((step, index) => [step, offsets[index]!]));
    this.params = bytes.length ? this.uniforms(bytes) : null;
    this.recorder = new Recorder(gpu, this);
    const prepare = (step: Step): PreparedStep => this.prepare(step);
    // A kernel that a person changes runs from the first run on.
    const isQuick = early !== 'never' && gpu.pipelines.edits.size === 0 && steps.some((step) => !quick.includes(step));
    const meanwhile = isQuick ? runsMeanwhile(lowered, gpu.pipelines, device.software) : 0;
    const runs = isQuick && early === 'always' ? Infinity : meanwhile;
    this.full = new LazyStage(this.label, steps, { prepare, patient: runs > 0 });
    this.atFirst = runs > 0 ? new LazyStage(`${this.label}, early`, quick, { prepare, patient: false }) : null;
    this.early = this.atFirst && { stage: this.atFirst, runs };
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
    if (!early) return full;
    if (run >= early.runs) {
      this.early = null;
      for (const { step } of full.steps) this.gpu.pipelines.awaited.add(this.gpu.pipelines.keyOf(step.what));
      return full;
    }
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
    const stages = [this.full, this.atFirst, this.inOne?.joined];
    return stages.find((stage) => stage?.label === label)?.steps ?? null;
  }

  /**
   * Does one run of a stage, when its turn in the queue comes.
   *
   * @param inParts kernels still compile: submit what can be, so that the GPU computes meanwhile
   */
  execute(run: Omit<Run, 'otherwise'>, inParts = false): void | Promise<void> {
    const whole = { ...run, otherwise: this.full };
    return inParts ? this.recorder.executeInParts(whole) : this.recorder.execute(whole);
  }

  /** Results that lie in this plan's memory can no longer be had. */
  retire(): void {
    this.runs.count++;
  }

  destroy(): void {
    const { gpu } = this;
    const owned = (this.inOne?.joined?.steps ?? []).flatMap(ownedBy);
    for (const buffer of [...this.slabs, ...this.recorder.buffers, ...owned, this.params])
      if (buffer) gpu.destroyBuffer(buffer);
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
}

function doesSomething(step: Step): boolean {
  return step.workgroups.every((count) => count > 0) && writesSomething(step);
}
