/** Pooling, from the definition: every pixel of every window, one at a time. */
import { F } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { distinct, golden, normal, values, type Case } from './row.ts';

interface Windows {
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number];
  readonly dilation?: number | readonly [number, number];
  readonly ceilMode?: boolean;
}

interface Averages extends Windows {
  readonly countIncludePad?: boolean;
  readonly divisorOverride?: number;
}

interface Pixel {
  readonly value: number;
  /** In the image, or in its border, or beyond both. */
  readonly where: 'image' | 'border' | 'beyond';
}

const pair = (value: number | readonly [number, number]): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** Every window of the last two axes made a number. */
function overWindows(x: Nd, options: Windows, fold: (window: readonly Pixel[]) => number): Nd {
  const kernel = pair(options.kernel);
  const stride = pair(options.stride ?? kernel);
  const padding = pair(options.padding ?? 0);
  const dilation = pair(options.dilation ?? 1);
  const sizes = x.shape.slice(-2);
  const counts = sizes.map((size, axis) => {
    const exact = (size + 2 * padding[axis]! - dilation[axis]! * (kernel[axis]! - 1) - 1) / stride[axis]!;
    const count = (options.ceilMode ? Math.ceil(exact) : Math.floor(exact)) + 1;
    return options.ceilMode && (count - 1) * stride[axis]! >= size + padding[axis]! ? count - 1 : count;
  });
  return Nd.of([...x.shape.slice(0, -2), ...counts], (index) => {
    const lead = index.slice(0, -2);
    const window: Pixel[] = [];
    for (let u = 0; u < kernel[0]; u++)
      for (let v = 0; v < kernel[1]; v++) {
        const at = [index.at(-2)! * stride[0] + u * dilation[0], index.at(-1)! * stride[1] + v * dilation[1]];
        const place = at.map((offset, axis) => offset - padding[axis]!);
        const image = place.every((offset, axis) => offset >= 0 && offset < sizes[axis]!);
        const border = place.every((offset, axis) => offset < sizes[axis]! + padding[axis]!);
        const value = image ? x.get([...lead, ...place]) : 0;
        window.push({ value, where: image ? 'image' : border ? 'border' : 'beyond' });
      }
    return fold(window);
  });
}

const greatest = (numbers: readonly number[]): number =>
  numbers.reduce((best, value) => (value > best || Number.isNaN(value) ? value : best), -Infinity);

const maxima = (x: Nd, options: Windows): Nd =>
  overWindows(x, options, (window) =>
    greatest(window.filter(({ where }) => where === 'image').map(({ value }) => value)),
  );

const means = (x: Nd, options: Averages): Nd =>
  overWindows(x, options, (window) => {
    const counted = window.filter(({ where }) => where !== 'beyond');
    const image = window.filter(({ where }) => where === 'image');
    const size = (options.countIncludePad ?? true) ? counted.length : image.length;
    return image.reduce((sum, { value }) => sum + value, 0) / (options.divisorOverride ?? size);
  });

/** Every part of the last two axes, of which there are so many, made a number. */
function overParts(x: Nd, parts: readonly number[], fold: (part: readonly number[]) => number): Nd {
  const sizes = x.shape.slice(-2);
  const range = (part: number, axis: number): [number, number] => [
    Math.floor((part * sizes[axis]!) / parts[axis]!),
    Math.ceil(((part + 1) * sizes[axis]!) / parts[axis]!),
  ];
  return Nd.of([...x.shape.slice(0, -2), ...parts], (index) => {
    const [[top, bottom], [left, right]] = [range(index.at(-2)!, 0), range(index.at(-1)!, 1)];
    const part: number[] = [];
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) part.push(x.get([...index.slice(0, -2), row, column]));
    return fold(part);
  });
}

const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
const lift = (x: Nd): Nd => new Nd([...x.shape.slice(0, -1), 1, x.shape.at(-1)!], x.data);
const drop = (y: Nd): Nd => new Nd(y.shape.toSpliced(-2, 1), y.data);

const same = { tolerance: 0, why: 'selects elements' };
const averaged = { tolerance: 1e-6, why: 'float32 sums of a window' };

