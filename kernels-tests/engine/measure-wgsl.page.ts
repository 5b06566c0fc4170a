/** What constructs of WGSL cost on this adapter: time to compile and time to run, of one use in a kernel of many. */

export interface Cost {
  readonly construct: string;
  /** Milliseconds that one use adds to the compilation of a kernel. */
  readonly compile: number;
  /** How long one use runs, where a load of one number from a storage buffer is 1. */
  readonly run: number;
}

/** Of `t`, the turn of a loop, `i`, the invocation, and `j`, which use it is; adds to `n: u32` or `f: f32`. */
const CONSTRUCTS: Readonly<Record<string, (j: number) => string>> = {
  'load a number': (j) => `f += x[(i + t * ${j + 1}u) & 4095u];`,
  'load a vec4f': (j) => `f += dot(x4[(i + t * ${j + 1}u) & 1023u], vec4f(1.0, 2.0, 3.0, 4.0));`,
  'store a number': (j) => `y[i + ${j + 1}u * 65536u] = f;`,
  'read an array of the invocation': (j) => `n += own[(t + ${j}u) & 15u];`,
  'divide by a variable': (j) => `n += (t + ${j}u) / divisor;`,
  'divide by 4u': (j) => `n += (t + ${j}u) / 4u;`,
  'shift right by 2u': (j) => `n += (t + ${j}u) >> 2u;`,
  'multiply by a variable': (j) => `n += (t + ${j}u) * divisor;`,
  'read a uniform': (j) => `n += params[${j % 4}][${(j >> 2) % 4}] ^ t;`,
  select: (j) => `n += select(0u, 3u, ((t + ${j}u) & 3u) == 0u);`,
  if: (j) => `if (((t + ${j}u) & 3u) == 0u) { n += 3u; }`,
  'multiply and add': (j) => `f = f * 0.5 + ${j}.25;`,
  exp: (j) => `f += exp(f32(t + ${j}u) * -0.01);`,
  'for, one turn': (j) => `for (var r = 0u; r < divisor - 6u; r++) { n += r ^ ${j}u; }`,
};

const USES = 16;
const TURNS = 64;
const INVOCATIONS = 16384;
const SAMPLES = 9;

function kernel(name: string, salt: number): string {
  const uses = Array.from({ length: USES }, (_, j) => CONSTRUCTS[name]?.(j) ?? '').join('\n');
  return `
@group(0) @binding(0) var<uniform> params: array<vec4u, 4>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let divisor = params[1].z;
  var own = array<u32, 16>();
  own[i & 15u] = divisor;
  var n = ${salt}u;
  var f = x[i & 4095u] + x4[i & 1023u].y;
  for (var t = 0u; t < ${TURNS}u; t++) {
    ${uses}
  }
  y[i] = f + f32(n) + f32(own[n & 15u]);
}`;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

export async function costs(): Promise<Cost[]> {
  const names = ['', ...Object.keys(CONSTRUCTS)];
  const compile = names.map((): number[] => []);
  const run = names.map((): number[] => []);
  for (let sample = 0; sample < SAMPLES; sample++) {
    // A device of its own, so that no kernel is known from the sample before.
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('measure-wgsl: no WebGPU adapter.');
    const device = await adapter.requestDevice();
    const work = workOn(device);
    // The first kernel of a device pays for much that the others find done.
    await work.run(await work.compile(kernel('', names.length * SAMPLES + sample)));
    for (const [at, name] of names.entries()) {
      const start = performance.now();
      const pipeline = await work.compile(kernel(name, sample * names.length + at));
      compile[at]!.push(performance.now() - start);
      run[at]!.push(await work.run(pipeline));
    }
    device.destroy();
  }
  const usesOf = (list: number[][], at: number): number => (median(list[at]!) - median(list[0]!)) / USES;
  const load = usesOf(run, names.indexOf('load a number'));
  return names.slice(1).map((construct, index) => ({
    construct,
    compile: usesOf(compile, index + 1),
    run: usesOf(run, index + 1) / load,
  }));
}

function workOn(device: GPUDevice): {
  compile: (code: string) => Promise<GPUComputePipeline>;
  run: (pipeline: GPUComputePipeline) => Promise<number>;
} {
  const types = ['uniform', 'read-only-storage', 'read-only-storage', 'storage'] as const;
  const bindGroupLayout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] });
  const sizes = [64, 16384, 16384, 4 * 65536 * (USES + 1)];
  const buffers = sizes.map((size, index) =>
    device.createBuffer({
      size,
      usage: index === 0 ? GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST : GPUBufferUsage.STORAGE,
    }),
  );
  device.queue.writeBuffer(buffers[0]!, 0, new Uint32Array(16).fill(7));
  const group = device.createBindGroup({
    layout: bindGroupLayout,
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return {
    compile: (code) =>
      device.createComputePipelineAsync({ layout, compute: { module: device.createShaderModule({ code }) } }),
    async run(pipeline) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(INVOCATIONS / 64);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    },
  };
}
