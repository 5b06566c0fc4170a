/** Convolutions of one and two dimensions and their transpose, from the definition. */
import { F } from '../../src/index.ts';
import { eachIndex, Nd } from './nd.ts';
import { golden, normal, type Case, type Row } from './row.ts';

const why = 'float32 sums of up to some thousand products of normals';
const tolerance = 3e-5;

interface Field {
  readonly stride?: number | readonly [number, number];
  readonly padding?: number | readonly [number, number] | readonly [number, number, number, number];
  readonly dilation?: number | readonly [number, number];
  readonly groups?: number;
  readonly outputPadding?: number | readonly [number, number];
}

const pair = (value: number | readonly [number, number] = 1): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : value;

/** Top, bottom, left, right. */
function borders(padding: Field['padding'] = 0): readonly [number, number, number, number] {
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  return padding.length === 2 ? [padding[0], padding[0], padding[1], padding[1]] : padding;
}

/** Calls `meet` with every triple of an output, an input and a filter element that belong together. */
function eachMeeting(
  [n, inputs, height, width]: readonly number[],
  [outputs, inner, tall, wide]: readonly number[],
  field: Field,
  meet: (y: readonly number[], x: readonly number[], w: readonly number[]) => void,
): readonly number[] {
  const [[sy, sx], [dy, dx], [top, bottom, left, right]] = [
    pair(field.stride),
    pair(field.dilation),
    borders(field.padding),
  ];
  const perGroup = outputs! / (field.groups ?? 1);
  const shape = [
    n!,
    outputs!,
    Math.floor((height! + top + bottom - dy * (tall! - 1) - 1) / sy) + 1,
    Math.floor((width! + left + right - dx * (wide! - 1) - 1) / sx) + 1,
  ];
  eachIndex(shape, ([b = 0, o = 0, row = 0, column = 0]) =>
    eachIndex([inner!, tall!, wide!], ([c = 0, u = 0, v = 0]) => {
      const x = [b, Math.floor(o / perGroup) * inner! + c, row * sy + u * dy - top, column * sx + v * dx - left];
      const inside = x[2]! >= 0 && x[2]! < height! && x[3]! >= 0 && x[3]! < width! && x[1]! < inputs!;
      if (inside) meet([b, o, row, column], x, [o, c, u, v]);
    }),
  );
  return shape;
}

function plusBias(y: Nd, bias?: Nd): Nd {
  return bias ? Nd.of(y.shape, (index) => y.get(index) + (bias.data[index[1] ?? 0] ?? 0)) : y;
}

function convolve(x: Nd, w: Nd, bias: Nd | undefined, field: Field): Nd {
  const shape = eachMeeting(x.shape, w.shape, field, () => undefined);
  const y = new Nd(shape);
  eachMeeting(x.shape, w.shape, field, (at, from, tap) => {
    y.data[y.broadcastOffset(at)]! += x.at(...from) * w.at(...tap);
  });
  return plusBias(y, bias);
}

function transposed(x: Nd, w: Nd, bias: Nd | undefined, field: Field): Nd {
  const [[sy, sx], [dy, dx], [top, bottom, left, right], [ey, ex]] = [
    pair(field.stride),
    pair(field.dilation),
    borders(field.padding),
    pair(field.outputPadding ?? 0),
  ];
  const [n, , h, wide] = x.shape as [number, number, number, number];
  const y = new Nd([
    n,
    w.shape[1]! * (field.groups ?? 1),
    (h - 1) * sy - top - bottom + dy * (w.shape[2]! - 1) + ey + 1,
    (wide - 1) * sx - left - right + dx * (w.shape[3]! - 1) + ex + 1,
  ]);
  // The same meetings as of the convolution that it transposes, with the roles of x and y exchanged.
  eachMeeting(y.shape, w.shape, field, (from, at, tap) => {
    if (from[2]! < h && from[3]! < wide) y.data[y.broadcastOffset(at)]! += x.at(...from) * w.at(...tap);
  });
  return plusBias(y, bias);
}

const lift = (x: Nd): Nd => new Nd([...x.shape.slice(0, -1), 1, x.shape.at(-1)!], x.data);
const drop = (y: Nd): Nd => new Nd(y.shape.toSpliced(-2, 1), y.data);
const batched = (x: Nd): Nd => (x.shape.length === 3 ? new Nd([1, ...x.shape], x.data) : x);
const unbatched = (y: Nd, x: Nd): Nd => (x.shape.length === 3 ? new Nd(y.shape.slice(1), y.data) : y);

