/**
 * A site: an op at certain shapes, lowered by itself.
 *
 * It holds no tensor and no memory, so that it can be kept, lowered again with another of its kernels, and timed.
 */
import type { AnyOp, Dispatch, Early, EarlyKernel, LowerContext, Operand } from '../define-op.ts';
import type { Spec } from '../value.ts';

export interface Site {
  readonly op: AnyOp;
  readonly attrs: object;
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  /** Whether anything reads each output. */
  readonly needed: readonly boolean[];
}

/** What the choice of kernels asks of an adapter. */
export type Adapter = Pick<LowerContext<object>, 'limits' | 'software' | 'quads' | 'half'>;

export interface Lowered {
  readonly dispatches: readonly Dispatch[];
  /** Bytes of each scratch area. */
  readonly scratch: readonly number[];
  /** Among which kernels there was a choice; none where the op has but one. */
  readonly among: readonly string[];
  /** The dispatches for the first runs, where there are others; further scratch areas may come with them. */
  readonly early: (() => EarlyDispatches) | null;
}

export interface EarlyDispatches extends Pick<Early, 'run'>, Pick<EarlyKernel, 'compile'> {
  readonly dispatches: readonly Dispatch[];
}

/** @param pick which of the kernels is taken, given the one that the op would take unmeasured */
export function lowerSite(
  { op, attrs, inputs, outputs, needed }: Site,
  adapter: Adapter,
  pick: (otherwise: string, among: readonly string[]) => string,
): Lowered {
  const scratch: number[] = [];
  let among: readonly string[] = [];
  let early: Lowered['early'] = null;
  const operand =
    (role: 'input' | 'output') =>
    (index: number): Operand => ({ role, index });
  const context: LowerContext<object> = {
    inputs,
    outputs,
    attrs,
    ...adapter,
    input: operand('input'),
    output: operand('output'),
    needed: (index) => needed[index]!,
    scratch: (bytes) => ({ role: 'scratch', index: scratch.push(bytes) - 1 }),
    choose(otherwise, variants, { kernels, run } = { kernels: {}, run: 0 }) {
      among = Object.keys(variants);
      const picked = among.length > 1 ? pick(otherwise, among) : otherwise;
      const first = kernels[picked];
      if (first) early = () => ({ dispatches: first.lower(), compile: first.compile, run });
      return variants[picked]!();
    },
  };
  return { dispatches: op.lower!(context), scratch, among, early };
}

/**
 * What a measurement is remembered by: the op with its attributes and the sizes of its inputs, all to two bits. Kernels that
 * take four numbers at once need sizes that divide by four, so those are a class of their own.
 */
export function classOf({ op, attrs, inputs, needed }: Site): string {
  const sizes = inputs.map(({ shape }) => shape.map(sizeClass).join('x'));
  const wanted = needed.every(Boolean) ? [] : [`results:${needed.map(Number).join('')}`];
  return [op.name, ...sizes, ...wanted, JSON.stringify(attrs, attrClass)].join(' ');
}

/** Sizes among the attributes as those of inputs. Fractions, such as factors, are left away: they cost the same. */
function attrClass(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (!Number.isInteger(value)) return undefined;
  return Math.abs(value) > 4 ? sizeClass(Math.abs(value)) : value;
}

function sizeClass(size: number): string {
  if (size <= 4) return String(size);
  const step = Math.max(1, 2 ** (Math.floor(Math.log2(size - 1)) - 1));
  return `${Math.ceil(size / step) * step}${size % 4 === 0 ? '' : '-'}`;
}

const hashes = new Map<string, number>();

/** Tells whether a site's kernels are those that were measured: a hash of their names, texts and constants. */
export function fingerprint(site: Site, adapter: Adapter): string {
  const { among } = lowerSite(site, adapter, (otherwise) => otherwise);
  let hash = 0;
  for (const name of among)
    for (const { kernel, overrides, constants } of lowerSite(site, adapter, () => name).dispatches) {
      if (!hashes.has(kernel.source)) hashes.set(kernel.source, hashOf(kernel.source, 0));
      const how = `${name} ${kernel.entryPoint} ${JSON.stringify([overrides, constants])}`;
      hash = hashOf(how, hash ^ hashes.get(kernel.source)!);
    }
  return (hash >>> 0).toString(16);
}

/** FNV-1a. */
function hashOf(text: string, from: number): number {
  let hash = from ^ 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
