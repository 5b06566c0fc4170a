/**
 * One step of a recurrent layer, composed of a linear layer and formulas per element, which the planner fuses.
 *
 * Weights are as in torch: ih [gates * hidden, in] and hh [gates * hidden, hidden], with the gates one below another:
 * i, f, g, o of an LSTM, r, z, n of a GRU.
 */
import type { Tensor } from '../graph/tensor.ts';
import { sigmoid, tanh, relu } from './activation.ts';
import { add, mul, sub } from './arithmetic.ts';
import { linear } from './linear.ts';
import { chunk } from './shaping.ts';

export interface CellWeights {
  readonly ih: Tensor;
  readonly hh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
}

/** h' = tanh(W x + b + R h + c), or relu. Elman 1990. x: [batch, in], h: [batch, hidden]. */
export function rnnCell(x: Tensor, h: Tensor, weights: CellWeights, nonlinearity: 'tanh' | 'relu' = 'tanh'): Tensor {
  const sum = add(linear(x, weights.ih, weights.biasIh), linear(h, weights.hh, weights.biasHh));
  return nonlinearity === 'tanh' ? tanh(sum) : relu(sum);
}

/**
 * r, z = sigmoid(...), n = tanh(W x + b + r (R h + c)), h' = (1 - z) n + z h. Cho et al. 2014, arXiv:1406.1078, with
 * torch's reset gate behind the product.
 */
export function gruCell(x: Tensor, h: Tensor, weights: CellWeights): Tensor {
  const [xr, xz, xn] = chunk(linear(x, weights.ih, weights.biasIh), 3, -1) as [Tensor, Tensor, Tensor];
  const [hr, hz, hn] = chunk(linear(h, weights.hh, weights.biasHh), 3, -1) as [Tensor, Tensor, Tensor];
  const reset = sigmoid(add(xr, hr));
  const update = sigmoid(add(xz, hz));
  const candidate = tanh(add(xn, mul(reset, hn)));
  return add(candidate, mul(update, sub(h, candidate)));
}

/** c' = f c + i g, h' = o tanh(c'). Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000. */
export function lstmCell(x: Tensor, [h, c]: readonly [Tensor, Tensor], weights: CellWeights): [h: Tensor, c: Tensor] {
  const sum = add(linear(x, weights.ih, weights.biasIh), linear(h, weights.hh, weights.biasHh));
  const [i, f, g, o] = chunk(sum, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
  return [mul(sigmoid(o), tanh(next)), next];
}
