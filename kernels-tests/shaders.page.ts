/** What only a browser can say of a shader: whether it compiles, and whether its bindings are those reflected. */
import type { EntryPoint, ShaderModule } from '../shaders/build/reflect.ts';

let ready: Promise<GPUDevice> | null = null;

async function open(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('no adapter');
  const requiredFeatures = (['subgroups'] as const).filter((feature) => adapter.features.has(feature));
  return adapter.requestDevice({ requiredFeatures });
}

/** Errors of the compiler, and of binding exactly what reflection says to pipelines whose layout the browser infers. */
export async function problemsOf({ source, entryPoints }: ShaderModule): Promise<string[]> {
  ready ??= open();
  const device = await ready;
  if (source.includes('enable subgroups;') && !device.features.has('subgroups')) return [];
  const module = device.createShaderModule({ code: source });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type !== 'info').map(({ lineNum, message }) => `${lineNum}: ${message}`);
  if (errors.length > 0) return errors;
  return (await Promise.all(entryPoints.map((entry) => bind(device, module, entry)))).flat();
}

async function bind(device: GPUDevice, module: GPUShaderModule, entry: EntryPoint): Promise<string[]> {
  const { entryPoint, bindings, params } = entry;
  device.pushErrorScope('validation');
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint } });
  const used = [...bindings.map(({ binding }) => binding), ...(params ? [0] : [])];
  const buffers = used.map((binding) => {
    const usage = binding === 0 && params ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE;
    return { binding, buffer: device.createBuffer({ size: 256, usage }) };
  });
  const entries = buffers.map(({ binding, buffer }) => ({ binding, resource: { buffer } }));
  if (entries.length > 0) device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const error = await device.popErrorScope();
  for (const { buffer } of buffers) buffer.destroy();
  return error ? [`${entryPoint}: ${error.message}`] : [];
}
