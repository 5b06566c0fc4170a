/**
 * Rows of a table by their ids, and the gradient of the table: rows added up where ids repeat.
 */
import { checkRange } from '../graph/ask.ts';
import { defineOp, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply } from '../graph/trace.ts';
import { show } from '../graph/value.ts';
import { eq, where } from './arithmetic.ts';
import { indexAddOp } from './gather.ts';
import { listsPay, rowsOf, sumByLists } from './index-lists.ts';
import { requireFloat } from './shapes.ts';
import { reshape } from './views.ts';

interface Attrs {
  /** The id whose row takes no gradient, or -1. */
  padding: number;
}

const embeddingOp: OpDefinition<'ids', Attrs> = defineOp<'ids', Attrs>({
  name: 'embedding',
  inputs: ['weight', 'ids'],
  saves: ['ids'],
  shape([weight, ids]) {
    requireFloat('embedding', [weight!]);
    return [{ shape: [ids!.shape[0]!, weight!.shape[1]!], dtype: 'float32' }];
  },
  lower: rowsOf,
  backward({ grads: [dy], saved: { ids }, attrs: { padding }, inputs }) {
    const [size, inner] = inputs[0]!.shape as [number, number];
    // An id of no row takes no gradient.
    const taken = padding < 0 ? ids : where(eq(ids, padding), -1, ids);
    const sizes = { outer: 1, size, inner, axis: 0, each: false };
    const long = listsPay({ size, inner, count: taken.numel });
    return [long ? apply(tableGradientOp, [dy!, taken], { size }) : apply(indexAddOp, [dy!, taken], sizes), null];
  },
});

/**
 * What `indexAddOp` computes, where it would look through many ids for each of many rows. An op of its own, because
 * every app carries that one.
 */
const tableGradientOp: OpDefinition<never, { size: number }> = defineOp<never, { size: number }>({
  name: 'embedding_backward',
  inputs: ['dy', 'ids'],
  shape: ([dy], { size }) => [{ shape: [size, dy!.shape[1]!], dtype: 'float32' }],
  lower: (context) => {
    const [count, inner] = context.inputs[0]!.shape as [number, number];
    return sumByLists(context, { size: context.attrs.size, inner, count });
  },
});

/** The padding counted from 0, or -1 for none. */
export function checkPadding(name: string, padding: number | null | undefined, rows: number): number {
  if (padding === null || padding === undefined) return -1;
  if (!Number.isInteger(padding) || padding < -rows || padding >= rows)
    throw new Error(`${name}: paddingIdx ${padding} is no row of the table. Use ${-rows} to ${rows - 1}, or null.`);
  return padding < 0 ? padding + rows : padding;
}

/**
 * The rows of a table that ids name, as torch's F.embedding.
 *
 * @param ids int32 of any shape
 * @param weight float32 [rows, features]
 * @param options.paddingIdx an id whose row takes no gradient
 * @returns [...ids.shape, features]
 * @throws Error for an id outside the table where the host knows it; otherwise its row is NaN.
 */
export function embedding(ids: Tensor, weight: Tensor, options: { paddingIdx?: number | null } = {}): Tensor {
  if (weight.ndim !== 2)
    throw new Error(`embedding: weight is ${show(weight.shape)}; it must be a table, [rows, features].`);
  const [rows, features] = weight.shape as [number, number];
  if (ids.dtype !== 'int32')
    throw new Error(
      `embedding: ids must be int32, got ${ids.dtype} ${show(ids.shape)}. Convert them with to('int32').`,
    );
  checkRange(
    ids,
    0,
    rows - 1,
    (least, greatest) =>
      `embedding: ids go from ${least} to ${greatest}, and the table ${show(weight.shape)} has ${rows} rows. Use 0 to ${rows - 1}.`,
  );
  const padding = checkPadding('embedding', options.paddingIdx, rows);
  return reshape(apply(embeddingOp, [weight, reshape(ids, [ids.numel])], { padding }), [...ids.shape, features]);
}
