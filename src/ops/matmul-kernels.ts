/**
 * The kernels of a matrix product, and which of them serves a size until they are measured.
 *
 * Register blocks without workgroup memory, with single loads or four numbers at once; blocks that the four invocations
 * of a quad share, where the device has subgroups; and tiles in workgroup memory.
 */
import quadKernels from '../../shaders/matmul-quads.wgsl';
import tileKernels from '../../shaders/matmul-tiled.wgsl';
import matmulVec4 from '../../shaders/matmul-vec4.wgsl';
import matmulBlocks from '../../shaders/matmul.wgsl';
import type { Dispatch, LowerContext, Operand } from '../graph/define-op.ts';
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
/** The same of a product with one row. */
type Row = '1x4';
/** The same with loads of four numbers, for sizes that divide by four. */
type Fours = '1x4 fours' | '4x4 fours' | '8x8 fours' | '16x16 fours';
/** Outputs of a quad. */
type Quads = '16x16 quads' | '32x32 quads' | '32x64 quads';
/** Outputs of a workgroup. */
type Tile = `tile ${32 | 64 | 128}${'' | ' half'}`;
type Register = Block | Row | Fours;
export type ProductKernel = Register | Quads | Tile;

/** Multiplications. */
export function workOf({ m, n, k, batch }: Size): number {
  return batch * m * n * k;
}

/** With GFLOP/s of each on SwiftShader, in products that fill its blocks. */
const BLOCKS = {
  '1x1': { kernel: matmulBlocks.matmul_1x1, rows: 1, cols: 1, rate: 0.6 },
  '4x4': { kernel: matmulBlocks.matmul_4x4, rows: 4, cols: 4, rate: 2.6 },
  '8x12': { kernel: matmulBlocks.matmul_8x12, rows: 8, cols: 12, rate: 5.5 },
} as const;

const FOURS = {
  '1x4 fours': { kernel: matmulVec4.matmul_1x4_vec4, rows: 1, cols: 4, rate: 1.2 },
  '4x4 fours': { kernel: matmulVec4.matmul_4x4_vec4, rows: 4, cols: 4, rate: 3.8 },
  '8x8 fours': { kernel: matmulVec4.matmul_8x8_vec4, rows: 8, cols: 8, rate: 5.1 },
  '16x16 fours': { kernel: matmulVec4.matmul_16x16_vec4, rows: 16, cols: 16, rate: 7.3 },
} as const;

/** With another rate in sizes that do not divide by four, where numbers are loaded one by one. */
const QUADS = {
  '16x16 quads': { kernel: quadKernels.matmul_16x16_quads, rows: 16, cols: 16, rate: 7.3, rateSingly: 4.9 },
  '32x32 quads': { kernel: quadKernels.matmul_32x32_quads, rows: 32, cols: 32, rate: 9, rateSingly: 7.4 },
  '32x64 quads': { kernel: quadKernels.matmul_32x64_quads, rows: 32, cols: 64, rate: 9.7, rateSingly: 8.6 },
} as const;

const ROW = { '1x4': { kernel: matmulBlocks.matmul_1x4, rows: 1, cols: 4, rate: 1.2 } } as const;

const REGISTERS = { ...BLOCKS, ...ROW, ...FOURS };

/** With the invocations of a workgroup along each side, their fours of outputs, and how a tile is stored. */
const TILES = {
  'tile 32': { kernel: tileKernels.matmul_tiled_4x4, group: 8, fours: 1, stored: 'f32' },
  'tile 64': { kernel: tileKernels.matmul_tiled_8x8, group: 8, fours: 2, stored: 'f32' },
  'tile 128': { kernel: tileKernels.matmul_tiled_8x8, group: 16, fours: 2, stored: 'f32' },
  'tile 32 half': { kernel: tileKernels.matmul_tiled_4x4, group: 8, fours: 1, stored: 'f16' },
  'tile 64 half': { kernel: tileKernels.matmul_tiled_8x8, group: 8, fours: 2, stored: 'f16' },
  'tile 128 half': { kernel: tileKernels.matmul_tiled_8x8, group: 16, fours: 2, stored: 'f16' },
} as const;
/** Multiplications from which a product is large enough to round what it multiplies. */
const HALF = 2 ** 20;
/** Workgroups from which large tiles, which load less, leave enough to do for each core of a GPU. */
const ENOUGH = { 'tile 128': 256, 'tile 64': 128 };

export function blockOf(name: Block, software: boolean): { rows: number; cols: number; group: number } {
  const { rows, cols } = BLOCKS[name];
  return { rows, cols, group: groupOf(name, software) };
}

/** Side of the workgroup. A software adapter runs four invocations as one, and has nothing to gain from more. */
function groupOf(name: ProductKernel, software: boolean): number {
  return software && name !== '1x1' ? 2 : 8;
}

