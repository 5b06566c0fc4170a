/**
 * The two kernels of a convolution: filters over padded images, and the gradient of the filters.
 *
 * The first serves the forward pass and, with the filters read backwards, the gradient of the images. What is padded
 * where, and which gradient is which, conv.ts knows.
 */
import conv2d from '../../shaders/conv2d.wgsl';
import conv2dWeight from '../../shaders/conv2d-weight.wgsl';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import { numel, type Shape } from '../graph/value.ts';
import { dispatch, spread, spreadGroups } from './dispatch.ts';

type Pair = readonly [y: number, x: number];
type Sizes = readonly [number, number, number, number];

export interface FilterAttrs {
  stride: Pair;
  dilation: Pair;
  groups: number;
  /** The filters are those of the opposite direction: w is [in, out of a group, y, x], read backwards. */
  flipped: boolean;
}

/** How many windows fit along an axis. */
export const windows = (size: number, kernel: number, stride: number, dilation: number): number =>
  Math.floor((size - dilation * (kernel - 1) - 1) / stride) + 1;

/** Outputs and inputs of one group, of filters as they are used. */
function channelsOf(w: Shape, { groups, flipped }: FilterAttrs): [outputs: number, inputs: number] {
  return flipped ? [w[1]!, w[0]! / groups] : [w[0]! / groups, w[1]!];
}

/**
 * Blocks of outputs and pixels. On SwiftShader the large one is the fastest as soon as it is half filled; on a GPU it
 * would spill.
 */
function filterBlock(outputs: number, software: boolean): [kernel: '8x12' | '4x4' | '1x4', rows: number, cols: number] {
  if (outputs === 1) return ['1x4', 1, 4];
  return software && outputs > 4 ? ['8x12', 8, 12] : ['4x4', 4, 4];
}

/** x: [n, groups * channels, height, width], padded already, w: [outputs, channels, y, x] -> [n, outputs, pixels]. */
export const conv2dOp: OpDefinition<never, FilterAttrs> = defineOp<never, FilterAttrs>({
  name: 'conv2d',
  inputs: ['x', 'w'],
  shape([x, w], attrs) {
    const { stride, dilation, groups } = attrs;
    const [rows, columns] = [0, 1].map((axis) =>
      windows(x!.shape[2 + axis]!, w!.shape[2 + axis]!, stride[axis]!, dilation[axis]!),
    ) as [number, number];
    return [{ shape: [x!.shape[0]!, channelsOf(w!.shape, attrs)[0] * groups, rows * columns], dtype: 'float32' }];
  },
  lower({ inputs: [x, w], outputs: [y], attrs, limits, software, input, output }) {
    const { stride, dilation, groups, flipped } = attrs;
    const [, channelsOfAll, height, width] = x!.shape as Sizes;
    const [, inner, kernel_y, kernel_x] = w!.shape as Sizes;
    const [outputs, channels] = channelsOf(w!.shape, attrs);
    const taps = kernel_y * kernel_x;
    const pixels = y!.shape[2]!;
    const total = y!.shape[0]! * pixels;
    const [kernel, rows, cols] = filterBlock(outputs, software);
    const group = software ? 4 : 64;
    const { workgroups, width: across } = spreadGroups(Math.ceil(total / (cols * group)), limits);
    // u32 wraps, so that steps below 0 come out right.
    const steps = flipped
      ? { w_first: taps - 1, w_group: channels * inner * taps, w_o: taps, w_c: inner * taps, w_u: -kernel_x, w_v: -1 }
      : { w_first: 0, w_group: outputs * inner * taps, w_o: inner * taps, w_c: taps, w_u: kernel_x, w_v: 1 };
    return [
      dispatch(conv2d[`conv2d_${kernel}`], {
        bind: { x: input(0), w: input(1), y: output(0) },
        params: {
          outputs,
          pixels,
          total,
          columns: windows(width, kernel_x, stride[1], dilation[1]),
          channels,
          kernel_y,
          kernel_x,
          image: channelsOfAll * height * width,
          plane: height * width,
          step_y: stride[0] * width,
          step_x: stride[1],
          tap_y: dilation[0] * width,
          tap_x: dilation[1],
          groups,
          ...steps,
          width: across * group,
        },
        overrides: { group },
        workgroups: [workgroups[0], workgroups[1], groups * Math.ceil(outputs / rows)],
        epilogue: true,
      }),
    ];
  },
  fuses: { epilogue: true },
});

export interface WeightAttrs extends Omit<FilterAttrs, 'flipped'> {
  kernel: Pair;
}

/** Invocations that keep an adapter busy. */
const BUSY = { software: 64, hardware: 2 ** 14 };
/** Numbers that the parts of a gradient may take together, unless one part takes more. */
const MOST_PARTS = 2 ** 22;

/** dy: [n, outputs, rows, columns], x: [n, inputs, height, width], padded already -> dw: [outputs, channels, y, x], db: [outputs]. */
export const conv2dWeightOp: OpDefinition<never, WeightAttrs> = defineOp<never, WeightAttrs>({
  name: 'conv2d_weight',
  inputs: ['dy', 'x'],
  shape([dy, x], { groups, kernel }) {
    const outputs = dy!.shape[1]!;
    return [
      { shape: [outputs, x!.shape[1]! / groups, ...kernel], dtype: 'float32' },
      { shape: [outputs], dtype: 'float32' },
    ];
  },
  lower({ inputs: [dy, x], outputs: [dw], attrs, limits, software, input, output, needed, scratch }) {
    const { stride, dilation, groups, kernel } = attrs;
    const [images, all, rows, columns] = dy!.shape as Sizes;
    const [, channelsOfAll, height, width] = x!.shape as Sizes;
    const outputs = all / groups;
    const taps = numel(dw!.shape) / all;
    const large = software && outputs > 4;
    const [deep, wide] = large ? [8, 12] : [4, 4];
    const group = software ? 4 : 8;
    const blocks = [Math.ceil(taps / (wide * group)), Math.ceil(outputs / deep)] as const;
    const size = all * (taps + 1);
    const total = images * rows;
    const splits = Math.max(
      1,
      Math.min(
        Math.ceil(BUSY[software ? 'software' : 'hardware'] / (blocks[0] * blocks[1] * groups * group)),
        Math.floor(MOST_PARTS / size),
        total,
        Math.floor(limits.maxComputeWorkgroupsPerDimension / groups),
      ),
    );
    const with_bias = needed(1);
    const sums = spread(with_bias ? size : all * taps, limits);
    const params = {
      outputs,
      rows,
      columns,
      total,
      channels: channelsOfAll / groups,
      kernel_y: kernel[0],
      kernel_x: kernel[1],
      image: channelsOfAll * height * width,
      plane: height * width,
      step_y: stride[0] * width,
      step_x: stride[1],
      tap_y: dilation[0] * width,
      tap_x: dilation[1],
      groups,
      splits,
      taps,
      width: sums.width,
    };
    const parts = scratch(4 * splits * size);
    return [
      dispatch(conv2dWeight[large ? 'conv2d_weight_8x12' : 'conv2d_weight_4x4'], {
        bind: { dy: input(0), x: input(1), part: parts },
        params,
        overrides: { group, with_bias },
        workgroups: [...blocks, groups * splits],
      }),
      dispatch(conv2dWeight.conv2d_weight_sum, {
        bind: { parts, dw: output(0), db: output(1) },
        params,
        overrides: { with_bias },
        workgroups: sums.workgroups,
      }),
    ];
  },
});
