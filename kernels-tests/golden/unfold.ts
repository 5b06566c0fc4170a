/** Windows of images as columns and back, from the definition. */
import { F } from '../../src/index.ts';
import { eachIndex, Nd } from './nd.ts';
import { golden, normal, type Case } from './row.ts';

interface Windows {
  kernel: readonly [number, number];
  stride?: readonly [number, number];
  dilation?: readonly [number, number];
  padding?: readonly [number, number];
}

/** Calls `meet` with the index of each pixel that a window holds, and its place in the columns. */
function eachPixel(
  [batch, channels, height, width]: readonly number[],
  { kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0] }: Windows,
  meet: (pixel: readonly number[], column: readonly number[]) => void,
): readonly number[] {
  const count = (size: number, axis: 0 | 1): number =>
    Math.floor((size + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) + 1;
  const [rows, columns] = [count(height!, 0), count(width!, 1)];
  eachIndex([batch!, channels!, ...kernel, rows, columns], ([n = 0, c = 0, u = 0, v = 0, row = 0, column = 0]) => {
    const y = row * stride[0] + u * dilation[0] - padding[0];
    const x = column * stride[1] + v * dilation[1] - padding[1];
    const place = [n, (c * kernel[0] + u) * kernel[1] + v, row * columns + column];
    if (y >= 0 && y < height! && x >= 0 && x < width!) meet([n, c, y, x], place);
  });
  return [batch!, channels! * kernel[0] * kernel[1], rows * columns];
}

const why = 'a copy, or a sum of some numbers';

export const unfoldCases: readonly Case[] = [
  ...golden<Windows>({
    op: 'unfold',
    run:
      ({ kernel, ...options }) =>
      (x) =>
        F.unfold(x, kernel, options),
    reference: (windows) => (x) => {
      const columns = new Nd(eachPixel(x.shape, windows, () => undefined));
      eachPixel(x.shape, windows, (pixel, place) => {
        columns.data[columns.broadcastOffset(place)] = x.at(...pixel);
      });
      return columns;
    },
    tolerance: 1e-6,
    why,
    rows: [
      { inputs: [normal(1, 1, 1, 1)], attrs: { kernel: [1, 1] } },
      { inputs: [normal(2, 3, 5, 7)], attrs: { kernel: [3, 2] } },
      { inputs: [normal(1, 2, 6, 5)], attrs: { kernel: [2, 3], stride: [2, 1], padding: [1, 2] } },
      { inputs: [normal(1, 2, 7, 8)], attrs: { kernel: [2, 2], dilation: [3, 2], stride: [2, 3] } },
    ],
  }),
  ...golden<Windows & { size: readonly [number, number] }>({
    op: 'fold',
    run:
      ({ size, kernel, ...options }) =>
      (x) =>
        F.fold(x, size, kernel, options),
    reference:
      ({ size, ...windows }) =>
      (x) => {
        const image = new Nd([x.shape[0]!, x.shape[1]! / (windows.kernel[0] * windows.kernel[1]), ...size]);
        eachPixel(image.shape, windows, (pixel, place) => {
          image.data[image.broadcastOffset(pixel)]! += x.at(...place);
        });
        return image;
      },
    tolerance: 1e-6,
    why,
    rows: [
      { inputs: [normal(1, 1, 1)], attrs: { size: [1, 1], kernel: [1, 1] } },
      { inputs: [normal(2, 18, 18)], attrs: { size: [5, 7], kernel: [3, 2] } },
      { inputs: [normal(1, 12, 28)], attrs: { size: [6, 5], kernel: [2, 3], stride: [2, 1], padding: [1, 2] } },
      { inputs: [normal(1, 8, 4)], attrs: { size: [7, 8], kernel: [2, 2], dilation: [3, 2], stride: [2, 3] } },
    ],
  }),
];
