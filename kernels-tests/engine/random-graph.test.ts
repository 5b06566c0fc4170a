import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './random-graph.page.ts';
import type { Family } from './random-graph.ts';

type Page = TestPage<typeof Module>;
let alone: Page;
let planned: Page;
let limited: Page;
let joined: Page;
beforeAll(async () => {
  [alone, planned, limited, joined] = (await Promise.all(
    [1, 2, 3, 4].map(() => openPage<typeof Module>('kernels-tests/engine/random-graph.page.ts')),
  )) as [Page, Page, Page, Page];
  await alone.call('start', { eager: true });
  await planned.call('start', {});
  await limited.call('start', { defaultLimits: true });
  await joined.call('start', { joined: true });
});
afterAll(async () => {
  for (const page of [alone, planned, limited, joined]) {
    expect(page.problems).toEqual([]);
    await page.close();
  }
});

const GRAPHS = Number(process.env['WGRAD_RANDOM_GRAPHS'] ?? 30);
const FIRST = Number(process.env['WGRAD_RANDOM_FIRST'] ?? 1);
const seeds = Array.from({ length: GRAPHS }, (_, index) => FIRST + index);

/** Whole numbers must agree to the bit; elsewhere sums may be taken in another order. */
const TOLERANCE: Record<Family, number> = { exact: 0, smooth: 2e-5, steps: 2e-4 };

function difference(got: number[], wanted: number[]): number {
  if (got.length !== wanted.length) return Infinity;
  const scale = Math.max(1, ...wanted.map(Math.abs));
  return wanted.reduce(
    (most, value, i) => Math.max(most, Object.is(got[i], value) ? 0 : Math.abs(got[i]! - value) / scale),
    0,
  );
}

/** What a person needs to know of a graph that goes wrong; nothing where all is well. */
function compare(wanted: Module.Result, got: Module.Result, family: Family): object[] {
  const { seed, text } = wanted;
  if (wanted.error || got.error) return [{ seed, alone: wanted.error, planned: got.error, text }];
  const wrong = wanted.values.flatMap((values, output) => {
    const found = got.values[output] ?? [];
    const by = difference(found, values);
    if (by <= TOLERANCE[family]) return [];
    return [
      { output, shape: wanted.shapes[output], by, wanted: values.slice(0, 8).join(), got: found.slice(0, 8).join() },
    ];
  });
  return wrong.length ? [{ seed, wrong, text, got: got.text }] : [];
}

const reference = new Map<string, Promise<Module.Result[]>>();

function opByOp(family: Family, way: Module.Way): Promise<Module.Result[]> {
  // Between steps only what is kept can be read; otherwise the values are the same.
  const like = family === 'steps' && way !== 'read' ? 'retained' : 'read';
  let results = reference.get(family + like);
  if (!results) reference.set(family + like, (results = alone.call('run', seeds, family, like)));
  return results;
}

describe.each(['exact', 'smooth', 'steps'] as const)(`${GRAPHS} random graphs of %s ops`, (family) => {
  test.each([
    ['read after the trace', () => planned, 'read'],
    ['retained', () => planned, 'retained'],
    ['returned from a compiled step', () => planned, 'compiled'],
    ['read, at the default limits', () => limited, 'read'],
    ['read, with tiny dispatches joined', () => joined, 'read'],
  ] as const)('give what they give op by op, when results are %s', async (_, page, way) => {
    const [wanted, got] = [await opByOp(family, way), await page().call('run', seeds, family, way)];
    const failures = wanted.flatMap((each, index) => compare(each, got[index]!, family));
    expect(failures.length, JSON.stringify(failures.slice(0, 2), null, 1)).toBe(0);
  });
});

test('joined kernels compile', async () => {
  const { joined: plans, failures } = await joined.call('joins');
  expect(failures).toEqual([]);
  expect(plans).toBeGreaterThan(GRAPHS / 4);
});
