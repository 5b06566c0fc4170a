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
 * Blocks of outputs and pixels. On SwiftShader the large ones are three times as fast as 4x4, and take some 0.3 s to
 * compile; on a GPU they would spill.
 */
function filterBlock(
  outputs: number,
  large: boolean,
): readonly [kernel: '16x16' | '6x24' | '4x4' | '1x4', rows: number, cols: number] {
  if (outputs === 1) return ['1x4', 1, 4];
  if (!large) return ['4x4', 4, 4];
  return outputs <= 6 ? ['6x24', 6, 24] : ['16x16', 16, 16];
}

/** Multiply-adds from which a large block's compilation pays. */
const LARGE = 2 ** 17;

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
    const large = software && total * outputs * groups * channels * taps >= LARGE;
    const [kernel, rows, cols] = filterBlock(outputs, large);
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
          taps: channels * taps,
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
const BUSY = { software: 256, hardware: 2 ** 14 };
/** Numbers that the parts of a gradient may take together, unless one part takes more. */
const MOST_PARTS = 2 ** 22;

function weightBlock(
  outputs: number,
  large: boolean,
): readonly [kernel: '16x16' | '6x16' | '4x4', rows: number, cols: number] {
  if (!large) return ['4x4', 4, 4];
  return outputs <= 6 ? ['6x16', 6, 16] : ['16x16', 16, 16];
}

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
    const { stride, dilation, groups, kernel: window } = attrs;
    const [images, all, rows, columns] = dy!.shape as Sizes;
    const [, channelsOfAll, height, width] = x!.shape as Sizes;
    const outputs = all / groups;
    const taps = numel(dw!.shape) / all;
    const total = images * rows * columns;
    const large = software && outputs > 1 && total * all * taps >= LARGE;
    const [kernel, deep, wide] = weightBlock(outputs, large);
    const group = software ? 4 : 8;
    const across = Math.ceil(taps / wide);
    const down = Math.ceil(outputs / deep);
    const size = all * (taps + 1);
    const splits = Math.max(
      1,
      Math.min(
        Math.ceil(BUSY[software ? 'software' : 'hardware'] / (across * down * groups)),
        Math.floor(MOST_PARTS / size),
        Math.ceil(total / 64),
        Math.floor((limits.maxComputeWorkgroupsPerDimension * group) / across),
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
      kernel_y: window[0],
      kernel_x: window[1],
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
      dispatch(conv2dWeight[`conv2d_weight_${kernel}`], {
        bind: { dy: input(0), x: input(1), part: parts },
        params,
        overrides: { group, with_bias },
        workgroups: [Math.ceil((across * splits) / group), down, groups],
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
