/**
 * A race: the kernels of one site, timed by turns on buffers of their own.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import { PipelineCache, type Pipeline } from '../../gpu/pipelines.ts';
import { PassTimer } from '../../gpu/timer.ts';
import type { Dispatch, Operand } from '../define-op.ts';
import { packParams } from '../plan/params.ts';
import { numel, type Spec } from '../value.ts';
import { agree, clear, numbersLike, resultsOf, type Results } from './results.ts';
import { lowerSite, type Adapter, type Site } from './site.ts';

/** Milliseconds that a pass must take to be timed to some per cent: Chrome rounds timestamps to 0.1, the wait costs more. */
const LONG = { stamped: 2, waited: 50 };
const MOST_REPEATS = 1000;
const ROUNDS = 5;
/** A kernel that takes so many times the fastest one's time in the first round is out, unless it is the one by rule. */
const HOPELESS = 3;
/** Bytes beyond which a site is not timed: the memory belongs to training. */
const MOST_BYTES = 2 ** 28;

interface Runner {
  readonly name: string;
  readonly steps: readonly { pipeline: Pipeline; group: GPUBindGroup; workgroups: Dispatch['workgroups'] }[];
  readonly times: number[];
  first: number;
  repeats: number;
}

export interface RaceOptions {
  /** Asked between passes: whether the GPU is wanted for something else. */
  readonly off?: () => boolean;
  /** Milliseconds of one run from which on a site is left alone: a driver may take another kernel for one that hangs. */
  readonly slow?: number;
}

/**
 * The kernel by rule and milliseconds of each kernel: of one run, the median of several rounds. Kernels that are out, do
 * not compile or compute something else than the rule's are left away: drivers have errors, and what WGSL leaves open is
 * not the same everywhere. Null where the race was called off, or the site is too large for it.
 *
 * The device's errors are the user's: those of a race stay in it.
 */
export async function race(
  gpu: Gpu,
  adapter: Adapter,
  site: Site,
  { off = () => false, slow = Infinity }: RaceOptions = {},
): Promise<{ rule: string; milliseconds: Record<string, number> } | null> {
  let rule = '';
  const { among } = lowerSite(site, adapter, (otherwise) => (rule = otherwise));
  const names = [rule, ...among.filter((name) => name !== rule)];
  const lowered = names.map((name) => lowerSite(site, adapter, () => name));
  const scratch: number[] = [];
  for (const { scratch: areas } of lowered)
    areas.forEach((bytes, index) => (scratch[index] = Math.max(scratch[index] ?? 0, bytes)));
  const bytes = [...site.inputs.map(bytesOf), ...site.outputs.map(bytesOf), ...scratch];
  if (bytes.reduce((sum, size) => sum + size, 0) > MOST_BYTES) return null;
  const held: GPUBuffer[] = [];
  const buffer = (size: number, usage: number = GPUBufferUsage.STORAGE): GPUBuffer => {
    const label = `tuning ${site.op.name}`;
    held.push(gpu.device.createBuffer({ label, size: Math.max(16, Math.ceil(size / 16) * 16), usage }));
    return held.at(-1)!;
  };
  gpu.device.pushErrorScope('out-of-memory');
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const areas = {
    input: site.inputs.map((spec) => buffer(bytesOf(spec), STORAGE | COPY_DST)),
    output: site.outputs.map((spec) => buffer(bytesOf(spec), STORAGE | COPY_SRC | COPY_DST)),
    scratch: scratch.map((size) => buffer(size)),
  };
  site.inputs.forEach((spec, index) => gpu.device.queue.writeBuffer(areas.input[index]!, 0, numbersLike(spec)));
  const full = gpu.device.popErrorScope();
  const timer = PassTimer.create(gpu);
  try {
    if ((await full) !== null) return null;
    const pipelines = new PipelineCache(gpu);
    let runners: Runner[] = [];
    let wanted: Results | null = null;
    // The first run of each warms up, one after another, the rule's first, and says which need not go on.
    for (const [index, name] of names.entries()) {
      if (off()) return null;
      const steps = prepare(gpu, pipelines, lowered[index]!.dispatches, areas, buffer);
      const compiled = await Promise.all(steps.map(({ pipeline }) => pipeline.ready)).then(
        () => true,
        () => false,
      );
      if (!compiled && name === rule) return null;
      if (!compiled) continue;
      const runner: Runner = { name, steps, times: [], first: 0, repeats: 1 };
      for (const output of areas.output) clear(gpu, output);
      runner.first = await sample(gpu, timer, runner);
      if (runner.first > slow) return null;
      const results = await resultsOf(gpu, site, areas.output);
      wanted ??= results;
      if (!agree(results, wanted)) continue;
      runners.push(runner);
    }
    const most = HOPELESS * Math.min(...runners.map(({ first }) => first));
    // Something else may have held up the first run, so it gets another.
    for (const runner of runners) if (runner.first > most && !off()) runner.first = await sample(gpu, timer, runner);
    runners = runners.filter(({ name, first }) => name === rule || first <= most);
    for (let round = 0; round < ROUNDS; round++)
      for (const runner of runners) {
        if (off()) return null;
        runner.times.push(await sample(gpu, timer, runner));
      }
    const medians = runners.map(({ name, times }) => [name, times.sort((a, b) => a - b)[ROUNDS >> 1]!] as const);
    return { rule, milliseconds: Object.fromEntries(medians) };
  } finally {
    timer?.destroy();
    for (const area of held) area.destroy();
  }
}

