/**
 * What an engine asks of WebGPU: dispatches, submits, new buffers and more, and the errors that its device reports.
 *
 * Counted by wrapping the prototypes, so it must be installed before any engine asks for a device. Knows no engine.
 */

const METHODS = {
  dispatches: [
    ['GPUComputePassEncoder', 'dispatchWorkgroups'],
    ['GPUComputePassEncoder', 'dispatchWorkgroupsIndirect'],
  ],
  submits: [['GPUQueue', 'submit']],
  passes: [['GPUCommandEncoder', 'beginComputePass']],
  buffers: [['GPUDevice', 'createBuffer']],
  bindGroups: [['GPUDevice', 'createBindGroup']],
  pipelines: [
    ['GPUDevice', 'createComputePipeline'],
    ['GPUDevice', 'createComputePipelineAsync'],
  ],
  uploads: [['GPUQueue', 'writeBuffer']],
  copies: [['GPUCommandEncoder', 'copyBufferToBuffer']],
  reads: [['GPUBuffer', 'mapAsync']],
} as const;

export type Count = keyof typeof METHODS;
export type Counts = Readonly<Record<Count, number>>;

const NAMES = Object.keys(METHODS) as Count[];
const totals = perCount(() => 0);
const errors: { readonly owner: string; readonly message: string }[] = [];
let owner = '';
let installed = false;

/** Once for a page; again does nothing. */
export function installCounters(): void {
  if (installed) return;
  installed = true;
  for (const name of NAMES) for (const [owner, method] of METHODS[name]) count(owner, method, name);
  listenToDevices();
}

/** Calls since the page began. */
export function counts(): Counts {
  return { ...totals };
}

/** What one more iteration costs: a run of `1 + extra` less a run of one, so that the read at the end of each drops out. */
export async function countPerIteration(run: (iterations: number) => Promise<unknown>, extra = 4): Promise<Counts> {
  const one = await countDuring(() => run(1));
  const more = await countDuring(() => run(1 + extra));
  // A pool that empties now and then would give less than nothing.
  return perCount((name) => Math.max(0, (more[name] - one[name]) / extra));
}

/** Devices asked for from now on are `name`'s, and so are the errors that they report. */
export function claimDevices(name: string): void {
  owner = name;
}

/** What the devices of `name` reported and nobody asked for. */
export function deviceErrors(name: string): string[] {
  return errors.filter((error) => error.owner === name).map(({ message }) => message);
}

async function countDuring(run: () => Promise<unknown>): Promise<Counts> {
  const before = counts();
  await run();
  return perCount((name) => totals[name] - before[name]);
}

function perCount(value: (name: Count) => number): Record<Count, number> {
  return Object.fromEntries(NAMES.map((name) => [name, value(name)])) as Record<Count, number>;
}

type Method = (...args: unknown[]) => unknown;

function count(owner: string, method: string, name: Count): void {
  const prototype = prototypeOf(owner);
  const original = prototype?.[method];
  if (!prototype || !original) return;
  prototype[method] = function (...args) {
    // To submit nothing only makes a browser look whether earlier work is done.
    if (name !== 'submits' || (args[0] as readonly unknown[]).length > 0) totals[name]++;
    return original.apply(this, args);
  };
}

function listenToDevices(): void {
  const prototype = prototypeOf('GPUAdapter');
  const original = prototype?.['requestDevice'];
  if (!prototype || !original) return;
  prototype['requestDevice'] = async function (...args) {
    const claimedBy = owner;
    const report = (message: string): unknown => errors.push({ owner: claimedBy, message });
    const device = (await original.apply(this, args)) as GPUDevice;
    device.addEventListener('uncapturederror', ({ error }) => report(error.message));
    void device.lost.then(({ reason, message }) => {
      if (reason !== 'destroyed') report(`the device was lost: ${message || 'the browser gives no reason'}`);
    });
    return device;
  };
}

function prototypeOf(owner: string): Record<string, Method> | undefined {
  const constructors = globalThis as unknown as Record<string, { prototype: Record<string, Method> } | undefined>;
  return constructors[owner]?.prototype;
}
