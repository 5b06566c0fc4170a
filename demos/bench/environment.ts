/** The machine as the browser tells it: adapter, features, limits. What a reader of a result needs to know first. */
import type { Environment } from './result.ts';

/** @throws with a remedy where the browser gives no adapter. */
export async function readEnvironment(): Promise<Environment> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter)
    throw new Error(
      'bench: no WebGPU adapter. Use a browser with WebGPU; where there is no GPU, start Chrome with ' +
        '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader.',
    );
  const { vendor, architecture, device, description, isFallbackAdapter, subgroupMinSize, subgroupMaxSize } =
    adapter.info;
  const named = `${vendor} ${architecture} ${device} ${description}`.toLowerCase();
  return {
    browser: /(?:Edg|Chrome|Firefox|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? 'unknown browser',
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    adapter: {
      vendor,
      architecture,
      device,
      description,
      software: isFallbackAdapter || /swiftshader|llvmpipe|software|basic render/.test(named),
      subgroups: [subgroupMinSize, subgroupMaxSize],
    },
    features: [...adapter.features].toSorted(),
    limits: readLimits(adapter.limits),
  };
}

/** Limits are getters of the prototype, which JSON does not see. */
function readLimits(limits: GPUSupportedLimits): Record<string, number> {
  const names = Object.keys(Object.getOwnPropertyDescriptors(GPUSupportedLimits.prototype));
  const entries = names.map((name) => [name, Reflect.get(limits, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}

export function adapterName({ adapter }: Environment): string {
  const { vendor, architecture, device, description, software } = adapter;
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed adapter';
  return software ? `${name} (software, on the CPU)` : name;
}
