/** linear: a matmul with PyTorch's weight layout and a bias, as the modules use it. */
import { F } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, normal, shapes } from './row.ts';

export const linearCases = golden<object>({
  op: 'matmul',
  run: () => (x, weight, bias) => F.linear(x, weight, bias),
  reference: () => (x, weight, bias) => {
    const inner = x.shape.at(-1) ?? 0;
    return Nd.of([...x.shape.slice(0, -1), weight.shape[0] ?? 0], (index) => {
      const row = x.broadcastOffset([...index.slice(0, -1), 0]);
      const at = (index.at(-1) ?? 0) * inner;
      let total = bias?.data[index.at(-1) ?? 0] ?? 0;
      for (let k = 0; k < inner; k++) total += (x.data[row + k] ?? 0) * (weight.data[at + k] ?? 0);
      return total;
    });
  },
  tolerance: 2e-5,
  why: 'float32 sums of up to 784 products of normals',
  rows: shapes(
    [normal(1, 1), normal(1, 1), normal(1)],
    [normal(32, 2), normal(16, 2), normal(16)],
    [normal(64, 33), normal(10, 33), normal(10)],
    [normal(17, 31), normal(29, 31), normal(29)],
    [normal(5, 784), normal(32, 784), normal(32)],
    [normal(260, 256), normal(256, 256), normal(256)],
    [normal(33, 52), normal(11, 52), normal(11)],
    [normal(2, 3, 5), normal(7, 5), normal(7)],
    [normal(9, 5), normal(7, 5)],
  ).map((row) => ({ ...row, label: 'as linear', samples: 16 })),
});
