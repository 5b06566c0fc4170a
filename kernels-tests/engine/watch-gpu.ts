/**
 * Counts what reaches WebGPU, by wrapping its prototypes: the engine's own counters are not asked.
 *
 * Runs inside the browser.
 */
export interface GpuCalls {
  dispatches: number;
  submits: number;
  passes: number;
  buffers: number;
  bindGroups: number;
  writes: number;
  pipelines: number;
}

const totals: GpuCalls = {
  dispatches: 0,
  submits: 0,
  passes: 0,
  buffers: 0,
  bindGroups: 0,
  writes: 0,
  pipelines: 0,
};
let watched = false;

function count(prototype: object, method: string, total: keyof GpuCalls): void {
  const original = Reflect.get(prototype, method) as (...args: unknown[]) => unknown;
  Reflect.set(prototype, method, function (this: unknown, ...args: unknown[]) {
    totals[total]++;
    return original.apply(this, args);
  });
}

/** To be called before the engine starts. */
export function watchGpu(): void {
  if (watched) return;
  watched = true;
  count(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', 'dispatches');
  count(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', 'dispatches');
  count(GPUQueue.prototype, 'submit', 'submits');
  count(GPUQueue.prototype, 'writeBuffer', 'writes');
  count(GPUCommandEncoder.prototype, 'beginComputePass', 'passes');
  count(GPUDevice.prototype, 'createBuffer', 'buffers');
  count(GPUDevice.prototype, 'createBindGroup', 'bindGroups');
  count(GPUDevice.prototype, 'createComputePipelineAsync', 'pipelines');
  count(GPUDevice.prototype, 'createComputePipeline', 'pipelines');
}

/** What `work` asked of WebGPU, at once or by the time it resolved. */
export async function callsOf(work: () => unknown): Promise<GpuCalls> {
  const before = { ...totals };
  await work();
  const after = Object.entries(totals) as [keyof GpuCalls, number][];
  return Object.fromEntries(after.map(([name, total]) => [name, total - before[name]])) as Record<
    keyof GpuCalls,
    number
  >;
}
