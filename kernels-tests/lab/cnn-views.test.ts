/** The numbers behind the CNN lab's pictures: variants of an image, and its neighbours. */
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

describe('the neighbours of an image', () => {
  const COUNT = 26;
  const rowsOf = (values: readonly number[], count: number): number[][] => {
    const width = values.length / count;
    return Array.from({ length: count }, (_, at) => values.slice(at * width, (at + 1) * width));
  };
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const cosine = (a: readonly number[], b: readonly number[]): number =>
    dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)));

  test.each([
    ['lenet', 1],
    ['mlp', 1],
    ['mlp', 1e-24],
  ] as const)('are those that point the same way: %s, features times %s', async (model, scale) => {
    const { found, query, others, labels } = await page.call('neighbours', { model }, COUNT, scale);
    for (const by of ['features', 'pixels'] as const) {
      const { indices, similarities } = found[by];
      const cosines = rowsOf(others[by], COUNT).map((row) => cosine(query[by], row));
      const best = cosines.toSorted((a, b) => b - a).slice(0, 12);
      expect(apart(similarities, best)).toBeLessThan(1e-5);
      // Whatever the order of equals.
      expect(new Set(indices).size).toBe(12);
      const own = indices.map((index) => cosines[index]!);
      expect(apart(similarities, own)).toBeLessThan(1e-5);
    }
    expect(found.features.indices).not.toEqual(found.pixels.indices);
    expect(labels[0]).toEqual(labels[1]);
  });

  // One of each way to come to a last layer; the others differ from them in what lies before.
  test.each(['lenet', 'six-conv', 'densenet', 'mlp'] as const)(
    'are found by what the last layer makes its answers of: %s',
    async (model) => {
      const { features, logits, weight, bias } = await page.call('lastLayer', { model, width: 4 });
      const rows = rowsOf(weight, bias.length);
      const expected = rowsOf(features, 2).flatMap((given) => rows.map((row, k) => bias[k]! + dot(row, given)));
      expect(apart(logits, expected)).toBeLessThan(1e-4 * Math.max(1, ...expected.map(Math.abs)));
      // Two images differ in it, however small it is.
      const [one = [], other = []] = rowsOf(features, 2);
      expect(apart(one, other)).toBeGreaterThan(1e-3 * Math.max(...features.map(Math.abs)));
    },
  );
});

describe('feature maps', () => {
  test('are what the network goes on with: after normalisation, where that comes next', async () => {
    const { shown, expected } = await page.call('maps', { model: 'six-conv', width: 4 });
    expect(shown.map(({ next }) => next)).toEqual(['norm', 'norm', 'norm', 'norm', 'norm', 'norm']);
    expect(apart(shown[0]!.values, expected!)).toBeLessThan(1e-5);
    expect(Math.max(...shown[0]!.values)).toBeGreaterThan(0);
  });

  test.each([
    ['lenet', ['relu', 'relu']],
    // The block's input is normalised by its first layer; what that gives is joined with it before.
    ['densenet', ['norm', 'other']],
    ['mlp', []],
  ] as const)('say what comes next in %s', async (model, next) => {
    const { shown } = await page.call('maps', { model });
    expect(shown.slice(0, 2).map((layer) => layer.next)).toEqual(next);
    expect(new Set(shown.map(({ path }) => path)).size).toBe(shown.length);
  });
});

describe('Grad-CAM', () => {
  test.each([
    ['googlenet', 'inception5b'],
    ['resnet-20', 'layer3'],
  ] as const)('weighs all maps that %s makes its answers of', async (model, last) => {
    const found = await page.call('heat', { model, dropout: 0 }, last);
    const most = Math.max(...found.expected);
    expect(found.heat).toHaveLength(64);
    expect(most).toBeGreaterThan(0);
    expect(
      apart(
        found.heat,
        found.expected.map((value) => value / most),
      ),
    ).toBeLessThan(1e-4);
    // As it was: in training, and what was frozen still is.
    expect(found.modes.every(Boolean)).toBe(true);
    expect(found.trained.indexOf(false)).toBe(0);
    expect(found.trained.lastIndexOf(false)).toBe(0);
  });
});
