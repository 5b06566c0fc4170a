/** Sequence models, sampling and batches of many lengths in the browser. Plain data comes out. */
import {
  data,
  F,
  init,
  manualSeed,
  memory,
  models,
  noGrad,
  optim,
  synchronize,
  tensor,
  text,
  type Tensor,
} from '../../src/index.ts';

const ids = (values: number[], ...shape: number[]): Tensor => tensor(Int32Array.from(values), { shape });

/** How often each class is drawn from logits 0, 1, 2, 3 of 4,000 rows. */
export async function drawn(options: text.SampleOptions): Promise<number[]> {
  await init();
  manualSeed(5);
  const row = Float32Array.of(0, 1, 2, 3);
  const logits = tensor(
    Float32Array.from({ length: 16_000 }, (_, at) => row[at % 4]!),
    { shape: [4000, 4] },
  );
  const counts = [0, 0, 0, 0];
  for (const id of await text.sampleNext(logits, options).data()) counts[id]!++;
  return counts.map((count) => count / 4000);
}

/** Batches of a dataset of sequences by length: their shapes, and all labels that were seen. */
export async function bucketed(): Promise<{ lengths: number[]; labels: number[]; again: boolean }> {
  await init();
  const sequences = Array.from({ length: 50 }, (_, at) => Array.from({ length: 1 + ((at * 7) % 23) }, () => at + 1));
  const set = new text.SequenceDataset(
    sequences,
    sequences.map((_, at) => at),
    { multiple: 4 },
  );
  const loader = (): data.DataLoader<[Int32Array, number]> =>
    new data.DataLoader(set, { batchSampler: new text.LengthBuckets(set.lengths, { batchSize: 8, seed: 1 }) });
  const seen = async (loader: data.DataLoader<[Int32Array, number]>): Promise<[number[], number[]]> => {
    const [lengths, labels]: [number[], number[]] = [[], []];
    for await (const [x, y] of loader) {
      lengths.push(x.shape[1]!);
      labels.push(...(await y.data()));
    }
    return [lengths, labels];
  };
  const [lengths, labels] = await seen(loader());
  const resumed = loader();
  for await (const _ of resumed) break;
  const other = loader();
  other.loadStateDict(resumed.stateDict());
  const [, rest] = await seen(other);
  return { lengths, labels, again: rest.join() === labels.slice(8).join() };
}

/** What a sentence of its own gives, and the same beside longer ones: the greatest difference of logits. */
export async function padded(encoder: 'rnn' | 'gru' | 'lstm' | 'transformer'): Promise<number> {
  await init();
  manualSeed(1);
  const options = encoder === 'transformer' ? { maxLength: 9 } : { bidirectional: true, attention: true, layers: 2 };
  const model = new models.PairClassifier({ vocabulary: 20, embedding: 8, hidden: 8, encoder, ...options }).eval();
  return noGrad(() => {
    const short = model.forward(ids([4, 5, 6, 7, 8, 0], 1, 2, 3));
    const long = model.forward(ids([4, 5, 6, 0, 0, 0, 7, 8, 0, 0, 0, 0, ...Array<number>(12).fill(9)], 2, 2, 6));
    return short
      .sub(long.slice(0, 0, 1))
      .abs()
      .max();
  }).item();
}

/** Shares of the first sentence's words over those of the second, and of both over what is not there. */
export async function looks(): Promise<{ shape: number[]; sums: number; padding: number }> {
  await init();
  const model = new models.PairClassifier({ vocabulary: 20, embedding: 8, hidden: 8, attention: true }).eval();
  const weights = model.attention(ids([4, 5, 6, 0, 7, 8, 0, 0], 1, 2, 4));
  return {
    shape: [...weights.shape],
    sums: await weights.sum(3).sub(1).abs().max().item(),
    padding:
      (await weights.slice(1, 0, 1).slice(3, 2, 4).sum().item()) +
      (await weights.slice(1, 1, 2).slice(3, 3, 4).sum().item()),
  };
}

/** A model that learnt abcabc... writes on from "a"; how the same writing goes in one read, and in steps. */
export async function written(
  cell: 'rnn' | 'gru' | 'lstm',
): Promise<{ text: string; apart: number; training: boolean }> {
  await init();
  manualSeed(2);
  const model = new models.LanguageModel({ vocabulary: 3, cell, embedding: 8, hidden: 16, layers: 2, dropout: 0.1 });
  const row = Array.from({ length: 13 }, (_, at) => at % 3);
  const [x, y] = [ids(row.slice(0, 12), 1, 12), ids(row.slice(1), 12)];
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  for (let step = 0; step < 40; step++) {
    const loss = F.crossEntropy(model.forward(x).reshape([12, 3]), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
  let text = 'a';
  for await (const id of model.write(Int32Array.of(0), { temperature: 0 })) {
    text += 'abc'[id];
    if (text.length === 13) break;
  }
  const { training } = model;
  model.eval();
  const apart = noGrad(() => {
    const [, state] = model.read(ids(row.slice(0, 5), 1, 5), null);
    const [logits] = model.read(ids(row.slice(5, 12), 1, 7), state);
    return logits
      .sub(model.forward(x).slice(1, 5, 12))
      .abs()
      .max();
  });
  return { text, apart: await apart.item(), training };
}

/** GPU buffers after so many writings, each cut off by its reader. */
export async function buffersAfter(writings: readonly number[]): Promise<number[]> {
  await init();
  const model = new models.LanguageModel({ vocabulary: 3, embedding: 8, hidden: 16 });
  const held: number[] = [];
  for (let done = 1; done <= Math.max(...writings); done++) {
    let length = 0;
    for await (const _ of model.write(Int32Array.of(0))) if (++length === 3) break;
    await synchronize();
    if (writings.includes(done)) held.push(memory().buffers);
  }
  return held;
}