const rows: readonly Row<Field>[] = [
  { inputs: [normal(1, 1, 1, 1), normal(1, 1, 1, 1), normal(1)], attrs: {} },
  { inputs: [normal(2, 3, 9, 8), normal(6, 3, 5, 5), normal(6)], attrs: {} },
  { inputs: [normal(3, 6, 7, 7), normal(16, 6, 5, 5), normal(16)], attrs: {} },
  { inputs: [normal(2, 4, 6, 5), normal(8, 4, 3, 3)], attrs: { padding: 1 } },
  { inputs: [normal(2, 5, 7, 7), normal(13, 5, 3, 3), normal(13)], attrs: { padding: 1, stride: 2 } },
  { inputs: [normal(1, 2, 11, 10), normal(7, 2, 3, 2), normal(7)], attrs: { stride: [3, 2], padding: [2, 1] } },
  { inputs: [normal(1, 2, 8, 9), normal(3, 2, 3, 3)], attrs: { dilation: 2 } },
  { inputs: [normal(1, 2, 9, 9), normal(5, 2, 2, 3)], attrs: { dilation: [1, 3], padding: [0, 3], stride: 2 } },
  { inputs: [normal(1, 2, 5, 5), normal(4, 2, 3, 3)], attrs: { padding: [0, 2, 1, 3] } },
  { inputs: [normal(1, 1, 3, 3), normal(2, 1, 2, 2)], attrs: { padding: 4 }, label: 'borders wider than the kernel' },
  { inputs: [normal(1, 3, 5, 4), normal(9, 3, 5, 4), normal(9)], attrs: {}, label: 'kernel as large as the image' },
  { inputs: [normal(2, 5, 3, 4), normal(7, 5, 1, 1), normal(7)], attrs: {}, label: 'a product' },
  { inputs: [normal(2, 4, 3, 3), normal(6, 4, 1, 1)], attrs: { padding: 1 }, label: 'a padded product' },
  { inputs: [normal(2, 4, 5, 5), normal(6, 4, 1, 1)], attrs: { stride: 2 }, label: 'a strided product' },
  { inputs: [normal(2, 4, 5, 5), normal(6, 2, 3, 3), normal(6)], attrs: { groups: 2, padding: 1 } },
  { inputs: [normal(1, 6, 5, 5), normal(15, 2, 3, 3)], attrs: { groups: 3, stride: 2 } },
  { inputs: [normal(2, 5, 6, 6), normal(5, 1, 3, 3), normal(5)], attrs: { groups: 5, padding: 1 }, label: 'depthwise' },
  { inputs: [normal(1, 3, 6, 6), normal(6, 1, 3, 3)], attrs: { groups: 3 }, label: 'depthwise, two each' },
  { inputs: [normal(3, 4, 6), normal(5, 3, 2, 2), normal(5)], attrs: {}, label: 'without a batch' },
  // Sizes from which a software adapter takes large blocks.
  { inputs: [normal(1, 7, 13, 11), normal(17, 7, 3, 3), normal(17)], attrs: { padding: 1 }, samples: 8 },
  { inputs: [normal(1, 7, 12, 13), normal(16, 7, 3, 3)], attrs: { padding: 1 }, samples: 8 },
  { inputs: [normal(2, 15, 14, 13), normal(24, 15, 4, 3)], attrs: { padding: [2, 1], stride: [2, 3] }, samples: 8 },
  { inputs: [normal(2, 3, 23, 17), normal(5, 3, 5, 5), normal(5)], attrs: {}, samples: 8 },
  { inputs: [normal(2, 8, 6, 5), normal(70, 4, 3, 3), normal(70)], attrs: { groups: 2, padding: 1 }, samples: 6 },
  { inputs: [normal(3, 8, 9, 11), normal(20, 4, 3, 3), normal(20)], attrs: { groups: 2, padding: 1 }, samples: 8 },
];

