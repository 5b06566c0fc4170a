import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './recurrent.page.ts';
import { distance, recurrentReferences } from './references.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/recurrent.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

/** Some dozens of float32 roundings. */
const TOLERANCE = 3e-6;

describe('a recurrent layer computes what PyTorch computes:', () => {
  test.each(recurrentReferences())('$name', async (reference) => {
    const { outputs, gradients, keys } = await page.call('runRecurrent', reference);
    expect(keys).toEqual(Object.keys(reference.state));
    reference.outputs.forEach((wanted, at) =>
      expect(distance(outputs[`output ${at}`], wanted), `output ${at}`).toBeLessThan(TOLERANCE),
    );
    expect(Object.keys(outputs)).toHaveLength(reference.outputs.length);
    for (const [key, wanted] of Object.entries(reference.gradients))
      expect(distance(gradients[key], wanted), `gradient of ${key}`).toBeLessThan(TOLERANCE);
    expect(Object.keys(gradients)).toHaveLength(Object.keys(reference.gradients).length);
  });
});
