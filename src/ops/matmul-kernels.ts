/**
 * The kernels of a matrix product, and which of them serves a size until they are measured.
 *
 * Register blocks without workgroup memory, with single loads or four numbers at once, and tiles in workgroup memory.
 */
import matmulTiled from '../../shaders/matmul-tiled.wgsl';
import matmulVec4 from '../../shaders/matmul-vec4.wgsl';
import matmulBlocks from '../../shaders/matmul.wgsl';
import type { Dispatch, Operand } from '../graph/define-op.ts';
import { dispatch, entriesOf } from './dispatch.ts';

/** A product, or as many as `batch`. */
export interface Size {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Outputs of an invocation: rows x columns. */
const BLOCKS = {
  '1x1': [1, 1],
  '4x4': [4, 4],
  '8x12': [8, 12],
} as const;

/** The same with loads of four numbers, for sizes that divide by four. */
const FOURS = {
  '8x8 fours': [8, 8],
  '16x16 fours': [16, 16],
  '32x16 fours': [32, 16],
} as const;

/** Tiles of a workgroup, by the side of each invocation's block. */
const TILES = { 'tile 32': 4, 'tile 64': 8 } as const;

export type Block = keyof typeof BLOCKS;
export type ProductKernel = Block | keyof typeof FOURS | keyof typeof TILES;

export function blockOf(name: Block, software: boolean): { rows: number; cols: number; group: number } {
  const [rows, cols] = BLOCKS[name];
  return { rows, cols, group: groupOf(name, software) };
}

/** Side of the workgroup. A software adapter runs four invocations as one, and has nothing to gain from more. */
function groupOf(name: ProductKernel, software: boolean): number {
  return software && name !== '1x1' ? 2 : 8;
}

/**
 * Register blocks of kernels that take any size. On SwiftShader 8x12 is twice as fast as 4x4, and takes three times as
 * long to compile. On a GPU large blocks would spill. Narrow products fill no block, and are worth compiling one for
 * only when they are long, or many: a software adapter pays for each invocation.
 */
export function blockFor(m: number, n: number, k: number, software: boolean, batch = 1): Block {
  const narrow = m < 8 || n < 12;
  if (batch * m * n * k < (narrow ? 2 ** 17 : 2 ** 14))
    return software && batch > 1 && batch * m * n >= 2 ** 8 ? '4x4' : '1x1';
  return !software || m <= 4 || n <= 4 ? '4x4' : '8x12';
}

/**
 * The kernel by rule. On SwiftShader 32x16 is twice as fast as 8x12 with single loads, and 16x16 1.7 times, but they
 * take three times as long to compile, so they are for large products. 8x8 wastes least of many small matrices; of
 * others it is a sixth faster than 8x12 with single loads where both operands lie along k or neither does.
 */
export function kernelFor({ m, n, k, batch, transposeA, transposeB }: Size, software: boolean): ProductKernel {
  if (!software && m >= 16 && n >= 16) return m >= 512 && n >= 512 ? 'tile 64' : 'tile 32';
  const block = blockFor(m, n, k, software, batch);
  if (block !== '8x12' || !inFours(m, n, k)) return block;
  const whole = m % 16 === 0 && n % 16 === 0;
  const work = (whole ? batch : 1) * m * n * k;
  if (m > 8 && work >= 2 ** 24) return '16x16 fours';
  return batch > 1 || transposeB !== transposeA ? '8x8 fours' : '8x12';
}

/** Kernels worth measuring for a size. */
export function kernelsFor({ m, n, k, batch }: Size): ProductKernel[] {
  const fits = (rows: number, cols: number): boolean => 2 * m > rows && 2 * n > cols;
  const small = batch * m * n * k < 2 ** 20;
  const names: ProductKernel[] = small ? ['1x1', '4x4'] : ['4x4'];
  if (fits(8, 12)) names.push('8x12');
  if (inFours(m, n, k)) for (const [name, [rows, cols]] of entriesOf(FOURS)) if (fits(rows, cols)) names.push(name);
  for (const [name, block] of entriesOf(TILES)) if (fits(8 * block, 8 * block)) names.push(name);
  return names;
}

function inFours(...sizes: number[]): boolean {
  return sizes.every((size) => size % 4 === 0);
}

interface Call extends Size {
  readonly bind: { readonly a: Operand; readonly b: Operand; readonly y: Operand };
  /** Elements from one matrix to the next. */
  readonly a_batch: number;
  readonly b_batch: number;
  /** The first product of this dispatch, and how many it has. */
  readonly first: number;
  readonly batches: number;
  readonly software: boolean;
}

/** The dispatch of a product by a kernel. */
export function product(name: ProductKernel, call: Call): Dispatch {
  const { bind, m, n, k, a_batch, b_batch, first, batches, transposeA, transposeB, software } = call;
  const params = { m, n, k, a_batch, b_batch, first };
  const overrides = { transpose_a: transposeA, transpose_b: transposeB };
  const spread = (rows: number, cols: number) => [Math.ceil(n / cols), Math.ceil(m / rows), batches] as const;
  if (name in TILES) {
    const block = TILES[name as keyof typeof TILES];
    const rest = { constants: { BLOCK: block }, workgroups: spread(8 * block, 8 * block), epilogue: true };
    return dispatch(matmulTiled.matmul_tiled, { bind, params, overrides, ...rest });
  }
  const group = groupOf(name, software);
  const sized = { ...overrides, group_x: group, group_y: group };
  const [rows, cols] = { ...BLOCKS, ...FOURS }[name as Block | keyof typeof FOURS];
  const kernel =
    name in FOURS
      ? matmulVec4[`matmul_${rows}x${cols}_vec4` as keyof typeof matmulVec4]
      : matmulBlocks[`matmul_${name as Block}`];
  return dispatch(kernel, {
    bind,
    params,
    overrides: sized,
    workgroups: spread(rows * group, cols * group),
    epilogue: true,
  });
}
