import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import { ROOT } from '../harness/server.ts';
import type * as Module from './extremes.page.ts';
import { read } from './references.ts';
import {
  EXCEPTIONS,
  judge,
  place,
  SIGNS_OF_ZERO,
  type Differentiated,
  type Extremes,
  type Numbers,
} from './extremes.ts';

const references = read('extremes.json') as Extremes;
const { points, pairs, unary, binary, tests, comparisons } = references;

/** Relative to each value: some units of the last place; where exp is a GPU's own, WGSL allows it 3 + 2 |x| of them. */
const TOLERANCE = { software: 2e-6, hardware: 4e-5 };

let page: TestPage<typeof Module>;
let software = false;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/torch/extremes.page.ts');
  software = await page.call('isSoftware');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

interface Case {
  part: string;
  at: string;
  text: string;
}

function compare(inputs: Numbers[], got: Omit<Differentiated, 'name'>, wanted: Differentiated): Record<string, Case[]> {
  const found: Record<string, Case[]> = { other: [], 'sign of zero': [] };
  const tolerance = TOLERANCE[software ? 'software' : 'hardware'];
  const parts = (from: Omit<Differentiated, 'name'>): Numbers[] => [from.y, ...from.gradients];
  parts(wanted).forEach((values, index) => {
    const part = index === 0 ? 'y' : `d${index - 1}`;
    const ours = parts(got)[index]!;
    expect(ours).toHaveLength(values.length);
    values.forEach((value, i) => {
      const at = place(inputs.map((each) => each[i]!));
      const text = `${part} at ${at} is ${ours[i]}, in PyTorch ${value}`;
      found[judge(ours[i]!, value, tolerance)]?.push({ part, at, text });
    });
  });
  return found;
}

const rows = [...unary.map((row) => ({ ...row, inputs: points })), ...binary.map((row) => ({ ...row, inputs: pairs }))];

describe('values and gradients are those of PyTorch, but for the exceptions:', () => {
  test.each(rows)('$name', async ({ inputs, ...wanted }) => {
    const found = compare(inputs, await page.call('run', wanted.name, inputs), wanted);
    const listed = EXCEPTIONS.filter(({ ops }) => ops.includes(wanted.name)).flatMap(({ parts, at, varies }) =>
      parts.flatMap((part) => at.map((at) => ({ key: `${part} at ${at}`, varies }))),
    );
    const differs = found.other!.map(({ part, at }) => `${part} at ${at}`);
    const unlisted = found.other!.filter((_, index) => !listed.some(({ key }) => key === differs[index]));
    expect(unlisted.map(({ text }) => text)).toEqual([]);
    const gone = listed.filter(({ key, varies }) => !differs.includes(key) && (software || !varies));
    expect(
      gone.map(({ key }) => key),
      'exceptions that no longer occur',
    ).toEqual([]);

    const parts = new Set(found['sign of zero']!.map(({ part }) => part));
    const zeros = SIGNS_OF_ZERO[wanted.name] ?? [];
    if (software) expect([...parts], 'parts with zeros of the other sign').toEqual(zeros);
  });
});

describe('truth values are those of PyTorch:', () => {
  test.each([
    ...tests.map((row) => ({ ...row, inputs: points })),
    ...comparisons.map((row) => ({ ...row, inputs: pairs })),
  ])('$name', async ({ name, y, inputs }) => {
    expect(await page.call('truths', name, inputs)).toBe(y);
  });
});

/** Composed of others element by element, or not of one element. */
const COMPOSED = ['add', 'sub', 'mul', 'lerp', 'addcmul', 'addcdiv', 'where', 'F.softmax', 'F.softmin', 'F.logSoftmax'];

test('every pointwise op of the table of names is held to PyTorch', () => {
  const sections = readFileSync(path.join(ROOT, 'src/ops/torch-names.md'), 'utf8').split('\n## ');
  const wanted = sections.filter((text) => /^(?:Arithmetic|Elementary|Comparison|Activations)/.test(text)).join('\n');
  const names = [...wanted.matchAll(/\| `(?:x\.)?((?:F\.)?\w+)(?:\(\))?` +\|$/gm)].map(([, name]) => name!);
  const held = new Set([...unary, ...binary, ...tests, ...comparisons].map(({ name }) => name));
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => !held.has(name) && !COMPOSED.includes(name))).toEqual([]);
});

test('the exceptions speak of ops and inputs that are there', () => {
  const names = new Set(rows.map(({ name }) => name));
  expect(EXCEPTIONS.flatMap(({ ops }) => ops).filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(SIGNS_OF_ZERO).filter((name) => !names.has(name))).toEqual([]);
});