/** Invocations of a workgroup across columns and down rows. */
function sidesOf(name: Register, software: boolean): [across: number, down: number] {
  const side = groupOf(name, software);
  return name === '1x4' ? [side * side, 1] : [side, side];
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

/** What a choice of kernels asks of a device. */
export type Device = Pick<LowerContext<object>, 'software' | 'quads' | 'half' | 'limits'>;

/**
 * The kernel by rule. On SwiftShader it is the one that has least to do for its rate, what is computed past the edges
 * and what the second core waits counted (kernels-tests/engine/measure-kernels.ts). Large blocks take long to compile
 * there, so they are for products that are worth it.
 */
export function kernelFor(size: Size, device: Device): ProductKernel {
  const { m, n, k, batch } = size;
  const { software, quads, half } = device;
  if (m === 1 && n >= 4) return '1x4';
  if (!software && m >= 16 && n >= 16) {
    const filled = entriesOf(ENOUGH).find(([name, enough]) => groupsOf(name, size, device) >= enough);
    const tile = filled?.[0] ?? 'tile 32';
    return half && workOf(size) >= HALF ? `${tile} half` : tile;
  }
  const block = blockFor(m, n, k, software, batch);
  if (!software || workOf(size) < LARGE) return block;
  const names = [...(quads ? namesOf(QUADS) : []), ...(isInFours(size) ? namesOf(FOURS) : []), ...namesOf(BLOCKS)];
  const countable = names.filter((name) => isCountable(name, size, device));
  const [best] = countable.toSorted((a, b) => costOf(a, size) - costOf(b, size));
  return best ?? block;
}

function namesOf<Name extends string>(kernels: Readonly<Record<Name, unknown>>): Name[] {
  return entriesOf(kernels).map(([name]) => name);
}

/** Multiplications from which a large block's compilation pays. */
const LARGE = 2 ** 17;

/** Of a software adapter, which runs four invocations as one, and two workgroups at a time. */
export function costOf(name: ProductKernel, size: Size): number {
  const { rows, cols } = byGroup(name, true);
  const groups = groupsOf(name, size, { software: true });
  return (2 * Math.ceil(groups / 2) * rows * cols) / rateOf(name as Register | Quads, isInFours(size));
}

/** Workgroups of a product. */
export function groupsOf(name: ProductKernel, { m, n, batch }: Size, { software }: Pick<Device, 'software'>): number {
  const { rows, cols } = byGroup(name, software);
  return batch * Math.ceil(m / rows) * Math.ceil(n / cols);
}

function rateOf(name: Register | Quads, fours: boolean): number {
  if (!(name in QUADS)) return REGISTERS[name as Register].rate;
  return fours ? QUADS[name as Quads].rate : QUADS[name as Quads].rateSingly;
}

/** Kernels worth measuring for a size. Blocks of hundreds of numbers spill on a GPU, and may take it seconds. */
export function kernelsFor(size: Size, device: Device): ProductKernel[] {
  const { m, n } = size;
  const { software, quads, half } = device;
  const fits = (rows: number, cols: number): boolean => 2 * m > rows && 2 * n > cols;
  const work = workOf(size);
  const names: ProductKernel[] = work < 2 ** 20 ? ['1x1', '4x4'] : ['4x4'];
  if (m === 1) names.push('1x4');
  if (fits(8, 12)) names.push('8x12');
  if (isInFours(size))
    for (const [name, { rows, cols }] of entriesOf(FOURS))
      if (fits(rows, cols) && (software || rows <= 8) && (rows > 1 || work < 2 ** 20)) names.push(name);
  // Small ones are worth more joined with other steps, which kernels with subgroups are not.
  if (quads && work >= LARGE)
    for (const [name, { rows, cols }] of entriesOf(QUADS))
      if (fits(rows, cols) && (software || name === '16x16 quads')) names.push(name);
  for (const [name, { stored }] of entriesOf(TILES)) {
    const { rows, cols } = byGroup(name, software);
    const mayRound = half && work >= HALF;
    if (fits(rows, cols) && (mayRound || stored === 'f32') && (!software || rows < 128)) names.push(name);
  }
  return names.filter((name) => isCountable(name, size, device));
}

/** Whether the device counts so many workgroups along an axis. */
function isCountable(name: ProductKernel, { m, n }: Size, { software, limits }: Device): boolean {
  const { rows, cols } = byGroup(name, software);
  return Math.max(Math.ceil(m / rows), Math.ceil(n / cols)) <= limits.maxComputeWorkgroupsPerDimension;
}

/** Outputs of a workgroup. */
function byGroup(name: ProductKernel, software: boolean): { rows: number; cols: number } {
  if (name in TILES) {
    const { group, fours } = TILES[name as Tile];
    return { rows: 4 * group * fours, cols: 4 * group * fours };
  }
  const { rows, cols } = name in QUADS ? QUADS[name as Quads] : REGISTERS[name as Register];
  const aside = quadsAside(software);
  const [across, down] = name in QUADS ? [aside, aside] : sidesOf(name as Register, software);
  return { rows: rows * down, cols: cols * across };
}

/** Quads along each side of a workgroup. */
function quadsAside(software: boolean): number {
  return software ? 1 : 4;
}

function isInFours({ m, n, k }: Size): boolean {
  return [m, n, k].every((size) => size % 4 === 0);
}

/** Blocks that compile quickly in place of others that add in the same order, and what these take to compile. */
const EARLY_SMALLEST = {
  '8x8 fours': { by: '4x4 fours', compile: 90 },
  '16x16 fours': { by: '4x4 fours', compile: 260 },
  '16x16 quads': { by: '4x4 fours', compile: 40 },
  '32x32 quads': { by: '4x4 fours', compile: 130 },
  '32x64 quads': { by: '4x4 fours', compile: 260 },
} as const;
/** The same where sizes do not divide by four, or the product takes longer than it takes to compile a larger block. */
const EARLY_LARGER = {
  '32x32 quads': { by: '16x16 quads', compile: 200 },
  '32x64 quads': { by: '16x16 quads', compile: 400 },
} as const;
/** Multiplications from which that is so. */
const LONG = 2 ** 27;

/** Multiplications up to which single outputs, which compile soonest, are fast enough for a start. */
const SMALL = 2 ** 18;
/** The same of single rows, where they take four k at a time. */
const SMALL_FOURS = 2 ** 21;

/** The block that runs while one that adds k by k compiles; null where none compiles sooner. */
export function earlyBlock(name: Block, work: number): { by: Block; compile: number } | null {
  const by = work < SMALL ? '1x1' : '4x4';
  return name === '1x1' || name === by ? null : { by, compile: name === '4x4' ? 25 : 60 };
}

/** Blocks that run while those of products compile, by the name of these. */
export function earlyBlocks(size: Size, device: Device): [ProductKernel, { by: ProductKernel; compile: number }][] {
  const work = workOf(size);
  const blocks = (['4x4', '8x12'] as const).map((name) => [name, earlyBlock(name, work)] as const);
  const others = isInFours(size) && work < LONG ? EARLY_SMALLEST : EARLY_LARGER;
  const smallest = others === EARLY_SMALLEST && work < SMALL_FOURS ? '1x4 fours' : null;
  const inFours = entriesOf(others).map(([name, { by, compile }]) => [name, { by: smallest ?? by, compile }] as const);
  const four = smallest ? ([['4x4 fours', { by: smallest, compile: 30 }]] as const) : [];
  return [...blocks, ...four, ...inFours].flatMap(([name, early]) =>
    early && isCountable(early.by, size, device) ? [[name, early]] : [],
  );
}

/** Memory of a product. */
export interface Matrices {
  readonly bind: { readonly a: Operand; readonly b: Operand; readonly y: Operand };
  /** Elements from one matrix to the next. */
  readonly a_batch: number;
  readonly b_batch: number;
}

interface Call extends Size, Matrices {
  /** Parts of k, each of which has a matrix of y, and the k of a part. */
  readonly parts: number;
  readonly depth: number;
  /** The first matrix of y that this dispatch writes, and how many it does. */
  readonly first: number;
  readonly batches: number;
  readonly software: boolean;
}

/** The dispatch of a product by a kernel. */
export function product(name: ProductKernel, call: Call): Dispatch {
  const { bind, m, n, k, a_batch, b_batch, first, parts, depth, batches, transposeA, transposeB, software } = call;
  const params = { m, n, k, a_batch, b_batch, first, parts, depth };
  const transposes = { transpose_a: transposeA, transpose_b: transposeB };
  const { rows, cols } = byGroup(name, software);
  const workgroups = [Math.ceil(n / cols), Math.ceil(m / rows), batches] as const;
  const rest = { bind, params, workgroups, epilogue: parts === 1 };
  if (name in TILES) {
    const { kernel, group, fours, stored } = TILES[name as Tile];
    const constants = { GROUP: group, FOURS: fours, Stored: stored };
    const fours_a = (transposeA ? m : k) % 4 === 0;
    const fours_b = (transposeB ? k : n) % 4 === 0;
    return dispatch(kernel, { ...rest, constants, overrides: { ...transposes, fours_a, fours_b } });
  }
  if (name in QUADS) {
    const side = quadsAside(software);
    const overrides = { ...transposes, fours: isInFours(call), side, group: 4 * side * side };
    return dispatch(QUADS[name as Quads].kernel, { ...rest, overrides });
  }
  const [group_x, group_y] = sidesOf(name as Register, software);
  const overrides = { ...transposes, group_x, group_y };
  return dispatch(REGISTERS[name as Register].kernel, { ...rest, overrides });
}
