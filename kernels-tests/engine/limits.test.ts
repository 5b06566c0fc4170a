import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './limits.page.ts';

let least: TestPage<typeof Module>;
let most: TestPage<typeof Module>;
beforeAll(async () => {
  least = await openPage<typeof Module>('kernels-tests/engine/limits.page.ts');
  most = await openPage<typeof Module>('kernels-tests/engine/limits.page.ts');
  await least.call('start', true);
  await most.call('start', false);
});
afterAll(async () => {
  expect([...least.problems, ...most.problems]).toEqual([]);
  await least.close();
  await most.close();
});

describe("WebGPU's default limits", () => {
  test.each(['SGD', 'Adam'] as const)('train as well as greater ones, with %s', async (kind) => {
    const [got, wanted] = [await least.call('losses', kind), await most.call('losses', kind)];
    expect(got).toHaveLength(25);
    got.forEach((loss, step) => expect(loss).toBeCloseTo(wanted[step]!, 5));
  });

  test.each([7, 8, 9, 12, 20])('allow %i inputs of one chain', async (count) => {
    const { got, wanted } = await least.call('wideGraphs', count);
    expect(got).toEqual(wanted);
  });
});

test.each([10, 16])("the adapter's own limits allow %i inputs of one chain", async (count) => {
  const { got, wanted } = await most.call('wideGraphs', count);
  expect(got).toEqual(wanted);
});
