/** Tensors of a device survive a safetensors file bit by bit. */
import { expect, it } from 'vitest';
import { openPage } from '../harness/page.ts';
import type * as Module from './round-trip.page.ts';

it('tensors, results and views come back from a file with the same bits', async () => {
  await using page = await openPage<typeof Module>('kernels-tests/io/round-trip.page.ts');
  const { same, loaded } = await page.call('roundTrip');
  expect(loaded).toEqual({
    'fc.weight': { dtype: 'float32', shape: [60, 100] },
    'fc.bias': { dtype: 'float32', shape: [2] },
    transposed: { dtype: 'float32', shape: [3, 2] },
    labels: { dtype: 'int32', shape: [2] },
    mask: { dtype: 'bool', shape: [3] },
    steps: { dtype: 'int32', shape: [] },
  });
  expect(same).toBe(true);
});
