/**
 * The kernels of a matrix product, and which of them serves a size until they are measured.
 *
 * Register blocks without workgroup memory, with single loads or four numbers at once, and tiles in workgroup memory.
 */
import matmulTiled from '../../shaders/matmul-tiled.wgsl';
import matmulVec4 from '../../shaders/matmul-vec4.wgsl';
import matmulBlocks from '../../shaders/matmul.wgsl';
import type { Dispatch, Early, LowerContext, Operand } from '../graph/define-op.ts';
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
export type Block = '1x1' | '4x4' | '8x12';
/** The same, four k at a time. */
type Deep = '4x4 deep' | '16x16 deep';
/** The same with loads of four numbers, for sizes that divide by four. */
type Fours = '4x4 fours' | '8x8 fours' | '16x16 fours' | '32x16 fours';
/** Outputs of a workgroup. */
type Tile = 'tile 32' | 'tile 64';
export type ProductKernel = Block | Deep | Fours | Tile;

/** With GFLOP/s of each on SwiftShader, in products that fill its blocks. */
const BLOCKS = {
  '1x1': { kernel: matmulBlocks.matmul_1x1, rows: 1, cols: 1, rate: 0.6 },
  '4x4': { kernel: matmulBlocks.matmul_4x4, rows: 4, cols: 4, rate: 1.75 },
  '8x12': { kernel: matmulBlocks.matmul_8x12, rows: 8, cols: 12, rate: 3.3 },
} as const;

const DEEP = {
  '4x4 deep': { kernel: matmulBlocks.matmul_4x4_deep, rows: 4, cols: 4, rate: 2.5 },
  '16x16 deep': { kernel: matmulBlocks.matmul_16x16_deep, rows: 16, cols: 16, rate: 5.6 },
} as const;

const FOURS = {
  '4x4 fours': { kernel: matmulVec4.matmul_4x4_vec4, rows: 4, cols: 4, rate: 2.5 },
  '8x8 fours': { kernel: matmulVec4.matmul_8x8_vec4, rows: 8, cols: 8, rate: 4.2 },
  '16x16 fours': { kernel: matmulVec4.matmul_16x16_vec4, rows: 16, cols: 16, rate: 6.7 },
  '32x16 fours': { kernel: matmulVec4.matmul_32x16_vec4, rows: 32, cols: 16, rate: 7.4 },
} as const;

const REGISTERS = { ...BLOCKS, ...DEEP, ...FOURS };

/** The side of each invocation's block. */
const TILES = { 'tile 32': 4, 'tile 64': 8 } as const;

export function blockOf(name: Block, software: boolean): { rows: number; cols: number; group: number } {
  const { rows, cols } = BLOCKS[name];
  return { rows, cols, group: groupOf(name, software) };
}

/** Side of the workgroup. A software adapter runs four invocations as one, and has nothing to gain from more. */
function groupOf(name: ProductKernel, software: boolean): number {
  return software && name !== '1x1' ? 2 : 8;
}

/**
 * Register blocks of kernels that take any size. On SwiftShader 8x12 is twice as fast as 4x4, and takes three times as
 * long to compile; 4x4 is three times as fast as single outputs. On a GPU large blocks would spill.
 */
export function blockFor(m: number, n: number, k: number, software: boolean, batch = 1): Block {
  const narrow = m < 8 || n < 12;
  const work = batch * m * n * k;
  if (!software) return work < (narrow ? 2 ** 17 : 2 ** 14) ? '1x1' : '4x4';
  if (work < (narrow ? 2 ** 12 : 2 ** 10)) return '1x1';
  return narrow || work < 2 ** 14 ? '4x4' : '8x12';
}

/**
 * The kernel by rule. On SwiftShader it is the one that has least to do for its rate, what is computed past the edges
 * and what the second core waits counted (kernels-tests/engine/measure-kernels.ts). Deep and large blocks take long to
 * compile there, so they are for products that are worth it.
 */
export function kernelFor(size: Size, software: boolean): ProductKernel {
  const { m, n, k, batch } = size;
  if (!software && m >= 16 && n >= 16) return m >= 512 && n >= 512 ? 'tile 64' : 'tile 32';
  const block = blockFor(m, n, k, software, batch);
  if (block !== '8x12' || batch * m * n * k < LARGE) return block;
  const names = entriesOf({ ...(inFours(m, n, k) ? FOURS : DEEP), '8x12': BLOCKS['8x12'] }).map(([name]) => name);
  return names.reduce((best, name) => (costOf(name, size) < costOf(best, size) ? name : best));
}

