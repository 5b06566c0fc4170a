import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases } from './golden/index.ts';
import type * as Module from './golden.page.ts';
import { openPage, type TestPage } from './harness/page.ts';

/**
 * Ops that have other kernels, or other shapes of them, on a GPU than on a software adapter. Attention with dropout is
 * left out: what it draws does not depend on the workgroups, and a software adapter compiles it for 13 s.
 */
const VARIED =
  /^(matmul|bmm|linear|softmax|log ?softmax|sum|mean|max|min|prod|arg|var|std|norm|logsumexp|any|all|count|sort|topk|cum|cross|conv|batchNorm|groupNorm|layerNorm|instanceNorm|rnn|gru|lstm|scaledDot(?!.*dropout))/i;
const rows = cases.filter(({ name }) => VARIED.test(name)).map(({ name }) => name);

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/golden.page.ts');
  await page.call('start', true, true);
});
afterAll(() => page.close());

describe('the kernels that a GPU gets', () => {
  test('are those of many rows', () => expect(rows.length).toBeGreaterThan(50));

  test.each(rows)('%s', async (name) => {
    expect(await page.call('runCase', name)).toEqual([]);
  });

  test('write nothing outside their outputs', async () => {
    expect(await page.call('strayWrites')).toEqual([]);
  });
});
