import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases } from './golden/index.ts';
import { philox4x32 } from './golden/philox.ts';
import type * as Module from './golden.page.ts';
import { openPage, type TestPage } from './harness/page.ts';

const names = cases.map(({ name }) => name);

/**
 * Ops that have other kernels, or other shapes of them, on a GPU than on a software adapter. Attention with dropout is
 * left out: what it draws does not depend on the workgroups, and a software adapter compiles it for 13 s.
 */
const VARIED =
  /^(matmul|bmm|linear|softmax|log ?softmax|sum|mean|max|min|prod|arg|var|std|norm|logsumexp|any|all|count|sort|topk|cum|cross|conv|batchNorm|groupNorm|layerNorm|instanceNorm|rnn|gru|lstm|scaledDot(?!.*dropout))/i;

/** Values lie between known words, or share memory as they do in earnest. */
const ENGINES = [
  { what: 'between sentinel words', sentinels: true, hardware: false, rows: names },
  { what: 'in shared memory', sentinels: false, hardware: false, rows: names },
  {
    what: 'with the kernels of a GPU',
    sentinels: true,
    hardware: true,
    rows: names.filter((name) => VARIED.test(name)),
  },
] as const;

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/golden.page.ts');
});
afterAll(() => page.close());

describe.each(ENGINES)('the golden table $what', ({ sentinels, hardware, rows }) => {
  beforeAll(() => page.call('start', sentinels, hardware));

  test('has many rows', () => expect(rows.length).toBeGreaterThan(50));

  test.each(rows)('%s', async (name) => {
    expect(await page.call('runCase', name)).toEqual([]);
  });

  test('wrote nothing outside its outputs', async () => {
    expect(await page.call('strayWrites')).toEqual([]);
  });

  test('ran without a complaint of the browser', () => {
    expect(page.problems).toEqual([]);
  });
});

describe('the golden table', () => {
  test('names every row once', () => {
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('has a row for every op, forward and backward', async () => {
    expect(await page.call('opsWithoutRow')).toEqual([]);
  });
});

describe('the host twin of Philox', () => {
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words for counter %j and key %j', (counter, key, words) => {
    expect(philox4x32(counter, key)).toEqual(words);
  });
});
