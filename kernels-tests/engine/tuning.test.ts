import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileStore } from '../../src/graph/tuning/store.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './tuning.page.ts';

/** Rows of the golden table that fill blocks and do not, divide by four and do not. */
const ROWS = [
  'matmul [129, 65] [65, 127] transpose="nn"',
  'matmul [76, 68] [72, 76] transpose="tt" in fours',
  'matmul [2, 68, 40] [2, 40, 72] transpose="nn" large batch in fours',
  'matmul [2, 65, 33] [2, 67, 33] transpose="nt" large batch',
  'matmul [1, 300] [300, 70] transpose="nn" one row',
  'matmul [4100, 16] [4100, 16] transpose="tn" split in fours',
  'matmul [33, 52] [11, 52] [11] as linear',
  'conv2d [2, 5, 7, 7] [13, 5, 3, 3] [13] padding=1 stride=2',
  'conv2d [3, 8, 9, 11] [20, 4, 3, 3] [20] groups=2 padding=1',
  'scaledDotProductAttention [2, 3, 5] [2, 9, 5] [2, 9, 2] scale=0.7',
  'scaledDotProductAttention [1, 2, 33, 16] [1, 2, 33, 16] [1, 2, 33, 16] isCausal=true',
  'scaledDotProductAttention [1, 1, 6, 4] [1, 1, 3, 4] [1, 1, 3, 4] isCausal=true fewer keys',
  'scaledDotProductAttention [1, 1, 3, 4] [1, 1, 6, 4] [1, 1, 6, 4] isCausal=true more keys',
  'scaledDotProductAttention [2, 2, 9, 8] [2, 2, 11, 8] [2, 2, 11, 8] [2, 2, 9, 11] rows masked whole',
  'scaledDotProductAttention [3, 9, 6] [3, 10, 6] [3, 10, 6] [9, 10] of three axes',
  'scaledDotProductAttention [2, 6, 7, 8] [2, 2, 9, 8] [2, 2, 9, 12] enableGqa=true',
  'scaledDotProductAttention [1, 2, 21, 4] [1, 2, 21, 4] [1, 2, 21, 4] dropoutP=0.5 isCausal=true',
  'rnn [3, 9, 3] [33, 3] [33, 33] [33] [33] [9, 33] kind="rnn" in blocks of eight rows',
  'gru [2, 29, 1] [60, 1] [60, 20] [60] [60] kind="gru" in blocks of sixteen rows',
  'lstm [3, 5, 2] [16, 2] [16, 4] [16] [16] [3, 4] [3, 4] kind="lstm" lengths=[5,1,3] batchFirst=true',
  'lstm [2, 29, 1] [80, 1] [80, 20] [80] [80] kind="lstm" in blocks of sixteen rows',
  'softmax [3, 1027] axis=1',
  'logSoftmax [4, 257] axis=-1',
  'layerNorm [131, 44] [44] [44] shape=44 in fours',
  'layerNorm [3, 1031] [1031] [1031] shape=1031',
  'sum [5, 257] axis=1',
  'max [5, 257] axis=1',
  'argmax [3, 300] axis=1 of long rows of equal extremes',
];

let page: TestPage<typeof Module>;
let found: Module.Tuned;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/tuning.page.ts');
  found = await page.call('tuned');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('tune', () => {
  test('measures every class of kernels once and says so', () => {
    const { before, table, told } = found;
    expect(before.length).toBeGreaterThan(4);
    expect(before.every(({ measured, among }) => !measured && among.length > 1)).toBe(true);
    const entries = Object.values(table.entries);
    expect(entries.length).toBeGreaterThan(4);
    expect(entries).toHaveLength(told);
    for (const { fastest, milliseconds } of entries) {
      expect(Object.keys(milliseconds)).toContain(fastest);
      for (const time of Object.values(milliseconds)) expect(time).toBeGreaterThan(0);
    }
  });

  test('makes the running training use the fastest, and changes nothing of what it computes', () => {
    const { after, table, losses, wanted } = found;
    const fastest = new Set(Object.values(table.entries).map((entry) => entry.fastest));
    // Not as many as before: the fastest may be more dispatches than the rule's, or fewer.
    expect(after.length).toBeGreaterThan(4);
    for (const { name, measured } of after) {
      expect(measured).toBe(true);
      expect(fastest).toContain(name);
    }
    const [first, later] = losses;
    first.forEach((loss, index) => expect(loss).toBe(wanted[index]));
    later.forEach((loss, index) => expect(loss).toBeCloseTo(wanted[index + 4]!, 4));
  });

  test('gives back the memory that it measured in', () => {
    const [made, left] = found.buffers;
    expect(made).toBeGreaterThan(3);
    expect(left).toBe(0);
  });
});

