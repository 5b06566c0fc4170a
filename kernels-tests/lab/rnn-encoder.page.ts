/** Encoders that a reader brings, in the browser: what they are, why they are refused, and training that begins from them. */
import { init, io } from '../../src/index.ts';
import { DEFAULTS, type RnnConfig } from '../../demos/rnn/config.ts';
import { readEncoder, type Encoder, type EncoderParts } from '../../demos/rnn/encoder.ts';
import { PUBLISHED } from '../../demos/rnn/lab-presets.ts';
import { pretrain } from '../../demos/rnn/pretrain.ts';
import type { PairData } from '../../demos/rnn/pairs.ts';
import { dataOf, makeTask } from '../../demos/rnn/recipe.ts';
import { Trainer } from '../../demos/shared/trainer.ts';
import { TOKENS, bertFile, type BertFileOptions } from './bert-files.ts';

export interface Given extends BertFileOptions {
  readonly vocabulary?: string | null;
  readonly config?: string;
  /** A regular expression's source. */
  readonly lacks?: string;
  /** Bytes that are cut off. */
  readonly cut?: number;
}

function partsOf({ vocabulary = TOKENS.join('\n'), config, lacks, cut = 0, ...options }: Given): EncoderParts {
  const weights = bertFile({ ...options, ...(lacks ? { without: new RegExp(lacks) } : {}) });
  return { weights: weights.subarray(0, weights.length - cut), vocabulary: vocabulary ?? undefined, config };
}

/** What an encoder is, and the sum of the squares of its first weights; or why there is none. */
export async function read(
  given: Given,
): Promise<(Pick<Encoder, 'sizes' | 'unit'> & { pieces: string[]; sum: number }) | string> {
  try {
    const { sizes, unit, cut, state } = await readEncoder('model.safetensors', partsOf(given));
    const { data } = state['embeddings.word_embeddings.weight'] as io.LoadedTensor;
    const sum = Array.from(data).reduce((sum, value) => sum + value * value, 0);
    return { sizes, unit, pieces: cut('The CATS unfitted.'), sum };
  } catch (error) {
    return (error as Error).message;
  }
}

function fewOf(config: RnnConfig, encoder: Encoder | null = null): PairData {
  const given = dataOf(config, { encoder });
  if (given.kind !== 'pairs') throw new Error('pairs were asked for.');
  const part = ({ first, second, labels }: PairData['train'], size: number): PairData['train'] => ({
    first: first.slice(0, size),
    second: second.slice(0, size),
    labels: labels.slice(0, size),
  });
  return { ...given, train: part(given.train, 64), test: part(given.test, 32) };
}

/** The losses of some steps, what was trained, and the first ids that the model reads. */
export async function tune(
  frozen: boolean,
  steps: number,
): Promise<{ losses: number[]; trained: number; of: number; began: boolean; tokens: string[] }> {
  await init();
  const encoder = await readEncoder('model.safetensors', partsOf({}));
  const config = { ...DEFAULTS, ...PUBLISHED.pieces, frozen, length: 48, batch: 16, lr: 0.003, dropout: 0 };
  const given = fewOf({ ...config, schedule: 'constant' }, encoder);
  const task = await makeTask({ ...config, schedule: 'constant' }, {}, given);
  const began = await task.model.stateDict()['bert.encoder.layer.1.attention.self.key.weight']!.data();
  const wanted = (encoder.state['encoder.layer.1.attention.self.key.weight'] as io.LoadedTensor).data;
  const trainer = new Trainer(task);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(await (await trainer.step()).loss.item());
  const all = [...task.model.parameters()];
  const ids = given.encode([given.cut('the cats')], [given.cut('ab')]).data;
  return {
    losses,
    trained: all.filter(({ requiresGrad }) => requiresGrad).length,
    of: all.length,
    began: began.every((value, at) => value === wanted[at]),
    tokens: given.vocabulary.decode(ids.slice(0, 8)),
  };
}

/** A pre-training's file, taken again: whether it is the same network with the same words, and what it is. */
export async function again(): Promise<Pick<Encoder, 'sizes' | 'unit'> & { sameWords: boolean; began: boolean }> {
  await init();
  const size = { embedding: 16, layers: 1, heads: 2, length: 24, batch: 16, dropout: 0, schedule: 'constant' } as const;
  const config = { ...DEFAULTS, ...size, model: 'bert', pretrain: 1 } as const;
  const given = fewOf(config);
  const weights = await pretrain(config, { ...given, unlabelled: given.unlabelled.slice(0, 640) });
  const encoder = await readEncoder('encoder.safetensors', { weights });
  const task = await makeTask(
    { ...config, given: true },
    {},
    fewOf({ ...config, given: true, embedding: 64 }, encoder),
  );
  const key = 'embeddings.word_embeddings.weight';
  const [began, wanted] = [
    await task.model.stateDict()[`bert.${key}`]!.data(),
    io.loadSafetensors(weights)[`bert.${key}`]!,
  ];
  const { sizes, unit, vocabulary } = encoder;
  return {
    sizes,
    unit,
    sameWords: vocabulary.tokens.join(' ') === given.vocabulary.tokens.join(' '),
    began: began.every((value, at) => value === wanted.data[at]),
  };
}