export const convolutionCases: readonly Case[] = [
  ...golden<Field>({
    op: 'conv2d',
    run: (field) => (x, w, bias) => F.conv2d(x, w, bias, field),
    reference: (field) => (x, w, bias) => unbatched(convolve(batched(x), w, bias, field), x),
    tolerance,
    why,
    rows: rows.map((row) => ({ samples: 24, ...row })),
  }),
  ...golden<{ padding: 'same' | 'valid'; dilation?: number }>({
    op: 'conv2d',
    run: (options) => (x, w) => F.conv2d(x, w, null, options),
    reference:
      ({ padding, dilation = 1 }) =>
      (x, w) => {
        const [y, z] = [w.shape[2]! - 1, w.shape[3]! - 1].map((reach) => (padding === 'same' ? reach * dilation : 0));
        const even = [Math.floor(y! / 2), Math.ceil(y! / 2), Math.floor(z! / 2), Math.ceil(z! / 2)] as const;
        return convolve(x, w, undefined, { dilation, padding: even });
      },
    tolerance,
    why,
    rows: [
      { inputs: [normal(1, 2, 5, 6), normal(3, 2, 3, 3)], attrs: { padding: 'same' } },
      { inputs: [normal(1, 2, 5, 6), normal(3, 2, 4, 2)], attrs: { padding: 'same' } },
      { inputs: [normal(1, 2, 7, 6), normal(3, 2, 2, 3)], attrs: { padding: 'same', dilation: 3 } },
      { inputs: [normal(1, 2, 5, 6), normal(3, 2, 4, 2)], attrs: { padding: 'valid' } },
    ],
  }),
  ...golden<object>({
    op: 'conv2d',
    run: () => (x, w, bias) => F.relu(F.conv2d(x, w, bias)),
    reference: () => (x, w, bias) => convolve(x, w, bias, {}).map((value) => Math.max(0, value)),
    tolerance,
    why,
    rows: [{ inputs: [normal(2, 3, 6, 6), normal(6, 3, 3, 3), normal(6)], attrs: {}, label: 'then relu' }],
  }),
  ...golden<{ stride?: number; dilation?: number; groups?: number; padding?: readonly [number, number] }>({
    op: 'conv1d',
    run: (options) => (x, w, bias) => F.conv1d(x, w, bias, options),
    reference:
      ({ stride = 1, dilation = 1, groups = 1, padding: [left, right] = [0, 0] }) =>
      (x, w, bias) =>
        drop(
          convolve(lift(x), lift(w), bias, {
            stride: [1, stride],
            dilation: [1, dilation],
            groups,
            padding: [0, 0, left, right],
          }),
        ),
    tolerance,
    why,
    rows: [
      { inputs: [normal(2, 3, 17), normal(5, 3, 4), normal(5)], attrs: {} },
      { inputs: [normal(1, 4, 20), normal(6, 2, 3)], attrs: { stride: 2, dilation: 3, groups: 2, padding: [3, 1] } },
      { inputs: [normal(3, 2, 5), normal(2, 2, 1)], attrs: {} },
    ],
  }),
  ...golden<Field>({
    op: 'convTranspose2d',
    run: (field) => (x, w, bias) => F.convTranspose2d(x, w, bias, field),
    reference: (field) => (x, w, bias) => transposed(x, w, bias, field),
    tolerance,
    why,
    rows: [
      { inputs: [normal(2, 3, 4, 5), normal(3, 6, 3, 3), normal(6)], attrs: {} },
      { inputs: [normal(2, 5, 4, 3), normal(5, 3, 4, 4), normal(3)], attrs: { stride: 2, padding: 1 } },
      { inputs: [normal(1, 4, 3, 3), normal(4, 3, 3, 3)], attrs: { stride: 2, padding: 1, outputPadding: 1 } },
      { inputs: [normal(1, 4, 3, 4), normal(4, 2, 3, 2)], attrs: { stride: [3, 2], groups: 2, outputPadding: [2, 0] } },
      { inputs: [normal(1, 2, 4, 4), normal(2, 3, 2, 2)], attrs: { dilation: 3, outputPadding: 2, padding: 1 } },
      { inputs: [normal(2, 3, 2, 3), normal(3, 2, 1, 1)], attrs: { dilation: 2, outputPadding: 1 } },
      { inputs: [normal(1, 2, 5, 5), normal(2, 3, 1, 1), normal(3)], attrs: {}, label: 'a product' },
    ],
  }),
];
