import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import { judge, place, type Numbers } from './extremes.ts';
import type * as Module from './losses.page.ts';
import { read } from './references.ts';

const { cases } = read('losses.json') as { cases: Module.Loss[] };

/** Relative to each value: some units of the last place, and those of e^x where it is a GPU's own. */
const TOLERANCE = { software: 5e-6, hardware: 4e-5 };

/** Units of the last place of 1: in losses of classes, numbers up to the weight 2 are subtracted, here and in PyTorch. */
const CLASSES_SLACK = 2 ** -21;

/** What differs from PyTorch: the value (y) or gradient (d) at a prediction and a target, in each case of that name. */
const EXCEPTIONS: { cases: RegExp; at: string[]; reason: string }[] = [
  {
    cases: /^binaryCrossEntropyWithLogits at extremes/,
    at: ['y at -Infinity, 1', 'y at -Infinity, 0.25'],
    reason: 'the loss is infinite; PyTorch adds infinities of both signs',
  },
  {
    cases: /^binaryCrossEntropyWithLogits (?:at extremes |)with (?:posWeight .*)?reduction none/,
    at: ['y at 20, 1', 'y at -20, 0'],
    reason: 'e^-20 = 2e-9 is the loss; PyTorch adds it to 1 or 20 and loses it',
  },
  {
    cases: /^binaryCrossEntropyWithLogits with posWeight .*, reduction/,
    at: ['d at 20, 1'],
    reason: 'the slope is -3 e^-20; it cancels in PyTorch',
  },
  {
    cases: /^binaryCrossEntropy with reduction none/,
    at: ['y at 1e-30, 0', 'y at 1e-7, 0'],
    reason: 'log(1 - x) = -x by log1p; PyTorch 1.13 subtracts first',
  },
  {
    cases: /^klDiv of certainty/,
    at: ['y at -Infinity, 0'],
    reason: 'what has no chance in the target counts for nothing; PyTorch multiplies 0 by infinity',
  },
  {
    cases: /^smoothL1Loss with beta 0, reduction none/,
    at: ['d at 0, 0', 'd at -0, 0'],
    reason: 'the slope at the bend is 0, as of l1Loss; PyTorch gives -1 for a beta of 0',
  },
  {
    cases: /^smoothL1Loss with beta 0, reduction (?:mean|sum)/,
    at: ['d at 0, 0', 'd at -0, 0', 'd at 1, 1'],
    reason: 'as above',
  },
  {
    cases: /^softMarginLoss/,
    at: ['1e+30, -1', '-1e+30, 1', '10000, -1', '-10000, 1'].flatMap((at) => [`y at ${at}`, `d at ${at}`]),
    reason: 'the loss is |x|; e^|x| overflows in PyTorch',
  },
];

let page: TestPage<typeof Module>;
let software = false;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/losses.page.ts');
  software = await page.call('isSoftware');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('a loss and its gradient are those of PyTorch, but for the exceptions:', () => {
  test.each(cases)('$name', async (row) => {
    const got = await page.call('run', row);
    const listed = EXCEPTIONS.filter((each) => each.cases.test(row.name)).flatMap(({ at }) => at);
    const tolerance = TOLERANCE[software ? 'software' : 'hardware'];
    const slack = /crossEntropy|nllLoss/.test(row.op) ? CLASSES_SLACK : 0;
    const differs: { key: string; text: string }[] = [];
    const compare = (part: string, ours: Numbers, wanted: Numbers): void => {
      expect(ours).toHaveLength(wanted.length);
      wanted.forEach((value, i) => {
        if (judge(ours[i]!, value, tolerance, slack) !== 'other') return;
        const key = `${part} at ${place(row.inputs.map((each) => each[i] ?? 'no target'))}`;
        differs.push({ key, text: `${key} is ${ours[i]}, in PyTorch ${value}` });
      });
    };
    compare('y', got.y, row.y);
    compare('d', got.gradients[0]!, row.gradients[0]!);
    expect(differs.filter(({ key }) => !listed.includes(key)).map(({ text }) => text)).toEqual([]);
    const keys = differs.map(({ key }) => key);
    expect(
      listed.filter((key) => !keys.includes(key)),
      'exceptions that no longer occur',
    ).toEqual([]);
  });

  test('each exception speaks of a case, and no two cases have one name', () => {
    const names = cases.map(({ name }) => name);
    expect(EXCEPTIONS.filter((each) => !names.some((name) => each.cases.test(name)))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