function bytesOf({ shape }: Spec): number {
  return Math.max(16, Math.ceil(numel(shape) / 4) * 16);
}

function prepare(
  gpu: Gpu,
  pipelines: PipelineCache,
  dispatches: readonly Dispatch[],
  areas: Readonly<Record<Operand['role'], readonly GPUBuffer[]>>,
  buffer: (size: number, usage: number) => GPUBuffer,
): Runner['steps'] {
  const steps = dispatches.map(({ kernel, params, overrides = {}, constants = {}, hooks = [] }) => ({
    what: { kernel, overrides, constants, hooks, label: `tuning ${kernel.entryPoint}` },
    params,
  }));
  const { bytes, offsets } = packParams(steps);
  const uniforms = buffer(bytes.length, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  if (bytes.length) gpu.device.queue.writeBuffer(uniforms, 0, bytes);
  return steps.map(({ what }, index) => {
    const pipeline = pipelines.get(what);
    const { bind, workgroups } = dispatches[index]!;
    const entries = pipeline.bindings.map(({ name, binding }) => {
      const { role, index: at } = bind[name]!;
      return { binding, resource: { buffer: areas[role][at]! } };
    });
    const size = what.kernel.params?.size ?? 0;
    const params = { binding: 0, resource: { buffer: uniforms, offset: offsets[index]!, size } };
    const all = pipeline.hasParams ? [params, ...entries] : entries;
    return { pipeline, group: gpu.device.createBindGroup({ layout: pipeline.layout, entries: all }), workgroups };
  });
}

/** Milliseconds of one run, from a pass in which it runs often enough to be timed. */
async function sample(gpu: Gpu, timer: PassTimer | null, runner: Runner): Promise<number> {
  const long = timer ? LONG.stamped : LONG.waited;
  for (;;) {
    const took = await pass(gpu, timer, runner);
    if (took >= long / 2 || runner.repeats === MOST_REPEATS) return Math.max(took, 0.01) / runner.repeats;
    const factor = Math.min(16, long / Math.max(took, 0.01));
    runner.repeats = Math.min(MOST_REPEATS, Math.ceil(runner.repeats * factor));
  }
}

/** Milliseconds of a pass in which a kernel runs as often as it should; without timestamps, with the wait for it. */
async function pass(gpu: Gpu, timer: PassTimer | null, { steps, repeats }: Runner): Promise<number> {
  const encoder = gpu.device.createCommandEncoder({ label: 'tuning' });
  const recorded = timer?.pass(encoder, 'tuning') ?? encoder.beginComputePass({ label: 'tuning' });
  for (let turn = 0; turn < repeats; turn++)
    for (const { pipeline, group, workgroups } of steps) {
      recorded.setPipeline(pipeline.handle!);
      recorded.setBindGroup(0, group);
      recorded.dispatchWorkgroups(...workgroups);
    }
  recorded.end();
  const begun = performance.now();
  gpu.submit(encoder.finish());
  await gpu.hasten(gpu.device.queue.onSubmittedWorkDone());
  if (!timer) return performance.now() - begun;
  const { start, end } = (await timer.finish()).at(-1)!;
  return end - start;
}
