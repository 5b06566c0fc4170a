/**
 * Places in a sequence as numbers that a network can tell apart.
 */
import type { Tensor } from '../graph/tensor.ts';
import { tensor } from './create.ts';
import { checkShape } from './shapes.ts';

/**
 * float32 [length, features]: for place p and pair i of features, sin and cos of p / 10000^(2 i / features), of
 * Vaswani et al. 2017, arXiv:1706.03762, 3.5. Computed on the host, in float64.
 */
export function sinusoidalPositions(length: number, features: number): Tensor {
  checkShape('sinusoidalPositions', [length, features]);
  const data = Float32Array.from({ length: length * features }, (_, at) => {
    const feature = at % features;
    const angle = Math.floor(at / features) / 10000 ** ((feature - (feature % 2)) / features);
    return feature % 2 ? Math.cos(angle) : Math.sin(angle);
  });
  return tensor(data, { shape: [length, features] });
}
