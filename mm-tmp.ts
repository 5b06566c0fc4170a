import { readFileSync } from 'node:fs';
import { launch, watch } from './kernels-tests/harness/browser.ts';
import { serve } from './kernels-tests/harness/server.ts';
const server = await serve();
const { browser } = await launch({ origin: `${server.origin}/kernels-tests/harness/page.html` });
const page = await browser.newPage(); watch(page);
await page.goto(`${server.origin}/kernels-tests/harness/page.html`);
await page.evaluate('globalThis.__name = (f) => f');
const files: any = { any: readFileSync('/tmp/w/mm.wgsl', 'utf8'), old: readFileSync('shaders/matmul.wgsl', 'utf8'), v4: readFileSync('shaders/matmul-vec4.wgsl', 'utf8') };
const kernels: any[] = [['old', 'matmul_4x4', 4, 4], ['old', 'matmul_8x12', 8, 12], ['v4', 'matmul_8x8_vec4', 8, 8], ['v4', 'matmul_16x16_vec4', 16, 16], ['v4', 'matmul_32x16_vec4', 32, 16], ['any', 'k4x4', 4, 4], ['any', 'k8x8', 8, 8], ['any', 'k8x12', 8, 12], ['any', 'k8x16', 8, 16], ['any', 'k12x16', 12, 16], ['any', 'k16x16', 16, 16]];
const sizes: any[] = (process.argv[2] ?? '257,257,257 256,256,256 512,512,512 521,521,521 127,127,127 61,256,256').split(' ').map((x) => x.split(',').map(Number));
const out = await page.evaluate(async ({ files, kernels, sizes, ta, tb }) => {
  const a = (await navigator.gpu.requestAdapter())!;
  const d = await a.requestDevice();
  const lines: string[] = [];
  for (const [m, k, n] of sizes) {
    const runs: any[] = [];
    for (const [f, entry, R, C] of kernels) {
      if (f === 'v4' && (m % 4 || k % 4 || n % 4)) continue;
      const mod = d.createShaderModule({ code: files[f] });
      const pl = await d.createComputePipelineAsync({ layout: 'auto', compute: { module: mod, entryPoint: entry, constants: { transpose_a: ta, transpose_b: tb, group_x: 2, group_y: 2 } } });
      const buf = (s: number, u: number) => d.createBuffer({ size: s, usage: u | GPUBufferUsage.COPY_DST });
      const U = buf(32, GPUBufferUsage.UNIFORM); d.queue.writeBuffer(U, 0, new Uint32Array([m, n, k, 0, 0, 0]));
      const bs = [U, buf(m * k * 4, 128), buf(k * n * 4, 128), buf(m * n * 4, 128)];
      const g = d.createBindGroup({ layout: pl.getBindGroupLayout(0), entries: bs.map((buffer, binding) => ({ binding, resource: { buffer } })) });
      const reps = Math.max(1, Math.round(3e7 / (m * n * k)));
      runs.push({ entry, times: [] as number[], async go() {
        const t = performance.now();
        const e = d.createCommandEncoder(); const p = e.beginComputePass(); p.setPipeline(pl); p.setBindGroup(0, g);
        for (let j = 0; j < reps; j++) p.dispatchWorkgroups(Math.ceil(n / C / 2), Math.ceil(m / R / 2)); p.end(); d.queue.submit([e.finish()]); await d.queue.onSubmittedWorkDone();
        this.times.push((performance.now() - t) / reps);
      } });
    }
    for (let i = 0; i < 7; i++) for (const r of runs) await r.go();
    lines.push(`${m}x${k}x${n}: ` + runs.map(({ entry, times }) => `${entry.replace('matmul_', '')} ${(2 * m * n * k / times.sort((x: number, y: number) => x - y)[3] / 1e6).toFixed(2)}`).join(', '));
  }
  return lines;
}, { files, kernels, sizes, ta: Number(process.argv[3]?.[0] === 't'), tb: Number(process.argv[3]?.[1] === 't') });
for (const l of out) console.log(l);
await browser.close(); await server.close();
