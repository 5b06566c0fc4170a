/**
 * Prints what constructs of WGSL cost on this adapter, to compile and to run: what a kernel should do without where it can.
 *
 *   npx tsx kernels-tests/engine/measure-wgsl.ts
 */
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';
import type { Cost } from './measure-wgsl.page.ts';

const server = await serve();
const origin = `${server.origin}/kernels-tests/harness/page.html`;
const { browser, adapter } = await launch({ origin });
console.log(`on the ${adapter} adapter, of one use`);
const page = await browser.newPage();
const problems = watch(page);
await page.goto(origin);
const costs = (await page.evaluate(
  `import('/kernels-tests/engine/measure-wgsl.page.ts').then((page) => page.costs())`,
)) as Cost[];
console.log(`${'construct'.padEnd(34)}${'to run, in loads'.padStart(18)}${'to compile, ms'.padStart(18)}`);
for (const { construct, run, compile } of costs)
  console.log(`${construct.padEnd(34)}${run.toFixed(2).padStart(18)}${compile.toFixed(2).padStart(18)}`);
for (const problem of problems) console.log(problem);
if (problems.length) process.exitCode = 1;
await browser.close();
await server.close();
