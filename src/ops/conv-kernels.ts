/**
 * The kernels by which images are correlated with filters, and which of them serves a size until they are measured.
 *
 * Register blocks without workgroup memory; blocks that the four invocations of a quad share, where the device has
 * subgroups; and tiles in workgroup memory. Where images and filters lie, conv-filter.ts knows.
 */
import narrow from '../../shaders/conv2d-narrow.wgsl';
import quadKernels from '../../shaders/conv2d-quads.wgsl';
import tileKernels from '../../shaders/conv2d-tiled.wgsl';
import small from '../../shaders/conv2d.wgsl';
import type { Dispatch, LowerContext } from '../graph/define-op.ts';
import { dispatch, entriesOf, spreadGroups } from './dispatch.ts';
import type { Pair } from './windows.ts';

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

/** Rows are outputs, columns pixels: of an invocation, of a quad, or of a workgroup by tiles in its memory. */
const BLOCKS = {
  '1x4': { kernel: small.conv2d_1x4, rows: 1, cols: 4, invocations: 1, constants: {} },
  '4x4': { kernel: small.conv2d_4x4, rows: 4, cols: 4, invocations: 1, constants: {} },
  '6x24': { kernel: narrow.conv2d_6x24, rows: 6, cols: 24, invocations: 1, constants: {} },
  '16x64 quads': { kernel: quadKernels.conv2d_16x64, rows: 16, cols: 64, invocations: 4, constants: {} },
  '32x32 quads': { kernel: quadKernels.conv2d_32x32, rows: 32, cols: 32, invocations: 4, constants: {} },
  'tile 32': { kernel: tileKernels.conv2d_tiled_4x4, rows: 32, cols: 32, invocations: 64, constants: { FOURS: 1 } },
  'tile 64': { kernel: tileKernels.conv2d_tiled_8x8, rows: 64, cols: 64, invocations: 64, constants: { FOURS: 2 } },
} as const;
/** Workgroups from which large tiles leave enough to do for each core of a GPU. */
const ENOUGH = 128;

/** On a GPU. Tiles that outputs fill by half or less are no faster than blocks. */
function tileFor({ outputs, groups, images, pixels }: Work): keyof typeof BLOCKS | null {
  if (outputs <= 16) return null;
  const { rows, cols } = BLOCKS['tile 64'];
  const tiles = groups * Math.ceil(outputs / rows) * Math.ceil((images * pixels) / cols);
  return outputs > 32 && tiles >= ENOUGH ? 'tile 64' : 'tile 32';
}

/** Multiplications of 4x4 blocks in a millisecond, on SwiftShader. */
export const EARLY_PACE = 2.5e5;
/** Those that 4x4 blocks stand in for while they compile, and the milliseconds that this takes on SwiftShader. */
const LARGE_BLOCKS = { '6x24': 240, '16x64 quads': 230, '32x32 quads': 190 } as const;

/** What a dispatch computes: where it reads x and w and writes y, as the header of conv2d.wgsl has it. */
export interface Work {
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

/** Blocks of a table worth measuring beside the rule's. Tiles are for GPUs, where large blocks of an invocation would spill. */
export function blocksFor<Name extends string>(
  blocks: Readonly<Record<Name, { readonly rows: number; readonly cols: number; readonly invocations: number }>>,
  rule: Name,
  outputs: number,
  { software, quads }: Pick<LowerContext<object>, 'software' | 'quads'>,
): Name[] {
  const worth = entriesOf(blocks).filter(
    ([, { rows, cols, invocations }]) =>
      outputs > rows / 2 &&
      (software ? invocations < 64 : rows * cols <= 64 * invocations) &&
      (quads || invocations !== 4),
  );
  return [...new Set([rule, ...worth.map(([name]) => name)])];
}

/** Where there is more than one work, all are done by the same kernel. */
export function correlate(context: LowerContext<Steps>, works: readonly Work[]): readonly Dispatch[] {
  const most = works.reduce((a, b) => (multiplies(b) > multiplies(a) ? b : a));
  const { outputs } = most;
  const { software } = context;
  const large = software && multiplies(most) >= LARGE;
  const rule = (software ? null : tileFor(most)) ?? blockFor(outputs, large, context.quads);
  const names = blocksFor(BLOCKS, rule, outputs, { software, quads: context.quads && large });
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
  const isAlone = block.invocations === 1;
  const group = software ? 4 : 64;
  const each = isAlone ? group : 1;
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
    overrides: isAlone ? { group } : {},
    constants: block.constants,
    workgroups: [workgroups[0], workgroups[1], groups * Math.ceil(outputs / block.rows)],
    epilogue: true,
  });
}
