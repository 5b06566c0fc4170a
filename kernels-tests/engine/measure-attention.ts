/**
 * Prints what attention to long sequences takes, forward and backward: GPU memory by length, and at the longest how far
 * its result and gradients are from those of ops that hold all weights.
 *
 *   npx tsx kernels-tests/engine/measure-attention.ts
 */
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';

const LENGTHS = [1024, 2048, 4096];
const FEATURES = 64;

const server = await serve();
const origin = `${server.origin}/kernels-tests/harness/page.html`;
const { browser, adapter } = await launch({ origin });
console.log(`on the ${adapter} adapter, ${FEATURES} features, causal`);
const page = await browser.newPage();
const problems = watch(page);
const call = (name: string, ...args: readonly unknown[]): Promise<unknown> =>
  page.evaluate(
    `import('/kernels-tests/engine/attention.page.ts').then((page) => page.${name}(...${JSON.stringify(args)}))`,
  );
for (const length of LENGTHS) {
  // Anew, for what one length has freed another would take.
  await page.goto(origin);
  const [bytes] = (await call('bytesOf', [length], FEATURES)) as [number];
  console.log(
    `length ${length}: ${(bytes / 1e6).toFixed(1)} MB; one matrix of weights would be ${((length * length * 4) / 1e6).toFixed(1)} MB`,
  );
}
const longest = LENGTHS.at(-1)!;
const differences = (await call('differences', longest, FEATURES)) as number[];
console.log(
  `length ${longest}, greatest differences: ${['result', 'dq', 'dk', 'dv'].map((name, at) => `${name} ${differences[at]!.toExponential(1)}`).join(', ')}`,
);
for (const problem of problems) console.log(problem);
if (problems.length) process.exitCode = 1;
await browser.close();
await server.close();
