import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './harness/server.ts';
import { openPage } from './harness/page.ts';
import type * as Module from './torch-names.page.ts';

const text = readFileSync(path.join(ROOT, 'src/ops/torch-names.md'), 'utf8');
/** Lines of the tables without their heads: PyTorch's name and ours. */
const lines = text.split('\n').filter((line) => line.startsWith('|') && !/^\| (PyTorch|-)/.test(line));
const rows = lines.map((line) => /^\| `([\w.]+)` +\| `([\w.()]+)` +\|$/.exec(line));

test('every line of the table of names is two names in code', () => {
  expect(lines.filter((_, index) => rows[index] === null)).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});

test("the table has each of PyTorch's names once", () => {
  const names = rows.map((row) => row?.[1]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every name of ours in the table exists where it says', async () => {
  await using page = await openPage<typeof Module>('kernels-tests/torch-names.page.ts');
  expect(await page.call('missing', ['F.noSuchFunction', 'x.noSuchMethod()', 'noSuchName()'])).toHaveLength(3);
  expect(
    await page.call(
      'missing',
      rows.map((row) => row?.[2] ?? ''),
    ),
  ).toEqual([]);
});
