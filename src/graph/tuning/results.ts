/**
 * What a kernel computes of given numbers, beside what another computes.
 */
import type { Gpu } from '../../gpu/gpu.ts';
import { numel, type Spec } from '../value.ts';
import type { Site } from './site.ts';

/** Numbers of each input that are not 0, and of each output that are compared. */
const CHECKED = 2 ** 18;
/** Part of the largest number that sums in another order may differ by. */
const TOLERANCE = 1e-3;

export type Results = readonly (Float32Array | Int32Array)[];

/** Between -1 and 1, and always the same; whole numbers, which are indices, are 0. */
export function numbersLike(spec: Spec): Float32Array<ArrayBuffer> {
  const count = spec.dtype === 'float32' ? Math.min(CHECKED, numel(spec.shape)) : 0;
  return Float32Array.from({ length: count }, (_, at) => ((at * 7919) % 1009) / 504.5 - 1);
}

export function clear(gpu: Gpu, buffer: GPUBuffer): void {
  const encoder = gpu.device.createCommandEncoder({ label: 'tuning' });
  encoder.clearBuffer(buffer);
  gpu.submit(encoder.finish());
}

/** The first of each output that is needed. */
export async function resultsOf(gpu: Gpu, { outputs, needed }: Site, buffers: readonly GPUBuffer[]): Promise<Results> {
  const counts = outputs.map(({ shape }, at) => (needed[at] ? Math.min(CHECKED, numel(shape)) : 0));
  const size = 4 * CHECKED;
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = gpu.device.createBuffer({ label: 'tuning', size: Math.max(4, size * outputs.length), usage });
  try {
    const encoder = gpu.device.createCommandEncoder({ label: 'tuning' });
    counts.forEach((count, at) => encoder.copyBufferToBuffer(buffers[at]!, 0, staging, at * size, 4 * count));
    gpu.submit(encoder.finish());
    await gpu.hasten(staging.mapAsync(GPUMapMode.READ));
    const bytes = staging.getMappedRange().slice(0);
    return counts.map((count, at) =>
      outputs[at]!.dtype === 'float32'
        ? new Float32Array(bytes, at * size, count)
        : new Int32Array(bytes, at * size, count),
    );
  } finally {
    staging.destroy();
  }
}

/** As far as sums in another order do; whole numbers exactly. */
export function agree(results: Results, wanted: Results): boolean {
  return wanted.every((numbers, index) => {
    const found = results[index]!;
    let most = 0;
    for (const number of numbers) most = Math.max(most, Math.abs(number));
    const apart = numbers instanceof Float32Array ? TOLERANCE * most : 0;
    for (let at = 0; at < numbers.length; at++)
      if (!Object.is(found[at], numbers[at]) && !(Math.abs(found[at]! - numbers[at]!) <= apart)) return false;
    return true;
  });
}
