/**
 * A matrix product by each of its kernels, whole or with k split into parts, which are added behind it.
 *
 * A product of few outputs and a long k, such as the gradient of a weight over many rows, has fewer blocks than a device
 * has cores, unless each part of k gives them their own.
 */
import matmulParts from '../../shaders/matmul-parts.wgsl';
import type { Dispatch, Early, EarlyKernel, LowerContext, Variants } from '../graph/define-op.ts';
import { dispatch, inBatches, spread } from './dispatch.ts';
import {
  earlyBlocks,
  kernelFor,
  kernelsFor,
  product,
  workOf,
  type Matrices,
  type ProductKernel,
  type Size,
} from './matmul-kernels.ts';

/** The side of a block of outputs, and how many of them keep a device busy. SwiftShader runs two workgroups at a time. */
const SIDE = { software: 16, hardware: 32 };
const BUSY = { software: 2, hardware: 128 };
/** The least k of a part, and the multiplications from which a second dispatch pays. */
const SHORTEST = { software: 1024, hardware: 128 };
const WORTH = { software: 2 ** 20, hardware: 0 };
/** The most turns of a loop over k: llvmpipe leaves one after 65,535, without a word. */
export const LONGEST: number = 2 ** 15;

/** Parts of k, and the k of each but the last: whole tiles and whole fours. */
interface Split {
  readonly parts: number;
  readonly depth: number;
}

/** The split by rule; one part leaves k whole. */
function splitOf(size: Size, software: boolean): Split {
  const { m, n, k, batch } = size;
  const device = software ? 'software' : 'hardware';
  const blocks = batch * Math.ceil(m / SIDE[device]) * Math.ceil(n / SIDE[device]);
  const wanted = workOf(size) < WORTH[device] ? 1 : Math.ceil(BUSY[device] / blocks);
  const parts = Math.max(Math.ceil(k / LONGEST), Math.min(wanted, Math.floor(k / SHORTEST[device])));
  if (parts <= 1) return { parts: 1, depth: k };
  const depth = Math.ceil(k / parts / 16) * 16;
  return { parts: Math.ceil(k / depth), depth };
}

interface Products {
  readonly rule: string;
  /** Whether the rule splits k. */
  readonly isSplit: boolean;
  readonly variants: Variants;
  readonly early: Early;
}

/**
 * What a product may run by, for `choose`.
 *
 * @param prefix of the names
 * @param also dispatches behind the product's
 */
export function products(
  context: LowerContext<object>,
  size: Size,
  matrices: Matrices,
  prefix = '',
  also: readonly Dispatch[] = [],
): Products {
  const { k } = size;
  const split = splitOf(size, context.software);
  const isSplit = split.parts > 1;
  const variants: Record<string, () => readonly Dispatch[]> = {};
  const kernels: Record<string, EarlyKernel> = {};
  const rules: string[] = [];
  for (const way of [...(isSplit ? [split] : []), ...(k > LONGEST ? [] : [{ parts: 1, depth: k }])]) {
    const { parts, depth } = way;
    // One of the parts, which divides by four as the whole does.
    const part = { ...size, k: parts > 1 ? depth + (k % 4) : k, batch: size.batch * parts };
    const nameOf = (name: string): string => `${prefix}${name}${parts > 1 ? ', split' : ''}`;
    const by = (name: ProductKernel) => () => [...productBy(name, way, context, size, matrices), ...also];
    const rule = kernelFor(part, context);
    rules.push(nameOf(rule));
    for (const name of [rule, ...kernelsFor(part, context)]) variants[nameOf(name)] = by(name);
    for (const [name, early] of earlyBlocks(part, context))
      kernels[nameOf(name)] = { lower: by(early.by), compile: early.compile };
  }
  return { rule: rules[0]!, isSplit, variants, early: { kernels, run: workOf(size) / 6e5 } };
}

function productBy(
  name: ProductKernel,
  { parts, depth }: Split,
  { limits, software, scratch }: LowerContext<object>,
  size: Size,
  { bind, ...steps }: Matrices,
): Dispatch[] {
  const { m, n, batch } = size;
  const part = parts === 1 ? bind.y : scratch(4 * batch * parts * m * n);
  const each = inBatches(batch * parts, limits, (first, batches) =>
    product(name, { ...size, ...steps, bind: { ...bind, y: part }, parts, depth, first, batches, software }),
  );
  if (parts === 1) return each;
  const { workgroups, width } = spread(batch * m * n, limits);
  const sum = { bind: { part, y: bind.y }, params: { batch, parts, m, n, width }, workgroups, epilogue: true };
  return [...each, dispatch(matmulParts.matmul_parts, sum)];
}