export const poolingCases: readonly Case[] = [
  ...golden<Windows>({
    op: 'maxPool2d',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.maxPool2d(x, kernel, options),
    reference: (options) => (x) => maxima(x, options),
    ...same,
    tolerance: 1e-6,
    rows: [
      { inputs: [distinct(1, 1, 1, 1)], attrs: { kernel: 1 } },
      { inputs: [distinct(2, 3, 8, 6)], attrs: { kernel: 2 } },
      { inputs: [distinct(2, 1, 6, 8)], attrs: { kernel: 2 } },
      { inputs: [distinct(2, 3, 7, 9)], attrs: { kernel: 3, stride: 2, padding: 1 } },
      { inputs: [distinct(3, 7, 9)], attrs: { kernel: [3, 2], stride: [1, 3], padding: [1, 0] } },
      { inputs: [distinct(1, 2, 9, 8)], attrs: { kernel: 2, dilation: [3, 2], stride: 1 } },
      { inputs: [distinct(1, 2, 7, 8)], attrs: { kernel: 3, stride: 2, ceilMode: true } },
      { inputs: [distinct(1, 1, 5, 5)], attrs: { kernel: 2, stride: 2, padding: 1, ceilMode: true } },
      { inputs: [distinct(1, 1, 6, 6)], attrs: { kernel: 2, stride: 5, ceilMode: true } },
      { inputs: [distinct(67, 5, 30, 26)], attrs: { kernel: 2 }, samples: 6 },
      { inputs: [values([1, 2, 2, 0], 1, 1, 4, 4)], attrs: { kernel: 3, stride: 1 }, label: 'ties', grad: false },
      { inputs: [values([1, NaN, 2, 0, 3], 1, 1, 4, 4)], attrs: { kernel: 2 }, label: 'NaN', grad: false },
      { inputs: [values([-Infinity], 1, 1, 4, 4)], attrs: { kernel: 3, padding: 1 }, label: '-inf', grad: false },
    ],
  }),
  ...golden<Windows>({
    op: 'maxPool2dWithIndices',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.maxPool2dWithIndices(x, kernel, options)[1],
    reference: (options) => (x) => {
      const places = new Nd(
        x.shape,
        x.data.map((_, at) => at % (x.shape.at(-1)! * x.shape.at(-2)!)),
      );
      const best = maxima(x, options);
      let at = 0;
      // The first place in the window whose value is the maximum.
      return overWindows(places, options, (window) => {
        const wanted = best.data[at]!;
        const plane = Math.floor(at++ / (best.shape.at(-1)! * best.shape.at(-2)!)) * x.shape.at(-1)! * x.shape.at(-2)!;
        return window.find(({ value, where }) => where === 'image' && x.data[plane + value] === wanted)?.value ?? -1;
      });
    },
    ...same,
    grad: false,
    rows: [
      { inputs: [normal(2, 2, 6, 7)], attrs: { kernel: 2 } },
      { inputs: [normal(2, 1, 6, 8)], attrs: { kernel: 2 } },
      { inputs: [values([3, 1, 3], 1, 2, 4, 4)], attrs: { kernel: 2 }, label: 'ties' },
      { inputs: [values([3, 1, 3], 1, 2, 5, 5)], attrs: { kernel: 3, stride: 1, padding: 1 }, label: 'ties' },
    ],
  }),
  ...golden<Averages>({
    op: 'avgPool2d',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.avgPool2d(x, kernel, options),
    reference: (options) => (x) => means(x, options),
    ...averaged,
    rows: [
      { inputs: [normal(2, 3, 8, 6)], attrs: { kernel: 2 } },
      { inputs: [normal(1, 2, 7, 9)], attrs: { kernel: 3, stride: 2, padding: 1 } },
      { inputs: [normal(1, 2, 7, 9)], attrs: { kernel: 3, stride: 2, padding: 1, countIncludePad: false } },
      { inputs: [normal(2, 7, 8)], attrs: { kernel: [3, 2], stride: 2, ceilMode: true } },
      { inputs: [normal(1, 1, 6, 7)], attrs: { kernel: 3, stride: 2, padding: 1, ceilMode: true } },
      {
        inputs: [normal(1, 1, 6, 7)],
        attrs: { kernel: 3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false },
      },
      { inputs: [normal(1, 2, 5, 5)], attrs: { kernel: 2, stride: 1, divisorOverride: 3 } },
    ],
  }),
  ...golden<{ parts: number | readonly [number | null, number | null] }>({
    op: 'adaptiveAvgPool2d',
    run:
      ({ parts }) =>
      (x) =>
        F.adaptiveAvgPool2d(x, parts),
    reference:
      ({ parts }) =>
      (x) =>
        overParts(
          x,
          typeof parts === 'number' ? [parts, parts] : parts.map((part, axis) => part ?? x.shape.at(axis - 2)!),
          mean,
        ),
    ...averaged,
    rows: [
      { inputs: [normal(2, 3, 7, 5)], attrs: { parts: 1 } },
      { inputs: [normal(2, 3, 8, 6)], attrs: { parts: 2 } },
      { inputs: [normal(1, 2, 7, 10)], attrs: { parts: [3, 4] } },
      { inputs: [normal(2, 5, 4)], attrs: { parts: [null, 7] } },
      { inputs: [normal(1, 1, 3, 3)], attrs: { parts: 6 }, label: 'more parts than pixels' },
    ],
  }),
  ...golden<{ parts: readonly [number, number] }>({
    op: 'adaptiveMaxPool2d',
    run:
      ({ parts }) =>
      (x) =>
        F.adaptiveMaxPool2d(x, parts),
    reference:
      ({ parts }) =>
      (x) =>
        overParts(x, parts, greatest),
    ...same,
    tolerance: 1e-6,
    rows: [
      { inputs: [distinct(2, 3, 7, 5)], attrs: { parts: [1, 1] } },
      { inputs: [distinct(1, 2, 7, 10)], attrs: { parts: [3, 4] } },
    ],
  }),
  ...golden<{ kernel: number; stride?: number; padding?: number; dilation?: number }>({
    op: 'maxPool1d',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.maxPool1d(x, kernel, options),
    reference:
      ({ kernel, stride = kernel, padding = 0, dilation = 1 }) =>
      (x) =>
        drop(
          maxima(lift(x), {
            kernel: [1, kernel],
            stride: [1, stride],
            padding: [0, padding],
            dilation: [1, dilation],
          }),
        ),
    ...same,
    tolerance: 1e-6,
    rows: [
      { inputs: [distinct(2, 3, 11)], attrs: { kernel: 3 } },
      { inputs: [distinct(3, 12)], attrs: { kernel: 3, stride: 2, padding: 1, dilation: 2 } },
    ],
  }),
  ...golden<{ kernel: number; stride?: number; padding?: number }>({
    op: 'avgPool1d',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.avgPool1d(x, kernel, options),
    reference:
      ({ kernel, stride = kernel, padding = 0 }) =>
      (x) =>
        drop(means(lift(x), { kernel: [1, kernel], stride: [1, stride], padding: [0, padding] })),
    ...averaged,
    rows: [{ inputs: [normal(2, 3, 11)], attrs: { kernel: 4, stride: 3, padding: 2 } }],
  }),
];
