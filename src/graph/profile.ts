/**
 * profile: what one step does, when, and where its memory lies.
 *
 * Every dispatch gets a compute pass of its own while a step is profiled, so that it can be timed; planning and memory
 * are those of the step as it always runs. Knows no op.
 */
import { specialise, type Specialisation } from '../gpu/pipelines.ts';
import { PassTimer, type Pass, type PassTime, type Probe } from '../gpu/timer.ts';
import { engine } from './engine.ts';
import { flush } from './flush.ts';
import { watched } from './gpu-time.ts';
import type { Base } from './plan/ir.ts';
import { bytesOf, type KernelChoice, type Scratch } from './plan/lower.ts';
import type { Place } from './plan/memory.ts';
import type { PreparedStep } from './plan/bound.ts';
import type { Plan } from './plan/plan.ts';
import { synchronize } from './read.ts';

/** A stretch of time in milliseconds since the step began. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface ProfiledBinding {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  readonly bytes: number;
  /** Such as `slab 2 + 4096`. */
  readonly place: string;
}

export interface ProfiledDispatch {
  /** The ops that it serves, such as `linear+relu`. */
  readonly label: string;
  /** Such as `matmul.wgsl`. */
  readonly file: string;
  readonly entryPoint: string;
  /** Which of several kernels that compute the same this is, and why; null where there is one. */
  readonly choice: KernelChoice | null;
  /** Overrides and replaced constants: how the kernel was specialised. */
  readonly variant: Readonly<Record<string, number | string | boolean>>;
  readonly workgroups: readonly [number, number, number];
  readonly bindings: readonly ProfiledBinding[];
  /** The text that is compiled, with its comments where `sources` has them. */
  readonly wgsl: string;
  /** The same without comments, by which `editKernel` knows it. */
  readonly compiled: string;
  /** On the GPU, in milliseconds since the step began; null where the device has no timestamps, and behind the 2,048th. */
  readonly gpu: Omit<Span, 'name'> | null;
}

export interface ProfiledValue {
  /** The op that computes it. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly slab: number;
  readonly offset: number;
  /** Dispatches of the plan that use it first and last; results last to the end. */
  readonly first: number;
  readonly last: number;
}

/** The memory of one plan, beside what it is given (parameters, optimiser state, batches). */
export interface ProfiledMemory {
  readonly plan: string;
  /** How many dispatches the plan has. */
  readonly dispatches: number;
  /** Bytes of each slab. */
  readonly slabs: readonly number[];
  readonly values: readonly ProfiledValue[];
  /** Bytes of all values, each with memory of its own; those of the slabs; and those that live at once at most. */
  readonly unshared: number;
  readonly held: number;
  readonly peak: number;
}

export interface StepProfile {
  /** Milliseconds until the GPU was done and all reads had arrived. */
  readonly total: number;
  /** On the host: `trace` is the step's own JavaScript, and in it `plan` and `encode`; `read` waits for the GPU. */
  readonly host: readonly Span[];
  readonly dispatches: readonly ProfiledDispatch[];
  readonly memory: readonly ProfiledMemory[];
}

export interface ProfileOptions {
  /** Shaders with their comments, by file name and of this version, to show in place of the stripped texts that ship. */
  sources?: Readonly<Record<string, string>>;
}

/**
 * Runs `step` once and says what it did. The first run of a step also plans it and compiles its kernels, and the first
 * few take those that compile quickly: run it twice before and `await ready({ fast: true })`, to see what all later ones
 * are like.
 *
 * The GPU's clock is not the host's: its first dispatch is put where the first submit ended.
 */
export async function profile(step: () => unknown, { sources = {} }: ProfileOptions = {}): Promise<StepProfile> {
  const { gpu, plans } = engine();
  await synchronize();
  const timer = PassTimer.create(gpu);
  const recorder = new Recorder(timer);
  let total = 0;
  let passes: readonly PassTime[] = [];
  try {
    await watched(recorder, () => {
      const traced = recorder.span('trace');
      const result = step();
      flush();
      traced();
      return result;
    });
    await gpu.idle();
    total = recorder.now();
    if (timer) passes = await timer.finish();
  } finally {
    timer?.destroy();
  }
  const submitted = recorder.host.find(({ name }) => name === 'encode')?.end ?? 0;
  const known = [...plans.plans()];
  const ran = new Map(
    [...new Set(recorder.plans)].flatMap((label) =>
      known.flatMap((plan) => {
        const steps = plan.stepsOf(label);
        return steps ? [[label, { plan, steps }] as const] : [];
      }),
    ),
  );
  const dispatches = recorder.plans
    .flatMap((label) => ran.get(label)?.steps ?? [])
    .map((prepared, index) => {
      const time = passes[index];
      const at = time && { start: submitted + time.start, end: submitted + time.end };
      return describe(prepared, at ?? null, sources);
    });
  return { total, host: recorder.host, dispatches, memory: [...ran.values()].map(memoryOf) };
}

