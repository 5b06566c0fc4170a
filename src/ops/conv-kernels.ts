/**
 * The kernels of a convolution: filters over padded images, and its transpose, which also is the gradient of the images.
 *
 * What is padded where, and which gradient is which, conv.ts knows.
 */
import narrow from '../../shaders/conv2d-narrow.wgsl';
import quadKernels from '../../shaders/conv2d-quads.wgsl';
import small from '../../shaders/conv2d.wgsl';
import pad2d from '../../shaders/pad2d.wgsl';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import { phasesOf, type Phase } from './conv-phases.ts';
import { dispatch, entriesOf, isOfQuads, spreadGroups } from './dispatch.ts';
import { windows, type Pair } from './windows.ts';

export type Sizes = readonly [number, number, number, number];

/** How windows lie, and in how many groups channels are convolved. */
export interface Steps {
  stride: Pair;
  dilation: Pair;
  groups: number;
}

/** Multiply-adds from which a large block's compilation pays. */
export const LARGE: number = 2 ** 17;

/**
 * Blocks of outputs and pixels. On SwiftShader the large ones are three times as fast as 4x4, and take some 0.2 s to
 * compile; on a GPU they would spill. Outputs past the last are computed in vain, so the better filled block serves.
 */
function blockFor(outputs: number, large: boolean, quads: boolean): keyof typeof BLOCKS {
  if (outputs === 1) return '1x4';
  if (!large) return '4x4';
  if (outputs <= 6 || !quads) return '6x24';
  return Math.ceil(outputs / 16) % 2 === 0 ? '32x32 quads' : '16x64 quads';
}

/** Rows are outputs, columns pixels: of an invocation, or of a quad. */
const BLOCKS = {
  '1x4': { kernel: small.conv2d_1x4, rows: 1, cols: 4 },
  '4x4': { kernel: small.conv2d_4x4, rows: 4, cols: 4 },
  '6x24': { kernel: narrow.conv2d_6x24, rows: 6, cols: 24 },
  '16x64 quads': { kernel: quadKernels.conv2d_16x64, rows: 16, cols: 64 },
  '32x32 quads': { kernel: quadKernels.conv2d_32x32, rows: 32, cols: 32 },
} as const;

/** Multiplications of 4x4 blocks in a millisecond, on SwiftShader. */
export const EARLY_PACE = 2.5e5;
/** Those that 4x4 blocks stand in for while they compile, and the milliseconds that this takes on SwiftShader. */
const LARGE_BLOCKS = { '6x24': 240, '16x64 quads': 230, '32x32 quads': 190 } as const;

/** What a dispatch computes: where it reads x and w and writes y, as the header of conv2d.wgsl has it. */
interface Work {
  outputs: number;
  channels: number;
  groups: number;
  images: number;
  /** Pixels of an image that are computed, and how many lie in a row. */
  pixels: number;
  columns: number;
  kernel: Pair;
  x: { first: number; image: number; plane: number; step: Pair; tap: Pair };
  w: { first: number; group: number; o: number; c: number; step: Pair };
  y: { plane: number; first: number; step: Pair };
}

/** Blocks of a table worth measuring beside the rule's; on a GPU large ones would spill. */
export function blocksFor<Name extends string>(
  blocks: Readonly<Record<Name, { readonly rows: number; readonly cols: number }>>,
  rule: Name,
  outputs: number,
  { software, quads }: Pick<LowerContext<object>, 'software' | 'quads'>,
): Name[] {
  const worth = entriesOf(blocks).filter(
    ([name, { rows, cols }]) => outputs > rows / 2 && (software || rows * cols <= 64) && (quads || !isOfQuads(name)),
  );
  return [...new Set([rule, ...worth.map(([name]) => name)])];
}

