/**
 * What constructs of WGSL cost on this adapter: time to compile and time to run, of one use.
 *
 * A kernel with many uses and one with few differ by the uses alone, whatever else is in them.
 */
import { median } from '../../demos/bench/statistics.ts';

export interface Cost {
  readonly construct: string;
  /** Milliseconds that one use adds to the compilation of a kernel. */
  readonly compile: number;
  /** How long one use runs, where a load of one number from a storage buffer is 1. */
  readonly run: number;
}

/**
 * Of `t`, the turn of a loop, `i`, the invocation, and `j`, which use it is; adds to `n: u32` or `f: f32`.
 * What a use needs to differ from turn to turn is a `^` with `t`.
 */
const CONSTRUCTS: Readonly<Record<string, (j: number) => string>> = {
  'load a number': (j) => `f += x[(i ^ t ^ ${j}u) & 4095u];`,
  'store a number': (j) => `y[(i ^ t ^ ${j}u) & 4095u] = f;`,
  'read an array of the invocation': (j) => `n += own[(t ^ ${j}u) & 15u];`,
  'divide by a variable': (j) => `n += (t ^ ${j}u) / seven;`,
  'divide by 4u': (j) => `n += (t ^ ${j}u) / 4u;`,
  'shift right by 2u': (j) => `n += (t ^ ${j}u) >> 2u;`,
  'multiply by a variable': (j) => `n += (t ^ ${j}u) * seven;`,
  'add what t and a constant give': (j) => `n += t ^ ${j}u;`,
  'read a uniform': (j) => `n += params[t & 3u][${j & 3}] ^ ${j}u;`,
  select: (j) => `n += select(0u, 3u, (n ^ t) < ${j}u);`,
  if: (j) => `if ((n ^ i) < ${j}u) { n += t; }`,
  'multiply and add': (j) => `f = f * 0.5 + ${j}.25;`,
  exp: (j) => `f = exp(f * -0.5) + ${j}.25;`,
  'for, of one turn': (j) => `for (var r = 0u; r < one; r++) { n += t ^ ${j}u; }`,
};

const FEW = 4;
const MANY = 20;
const INVOCATIONS = 16384;
const SAMPLES = 9;
/** What the shortest kernel takes at least, so that it is more than starting it and than the clock's steps. */
const LEAST_MS = 10;
const MOST_TURNS = 2 ** 20;

function kernel(construct: string, uses: number, salt: number): string {
  const lines = Array.from({ length: uses }, (_, j) => CONSTRUCTS[construct]!(j + 1));
  return `
@group(0) @binding(0) var<uniform> params: array<vec4u, 4>;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  let turns = params[0].x;
  let one = params[0].y;
  let seven = params[0].z;
  var own = array<u32, 16>();
  own[i & 15u] = seven;
  var n = ${salt}u;
  var f = x[i];
  for (var t = 0u; t < turns; t++) {
    ${lines.join('\n    ')}
  }
  y[i] = f + f32(n) + f32(own[n & 15u]);
}`;
}

/** @throws Error where there is no adapter, or where a kernel is over too soon to be timed */
export async function costs(): Promise<Cost[]> {
  const names = Object.keys(CONSTRUCTS);
  const compile = names.map((): number[] => []);
  const run = names.map((): number[] => []);
  let salt = 1;
  let turns = 64;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('measure-wgsl: no WebGPU adapter.');
    const device = await adapter.requestDevice();
    const work = workOn(device);
    const timesOf = async (construct: string, uses: number): Promise<{ compile: number; run: number }> => {
      const start = performance.now();
      const pipeline = await work.compile(kernel(construct, uses, salt++));
      const compile = performance.now() - start;
      await work.run(pipeline, turns);
      return { compile, run: await work.run(pipeline, turns) };
    };
    // The first kernel of a device pays for much that the others find done.
    let shortest = await timesOf('load a number', FEW);
    while (shortest.run < LEAST_MS) {
      if (turns >= MOST_TURNS)
        throw new Error(`measure-wgsl: ${turns} turns of ${FEW} loads take no ${LEAST_MS} ms here.`);
      turns *= 2;
      shortest = await timesOf('load a number', FEW);
    }
    for (const at of sample % 2 ? names.keys() : [...names.keys()].toReversed()) {
      const few = await timesOf(names[at]!, FEW);
      const many = await timesOf(names[at]!, MANY);
      compile[at]!.push((many.compile - few.compile) / (MANY - FEW));
      run[at]!.push((many.run - few.run) / (MANY - FEW));
    }
    device.destroy();
  }
  const load = median(run[names.indexOf('load a number')]!);
  return names.map((construct, at) => ({ construct, compile: median(compile[at]!), run: median(run[at]!) / load }));
}

function workOn(device: GPUDevice): {
  compile: (code: string) => Promise<GPUComputePipeline>;
  run: (pipeline: GPUComputePipeline, turns: number) => Promise<number>;
} {
  const types = ['uniform', 'read-only-storage', 'storage'] as const;
  const bindGroupLayout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
  });
  const layout = device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] });
  const params = device.createBuffer({ size: 64, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  // Uses reach 16 KiB of each, which a cache holds.
  const arrays = [1, 2].map(() => device.createBuffer({ size: 4 * INVOCATIONS, usage: GPUBufferUsage.STORAGE }));
  const group = device.createBindGroup({
    layout: bindGroupLayout,
    entries: [params, ...arrays].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return {
    compile: (code) =>
      device.createComputePipelineAsync({ layout, compute: { module: device.createShaderModule({ code }) } }),
    async run(pipeline, turns) {
      device.queue.writeBuffer(params, 0, new Uint32Array([turns, 1, 7, 0]));
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(INVOCATIONS / 64);
      pass.end();
      await device.queue.onSubmittedWorkDone();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    },
  };
}
