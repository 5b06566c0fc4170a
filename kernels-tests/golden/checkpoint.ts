/** checkpoint: the same numbers and gradients as without it, through a leaf of its own and through what is nested. */
import { checkpoint, type Tensor } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, normal } from './row.ts';

/** tanh(x w) + x, of a block that uses `w` from outside. */
function block(x: Tensor, w: Tensor): Tensor {
  return x.matmul(w).tanh().add(x);
}

export const checkpointCases = golden<{ nested: boolean }>({
  op: 'checkpoint',
  run:
    ({ nested }) =>
    (x, w) => {
      const once = (h: Tensor): Tensor => checkpoint((input) => block(input, w), h);
      return nested ? checkpoint((h) => once(once(h)), x) : once(once(x));
    },
  reference: () => (x, w) => {
    const size = w.shape[0] ?? 0;
    const once = (h: Nd): Nd =>
      Nd.of(h.shape, ([row = 0, col = 0]) => {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += (h.data[row * size + k] ?? 0) * (w.data[k * size + col] ?? 0);
        return Math.tanh(sum) + (h.data[row * size + col] ?? 0);
      });
    return once(once(x));
  },
  tolerance: 2e-5,
  why: 'float32 sums of a few products, twice',
  rows: [
    { attrs: { nested: false }, inputs: [normal(3, 4), normal(4, 4)] },
    { attrs: { nested: true }, inputs: [normal(2, 5), normal(5, 5)] },
  ],
});
