/**
 * Drawing the next token from a model's logits, on the GPU: only the ids need to be read.
 */
import { noGrad, show, type Tensor } from '../graph/index.ts';
import { argmax, div, ge, log, rand, slice, sub, where } from '../ops/index.ts';
import { topk } from '../ops/sort.ts';

export interface SampleOptions {
  /** Logits are divided by it: below 1 surer, above 1 bolder; 0 takes the greatest. Default 1. */
  temperature?: number;
  /** Only so many of the greatest logits can be drawn, and those equal to the last of them. Default: all. */
  topK?: number;
}

/** Less than every -log(1 - u) but the one of u = 0; keeps the second logarithm finite. */
const LEAST = 1e-7;

/**
 * One id for each row of logits, from the generator of `rand`.
 *
 * It is the greatest of logits with Gumbel noise, which is drawn as the softmax says: Gumbel 1954; Maddison et al. 2014.
 *
 * @param logits float32 [batch, classes]
 * @returns int32 [batch]
 */
export function sampleNext(logits: Tensor, { temperature = 1, topK }: SampleOptions = {}): Tensor {
  const classes = logits.shape[1] ?? 0;
  if (logits.ndim !== 2 || logits.dtype !== 'float32' || classes === 0)
    throw new Error(
      `sampleNext: logits must be float32 [batch, classes], got ${logits.dtype} ${show(logits.shape)}. Take those of the last step.`,
    );
  if (!(temperature >= 0 && Number.isFinite(temperature)))
    throw new Error(`sampleNext: temperature must be from 0, got ${temperature}.`);
  if (topK !== undefined && (!Number.isInteger(topK) || topK < 1 || topK > classes))
    throw new Error(`sampleNext: topK must be a whole number from 1 to the ${classes} classes, got ${topK}.`);
  return noGrad(() => {
    if (temperature === 0) return argmax(logits, 1);
    const clocks = sub(LEAST, log(sub(1, rand(logits.shape))));
    const noisy = sub(div(logits, temperature), log(clocks));
    if (topK === undefined) return argmax(noisy, 1);
    const least = slice(topk(logits, topK, 1)[0], 1, topK - 1, topK);
    return argmax(where(ge(logits, least), noisy, -3.4e38), 1);
  });
}
