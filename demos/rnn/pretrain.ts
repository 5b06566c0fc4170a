/**
 * Masked-language-model pre-training: an encoder guesses words that were hidden from it, of pairs of sentences without
 * labels. Devlin et al. 2019.
 */
import { compile, data, F, io, manualSeed, models, optim, tensor, text, type Tensor } from '../../src/index.ts';
import { LossReader } from '../shared/loss-reader.ts';
import { yieldToPage } from '../shared/pacing.ts';
import type { RnnConfig } from './config.ts';
import { encoderMetadata } from './encoder.ts';
import type { PairData } from './pairs.ts';
import { bertOptions } from './recipe.ts';

export interface PretrainProgress {
  readonly step: number;
  readonly steps: number;
  /** Mean cross-entropy of the guesses of the last steps; a model that knows nothing has the logarithm of the words. */
  readonly loss: number;
}

/** Pairs a step, words that are guessed of each, and the highest rate. */
const RECIPE = { batch: 32, guesses: 8, lr: 0.001, weightDecay: 0.01, warmUp: 0.1 };
/** Losses of which the mean is told. */
const MEAN_OF = 20;

/**
 * @param wanted is asked between steps; pre-training ends early where it says no
 * @returns the weights, a safetensors file with Hugging Face's keys and the words in it
 * @throws Error at a loss that is no number
 */
export async function pretrain(
  config: RnnConfig,
  { unlabelled, vocabulary }: Pick<PairData, 'unlabelled' | 'vocabulary'>,
  tell: (progress: PretrainProgress) => void = () => undefined,
  wanted: () => boolean = () => true,
): Promise<Uint8Array> {
  manualSeed(config.seed);
  const { lr, weightDecay, warmUp } = RECIPE;
  const batch = Math.min(RECIPE.batch, unlabelled.length);
  const model = new models.BertForMaskedLM(bertOptions(config, vocabulary.size));
  model.train();
  const stepsPerPass = Math.floor(unlabelled.length / batch);
  const steps = stepsPerPass * config.pretrain;
  const optimizer = new optim.AdamW(model.parameters(), { lr, weightDecay });
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, lr, {
    totalSteps: steps,
    pctStart: warmUp,
    cycleMomentum: false,
  });
  const train = compile((pairs: Tensor, positions: Tensor, words: Tensor): Tensor => {
    const [ids, inputs] = models.splitPairs(pairs);
    const loss = F.crossEntropy(model.forward(ids, { ...inputs, positions }), words);
    optimizer.zeroGrad();
    loss.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    return loss;
  });
  const reader = new LossReader();
  const last: number[] = [];
  const onRead = (first: number, values: readonly number[]): void => {
    last.push(...values);
    last.splice(0, last.length - MEAN_OF);
    tell({ step: first + values.length, steps, loss: last.reduce((sum, loss) => sum + loss, 0) / last.length });
  };
  for (let step = 0, order: Int32Array = new Int32Array(0); step < steps && !reader.bad && wanted(); step++) {
    const at = step % stepsPerPass;
    const random = new data.Random(config.seed, step);
    if (at === 0) order = random.permutation(unlabelled.length);
    const chosen = Array.from(order.subarray(at * batch, (at + 1) * batch), (index) => unlabelled[index]!);
    const loss = train(...maskedBatch(chosen, vocabulary, config.length, random));
    if (step < steps - 1) schedule.step();
    await reader.add(step, loss, onRead);
    await yieldToPage();
  }
  await reader.drain();
  if (reader.bad)
    throw new Error(`pre-training: the loss of step ${reader.bad.step + 1} is ${reader.bad.value}. Use another seed.`);
  const metadata = encoderMetadata(model.bert.config, vocabulary);
  return io.saveSafetensors(model.stateDict(), { metadata });
}

/** Pairs [batch, 2, length] with hidden words, where these are in the batch, and what they are. */
function maskedBatch(
  pairs: PairData['unlabelled'],
  vocabulary: text.Vocabulary,
  length: number,
  random: data.Random,
): [pairs: Tensor, positions: Tensor, words: Tensor] {
  const ids = (side: 0 | 1): Int32Array[] => pairs.map((pair) => vocabulary.encode(pair[side]));
  const [start, separator, mask] = ['[CLS]', '[SEP]', '[MASK]'].map((token) => vocabulary.id(token)) as [
    number,
    number,
    number,
  ];
  const joined = text.joinPairs(ids(0), ids(1), { length, start, separator });
  const { guesses: count } = RECIPE;
  const options = { count, mask, specials: text.BERT_SPECIALS.length, vocabulary: vocabulary.size, random };
  const [positions, words] = [new Int32Array(pairs.length * count), new Int32Array(pairs.length * count)];
  for (let row = 0; row < pairs.length; row++) {
    const own = joined.data.subarray(2 * row * length, (2 * row + 1) * length);
    const masked = text.maskTokens(own, options);
    own.set(masked.ids);
    positions.set(
      masked.places.map((place) => row * length + place),
      row * count,
    );
    words.set(masked.tokens, row * count);
  }
  return [tensor(joined.data, { shape: [...joined.shape] }), tensor(positions), tensor(words)];
}