/** Notes spans of host time, and gives every dispatch a pass of its own. */
class Recorder implements Probe {
  readonly host: Span[] = [];
  /** Labels of the plans that ran, in order. */
  readonly plans: string[] = [];
  private readonly timer: PassTimer | null;
  private readonly from = performance.now();

  constructor(timer: PassTimer | null) {
    this.timer = timer;
  }

  now(): number {
    return performance.now() - this.from;
  }

  span(name: string): () => void {
    const start = this.now();
    return () => this.host.push({ name, start, end: this.now() });
  }

  pass(encoder: GPUCommandEncoder, label: string): Pass {
    this.plans.push(label);
    const { timer } = this;
    if (!timer) return encoder.beginComputePass({ label });
    let pipeline: GPUComputePipeline;
    let group: GPUBindGroup | null;
    return {
      setPipeline: (chosen) => void (pipeline = chosen),
      setBindGroup: (_: number, chosen: GPUBindGroup | null | undefined) => void (group = chosen ?? null),
      dispatchWorkgroups(...workgroups) {
        const pass = timer.pass(encoder, label);
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(...workgroups);
        pass.end();
      },
      end: () => undefined,
    };
  }
}

function describe(
  { step, places }: PreparedStep,
  gpu: ProfiledDispatch['gpu'],
  sources: Readonly<Record<string, string>>,
): ProfiledDispatch {
  const { what, workgroups, choice } = step;
  const { kernel, overrides, constants, label } = what;
  const bindings = places.map(({ name, access, place, offset, size, whole }): ProfiledBinding => {
    const bound = step.binds.get(name);
    const bytes = bound ? bytesOf(bound.memory) - offset : size;
    return { name, access, bytes, place: whole ? wholeName(place) : placeName(place, offset) };
  });
  return {
    label,
    file: kernel.file,
    entryPoint: kernel.entryPoint,
    choice,
    variant: { ...overrides, ...constants },
    workgroups,
    bindings,
    wgsl: textOf(what, sources[kernel.file]),
    compiled: specialise(what),
    gpu,
  };
}

/** Of the commented text where it is at hand. */
function textOf(what: Specialisation, source: string | undefined): string {
  if (source === undefined) return specialise(what);
  return specialise({ ...what, kernel: { ...what.kernel, source } });
}

function placeName(place: Place, offset: number): string {
  if (place.kind === 'slab') return `slab ${place.slab} + ${place.offset + offset}`;
  if (place.kind === 'upload') return `uploads + ${place.offset + offset}`;
  return place.kind === 'external' ? `given ${place.index}` : `target ${place.result}`;
}

/** A plan with the steps that ran of it. */
interface Ran {
  readonly plan: Plan;
  readonly steps: readonly PreparedStep[];
}

/** Of a buffer that is bound from end to end. */
function wholeName(place: Place): string {
  if (place.kind === 'slab') return `slab ${place.slab} + 0`;
  return place.kind === 'upload' ? 'uploads + 0' : placeName(place, 0);
}

function memoryOf({ plan: { label, memory }, steps }: Ran): ProfiledMemory {
  const uses = new Map<Base | Scratch, { first: number; last: number }>();
  steps.forEach(({ step }, at) => {
    for (const { memory } of step.binds.values()) uses.set(memory, { first: uses.get(memory)?.first ?? at, last: at });
  });
  const values = [...uses].flatMap(([value, { first, last }]): ProfiledValue[] => {
    const place = memory.places.get(value);
    if (place?.kind !== 'slab') return [];
    const lasts = place.slab < memory.firstShared || (value.kind === 'computed' && value.result !== null);
    return [
      {
        name: value.kind === 'computed' ? value.node.op.name : value.kind,
        shape: value.kind === 'scratch' ? [value.bytes / 4] : value.shape,
        bytes: bytesOf(value),
        slab: place.slab,
        offset: place.offset,
        first,
        last: lasts ? steps.length - 1 : last,
      },
    ];
  });
  // The members of a pack lie inside of it.
  const whole = values.filter(
    (value) =>
      value.slab >= memory.firstShared || !values.some(({ slab, bytes }) => slab === value.slab && bytes > value.bytes),
  );
  const sum = (list: readonly number[]): number => list.reduce((all, bytes) => all + bytes, 0);
  const alive = steps.map((_, at) =>
    sum(whole.filter(({ first, last }) => first <= at && at <= last).map(({ bytes }) => bytes)),
  );
  return {
    plan: label,
    dispatches: steps.length,
    slabs: memory.slabs,
    values,
    unshared: sum(whole.map(({ bytes }) => bytes)),
    held: sum(memory.slabs),
    peak: Math.max(0, ...alive),
  };
}
