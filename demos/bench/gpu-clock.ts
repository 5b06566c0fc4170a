/**
 * GPU time of any engine, by timestamps that are added to its compute passes while it is timed.
 *
 * Works by wrapping WebGPU's prototypes, as the counters do, so it too must be installed before any engine asks for a
 * device: it asks for the feature along with whatever the engine wants. Knows no engine.
 */

/** Passes of one device that can be timed at once; WebGPU allows 4,096 queries a set. */
const PASSES = 2048;

interface Clock {
  readonly set: GPUQuerySet;
  passes: number;
}

const owners = new WeakMap<GPUCommandEncoder, GPUDevice>();
let clocks: Map<GPUDevice, Clock> | null = null;

/** Once for a page. */
export function installGpuClock(): void {
  const adapter = globalThis.GPUAdapter?.prototype;
  if (!adapter) return;
  const { requestDevice } = adapter;
  adapter.requestDevice = function (descriptor = {}) {
    const wanted = new Set(descriptor.requiredFeatures);
    if (this.features.has('timestamp-query')) wanted.add('timestamp-query');
    return requestDevice.call(this, { ...descriptor, requiredFeatures: [...wanted] });
  };
  const { createCommandEncoder } = GPUDevice.prototype;
  GPUDevice.prototype.createCommandEncoder = function (descriptor) {
    const encoder = createCommandEncoder.call(this, descriptor);
    owners.set(encoder, this);
    return encoder;
  };
  const { beginComputePass } = GPUCommandEncoder.prototype;
  GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
    return beginComputePass.call(this, timed(owners.get(this), descriptor));
  };
}

function timed(
  device: GPUDevice | undefined,
  descriptor: GPUComputePassDescriptor | undefined,
): GPUComputePassDescriptor | undefined {
  if (!clocks || !device?.features.has('timestamp-query') || descriptor?.timestampWrites) return descriptor;
  let clock = clocks.get(device);
  if (!clock)
    clocks.set(device, (clock = { set: device.createQuerySet({ type: 'timestamp', count: 2 * PASSES }), passes: 0 }));
  const first = 2 * clock.passes++;
  if (clock.passes > PASSES) return descriptor;
  return {
    ...descriptor,
    timestampWrites: {
      querySet: clock.set,
      beginningOfPassWriteIndex: first,
      endOfPassWriteIndex: first + 1,
    },
  };
}

/** Milliseconds in all compute passes that `run` submits; null without timestamps, or with too many passes. */
export async function gpuTimeOf(run: () => Promise<unknown>): Promise<number | null> {
  const used = (clocks = new Map<GPUDevice, Clock>());
  try {
    await run();
  } finally {
    clocks = null;
  }
  const times = await Promise.all([...used].map(([device, clock]) => read(device, clock)));
  return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0);
}

async function read(device: GPUDevice, { set, passes }: Clock): Promise<number> {
  if (passes > PASSES) return NaN;
  const bytes = 16 * passes;
  const resolved = device.createBuffer({ size: bytes, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const mapped = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(set, 0, 2 * passes, resolved, 0);
  encoder.copyBufferToBuffer(resolved, 0, mapped, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await mapped.mapAsync(GPUMapMode.READ);
  const stamps = new BigUint64Array(mapped.getMappedRange());
  let total = 0n;
  for (let pass = 0; pass < passes; pass++) total += (stamps[2 * pass + 1] ?? 0n) - (stamps[2 * pass] ?? 0n);
  for (const buffer of [resolved, mapped]) buffer.destroy();
  set.destroy();
  return Number(total) / 1e6;
}
