/**
 * The roof of this device, measured: what its memory gives (triad) and what its arithmetic gives (multiply-adds).
 *
 * Two kernels on a device of their own, without any engine. The best of several samples counts: a roof is what has been
 * reached, and whatever else the machine does only lowers it. Knows no case.
 */
import fma from './fma.wgsl?raw';
import triad from './triad.wgsl?raw';

export interface Roof {
  /** Bytes a second, in units of 1e9. */
  readonly bandwidth: number;
  /** Floating-point operations a second, in units of 1e9. */
  readonly compute: number;
}

const SAMPLES = 7;
const SAMPLE_MS = 30;
/** Flops of a thread in one turn of the loop: 16 steps of 8 vectors of 4, a multiplication and an addition each. */
const FLOPS_A_TURN = 16 * 8 * 4 * 2;

/** Rates at each intensity: the lower of the two roofs, in GFLOP/s for flops a byte. */
export function roofAt({ bandwidth, compute }: Roof, intensity: number): number {
  return Math.min(compute, bandwidth * intensity);
}

/** @throws where there is no adapter */
export async function measureRoof(isSoftware: boolean, stopped: AbortSignal): Promise<Roof> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('bench: no WebGPU adapter.');
  const device = await adapter.requestDevice();
  try {
    return {
      bandwidth: await bandwidthOf(device, isSoftware, stopped),
      compute: await computeOf(device, isSoftware, stopped),
    };
  } finally {
    device.destroy();
  }
}

/** Arrays far larger than caches. */
async function bandwidthOf(device: GPUDevice, isSoftware: boolean, stopped: AbortSignal): Promise<number> {
  const bytes = (isSoftware ? 16 : 64) * 2 ** 20;
  const buffers = [1, 2, 3].map(() => device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE }));
  const groups = bytes / 16 / 64;
  const x = Math.min(groups, 32768);
  const milliseconds = await best(device, triad, 'triad', {}, buffers, [x, groups / x], stopped);
  return (3 * bytes) / milliseconds / 1e6;
}

async function computeOf(device: GPUDevice, isSoftware: boolean, stopped: AbortSignal): Promise<number> {
  const threads = isSoftware ? 4096 : 2 ** 20;
  const turns = isSoftware ? 32 : 128;
  const buffer = device.createBuffer({ size: 4 * threads, usage: GPUBufferUsage.STORAGE });
  const milliseconds = await best(device, fma, 'multiply_add', { turns }, [buffer], [threads / 64, 1], stopped);
  return (threads * turns * FLOPS_A_TURN) / milliseconds / 1e6;
}

/** Milliseconds of one dispatch, in the best of several samples of enough of them. */
async function best(
  device: GPUDevice,
  code: string,
  entryPoint: string,
  constants: Record<string, number>,
  buffers: readonly GPUBuffer[],
  workgroups: readonly [number, number],
  stopped: AbortSignal,
): Promise<number> {
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({
    layout: 'auto',
    compute: { module, entryPoint, constants },
  });
  const entries = buffers.map((buffer, index) => ({ binding: index + 1, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const sample = async (count: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < count; i++) pass.dispatchWorkgroups(...workgroups);
    pass.end();
    const start = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  await sample(1);
  const count = Math.max(1, Math.ceil(SAMPLE_MS / Math.max(0.05, await sample(1))));
  let least = Infinity;
  for (let turn = 0; turn < SAMPLES; turn++) {
    stopped.throwIfAborted();
    least = Math.min(least, (await sample(count)) / count);
  }
  for (const buffer of buffers) buffer.destroy();
  return least;
}
