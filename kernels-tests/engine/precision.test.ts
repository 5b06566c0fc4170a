import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './precision.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/engine/precision.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('float32MatmulPrecision', () => {
  test('leaves all products in float32 unless it is given', async () => {
    const { among, error } = await page.call('product');
    expect(among.filter((name) => name.endsWith('half'))).toEqual([]);
    expect(error).toBeLessThan(1e-6);
  });

  test('medium rounds to 16 bits where the device has them, and changes nothing elsewhere', async () => {
    const { among, name, error } = await page.call('product', 'medium');
    if (!(await page.call('hasHalf'))) {
      expect(name).toBe('tile 32');
      expect(error).toBeLessThan(1e-6);
      return;
    }
    expect(name).toBe('tile 32 half');
    for (const half of ['tile 32 half', 'tile 64 half', 'tile 128 half']) {
      expect(among).toContain(half);
      const product = await page.call('product', 'medium', half);
      // A rounded factor is off by 2^-11 of itself, or 2^-10 where it is cut, and the errors of 130 terms mostly cancel.
      expect(product.error).toBeGreaterThan(1e-6);
      expect(product.error).toBeLessThan(2 ** -9);
    }
    expect(error).toBeLessThan(2 ** -9);
  });

  test('refuses another value and keeps the engine that is there', async () => {
    const [message, sum] = await page.call('refused');
    expect(message).toBe("init: float32MatmulPrecision is \"low\". Use 'highest' or 'medium'.");
    expect(sum).toBe(3);
  });
});
