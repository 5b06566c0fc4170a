import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './stacked.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/nn/stacked.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const members = [0, 1, 2, 3].map((seed) => ({
  seed,
  activation: seed % 2 ? ('Sigmoid' as const) : ('ReLU' as const),
  dropout: 0,
}));

describe('each member of a stack trains as it would alone', () => {
  test.each([
    { name: 'SGD', optimizer: 'SGD', sizes: [2, 16, 16, 2], batch: 32 },
    { name: 'momentum', optimizer: 'SGD', momentum: 0.9, sizes: [2, 16, 16, 2], batch: 32 },
    { name: 'Adam', optimizer: 'Adam', sizes: [2, 16, 16, 2], batch: 32 },
    { name: 'Adam, wide', optimizer: 'Adam', sizes: [37, 65, 10], batch: 33 },
  ] as const)('$name', async ({ sizes, ...race }) => {
    const { together, alone, ends } = await page.call('race', { ...race, sizes: [...sizes], members, steps: 30 });
    expect(alone.flat()).toHaveLength(120);
    alone.forEach((losses, member) =>
      losses.forEach((loss, step) => expect(Math.abs(together[step]![member]! / loss - 1)).toBeLessThan(1e-5)),
    );
    expect(ends).toEqual([true, true, true, true]);
  });
});

test.each([[[2, 16, 16, 2]], [[784, 32, 10]]])(
  'a step of eight members of %o has as many dispatches as a step of one, and the sum',
  async (sizes) => {
    const eight = Array.from({ length: 8 }, (_, seed) => ({ ...members[seed % 4]!, seed }));
    const { one, all } = await page.call('dispatches', {
      sizes,
      batch: 32,
      members: eight,
      optimizer: 'SGD',
      steps: 1,
    });
    expect(one).toBeGreaterThan(5);
    expect(all).toBeLessThanOrEqual(one + 1);
  },
);

test('each member has a dropout of its own, which a compiled step asks for anew', async () => {
  const { before, after, evaluated } = await page.call('dropouts');
  const ones = Array.from({ length: 40 }, () => 1);
  expect(before.slice(0, 40)).toEqual(ones);
  expect(before.slice(40).filter((value) => value === 0).length).toBeGreaterThan(30);
  expect(after).toEqual([...ones, ...ones]);
  expect(evaluated).toEqual(ones);
});

test.each([
  ['no models', /^stack: got no models/],
  ['another number of layers', /^stack: the models have 1, 0 layers.*Dropout\(0\)/],
  ['other sizes', /^StackedLinear: members differ in size, \[3, 2\] and \[4, 2\]/],
  ['a bias here and none there', /^StackedLinear: 1 of 2 members have a bias/],
  ['other layers at one place', /^stack: layer 0 is Dropout and ReLU/],
  ['a Flatten behind a Linear', /^stack: layer 1 is Flatten/],
  ['a member that is not there', /^unstack: member 1 does not exist.*0 to 0/],
  ['an input that fits no member', /^linear: x is \[2, 2, 2\].*\[1, batch, 2\]/],
  ['labels of another batch', /^stackedCrossEntropy: 3 rows of logits \[2, 3, 2\] and labels int32 \[2\]/],
] as const)('%s: the error says so', async (name, message) => {
  expect(await page.call('messageOf', name)).toMatch(message);
});
