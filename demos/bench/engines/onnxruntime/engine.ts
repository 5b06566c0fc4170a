/**
 * ONNX Runtime on WebGPU: forward ops alone, for its web build trains nothing. Inputs and results stay on the GPU.
 *
 * It is 140 MB and no dependency: `npm install --no-save onnxruntime-web@1.30.0` brings it, and `npm run bench -- --engines
 * wgrad,onnxruntime` finds it, served beside the page.
 */
import type { OpCase, OpName } from '../../cases/case.ts';
import { EPSILON } from '../../cases/rows.ts';
import type { Engine, PreparedOp } from '../../engine.ts';
import { onnxModel, type OnnxNode } from './onnx.ts';

const engine: Engine = { name: 'onnxruntime', version: '1.30.0', start, prepareOp, prepareTraining };
export default engine;

/** What is used of the library. */
interface Runtime {
  readonly env: { readonly wasm: { wasmPaths: string; numThreads: number }; readonly webgpu: { device: unknown } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, Value>): Promise<Record<string, Value>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: { fromGpuBuffer(buffer: GPUBuffer, options: object): Value };
}

interface Value {
  getData(): Promise<unknown>;
  dispose(): void;
}

const FOLDER = '/onnxruntime/';
const NAMES = ['a', 'b', 'c'] as const;

let runtime: Runtime;

async function start(): Promise<void> {
  const address = `${FOLDER}ort.webgpu.min.mjs`;
  runtime = await (import(/* @vite-ignore */ address) as Promise<Runtime>).catch((cause: unknown) => {
    const remedy = 'Run `npm install --no-save onnxruntime-web@1.30.0`, and measure with `npm run bench`.';
    throw new Error(`onnxruntime is not installed. ${remedy}`, { cause });
  });
  runtime.env.wasm.wasmPaths = FOLDER;
  runtime.env.wasm.numThreads = 1;
}

const NODES: Readonly<Partial<Record<OpName, (work: OpCase) => OnnxNode[]>>> = {
  matmul: () => [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }],
  conv2d: ({ padding, shapes }) => {
    const kernel = shapes[1]?.[2] ?? 1;
    const attributes = { pads: [padding, padding, padding, padding], kernel_shape: [kernel, kernel], strides: [1, 1] };
    return [{ op: 'Conv', inputs: ['a', 'b'], outputs: ['y'], attributes }];
  },
  maxPool2d: () => [
    { op: 'MaxPool', inputs: ['a'], outputs: ['y'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  ],
  softmax: () => [{ op: 'Softmax', inputs: ['a'], outputs: ['y'], attributes: { axis: -1 } }],
  layerNorm: () => [
    {
      op: 'LayerNormalization',
      inputs: ['a', 'b', 'c'],
      outputs: ['y'],
      attributes: { axis: -1, epsilon: { float: EPSILON } },
    },
  ],
  attention: () => [
    { op: 'Transpose', inputs: ['b'], outputs: ['keys'], attributes: { perm: [0, 1, 3, 2] } },
    { op: 'MatMul', inputs: ['a', 'keys'], outputs: ['dots'] },
    { op: 'Mul', inputs: ['dots', 'scale'], outputs: ['scores'] },
    { op: 'Softmax', inputs: ['scores'], outputs: ['shares'], attributes: { axis: -1 } },
    { op: 'MatMul', inputs: ['shares', 'c'], outputs: ['y'] },
  ],
};

async function prepareOp(work: OpCase, data: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const nodes = NODES[work.op];
  if (!nodes) throw new Error(`onnxruntime has no ${work.op}: its web build trains nothing.`);
  const model = onnxModel({
    nodes: nodes(work),
    inputs: Object.fromEntries(work.shapes.map((shape, index) => [NAMES[index] ?? '', shape])),
    outputs: { y: work.outShape },
    ...(work.op === 'attention' && { scalars: { scale: 1 / Math.sqrt(work.outShape.at(-1) ?? 1) } }),
  });
  const options = { executionProviders: ['webgpu'], preferredOutputLocation: 'gpu-buffer' };
  const session = await runtime.InferenceSession.create(model, options);
  const device = (await runtime.env.webgpu.device) as GPUDevice;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffers = data.map((values) => {
    const buffer = device.createBuffer({ size: Math.ceil(values.byteLength / 16) * 16, usage });
    device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  });
  const feeds = Object.fromEntries(
    buffers.map((buffer, index) => {
      const dims = work.shapes[index];
      return [NAMES[index] ?? '', runtime.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims })];
    }),
  );
  return {
    async run(iterations) {
      for (let i = 0; i < iterations; i++) (await session.run(feeds))['y']?.dispose();
      await device.queue.onSubmittedWorkDone();
    },
    async output() {
      return (await (await session.run(feeds))['y']?.getData()) as Float32Array;
    },
    dispose() {
      void session.release();
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

async function prepareTraining(): Promise<never> {
  throw new Error('onnxruntime trains nothing on the web.');
}
