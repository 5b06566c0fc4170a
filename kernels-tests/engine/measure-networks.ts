/**
 * Prints what a training step of large networks costs: dispatches, submits, GPU memory, time.
 *
 *   npx tsx kernels-tests/engine/measure-networks.ts [NAME...]
 *
 * It takes minutes on a software adapter.
 */
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';
import type { NetworkCost } from './networks.page.ts';

const STEPS = 20;
const chosen = process.argv.slice(2);
const names = chosen.length ? chosen : ['ResNet-20', 'BERT-Mini'];

const server = await serve();
const origin = `${server.origin}/kernels-tests/harness/page.html`;
const { browser, adapter } = await launch({ origin });
console.log(`on the ${adapter} adapter`);
for (const name of names) {
  const page = await browser.newPage();
  const problems = watch(page);
  await page.goto(origin);
  const { last, held, milliseconds } = (await page.evaluate(
    `import('/kernels-tests/engine/networks.page.ts').then((page) => page.networkCost('${name}', ${STEPS}))`,
  )) as NetworkCost;
  const memory = held.map(({ bytes, buffers }) => `${(bytes / 1e6).toFixed(1)} MB in ${buffers} buffers`);
  console.log(
    `${name}: ${last.dispatches} dispatches, ${last.submits} submit, ${last.buffers} new buffers; ${milliseconds.toFixed(0)} ms; ` +
      `${memory[0]} after 5 steps, ${memory[1]} after ${5 + STEPS}`,
  );
  for (const problem of problems) console.log(problem);
  if (problems.length) process.exitCode = 1;
  await page.close();
}
await browser.close();
await server.close();
