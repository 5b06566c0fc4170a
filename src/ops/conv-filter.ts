/**
 * Filters over padded images, and the transpose of that, which also is the gradient of the images; and the padding.
 *
 * What is padded where, and which gradient is which, conv.ts knows.
 */
import pad2d from '../../shaders/pad2d.wgsl';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import { correlate, type Sizes, type Steps, type Work } from './conv-kernels.ts';
import { phasesOf, type Phase } from './conv-phases.ts';
import { dispatch, spreadGroups } from './dispatch.ts';
import { windows, type Pair } from './windows.ts';

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
