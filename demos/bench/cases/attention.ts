/** Scaled dot-product attention, forward, without a mask. */
import type { OpCase } from './case.ts';

export const ATTENTION: readonly OpCase[] = [attentionCase(4, 4, 128, 32), attentionCase(4, 4, 512, 32)];

/** Queries, keys and values [batch, heads, length, width] each. */
export function attentionCase(batch: number, heads: number, length: number, width: number): OpCase {
  const shape = [batch, heads, length, width];
  return {
    kind: 'op',
    name: `attention-${length}`,
    title: `attention batch ${batch}, ${heads} heads, ${length} places, width ${width}`,
    op: 'attention',
    padding: 0,
    shapes: [shape, shape, shape],
    outShape: shape,
    flops: 4 * batch * heads * length ** 2 * width,
    tolerance: 2e-5,
    reference: ([q, k, v], index) => {
      if (!q || !k || !v) return NaN;
      const column = index % width;
      const query = Math.floor(index / width) * width;
      const head = Math.floor(index / (width * length)) * width * length;
      const scores = Float64Array.from({ length }, (_, place) => {
        let dot = 0;
        for (let at = 0; at < width; at++) dot += q[query + at]! * k[head + place * width + at]!;
        return dot / Math.sqrt(width);
      });
      const largest = Math.max(...scores);
      let sum = 0;
      let value = 0;
      scores.forEach((score, place) => {
        const share = Math.exp(score - largest);
        sum += share;
        value += share * v[head + place * width + column]!;
      });
      return value / sum;
    },
  };
}
