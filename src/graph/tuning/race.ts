/**
 * A race: the kernels of one site, timed by turns on buffers of their own.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import { PipelineCache, type Pipeline } from '../../gpu/pipelines.ts';
import { PassTimer } from '../../gpu/timer.ts';
import type { Dispatch, Operand } from '../define-op.ts';
import { packParams } from '../plan/params.ts';
import { numel, type Spec } from '../value.ts';
import { lowerSite, type Adapter, type Site } from './site.ts';

/** Chrome rounds timestamps to 0.1 ms, so that a pass must take this long to be timed to some per cent. */
const LONG = 2;
const MOST_REPEATS = 400;
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

/**
 * Milliseconds of each kernel: of one run, the median of several rounds. Kernels that are out are left away; null where
 * the race was called off, or the site is too large for it.
 *
 * @param off asked between passes: whether the GPU is wanted for something else
 */
export async function race(
  gpu: Gpu,
  adapter: Adapter,
  site: Site,
  off: () => boolean = () => false,
): Promise<Record<string, number> | null> {
  let rule = '';
  const { among } = lowerSite(site, adapter, (otherwise) => (rule = otherwise));
  const lowered = among.map((name) => lowerSite(site, adapter, () => name));
  const scratch = lowered.reduce<number[]>((most, { scratch: areas }) => {
    areas.forEach((bytes, index) => (most[index] = Math.max(most[index] ?? 0, bytes)));
    return most;
  }, []);
  const bytes = [...site.inputs.map(bytesOf), ...site.outputs.map(bytesOf), ...scratch];
  if (bytes.reduce((sum, size) => sum + size, 0) > MOST_BYTES) return null;
  const held: GpuBuffer[] = [];
  const buffer = (size: number, usage = GPUBufferUsage.STORAGE): GpuBuffer => {
    held.push(gpu.createBuffer(`tuning ${site.op.name}`, size, usage));
    return held.at(-1)!;
  };
  const areas = {
    input: site.inputs.map((spec) => buffer(bytesOf(spec))),
    output: site.outputs.map((spec) => buffer(bytesOf(spec))),
    scratch: scratch.map((size) => buffer(size)),
  };
  const timer = PassTimer.create(gpu);
  try {
    const pipelines = new PipelineCache(gpu);
    const runners = among.map((name, index) => {
      const { dispatches } = lowered[index]!;
      return { name, steps: prepare(gpu, pipelines, dispatches, areas, buffer), times: [], first: 0, repeats: 1 };
    });
    return await timed(gpu, timer, runners, rule, off);
  } finally {
    timer?.destroy();
    for (const area of held) gpu.destroyBuffer(area);
  }
}

function bytesOf({ shape }: Spec): number {
  return Math.max(16, Math.ceil(numel(shape) / 4) * 16);
}

function prepare(
  gpu: Gpu,
  pipelines: PipelineCache,
  dispatches: readonly Dispatch[],
  areas: Readonly<Record<Operand['role'], readonly GpuBuffer[]>>,
  buffer: (size: number, usage: number) => GpuBuffer,
): Runner['steps'] {
  const steps = dispatches.map(({ kernel, params, overrides = {}, constants = {}, hooks = [] }) => ({
    what: { kernel, overrides, constants, hooks, label: `tuning ${kernel.entryPoint}` },
    params,
  }));
  const { bytes, offsets } = packParams(steps);
  const uniforms = buffer(bytes.length, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  if (bytes.length) gpu.device.queue.writeBuffer(uniforms.handle, 0, bytes);
  return steps.map(({ what }, index) => {
    const pipeline = pipelines.get(what);
    const { bind, workgroups } = dispatches[index]!;
    const entries = pipeline.bindings.map(({ name, binding }) => {
      const { role, index: at } = bind[name]!;
      return { binding, resource: { buffer: areas[role][at]!.handle } };
    });
    const size = what.kernel.params?.size ?? 0;
    const params = { binding: 0, resource: { buffer: uniforms.handle, offset: offsets[index]!, size } };
    const all = pipeline.hasParams ? [params, ...entries] : entries;
    return { pipeline, group: gpu.device.createBindGroup({ layout: pipeline.layout, entries: all }), workgroups };
  });
}

async function timed(
  gpu: Gpu,
  timer: PassTimer | null,
  all: readonly Runner[],
  rule: string,
  off: () => boolean,
): Promise<Record<string, number> | null> {
  let runners = all;
  for (let round = 0; round < ROUNDS + 1; round++) {
    for (const runner of runners) {
      if (round === 0) await Promise.all(runner.steps.map(({ pipeline }) => pipeline.ready));
      if (off()) return null;
      const took = await sample(gpu, timer, runner);
      // The first round warms up, and says which need not go on.
      if (round === 0) runner.first = took;
      else runner.times.push(took);
    }
    if (round > 0) continue;
    const best = Math.min(...runners.map(({ first }) => first));
    runners = runners.filter(({ name, first }) => name === rule || first <= HOPELESS * best);
  }
  return Object.fromEntries(runners.map(({ name, times }) => [name, times.sort((a, b) => a - b)[ROUNDS >> 1]!]));
}

/** Milliseconds of one run, from a pass in which it runs often enough to be timed. */
async function sample(gpu: Gpu, timer: PassTimer | null, runner: Runner): Promise<number> {
  for (;;) {
    const took = await pass(gpu, timer, runner);
    if (took >= LONG / 2 || runner.repeats === MOST_REPEATS) return Math.max(took, 0.01) / runner.repeats;
    const factor = Math.min(16, LONG / Math.max(took, 0.01));
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
  await gpu.idle();
  if (!timer) return performance.now() - begun;
  const { start, end } = (await timer.finish()).at(-1)!;
  return end - start;
}
