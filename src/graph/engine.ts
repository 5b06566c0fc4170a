/**
 * The engine: the state behind the functional API.
 *
 * There is one engine at a time, as PyTorch has one default device. It holds the pending trace, the trace's clock, the
 * cache of plans and the queue of submits; `trace.ts`, `flush.ts` and `compile.ts` work on it.
 */
import { acquireDevice, type AdapterSummary, type DeviceOptions } from '../gpu/adapter.ts';
import { Gpu, type Counters } from '../gpu/gpu.ts';
import type { Asked } from './ask.ts';
import { Ring } from './keep.ts';
import type { PlanCache } from './plan/cache.ts';
import { createPlanCache } from './plan/cache.ts';
import { RunQueue } from './run-queue.ts';
import { Choices } from './tuning/choices.ts';
import { remembered, storeFor, Tuner, type TuningOptions } from './tuning/tuner.ts';
import type { Node } from './value.ts';

export interface InitOptions extends DeviceOptions {
  /** Replace a working or lost engine; tensors of the old one can no longer be used. */
  restart?: boolean;
  /**
   * Kernels of which there are several are chosen by what was measured on this adapter, in this or an earlier visit;
   * false for fixed rules alone.
   */
  tuning?: boolean | TuningOptions;
  /**
   * The first runs of a graph take kernels that compile quickly, until those that run fast are compiled. False to have
   * the fast ones from the first run on, which then waits for them.
   */
  quickStart?: boolean;
  /**
   * `medium` lets large matrix products, of gradients too, round what they multiply to f16 where the device has
   * `shader-f16`; they add in float32 still. f16 has 11 bits, is infinite above 65,504, and 0 below 6e-8, so scale a loss
   * whose gradients are that small. The name is that of `torch.set_float32_matmul_precision`, which rounds to bfloat16.
   */
  float32MatmulPrecision?: 'highest' | 'medium';
  debug?: {
    /** Surround every planned value with known words, for tests that look for stray writes. */
    sentinels?: boolean;
    /** Submit every op by itself, for tests that compare the planned graph with that. */
    eager?: boolean;
    /** Join tiny dispatches from the first run of every plan on, for tests that compare with their parts. */
    joined?: boolean;
    /** Never let go of the kernels that compile quickly. */
    early?: boolean;
    /** Choose kernels as for a GPU, whatever the adapter is. */
    hardware?: boolean;
  };
}

export class Engine {
  readonly gpu: Gpu;
  readonly queue: RunQueue;
  readonly ring: Ring;
  readonly plans: PlanCache;
  readonly tuner: Tuner;
  readonly sentinels: boolean;
  readonly eager: boolean;
  readonly joins: boolean;
  /** Nodes traced and not yet submitted, in order. */
  pending: Node[] = [];
  /** Advances with every in-place write that is traced. */
  clock = 0;
  nextNodeId = 1;
  gradEnabled = true;
  /** Above 0 while a trace must not be cut: inside forward, backward and compile. */
  uncut = 0;
  /** How deep in computing again what was not kept: what is traced there is not what was traced before. */
  again = 0;
  /** A compiled step is being traced; nothing is submitted and nothing can be read. */
  recording = false;
  /** What the step that is being traced asked of its arguments. */
  asked: Asked[] | null = null;

  constructor(gpu: Gpu, tuner: Tuner, { quickStart = true, debug = {} }: InitOptions) {
    const { sentinels = false, eager = false, joined = false, early = false } = debug;
    this.gpu = gpu;
    this.tuner = tuner;
    this.sentinels = sentinels;
    this.eager = eager;
    this.joins = joined;
    this.queue = new RunQueue(gpu);
    tuner.isBusy = () => this.queue.isWaiting;
    const schedule = (work: () => void): void => this.queue.push(null, work);
    this.ring = new Ring(gpu, schedule);
    const stages = early ? 'always' : quickStart ? 'first' : 'never';
    this.plans = createPlanCache(gpu, tuner.choices, { guarded: sentinels, early: stages }, schedule);
  }
}

let current: Engine | null = null;
let starting: Promise<AdapterSummary> | null = null;

/**
 * Finds the GPU and starts the engine. Further calls return the same adapter, unless `restart` is given.
 *
 * @throws Error where there is no WebGPU or no adapter, with what to do about it.
 */
export function init(options: InitOptions = {}): Promise<AdapterSummary> {
  if (starting && !options.restart) return starting;
  starting = start(options);
  starting.catch(() => {
    starting = null;
  });
  return starting;
}

async function start(options: InitOptions): Promise<AdapterSummary> {
  const previous = current;
  const medium = isMedium(options);
  const tuning = options.tuning ?? true;
  const store = storeFor(tuning);
  const { device, summary } = await acquireDevice(options);
  const gpu = new Gpu(device, options.debug?.hardware ? { ...summary, software: false } : summary);
  const { table, idle } = await remembered(gpu, tuning, store);
  const { software, features } = gpu.adapter;
  const quads = features.includes('subgroups');
  const half = medium && features.includes('shader-f16');
  const choices = new Choices({ limits: gpu.limits, software, quads, half }, table);
  current = new Engine(gpu, new Tuner(gpu, choices, table, store, idle), options);
  previous?.tuner.stop();
  if (previous && previous.gpu.device !== device) previous.gpu.device.destroy();
  return summary;
}

function isMedium({ float32MatmulPrecision: precision = 'highest' }: InitOptions): boolean {
  if (precision !== 'highest' && precision !== 'medium')
    throw new Error(`init: float32MatmulPrecision is ${JSON.stringify(precision)}. Use 'highest' or 'medium'.`);
  return precision === 'medium';
}

export function engine(): Engine {
  if (!current) throw new Error('wgrad: the engine is not started. Call `await init()` first.');
  return current;
}

/** What `init` found. */
export function adapter(): AdapterSummary {
  return engine().gpu.adapter;
}

/** GPU buffers held by the engine, and their bytes. */
export function memory(): { buffers: number; bytes: number } {
  return { ...engine().gpu.memory };
}

/** Dispatches, submits, plans and pipelines since `init`. */
export function counters(): Counters {
  return { ...engine().gpu.counters };
}

/** Runs `fn` without recording what a backward pass would need. */
export function noGrad<T>(fn: () => T): T {
  const { gradEnabled } = engine();
  engine().gradEnabled = false;
  try {
    return fn();
  } finally {
    engine().gradEnabled = gradEnabled;
  }
}

/** Runs `fn` with the pending trace kept in one piece. */
export function uncut<T>(fn: () => T): T {
  const state = engine();
  state.uncut++;
  try {
    return fn();
  } finally {
    state.uncut--;
  }
}

/** Runs `fn` and forgets the nodes it traced. */
export function dryRun<T>(fn: () => T): T {
  const state = engine();
  const before = state.pending;
  state.pending = [...before];
  state.uncut++;
  try {
    return noGrad(fn);
  } finally {
    state.uncut--;
    for (const node of state.pending) if (!before.includes(node)) node.executed = true;
    state.pending = before.filter((node) => !node.executed);
  }
}

/** Resolves once at most `depth` earlier calls still have GPU work before them; loops that feed data await it. */
export async function throttle(depth = 2): Promise<void> {
  await engine().queue.drained();
  await engine().gpu.throttle(depth);
}
