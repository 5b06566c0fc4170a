/** Attention to long sequences: what it computes and the memory that it takes. */
import { arange, F, init, memory, synchronize, where, type Tensor } from '../../src/index.ts';
import { leaf } from '../torch/run-module.ts';
import { waves } from '../torch/waves.ts';

async function passes(length: number, features: number, attend: (q: Tensor, k: Tensor, v: Tensor) => Tensor) {
  const [q, k, v] = [0, 1, 2].map((phase) => leaf(waves(phase, 1, length, features), true)) as [Tensor, Tensor, Tensor];
  const y = attend(q, k, v);
  y.mul(leaf(waves(3, 1, length, features)))
    .sum()
    .backward();
  return Promise.all([y, q.grad!, k.grad!, v.grad!].map((each) => each.data() as Promise<Float32Array>));
}

/** Bytes that a forward and a backward pass over each length add to what the GPU holds. */
export async function bytesOf(lengths: readonly number[], features: number): Promise<number[]> {
  await init();
  const taken = [];
  for (const length of lengths) {
    await synchronize();
    const before = memory().bytes;
    await passes(length, features, (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }));
    taken.push(memory().bytes - before);
  }
  return taken;
}

/** The greatest difference from what ops that hold all weights give, of the result and of each gradient. */
export async function differences(length: number, features: number): Promise<number[]> {
  await init();
  const got = await passes(length, features, (q, k, v) => F.scaledDotProductAttention(q, k, v, { isCausal: true }));
  const wanted = await passes(length, features, (q, k, v) => {
    const scores = q.matmul(k.transpose()).mul(1 / Math.sqrt(features));
    const allowed = arange(length).unsqueeze(1).ge(arange(length));
    return where(allowed, scores, -1e30).softmax(-1).matmul(v);
  });
  return got.map((values, index) =>
    values.reduce((most, value, at) => Math.max(most, Math.abs(value - wanted[index]![at]!)), 0),
  );
}
