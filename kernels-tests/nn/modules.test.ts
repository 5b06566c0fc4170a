import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nn } from '../../src/index.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './modules.page.ts';
import { modules } from './modules.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/nn/modules.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('modules and parameters:', () => {
  test.each(Object.keys(modules))('%s', async (name) => {
    const { got, wanted } = await page.call('check', name);
    expect(got).toEqual(wanted);
  });
});

const [ROWS, COLS] = [48, 64];

describe("an initialiser draws from PyTorch's distribution for [48, 64]:", () => {
  // Name, mean, standard deviation, bounds; in = 64, out = 48.
  const bound = 2 * Math.sqrt(6 / (COLS + ROWS));
  test.each([
    ['uniform', 1, 4 / Math.sqrt(12), -1, 3],
    ['normal', 2, 0.5, -1, 5],
    ['xavierUniform', 0, bound / Math.sqrt(3), -bound, bound],
    ['xavierNormal', 0, Math.sqrt(2 / (COLS + ROWS)), -1, 1],
    ['kaimingUniform', 0, 1 / Math.sqrt(3 * COLS), -1 / Math.sqrt(COLS), 1 / Math.sqrt(COLS)],
    ['kaimingNormal', 0, Math.sqrt(2 / ROWS), -2, 2],
    // N(0, 1) between -1 and 2: mean and deviation by its density.
    ['truncNormal', 0.2296, 0.7207, -1, 2],
  ])('%s', async (name, mean, deviation, low, high) => {
    const numbers = await page.call('initialised', name);
    const n = numbers.length;
    const got = numbers.reduce((sum, x) => sum + x, 0) / n;
    const variance = numbers.reduce((sum, x) => sum + (x - got) ** 2, 0) / n;
    // Five standard errors.
    expect(Math.abs(got - mean)).toBeLessThan((5 * deviation) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(variance) / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(low - 1e-6);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(high + 1e-6);
    expect(new Set(numbers).size).toBeGreaterThan(0.9 * n);
  });

  test('constant, zeros and eye', async () => {
    expect(new Set(await page.call('initialised', 'constant'))).toEqual(new Set([7]));
    expect(new Set(await page.call('initialised', 'zeros'))).toEqual(new Set([0]));
    const eye = await page.call('initialised', 'eye');
    expect(eye.flatMap((x, at) => (x ? [[x, at % (COLS + 1)]] : []))).toEqual(
      Array.from({ length: ROWS }, () => [1, 0]),
    );
  });

  test('orthogonal rows of the length of the gain', async () => {
    const numbers = await page.call('initialised', 'orthogonal');
    const row = (at: number): number[] => numbers.slice(at * COLS, (at + 1) * COLS);
    for (let a = 0; a < ROWS; a++)
      for (let b = 0; b <= a; b++) {
        const dot = row(a).reduce((sum, x, i) => sum + x * row(b)[i]!, 0);
        expect(Math.abs(dot - (a === b ? 9 : 0))).toBeLessThan(1e-5);
      }
  });

  test('gains', () => {
    expect(nn.init.calculateGain('tanh')).toBe(5 / 3);
    expect(nn.init.calculateGain('leakyRelu', 0.2)).toBeCloseTo(Math.sqrt(2 / 1.04), 12);
    expect(() => nn.init.calculateGain('swish' as never)).toThrow('calculateGain: unknown nonlinearity swish');
  });
});
