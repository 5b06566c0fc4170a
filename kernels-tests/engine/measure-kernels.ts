/**
 * Prints how long each kernel of a product or a convolution takes on this adapter, and which of them is the fastest.
 *
 *   npx tsx kernels-tests/engine/measure-kernels.ts
 */
import type { TuningTable } from '../../src/index.ts';
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';

const PRODUCTS = [
  [1, 256, 256, 256],
  [1, 512, 512, 512],
  [1, 1024, 1024, 1024],
  [1, 64, 784, 256],
  [32, 128, 64, 128],
  [1, 1024, 128, 512],
  [1, 1000, 100, 10],
];
const CONVOLUTIONS = [
  [32, 3, 32, 6, 5],
  [8, 64, 32, 64, 3],
  [32, 16, 16, 32, 3],
];

const server = await serve();
const origin = `${server.origin}/kernels-tests/harness/page.html`;
const { browser, adapter } = await launch({ origin });
console.log(`on the ${adapter} adapter, milliseconds`);
const page = await browser.newPage();
const problems = watch(page);
await page.goto(origin);
const table = (await page.evaluate(
  `import('/kernels-tests/engine/tuning.page.ts').then((page) => page.tableOf(${JSON.stringify(PRODUCTS)}, ${JSON.stringify(CONVOLUTIONS)}))`,
)) as TuningTable;
for (const [key, { milliseconds }] of Object.entries(table.entries)) {
  const times = Object.entries(milliseconds).sort(([, a], [, b]) => a - b);
  console.log(`${key}\n  ${times.map(([name, time]) => `${name} ${time.toPrecision(3)}`).join(', ')}`);
}
for (const problem of problems) console.log(problem);
if (problems.length) process.exitCode = 1;
await browser.close();
await server.close();
