/** Convolutions of stride 1: forward, the gradients of the weights and of the input by themselves, and all three together. */
import { product } from '../values.ts';
import type { OpCase } from './case.ts';

type Sizes = readonly [number, number, number, number];

export interface Convolution {
  /** [batch, in, side, side] */
  readonly x: Sizes;
  /** [out, in, kernel, kernel] */
  readonly w: Sizes;
  readonly padding: number;
}

const SHAPES: Readonly<Record<string, Convolution>> = {
  'conv-3-6-k5': { x: [32, 3, 32, 32], w: [6, 3, 5, 5], padding: 0 },
  'conv-64-64-k3': { x: [8, 64, 32, 32], w: [64, 64, 3, 3], padding: 1 },
  'conv-64-256-k1': { x: [8, 64, 16, 16], w: [256, 64, 1, 1], padding: 0 },
};

const all = Object.entries(SHAPES);

export const CONVOLUTION: readonly OpCase[] = [
  ...all.map(([name, shapes]) => convCase(name, shapes)),
  ...all.map(([name, shapes]) => weightGradient(name, shapes)),
  ...all.map(([name, shapes]) => inputGradient(name, shapes)),
  ...all.map(([name, shapes]) => passes(name, shapes)),
];

function common({ x, w, padding }: Convolution): {
  base: Pick<OpCase, 'kind' | 'padding' | 'flops'>;
  out: number;
  y: Sizes;
  text: string;
} {
  const out = x[2] + 2 * padding - w[2] + 1;
  const y: Sizes = [x[0], w[0], out, out];
  const flops = 2 * product(y) * x[1] * w[2] ** 2;
  const text = `${x[1]}->${w[0]} k${w[2]}, ${x[2]}x${x[2]}, batch ${x[0]}`;
  return { base: { kind: 'op', padding, flops }, out, y, text };
}

/** Forward. */
export function convCase(name: string, shapes: Convolution): OpCase {
  const { x, w, padding } = shapes;
  const { base, out, y, text } = common(shapes);
  const [, inputs, side] = x;
  const [outputs, , kernel] = w;
  return {
    ...base,
    name,
    title: `conv ${text}`,
    op: 'conv2d',
    shapes: [x, w],
    outShape: y,
    // As of a matrix product: sums of at most 576 products.
    tolerance: 1e-5,
    reference: ([images, filters], index) => {
      const [column, row] = [index % out, Math.floor(index / out) % out];
      const output = Math.floor(index / out ** 2) % outputs;
      const image = Math.floor(index / (out ** 2 * outputs));
      let sum = 0;
      for (let c = 0; c < inputs; c++)
        for (let tap = 0; tap < kernel ** 2; tap++) {
          const down = row + Math.floor(tap / kernel) - padding;
          const right = column + (tap % kernel) - padding;
          if (!inside(down, side) || !inside(right, side)) continue;
          const pixel = images?.[((image * inputs + c) * side + down) * side + right] ?? NaN;
          sum += pixel * (filters?.[(output * inputs + c) * kernel ** 2 + tap] ?? NaN);
        }
      return sum;
    },
  };
}

/** dw[o, c, i, j] = sum over images and places of dy[n, o, p, q] * x[n, c, p + i - padding, q + j - padding] */
function weightGradient(name: string, shapes: Convolution): OpCase {
  const { x, w, padding } = shapes;
  const { base, out, y, text } = common(shapes);
  const [batch, inputs, side] = x;
  const [outputs, , kernel] = w;
  return {
    ...base,
    name: `${name}-weight`,
    title: `gradient of the weights, conv ${text}`,
    op: 'conv2dWeight',
    shapes: [x, y],
    outShape: w,
    // Sums of up to 25,088 products: the error grows with the root of their number.
    tolerance: 5e-5,
    reference: ([images, slopes], index) => {
      const [j, i] = [index % kernel, Math.floor(index / kernel) % kernel];
      const input = Math.floor(index / kernel ** 2) % inputs;
      const output = Math.floor(index / (kernel ** 2 * inputs));
      let sum = 0;
      for (let n = 0; n < batch; n++)
        for (let p = 0; p < out; p++)
          for (let q = 0; q < out; q++) {
            const [down, right] = [p + i - padding, q + j - padding];
            if (!inside(down, side) || !inside(right, side)) continue;
            const pixel = images?.[((n * inputs + input) * side + down) * side + right] ?? NaN;
            sum += pixel * (slopes?.[((n * outputs + output) * out + p) * out + q] ?? NaN);
          }
      return sum;
    },
  };
}

/** dx[n, c, a, b] = sum over outputs and taps of dy[n, o, a - i + padding, b - j + padding] * w[o, c, i, j] */
function inputGradient(name: string, shapes: Convolution): OpCase {
  const { x, w, padding } = shapes;
  const { base, out, y, text } = common(shapes);
  const [, inputs, side] = x;
  const [outputs, , kernel] = w;
  return {
    ...base,
    name: `${name}-input`,
    title: `gradient of the input, conv ${text}`,
    op: 'conv2dInput',
    shapes: [y, w],
    outShape: x,
    tolerance: 1e-5,
    reference: ([slopes, filters], index) => {
      const [b, a] = [index % side, Math.floor(index / side) % side];
      const input = Math.floor(index / side ** 2) % inputs;
      const image = Math.floor(index / (side ** 2 * inputs));
      let sum = 0;
      for (let o = 0; o < outputs; o++)
        for (let tap = 0; tap < kernel ** 2; tap++) {
          const down = a - Math.floor(tap / kernel) + padding;
          const right = b - (tap % kernel) + padding;
          if (!inside(down, out) || !inside(right, out)) continue;
          const slope = slopes?.[((image * outputs + o) * out + down) * out + right] ?? NaN;
          sum += slope * (filters?.[(o * inputs + input) * kernel ** 2 + tap] ?? NaN);
        }
      return sum;
    },
  };
}

/** Forward and both gradients from x, w and dy; the result is y, dw and dx behind each other. */
function passes(name: string, shapes: Convolution): OpCase {
  const parts = [convCase(name, shapes), weightGradient(name, shapes), inputGradient(name, shapes)] as const;
  const [y, dw, dx] = parts;
  const sizes = parts.map(({ outShape }) => product(outShape)) as [number, number, number];
  return {
    ...y,
    name: `${name}-passes`,
    title: `all three passes, ${y.title}`,
    op: 'conv2dPasses',
    shapes: [shapes.x, shapes.w, y.outShape],
    outShape: [sizes[0] + sizes[1] + sizes[2]],
    flops: 3 * y.flops,
    // Of the largest element, which a gradient of the weights has.
    tolerance: 5e-5,
    reference: ([x, w, slopes], index) => {
      if (!x || !w || !slopes) return NaN;
      if (index < sizes[0]) return y.reference([x, w], index);
      if (index < sizes[0] + sizes[1]) return dw.reference([x, slopes], index - sizes[0]);
      return dx.reference([slopes, w], index - sizes[0] - sizes[1]);
    },
  };
}

function inside(place: number, length: number): boolean {
  return place >= 0 && place < length;
}