/** Where there is more than one work, all are done by the same kernel. */
function correlate(context: LowerContext<Steps>, works: readonly Work[]): readonly Dispatch[] {
  const most = works.reduce((a, b) => (multiplies(b) > multiplies(a) ? b : a));
  const { outputs } = most;
  const large = context.software && multiplies(most) >= LARGE;
  const rule = blockFor(outputs, large, context.quads);
  const names = blocksFor(BLOCKS, rule, outputs, { ...context, quads: context.quads && large });
  const by = (name: keyof typeof BLOCKS) => () => works.map((work) => correlateBy(name, context, work));
  const early = Object.fromEntries(
    entriesOf(LARGE_BLOCKS).map(([name, compile]) => [name, { lower: by('4x4'), compile }]),
  );
  const run = works.reduce((sum, work) => sum + multiplies(work), 0) / EARLY_PACE;
  return context.choose(rule, Object.fromEntries(names.map((name) => [name, by(name)])), {
    kernels: early,
    run,
  });
}

function multiplies({ images, pixels, outputs, groups, channels, kernel }: Work): number {
  return images * pixels * outputs * groups * channels * kernel[0] * kernel[1];
}

function correlateBy(
  name: keyof typeof BLOCKS,
  { limits, software, input, output }: LowerContext<Steps>,
  { outputs, channels, groups, images, pixels, columns, kernel, x, w, y }: Work,
): Dispatch {
  const taps = channels * kernel[0] * kernel[1];
  const total = images * pixels;
  const block = BLOCKS[name];
  const inQuads = isOfQuads(name);
  const group = software ? 4 : 64;
  const each = inQuads ? 1 : group;
  const { workgroups, width } = spreadGroups(Math.ceil(total / (block.cols * each)), limits);
  return dispatch(block.kernel, {
    bind: { x: input(0), w: input(1), y: output(0) },
    params: {
      outputs,
      pixels,
      total,
      columns,
      taps,
      channels,
      groups,
      kernel_y: kernel[0],
      kernel_x: kernel[1],
      image: x.image,
      plane: x.plane,
      step_y: x.step[0],
      step_x: x.step[1],
      tap_y: x.tap[0],
      tap_x: x.tap[1],
      x_first: x.first,
      w_first: w.first,
      w_group: w.group,
      w_o: w.o,
      w_c: w.c,
      w_u: w.step[0],
      w_v: w.step[1],
      y_plane: y.plane,
      y_first: y.first,
      y_row: y.step[0],
      y_col: y.step[1],
      width: width * each,
    },
    overrides: inQuads ? {} : { group },
    workgroups: [workgroups[0], workgroups[1], groups * Math.ceil(outputs / block.rows)],
    epilogue: true,
  });
}

/** x: [n, groups * channels, height, width], padded already, w: [outputs, channels, y, x] -> [n, outputs, pixels]. */
export const conv2dOp: OpDefinition<never, Steps> = defineOp<never, Steps>({
  name: 'conv2d',
  inputs: ['x', 'w'],
  shape([x, w], { stride, dilation }) {
    const [rows, columns] = [0, 1].map((axis) =>
      windows(x!.shape[2 + axis]!, w!.shape[2 + axis]!, stride[axis]!, dilation[axis]!),
    ) as [number, number];
    return [{ shape: [x!.shape[0]!, w!.shape[0]!, rows * columns], dtype: 'float32' }];
  },
  lower(context) {
    const { stride, dilation, groups } = context.attrs;
    const [x, w] = context.inputs.map(({ shape }) => shape) as unknown as [Sizes, Sizes];
    const [images, all, height, width] = x;
    const [filters, channels, ...kernel] = w;
    const taps = kernel[0] * kernel[1];
    const pixels = context.outputs[0]!.shape[2]!;
    const columns = windows(width, kernel[1], stride[1], dilation[1]);
    const plane = height * width;
    const outputs = filters / groups;
    return correlate(context, [
      {
        outputs,
        channels,
        groups,
        images,
        pixels,
        columns,
        kernel,
        x: {
          first: 0,
          image: all * plane,
          plane,
          step: [stride[0] * width, stride[1]],
          tap: [dilation[0] * width, dilation[1]],
        },
        w: { first: 0, group: outputs * channels * taps, o: channels * taps, c: taps, step: [kernel[1], 1] },
        y: { plane: pixels, first: 0, step: [columns, 1] },
      },
    ]);
  },
  fuses: { epilogue: true },
});

