/**
 * Prints what tuning does to whole training steps: the same step in two pages, by rule and tuned, in turn.
 *
 *   npx tsx kernels-tests/engine/measure-tuning.ts [CASE...]
 */
import { pairedRatio, quantile } from '../../demos/bench/statistics.ts';
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';

const ROUNDS = 15;
/** Milliseconds of a sample. */
const LONG = 100;
const chosen = process.argv.slice(2);
const names = chosen.length ? chosen : ['tiny-mlp', 'mnist-mlp', 'lenet', 'lstm-32', 'transformer'];

const server = await serve();
const origin = `${server.origin}/kernels-tests/harness/page.html`;
const { browser, adapter } = await launch({ origin });
console.log(`on the ${adapter} adapter`);
for (const name of names) {
  const problems: string[][] = [];
  const open = async () => {
    const page = await browser.newPage();
    problems.push(watch(page));
    await page.goto(origin);
    return {
      page,
      call: (what: string): Promise<unknown> =>
        page.evaluate(`import('/kernels-tests/engine/measure-tuning.page.ts').then((page) => page.${what})`),
    };
  };
  const [rule, tuned] = [await open(), await open()];
  await rule.call(`prepare('${name}', false)`);
  const { measured, changed } = (await tuned.call(`prepare('${name}', true)`)) as { measured: number; changed: number };
  const once = (await rule.call('sample(3)')) as number;
  const steps = Math.max(1, Math.round(LONG / once));
  const times = { rule: [] as number[], tuned: [] as number[] };
  for (let round = 0; round < ROUNDS; round++)
    for (const which of round % 2 === 0 ? (['rule', 'tuned'] as const) : (['tuned', 'rule'] as const))
      times[which].push((await { rule, tuned }[which].call(`sample(${steps})`)) as number);
  const ratios = times.tuned.map((time, index) => time / times.rule[index]!);
  console.log(
    `${name}: tuned takes ${pairedRatio(times.tuned, times.rule).toFixed(3)} of the time by rule ` +
      `(p10 ${quantile(ratios, 0.1).toFixed(2)}, p90 ${quantile(ratios, 0.9).toFixed(2)}); ${changed} of ${measured} kernels are others`,
  );
  for (const problem of problems.flat()) console.log(problem);
  if (problems.flat().length) process.exitCode = 1;
  for (const { page } of [rule, tuned]) await page.close();
}
await browser.close();
await server.close();