/** Multiplications from which a large block's compilation pays. */
const LARGE = 2 ** 17;

/** Of a software adapter, which has two invocations side by side and two below one another in a workgroup. */
function costOf(name: keyof typeof REGISTERS, { m, n, batch }: Size): number {
  const { rows, cols, rate } = REGISTERS[name];
  const groups = batch * Math.ceil(m / (2 * rows)) * Math.ceil(n / (2 * cols));
  return (2 * Math.ceil(groups / 2) * rows * cols) / rate;
}

/** What a choice of kernels asks of a device. */
type Device = Pick<LowerContext<object>, 'software' | 'limits'>;

/** Kernels worth measuring for a size. Blocks of hundreds of numbers spill on a GPU, and may take it seconds. */
export function kernelsFor(size: Size, device: Device): ProductKernel[] {
  const { m, n, k, batch } = size;
  const { software } = device;
  const fits = (rows: number, cols: number): boolean => 2 * m > rows && 2 * n > cols;
  const small = batch * m * n * k < 2 ** 20;
  const names: ProductKernel[] = small ? ['1x1', '4x4'] : ['4x4'];
  if (fits(8, 12)) names.push('8x12');
  for (const [name, { rows, cols }] of entriesOf(inFours(m, n, k) ? FOURS : DEEP))
    if (fits(rows, cols) && (software || rows <= 8)) names.push(name);
  for (const [name, block] of entriesOf(TILES)) if (fits(8 * block, 8 * block)) names.push(name);
  return names.filter((name) => isCountable(name, size, device));
}

/** Whether the device counts so many workgroups along an axis. */
function isCountable(name: ProductKernel, { m, n }: Size, { software, limits }: Device): boolean {
  const side = name in TILES ? 8 * TILES[name as Tile] : groupOf(name, software);
  const { rows, cols } = name in TILES ? { rows: 1, cols: 1 } : REGISTERS[name as keyof typeof REGISTERS];
  return (
    Math.max(Math.ceil(m / (rows * side)), Math.ceil(n / (cols * side))) <= limits.maxComputeWorkgroupsPerDimension
  );
}

function inFours(...sizes: number[]): boolean {
  return sizes.every((size) => size % 4 === 0);
}

/** Blocks that compile quickly in place of others that add in the same order, and what these take to compile. */
const EARLY = {
  '8x8 fours': { by: '4x4 fours', compile: 90 },
  '16x16 fours': { by: '4x4 fours', compile: 260 },
  '32x16 fours': { by: '4x4 fours', compile: 500 },
  '16x16 deep': { by: '4x4 deep', compile: 330 },
} as const;

/** Multiplications up to which single outputs, which compile soonest, are fast enough for a start. */
const SMALL = 2 ** 18;

/** The block that runs while one that adds k by k compiles; null where none compiles sooner. */
export function earlyBlock(name: Block, work: number): { by: Block; compile: number } | null {
  const by = work < SMALL ? '1x1' : '4x4';
  return name === '1x1' || name === by ? null : { by, compile: name === '4x4' ? 25 : 60 };
}

/**
 * What runs while kernels of products compile.
 *
 * @param prefix of the kernels' names
 * @param by lowers by a kernel
 */
export function earlyProducts(
  size: Size,
  device: Device,
  by: (name: ProductKernel) => readonly Dispatch[],
  prefix = '',
): Early {
  const { m, n, k, batch } = size;
  const work = batch * m * n * k;
  const blocks = (['4x4', '8x12'] as const).map((name) => [name, earlyBlock(name, work)] as const);
  const kernels = [...blocks, ...entriesOf(EARLY)].flatMap(([name, early]) =>
    early && isCountable(early.by, size, device)
      ? [[`${prefix}${name}`, { lower: () => by(early.by), compile: early.compile }] as const]
      : [],
  );
  return { kernels: Object.fromEntries(kernels), run: work / 6e5 };
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
    const block = TILES[name as Tile];
    const rest = { constants: { BLOCK: block }, workgroups: spread(8 * block, 8 * block), epilogue: true };
    return dispatch(matmulTiled.matmul_tiled, { bind, params, overrides, ...rest });
  }
  const group = groupOf(name, software);
  const sized = { ...overrides, group_x: group, group_y: group };
  const { kernel, rows, cols } = REGISTERS[name as keyof typeof REGISTERS];
  const workgroups = spread(rows * group, cols * group);
  return dispatch(kernel, { bind, params, overrides: sized, workgroups, epilogue: true });
}
