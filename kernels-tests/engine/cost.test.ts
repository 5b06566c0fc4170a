import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './cost.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/cost.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const recipes = [
  { name: 'the tiny MLP, SGD', sizes: [2, 16, 16, 2], batch: 32, optimizer: 'SGD', most: 12 },
  { name: 'the tiny MLP, Adam', sizes: [2, 16, 16, 2], batch: 32, optimizer: 'Adam', most: 12 },
  { name: 'the MNIST MLP, Adam', sizes: [784, 256, 128, 10], batch: 64, optimizer: 'Adam', most: 16 },
] as const;

describe.each(recipes)('a training step of $name', ({ most, sizes, ...recipe }) => {
  test.each([false, true])('is one submit of few dispatches and makes no buffer, compiled: %s', async (compiled) => {
    const cost = await page.call('stepCost', { ...recipe, sizes: [...sizes], compiled });
    expect(cost).toMatchObject({ submits: 1, passes: 1, buffers: 0, bindGroups: 0, pipelines: 0, plans: 0 });
    expect(cost.dispatches).toBeGreaterThan(0);
    expect(cost.dispatches).toBeLessThanOrEqual(most);
    expect(cost.writes).toBeLessThanOrEqual(1);
  });
});

describe('a step on data that lies on the GPU', () => {
  test.each([false, true])('gathers its batch in the same submit, compiled: %s', async (compiled) => {
    const cost = await page.call('residentCost', compiled);
    expect(cost).toMatchObject({ submits: 1, passes: 1, buffers: 0, plans: 0 });
    expect(cost.dispatches).toBeLessThanOrEqual(14);
  });
});

test.each([false, true])(
  'another learning rate, dropout or seed plans nothing anew, compiled: %s',
  async (compiled) => {
    const cost = await page.call('scalarChanges', compiled);
    expect(cost).toMatchObject({ plans: 0, pipelines: 0, buffers: 0, submits: 5 });
  },
);

describe('dispatches', () => {
  test.each([
    ['a chain of pointwise ops', 1],
    ['a chain with broadcasts', 1],
    ['a chain that is read in the middle', 1],
    ['bias and activation behind a product', 1],
    ['a linear layer with activation', 1],
    ['a residual behind a product', 1],
    // One for the scales of the channels.
    ['a convolution with normalisation in evaluation', 2],
    ['a transposed operand', 1],
    ['both operands transposed', 1],
    ['reshape and transpose before a chain', 1],
    ['a chain before a sum', 1],
    ['a chain before and behind a mean', 1],
    ['equal subexpressions', 1],
    ['equal sums', 1],
    ['expand and slice', 2],
  ])('of %s: %i', async (name, dispatches) => {
    expect(await page.call('graphCost', name)).toMatchObject({ dispatches, submits: 1, buffers: 0 });
  });

  test('of what nobody asks for: none', async () => {
    expect(await page.call('deadCost')).toMatchObject({ dispatches: 1, submits: 1 });
  });
});

test('the counters of the engine tell the truth', async () => {
  const { own, real } = await page.call('ownCounters');
  expect(own).toEqual({ dispatches: real.dispatches, submits: real.submits, pipelines: real.pipelines });
});