describe('what was measured', () => {
  const measured = (choices: readonly { measured: boolean }[]): number =>
    choices.filter((choice) => choice.measured).length;

  test('counts in the next visit, which measures nothing anew', async () => {
    const { choices } = await page.call('visited', true);
    expect(measured(choices)).toBe(found.after.length);
    expect(await page.call('unknown')).toBe(0);
  });

  test('can be given by hand, or left aside', async () => {
    await page.call('remember', null);
    const given = await page.call('visited', { table: found.table });
    expect(measured(given.choices)).toBe(found.after.length);
    expect(measured((await page.call('visited', false)).choices)).toBe(0);
  });

  const poisons: [what: string, spoil: (table: Module.Tuned['table']) => unknown][] = [
    ['is of other kernels', (table) => eachEntry(table, (entry) => ({ ...entry, fingerprint: '0' }))],
    ['names a kernel that there is not', (table) => eachEntry(table, (entry) => ({ ...entry, fastest: 'none' }))],
    ['is of another adapter', (table) => ({ ...table, adapter: 'another' })],
    ['has no times', (table) => eachEntry(table, ({ fastest, rule, fingerprint }) => ({ fastest, rule, fingerprint }))],
    ['is no table', () => 'a table'],
  ];
  test.each(poisons)('is ignored where it %s', async (_, spoil) => {
    await page.call('remember', spoil(found.table));
    const { choices, losses } = await page.call('visited', true);
    expect(measured(choices)).toBe(0);
    expect(losses[0]).toBe(found.wanted[0]);
  });

  test('while nothing is computed counts from the next start on', async () => {
    const { known, choices } = await page.call('idled');
    expect(known).toBeGreaterThan(0);
    expect(measured(choices)).toBe(0);
    // A kernel that a busy machine makes slow is left alone.
    expect(measured((await page.call('visited', true)).choices)).toBeGreaterThan(choices.length / 2);
  });

  test.each([
    ['a table as text', { table: JSON.stringify({}) }, 'tuning.table is no table'],
    ['another adapter’s', { table: { adapter: 'another', entries: {} } }, 'was measured on "another"'],
    ['a file outside Node', { file: 'tuning.json' }, 'only Node'],
  ])('is refused where it is given and is %s', async (_, tuning, message) => {
    expect(await page.call('refused', tuning)).toContain(message);
  });
});

test("a kernel that computes something else than the rule's is not timed", async () => {
  expect(await page.call('honest')).toEqual(['rule', 'alike']);
});

describe('each kernel by itself', () => {
  test.each(ROWS)('%s', async (name) => {
    const { failures, kernels } = await page.call('everyKernel', name);
    expect(failures).toEqual([]);
    expect(kernels.length).toBeGreaterThan(1);
  });

  test.each([
    ['matmul [76, 68] [72, 76] transpose="tt" in fours', ['tile 64', '16x16 quads']],
    ['matmul [2, 65, 33] [2, 67, 33] transpose="nt" large batch', ['tile 64', '16x16 quads']],
    ['matmul [129, 65] [65, 127] transpose="nn"', ['tile 128', '16x16 quads']],
    ['matmul [3, 33, 34] [3, 33, 35] transpose="tn" batched', ['tile 32']],
    ['matmul [5, 1100] [1100, 9] transpose="nn"', ['4x4', '4x4, split']],
    ['matmul [1, 1200] [1200, 70] transpose="nn" one deep row', ['1x4', '1x4, split']],
    ['conv2d [1, 7, 13, 11] [17, 7, 3, 3] [17] padding=1', ['tile 32']],
    ['conv2d [2, 8, 6, 5] [70, 4, 3, 3] [70] groups=2 padding=1', ['tile 64']],
  ])('%s as on a GPU', async (name, wanted) => {
    const { failures, kernels } = await page.call('everyKernel', name, true);
    expect(failures).toEqual([]);
    // Those of quads with many in a workgroup, and more than one subgroup.
    const quads = await page.call('hasQuads');
    for (const kernel of wanted) if (quads || !kernel.endsWith('quads')) expect(kernels).toContain(kernel);
  });
});

describe('a file of measurements, in Node', () => {
  test('keeps a table for each adapter, and survives what is no JSON', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wgrad-'));
    const file = path.join(folder, 'tuning.json');
    const store = fileStore(file);
    expect(await store.read('one')).toBeNull();
    await store.write('one', { adapter: 'one' });
    await store.write('two', { adapter: 'two' });
    expect(await store.read('one')).toEqual({ adapter: 'one' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('two');
    await writeFile(file, '{ "one": ');
    expect(await store.read('one')).toBeNull();
    await store.write('one', { adapter: 'one' });
    expect(await store.read('one')).toEqual({ adapter: 'one' });
    await rm(folder, { recursive: true });
  });
});

function eachEntry(
  table: Module.Tuned['table'],
  change: (entry: Module.Tuned['table']['entries'][string]) => unknown,
): object {
  const entries = Object.entries(table.entries).map(([key, entry]) => [key, change(entry)] as const);
  return { ...table, entries: Object.fromEntries(entries) };
}
