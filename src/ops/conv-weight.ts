/**
 * The gradient of a convolution's filters and bias: many parts, each of some positions of the images, and their sum.
 */
import narrow from '../../shaders/conv2d-weight-narrow.wgsl';
import quadKernels from '../../shaders/conv2d-weight-quads.wgsl';
import tileKernels from '../../shaders/conv2d-weight-tiled.wgsl';
import weight from '../../shaders/conv2d-weight.wgsl';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import { numel } from '../graph/value.ts';
import { blocksFor, EARLY_PACE, LARGE, type Sizes, type Steps } from './conv-kernels.ts';
import { dispatch, entriesOf, spread } from './dispatch.ts';
import type { Pair } from './windows.ts';

export interface WeightAttrs extends Steps {
  kernel: Pair;
}

/** Invocations that keep an adapter busy. */
const BUSY = { software: 256, hardware: 2 ** 15 };
/** Numbers that the parts of a gradient may take together, unless one part takes more. */
const MOST_PARTS = 2 ** 22;

/**
 * Blocks of outputs and taps, the one that computes least in vain. On a software adapter large ones are three times as
 * fast as 4x4, and take some 0.2 s to compile; on a GPU they would spill.
 */
function blockFor(outputs: number, taps: number, large: boolean, quads: boolean): WeightKernel {
  if (outputs === 1) return '1x12';
  if (!large) return '4x4';
  if (outputs <= 6 || !quads) return '6x16';
  const computed = (rows: number, cols: number): number =>
    Math.ceil(outputs / rows) * rows * Math.ceil(taps / cols) * cols;
  return computed(16, 64) < computed(32, 32) ? '16x64 quads' : '32x32 quads';
}

/** Rows are outputs, columns taps: of an invocation, of a quad, or of a workgroup by tiles in its memory. */
const BLOCKS = {
  '1x12': { kernel: weight.conv2d_weight_1x12, rows: 1, cols: 12, invocations: 1, constants: {} },
  '4x4': { kernel: weight.conv2d_weight_4x4, rows: 4, cols: 4, invocations: 1, constants: {} },
  '6x16': { kernel: narrow.conv2d_weight_6x16, rows: 6, cols: 16, invocations: 1, constants: {} },
  '16x64 quads': { kernel: quadKernels.conv2d_weight_16x64, rows: 16, cols: 64, invocations: 4, constants: {} },
  '32x32 quads': { kernel: quadKernels.conv2d_weight_32x32, rows: 32, cols: 32, invocations: 4, constants: {} },
  'tile 32': {
    kernel: tileKernels.conv2d_weight_tiled_4x4,
    rows: 32,
    cols: 32,
    invocations: 64,
    constants: { FOURS: 1 },
  },
  'tile 64': {
    kernel: tileKernels.conv2d_weight_tiled_8x8,
    rows: 64,
    cols: 64,
    invocations: 64,
    constants: { FOURS: 2 },
  },
} as const;

type WeightKernel = keyof typeof BLOCKS;

/** On a GPU. Tiles that are filled by half or less are no faster than blocks. */
function tileFor(outputs: number, taps: number): WeightKernel | null {
  if (outputs <= 16 || taps <= 16) return null;
  return outputs > 32 && taps > 32 ? 'tile 64' : 'tile 32';
}

/** Those that 4x4 blocks stand in for while they compile, and the milliseconds that this takes on SwiftShader. */
const LARGE_BLOCKS = { '6x16': 145, '16x64 quads': 250, '32x32 quads': 205 } as const;

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
  lower(context) {
    const {
      inputs,
      outputs: [dw],
      attrs,
      software,
      choose,
    } = context;
    const { groups } = attrs;
    const outputs = inputs[0]!.shape[1]! / groups;
    const taps = numel(dw!.shape) / inputs[0]!.shape[1]!;
    const total = numel(inputs[0]!.shape) / inputs[0]!.shape[1]!;
    const large = software && total * outputs * groups * taps >= LARGE;
    const rule = (software ? null : tileFor(outputs, taps)) ?? blockFor(outputs, taps, large, context.quads);
    const names = blocksFor(BLOCKS, rule, outputs, { software, quads: context.quads && large });
    return choose(rule, Object.fromEntries(names.map((name) => [name, () => lowerBy(name, context)])), {
      kernels: Object.fromEntries(
        entriesOf(LARGE_BLOCKS).map(([name, compile]) => [
          name,
          { lower: () => lowerBy('4x4', context, name), compile },
        ]),
      ),
      run: (total * outputs * groups * taps) / EARLY_PACE,
    });
  },
});

/** Across taps, and down outputs. */
function blocksOf(name: WeightKernel, outputs: number, taps: number): [across: number, down: number] {
  const { rows, cols } = BLOCKS[name];
  return [Math.ceil(taps / cols), Math.ceil(outputs / rows)];
}

/** @param like whose parts, and so whose order of adding, it has */
function lowerBy(name: WeightKernel, context: LowerContext<WeightAttrs>, like: WeightKernel = name): Dispatch[] {
  const {
    inputs: [dy, x],
    outputs: [dw],
    attrs,
    limits,
    software,
    input,
    output,
    needed,
    scratch,
  } = context;
  const { stride, dilation, groups, kernel: window } = attrs;
  const [images, all, rows, columns] = dy!.shape as Sizes;
  const [, channelsOfAll, height, width] = x!.shape as Sizes;
  const outputs = all / groups;
  const taps = numel(dw!.shape) / all;
  const total = images * rows * columns;
  const block = BLOCKS[name];
  const isAlone = block.invocations === 1;
  const group = software ? 4 : 8;
  // Blocks of a workgroup.
  const blocksIn = (kernel: WeightKernel): number => (BLOCKS[kernel].invocations > 1 ? 1 : group);
  const [across, down] = blocksOf(like, outputs, taps);
  const own = blocksOf(name, outputs, taps);
  const size = all * (taps + 1);
  const splits = Math.max(
    1,
    Math.min(
      Math.ceil(BUSY[software ? 'software' : 'hardware'] / (across * down * groups * BLOCKS[like].invocations)),
      Math.floor(MOST_PARTS / size),
      Math.ceil(total / 64),
      Math.floor((limits.maxComputeWorkgroupsPerDimension * blocksIn(like)) / across),
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
  const overrides = isAlone ? { with_bias, group } : { with_bias };
  const parts = scratch(4 * splits * size);
  return [
    dispatch(block.kernel, {
      bind: { dy: input(0), x: input(1), part: parts },
      params,
      overrides,
      constants: block.constants,
      workgroups: [Math.ceil((own[0] * splits) / blocksIn(name)), own[1], groups],
    }),
    dispatch(weight.conv2d_weight_sum, {
      bind: { parts, dw: output(0), db: output(1) },
      params,
      overrides: { with_bias },
      workgroups: sums.workgroups,
    }),
  ];
}
