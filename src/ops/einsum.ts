/**
 * Einstein summation, by pairs from the left. Each pair is one batched matrix product whose transposes the planner
 * takes in, or, where nothing but the elements meet, a fused product.
 */
import type { Tensor } from '../graph/tensor.ts';
import { numel, show } from '../graph/value.ts';
import { mul } from './arithmetic.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduce.ts';
import { permute, reshape, transpose } from './views.ts';

/** A tensor with a label for each axis. */
interface Term {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

type Sizes = ReadonlyMap<string, number>;

const sizesOf = (labels: readonly string[], sizes: Sizes): number[] => labels.map((label) => sizes.get(label)!);

/**
 * As torch.einsum: `einsum('bij,bjk->bik', a, b)`. Without `->` the labels that occur once remain, in alphabetical
 * order; `...` stands for any leading axes; axes of size 1 broadcast. A label twice in one operand (a diagonal) is not
 * supported: use diagonal().
 *
 * @throws Error that names the equation, for labels that do not fit the operands or sizes that do not agree.
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  const fail = (what: string): never => {
    throw new Error(`einsum: "${equation}": ${what} of ${operands.map(({ shape }) => show(shape)).join(' and ')}.`);
  };
  const text = equation.replaceAll(' ', '');
  const [left = '', right] = text.split('->');
  const inputs = left.split(',');
  if (!/^[a-zA-Z.,]*(->[a-zA-Z.]*)?$/.test(text) || inputs.some((input) => /\./.test(input.replace('...', ''))))
    fail('only letters, commas, one "..." an operand and one "->" are understood; rewrite the equation');
  if (inputs.length !== operands.length) fail(`${inputs.length} operands are named, and ${operands.length} are given`);
  const sizes = new Map<string, number>();
  const labelled = operands.map((x, index) => {
    const input = inputs[index]!;
    const more = x.ndim - input.replace('...', '').length;
    if (input.includes('...') ? more < 0 : more !== 0)
      fail(`"${input}" does not name the ${x.ndim} axes of operand ${index}`);
    const labels = split(input, more);
    if (new Set(labels).size !== labels.length)
      fail(`"${input}" names an axis twice; use diagonal() for operand ${index}`);
    labels.forEach((label, axis) => {
      const size = x.shape[axis]!;
      const known = sizes.get(label) ?? 1;
      if (size !== 1 && known !== 1 && size !== known)
        fail(
          `label ${label} is ${known} and, in operand ${index}, ${size}; sizes of a label must be equal or 1, but those`,
        );
      sizes.set(label, known === 1 ? size : known);
    });
    return { x, labels };
  });
  // An axis of size 1 that meets a larger one is broadcast, for which it need not be there.
  const terms = labelled.map(({ x, labels }): Term => {
    const kept = labels.filter((label, axis) => x.shape[axis] === sizes.get(label));
    return { x: reshape(x, sizesOf(kept, sizes)), labels: kept };
  });
  const all = labelled.flatMap(({ labels }) => labels);
  const dots = [...sizes.keys()].filter((label) => label.length > 1).toSorted((a, b) => (a < b ? 1 : -1));
  const once = all.filter((label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label));
  const wanted = right === undefined ? [...dots, ...once.toSorted()] : split(right, dots.length);
  const strange = wanted.find((label, index) => !sizes.has(label) || wanted.indexOf(label) !== index);
  if (strange) fail(`"${strange}" stands twice in the result or in no operand`);
  const result = terms.slice(1).reduce((a, b, index) => {
    return contract(a, b, new Set([...wanted, ...terms.slice(index + 2).flatMap(({ labels }) => labels)]), sizes);
  }, terms[0]!);
  const { x, labels } = summed(result, new Set(wanted));
  return permute(
    x,
    wanted.map((label) => labels.indexOf(label)),
  );
}

/** One label a letter; the axes of "..." are numbered from the last, so that they align as in broadcasting. */
function split(input: string, more: number): string[] {
  const [before = '', after = ''] = input.split('...');
  const dots = Array.from({ length: input.includes('...') ? more : 0 }, (_, index) => `...${more - index}`);
  return [...before.split(''), ...dots, ...after.split('')];
}

/** Summed over the labels that nothing else needs. */
function summed({ x, labels }: Term, needed: ReadonlySet<string>): Term {
  const axes = labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  return axes.length ? { x: sum(x, axes), labels: labels.filter((label) => needed.has(label)) } : { x, labels };
}

function contract(left: Term, right: Term, needed: ReadonlySet<string>, sizes: Sizes): Term {
  const a = summed(left, new Set([...needed, ...right.labels]));
  const b = summed(right, new Set([...needed, ...left.labels]));
  const both = a.labels.filter((label) => b.labels.includes(label));
  const batch = both.filter((label) => needed.has(label));
  const inner = both.filter((label) => !needed.has(label));
  const rows = a.labels.filter((label) => !both.includes(label));
  const cols = b.labels.filter((label) => !both.includes(label));
  const labels = [...batch, ...rows, ...cols];
  const shape = sizesOf(labels, sizes);
  if (!inner.length || (!rows.length && !cols.length)) {
    const every = [...labels, ...inner];
    return summed({ x: mul(spread(a, every, sizes), spread(b, every, sizes)), labels: every }, needed);
  }
  const count = (part: readonly string[]): number => numel(sizesOf(part, sizes));
  const [batches, m, k, n] = [batch, rows, inner, cols].map(count) as [number, number, number, number];
  const x = matmul(matrices(a, batch, rows, inner, [batches, m, k]), matrices(b, batch, inner, cols, [batches, k, n]));
  return { x: reshape(x, shape), labels };
}

/** [batch, first, second], read as the transpose of [batch, second, first] where its axes lie in that order. */
function matrices(
  { x, labels }: Term,
  batch: readonly string[],
  first: readonly string[],
  second: readonly string[],
  [batches, rows, cols]: readonly [number, number, number],
): Tensor {
  const ordered = (parts: readonly string[]): Tensor =>
    permute(
      x,
      parts.map((label) => labels.indexOf(label)),
    );
  const turned = [...batch, ...second, ...first];
  if (turned.join() === labels.join()) return transpose(reshape(ordered(turned), [batches, cols, rows]), 1, 2);
  return reshape(ordered([...batch, ...first, ...second]), [batches, rows, cols]);
}

/** With an axis for each of the labels, of size 1 for those it has not. */
function spread({ x, labels }: Term, every: readonly string[], sizes: Sizes): Tensor {
  const own = every.filter((label) => labels.includes(label));
  const ordered = permute(
    x,
    own.map((label) => labels.indexOf(label)),
  );
  return reshape(
    ordered,
    every.map((label) => (labels.includes(label) ? sizes.get(label)! : 1)),
  );
}
