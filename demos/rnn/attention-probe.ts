/**
 * What the words of a pair look at: between the sentences, or within each, by layer and head. Knows no page, and no
 * model but by the attention that is in it.
 */
import { models, nn, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';
import { encodePairs, type PairsTask, type WordPair } from './pairs-probe.ts';

/** What the words of one sentence look at among those of one sentence. */
export interface Block {
  readonly from: 0 | 1;
  readonly to: 0 | 1;
  /** For each head [words of `from`, words of `to`]; a row sums to 1 over all that a word may look at. */
  readonly heads: readonly Float32Array[];
}

export interface AttentionLayer {
  readonly name: string;
  readonly blocks: readonly Block[];
}

export interface AttentionLook {
  /** The words that were read. */
  readonly pair: WordPair;
  /** Empty where the model has no attention. */
  readonly layers: readonly AttentionLayer[];
}

export async function readAttention(task: PairsTask, whole: WordPair): Promise<AttentionLook> {
  const { model, config } = task;
  if (model instanceof models.BertForSequenceClassification) return readJoined(task, model, whole);
  // What is read of longer sentences.
  const pair: WordPair = [whole[0].slice(0, config.length), whole[1].slice(0, config.length)];
  const reads = evaluating(model, () => {
    const x = encodePairs(task, [pair]);
    return model instanceof models.PairClassifier && model.cross
      ? [between(model.attention(x), pair)]
      : within(model, x, pair);
  });
  return { pair, layers: await Promise.all(reads) };
}

/** Both sentences as one sequence: [CLS] A [SEP] B [SEP]. All words look at all. */
async function readJoined(
  task: PairsTask,
  model: models.BertForSequenceClassification,
  whole: WordPair,
): Promise<AttentionLook> {
  const { x, reads } = evaluating(model, () => {
    const x = encodePairs(task, [whole]);
    const [ids, inputs] = models.splitPairs(x);
    return { x: x.data(), reads: model.bert.attentions(ids, inputs) };
  });
  const data = await x;
  const types = Array.from(data.slice(data.length / 2));
  // Words of A that are left, and of B: each is followed by a separator, and A comes behind [CLS].
  const second = types.indexOf(1);
  const counts = [second - 2, types.reduce((sum, type) => sum + type, 0) - 1] as const;
  const starts = [1, second] as const;
  const pair: WordPair = [whole[0].slice(0, counts[0]), whole[1].slice(0, counts[1])];
  const layers = reads.map(async (weights, layer): Promise<AttentionLayer> => {
    const [, heads, length] = weights.shape as [number, number, number];
    const values = await weights.data();
    const block = (from: 0 | 1, to: 0 | 1): Block => ({
      from,
      to,
      heads: Array.from({ length: heads }, (_, head) =>
        cut(values, (head * length + starts[from]) * length + starts[to], length, pair[from].length, pair[to].length),
      ),
    });
    return { name: `Layer ${layer + 1}`, blocks: [block(0, 1), block(1, 0), block(0, 0), block(1, 1)] };
  });
  return { pair, layers: await Promise.all(layers) };
}

/** weights: [1, 2, length, length], from the words of each sentence to those of the other. */
async function between(weights: Tensor, pair: WordPair): Promise<AttentionLayer> {
  const length = weights.shape[2]!;
  const values = await weights.data();
  const block = (from: 0 | 1): Block => {
    const to = from === 0 ? 1 : 0;
    return { from, to, heads: [cut(values, from * length * length, length, pair[from].length, pair[to].length)] };
  };
  return { name: 'Between the sentences', blocks: [block(0), block(1)] };
}

/** Of every self-attention that reads both sentences, one a row: [2, heads, length, length]. */
function within(model: nn.Module, x: Tensor, pair: WordPair): Promise<AttentionLayer>[] {
  const seen: Tensor[] = [];
  let asking = false;
  const removers = [...model.namedModules()].map(([, module]) =>
    module instanceof nn.MultiheadAttention
      ? module.registerForwardHook((_, [query, key, value, masks]) => {
          if (asking) return;
          asking = true;
          // The same once more, for the weights that the layer itself does not ask for.
          const [, weights] = module.forward(query, key, value, {
            ...masks,
            needWeights: true,
            averageAttnWeights: false,
          });
          asking = false;
          if (weights) seen.push(weights);
        })
      : () => false,
  );
  try {
    model.forward(x);
  } finally {
    for (const remove of removers) remove();
  }
  return seen.map(async (weights, layer) => {
    const [, heads, length] = weights.shape as [number, number, number];
    const values = await weights.data();
    const block = (sentence: 0 | 1): Block => ({
      from: sentence,
      to: sentence,
      heads: Array.from({ length: heads }, (_, head) =>
        cut(values, (sentence * heads + head) * length * length, length, pair[sentence].length, pair[sentence].length),
      ),
    });
    return { name: `Layer ${layer + 1}`, blocks: [block(0), block(1)] };
  });
}

/** The corner of a matrix that is of words; the rest is padding. */
function cut(values: ArrayLike<number>, start: number, length: number, rows: number, columns: number): Float32Array {
  return Float32Array.from(
    { length: rows * columns },
    (_, at) => values[start + Math.floor(at / columns) * length + (at % columns)] ?? 0,
  );
}
