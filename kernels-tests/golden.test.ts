import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases } from './golden/index.ts';
import { philox4x32 } from './golden/philox.ts';
import type * as Module from './golden.page.ts';
import { openPage, type TestPage } from './harness/page.ts';

/** One engine surrounds every value with known words, the other lets values share memory as they do in earnest. */
const modes = ['between sentinel words', 'in shared memory'] as const;
const pages: TestPage<typeof Module>[] = [];
beforeAll(async () => {
  for (const mode of modes) {
    const page = await openPage<typeof Module>('kernels-tests/golden.page.ts');
    pages.push(page);
    await page.call('start', mode === 'between sentinel words');
  }
});
afterAll(() => Promise.all(pages.map((page) => page.close())));

describe('the golden table', () => {
  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    const found = await Promise.all(pages.map((page) => page.call('runCase', name)));
    const failures = found.flatMap((list, index) => list.map((failure) => `${modes[index]}: ${failure}`));
    expect(failures).toEqual([]);
  });

  test('names every row once', () => {
    const names = cases.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('has a row for every op, forward and backward', async () => {
    expect(await pages[0]?.call('opsWithoutRow')).toEqual([]);
  });

  test('wrote nothing outside its outputs', async () => {
    expect(await pages[0]?.call('strayWrites')).toEqual([]);
  });

  test('ran without a complaint of the browser', () => {
    expect(pages.flatMap(({ problems }) => problems)).toEqual([]);
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