export interface SpreadAttrs extends Steps {
  /** Rows and columns that come out. */
  size: Pair;
  /** Borders at the top and the left that are cut away. */
  before: Pair;
  /** Zeros that have been put before the rows and columns of x. */
  padded: Pair;
}

/**
 * The transpose of `conv2d`: x: [n, groups * channels, rows, columns], padded already, w: [groups * channels, outputs, y, x]
 * -> [n, groups * outputs, pixels]. A dispatch for each phase of the strides, so that no gaps are multiplied.
 */
export const conv2dSpreadOp: OpDefinition<never, SpreadAttrs> = defineOp<never, SpreadAttrs>({
  name: 'conv2d_spread',
  inputs: ['x', 'w'],
  shape: ([x, w], { groups, size }) => [
    { shape: [x!.shape[0]!, w!.shape[1]! * groups, size[0] * size[1]], dtype: 'float32' },
  ],
  lower(context) {
    const { stride, dilation, groups, size, before, padded } = context.attrs;
    const [x, w] = context.inputs.map(({ shape }) => shape) as unknown as [Sizes, Sizes];
    const [images, all, height, width] = x;
    const [filters, outputs, ...kernel] = w;
    const taps = kernel[0] * kernel[1];
    const channels = filters / groups;
    const plane = height * width;
    const axes = [0, 1].map((axis) =>
      phasesOf(size[axis]!, before[axis]!, kernel[axis]!, stride[axis]!, dilation[axis]!),
    ) as [Phase[], Phase[]];
    const works = axes[0].flatMap((down) =>
      axes[1].map((across): Work => ({
        outputs,
        channels,
        groups,
        images,
        pixels: down.count * across.count,
        columns: across.count,
        kernel: [down.taps, across.taps],
        x: {
          first: (down.first + padded[0]) * width + across.first + padded[1],
          image: all * plane,
          plane,
          step: [width, 1],
          tap: [down.gap * width, across.gap],
        },
        // Backwards through the filter; u32 wraps, so that steps below 0 come out right.
        w: {
          first: down.last * kernel[1] + across.last,
          group: channels * outputs * taps,
          o: taps,
          c: outputs * taps,
          step: [-down.step * kernel[1], -across.step],
        },
        y: {
          plane: size[0] * size[1],
          first: down.start * size[1] + across.start,
          step: [stride[0] * size[1], stride[1]],
        },
      })),
    );
    return correlate(context, works);
  },
  fuses: { epilogue: true },
});

interface PadAttrs {
  /** Rows and columns with the borders. */
  size: Pair;
  before: Pair;
}

/** x: [n, channels, height, width] within zeros. */
export const pad2dOp: OpDefinition<never, PadAttrs> = defineOp<never, PadAttrs>({
  name: 'pad2d',
  inputs: ['x'],
  shape: ([x], { size }) => [{ shape: [...x!.shape.slice(0, 2), ...size], dtype: 'float32' }],
  lower({ inputs: [x], attrs: { size, before }, limits, software, input, output }) {
    const [images, channels, height, breadth] = x!.shape as Sizes;
    const [rows, columns] = size;
    const span = software ? columns : 1;
    const spans = columns / span;
    const total = images * channels * rows * spans;
    const group = software ? 16 : 64;
    const { workgroups, width } = spreadGroups(Math.ceil(total / group), limits);
    const [top, left] = before;
    return [
      dispatch(pad2d.pad2d, {
        bind: { x: input(0), y: output(0) },
        params: { height, breadth, rows, columns, top, left, span, spans, total, width: width * group },
        overrides: { group },
        workgroups,
      }),
    ];
  },
});
