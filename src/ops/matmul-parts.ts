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
  costOf,
  earlyBlocks,
  groupsOf,
  kernelFor,
  kernelsFor,
  product,
  workOf,
  type Matrices,
  type ProductKernel,
  type Size,
} from './matmul-kernels.ts';

/** Workgroups that keep a GPU busy; with fewer than `LEAST` it is left with nothing to do for long. */
const BUSY = 512;
const LEAST = 128;
/** SwiftShader runs two workgroups at a time, and takes two parts if they cost it so much less. */
const SOFTWARE = { parts: 2, gain: 0.8 };
/** The least k of a part. */
const SHORTEST = { software: 1024, hardware: 256 };
/** Multiplications from which a second dispatch pays, and the k from which it does for fewer. */
const WORTH = 2 ** 20;
const DEEP = { software: Infinity, hardware: 1024 };
/** The most turns of a loop over k: llvmpipe leaves one after 65,535, without a word. */
const LONGEST = 2 ** 15;

/** Whether a loop over k has more turns than a software adapter may make. */
export function isTooLong(k: number, software: boolean): boolean {
  return software && k > LONGEST;
}

/** Parts of k, and the k of each but the last: whole tiles and whole fours. */
interface Split {
  readonly parts: number;
  readonly depth: number;
}

/** The split worth measuring, and whether the rule takes it; one part leaves k whole. */
function splitOf(size: Size, context: LowerContext<object>): Split & { readonly isRule: boolean } {
  const { k } = size;
  const device = context.software ? 'software' : 'hardware';
  const groups = groupsOf(kernelFor(size, context), size, context);
  const pays = groups > 0 && (workOf(size) >= WORTH || k >= DEEP[device]);
  const fill = context.software ? SOFTWARE.parts : Math.ceil(BUSY / groups);
  const wanted = pays ? Math.min(fill, Math.floor(k / SHORTEST[device])) : 1;
  const tooLong = isTooLong(k, context.software);
  const most = Math.max(tooLong ? Math.ceil(k / LONGEST) : 1, wanted);
  if (most <= 1) return { parts: 1, depth: k, isRule: false };
  const depth = Math.ceil(k / most / 16) * 16;
  const parts = Math.ceil(k / depth);
  if (!context.software) return { parts, depth, isRule: groups < LEAST };
  const part = partOf(size, { parts, depth });
  const gains = costOf(kernelFor(part, context), part) / parts < SOFTWARE.gain * costOf(kernelFor(size, context), size);
  return { parts, depth, isRule: tooLong || gains };
}

/** All parts as a batch, each of which divides by four as the whole does. */
function partOf(size: Size, { parts, depth }: Split): Size {
  return parts === 1 ? size : { ...size, k: depth + (size.k % 4), batch: size.batch * parts };
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
  const split = splitOf(size, context);
  const isSplit = split.isRule;
  const variants: Record<string, () => readonly Dispatch[]> = {};
  const kernels: Record<string, EarlyKernel> = {};
  const rules = new Map<number, string>();
  const whole: Split = { parts: 1, depth: k };
  for (const way of split.parts === 1 ? [whole] : isTooLong(k, context.software) ? [split] : [split, whole]) {
    const { parts } = way;
    const part = partOf(size, way);
    const nameOf = (name: string): string => `${prefix}${name}${parts > 1 ? ', split' : ''}`;
    const by = (name: ProductKernel) => () => [...productBy(name, way, context, size, matrices), ...also];
    const rule = kernelFor(part, context);
    rules.set(parts, nameOf(rule));
    for (const name of [rule, ...kernelsFor(part, context)]) variants[nameOf(name)] = by(name);
    for (const [name, early] of earlyBlocks(part, context))
      kernels[nameOf(name)] = { lower: by(early.by), compile: early.compile };
  }
  return {
    rule: rules.get(isSplit ? split.parts : 1)!,
    isSplit,
    variants,
    early: { kernels, run: workOf(size) / 6e5 },
  };
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
