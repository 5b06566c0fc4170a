/** The numbers behind the CNN lab's pictures: variants of an image. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './cnn-views.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/cnn-views.page.ts');
});
afterAll(() => page.close());

const EVERY_PART = { augment: true, crop: 3, flip: true, jitter: 0.4, cutout: 9 };
const SIDE = 32;
const PLANE = SIDE * SIDE;

/** The greatest difference between numbers that should be the same. */
const apart = (one: readonly number[], other: readonly number[]): number => {
  expect(one).toHaveLength(other.length);
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0);
};

const moved = (image: readonly number[], rows: number, columns: number, mirror: boolean): number[] =>
  image.map((_, at) => {
    const [plane, row, column] = [Math.floor(at / PLANE), Math.floor(at / SIDE) % SIDE, at % SIDE];
    const [y, x] = [row + rows, (mirror ? SIDE - 1 - column : column) + columns];
    return y >= 0 && y < SIDE && x >= 0 && x < SIDE ? image[plane * PLANE + y * SIDE + x]! : 0;
  });

describe('variants of an image', () => {
  test('leave the training they are drawn beside its bits', async () => {
    const config = { ...EVERY_PART, model: 'mlp' } as const;
    const plain = await page.call('trained', config, 3, false);
    expect(plain.loss).toBeGreaterThan(0);
    expect(await page.call('trained', config, 3, true)).toEqual(plain);
    expect(await page.call('trained', { ...config, cutout: 0 }, 3, false)).not.toEqual(plain);
  });

  test('are what a training step draws, others at each draw and the same again', async () => {
    const drawn = await page.call('variants', EVERY_PART, 7);
    expect(drawn.isOn).toBe(true);
    expect(drawn.all).toHaveLength(15);
    const { mean, std } = drawn.normalize;
    drawn.all.forEach((variant, at) => {
      const seen = drawn.step![at]!.map(
        (value, i) => value * std[Math.floor(i / PLANE)]! + mean[Math.floor(i / PLANE)]!,
      );
      expect(apart(variant, seen)).toBeLessThan(1e-5);
    });
    expect(new Set(drawn.all.map(String)).size).toBe(15);
    expect((await page.call('variants', EVERY_PART, 7)).all).toEqual(drawn.all);
    expect((await page.call('variants', EVERY_PART, 8)).all).not.toEqual(drawn.all);
  });

  test('by one part alone have nothing of the others', async () => {
    const { pixels, alone } = await page.call('variants', EVERY_PART, 3);
    const by = new Map(alone);
    expect([...by.keys()]).toEqual(['crop', 'flip', 'jitter', 'cutout']);
    const span = [-3, -2, -1, 0, 1, 2, 3];
    const shifts = span.flatMap((rows) => span.map((columns) => moved(pixels, rows, columns, false)));
    for (const variant of by.get('crop')!)
      expect(Math.min(...shifts.map((shift) => apart(variant, shift)))).toBeLessThan(1e-5);
    const mirrored = moved(pixels, 0, 0, true);
    for (const variant of by.get('flip')!)
      expect(Math.min(apart(variant, pixels), apart(variant, mirrored))).toBeLessThan(1e-5);
    for (const variant of by.get('cutout')!) {
      const black = variant.filter((value, at) => Math.abs(value - pixels[at]!) > 1e-5);
      expect(black.length).toBeGreaterThan(0);
      expect(black.length).toBeLessThanOrEqual(3 * 9 * 9);
      expect(Math.max(...black.map(Math.abs))).toBeLessThan(1e-6);
    }
  });

  test('are told to be what training would draw where augmentation is off, and are shifted and mirrored as it comes', async () => {
    const { isOn, step, alone } = await page.call('variants', {}, 1);
    expect([isOn, step]).toEqual([false, null]);
    expect(alone.map(([part]) => part)).toEqual(['crop', 'flip']);
  });
});
