/**
 * Finding an adapter and a device, with remedies when there is none.
 *
 * The adapter's own maxima are asked for, because WebGPU's defaults (8 storage buffers, 128 MiB bindings) bind a deep
 * model early; the engine must keep working at the defaults, which `defaultLimits` asks for.
 */
export interface AdapterSummary {
  /** What to show a person: the most telling of the adapter's strings. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** True when the adapter computes on the CPU (SwiftShader, WARP, llvmpipe). */
  readonly software: boolean;
  readonly features: readonly string[];
}

export interface DeviceOptions {
  /** A device made elsewhere, for instance one shared with a renderer. */
  device?: GPUDevice;
  powerPreference?: GPUPowerPreference;
  /** Ask for WebGPU's default limits and no optional feature, as the weakest conforming device has them. */
  defaultLimits?: boolean;
}

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|warp|software|basic render/i;

/** Asks the browser for a device. Errors name what is missing and what to do about it. */
export async function acquireDevice(options: DeviceOptions): Promise<{ device: GPUDevice; summary: AdapterSummary }> {
  if (options.device) {
    const { device } = options;
    return { device, summary: summarise(device.adapterInfo, device.features, false) };
  }
  const gpu = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (!gpu)
    throw new Error(
      'WebGPU: this host has no navigator.gpu. Use Chrome or Edge 113+, Safari 26+ or Firefox 141+ on https:// or localhost; ' +
        'in Node, pass init({ device }) made with the "webgpu" package.',
    );
  const adapter = await gpu.requestAdapter(
    options.powerPreference ? { powerPreference: options.powerPreference } : undefined,
  );
  if (!adapter)
    throw new Error(
      'WebGPU: no adapter found. Check chrome://gpu for a blocked or disabled GPU and update its driver; ' +
        'without a GPU start Chrome with --enable-unsafe-webgpu --use-webgpu-adapter=swiftshader. ' +
        'In headless Chrome use --headless=new; the headless-shell build has no WebGPU.',
    );
  const requiredLimits: Record<string, number> = {};
  const requiredFeatures: GPUFeatureName[] = [];
  if (!options.defaultLimits) {
    for (const limit of LIMITS) requiredLimits[limit] = adapter.limits[limit];
    requiredFeatures.push(...FEATURES.filter((feature) => adapter.features.has(feature)));
  }
  const device = await adapter
    .requestDevice({ label: 'wgrad', requiredLimits, requiredFeatures })
    .catch((cause: unknown) => {
      throw new Error(
        `WebGPU: the adapter gave no device: ${(cause as Error).message}. Close other tabs that use the GPU, or restart the browser.`,
        { cause },
      );
    });
  return { device, summary: summarise(adapter.info, device.features, adapter.info.isFallbackAdapter) };
}

function summarise(info: GPUAdapterInfo, features: GPUSupportedFeatures, fallback: boolean): AdapterSummary {
  const { vendor, architecture, description } = info;
  const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
  const software = fallback || SOFTWARE.test(`${vendor} ${architecture} ${description}`);
  return { name, vendor, architecture, description, software, features: [...features].toSorted() };
}
