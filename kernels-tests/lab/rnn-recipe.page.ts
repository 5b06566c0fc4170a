/** Recipes of the RNN lab in the browser, on small models. Plain data comes out. */
import { init, io, type data, type optim } from '../../src/index.ts';
import { DEFAULTS, type RnnConfig } from '../../demos/rnn/config.ts';
import { PRESETS } from '../../demos/rnn/presets.ts';
import { pretrain } from '../../demos/rnn/pretrain.ts';
import type { PairData } from '../../demos/rnn/pairs.ts';
import { dataOf, makeTask, type RnnTask } from '../../demos/rnn/recipe.ts';
import { score } from '../../demos/shared/task.ts';
import { Trainer } from '../../demos/shared/trainer.ts';

const SMALL = { embedding: 16, hidden: 16, heads: 2, length: 24, batch: 16, dropout: 0, schedule: 'constant' } as const;

const configOf = (preset: string, changes: Partial<RnnConfig> = {}): RnnConfig => ({
  ...DEFAULTS,
  ...PRESETS.find(({ name }) => name === preset)!.config,
  ...SMALL,
  lr: 0.01,
  ...changes,
});

const known = new Map<boolean, PairData>();

/** Made once for those that read both sentences together, and once for the others: it takes longer than a few steps. */
function pairsFor(config: RnnConfig): PairData {
  const together = config.model === 'bert';
  const given = known.get(together) ?? dataOf(config);
  if (given.kind !== 'pairs') throw new Error('pairs were asked for.');
  known.set(together, given);
  return given;
}

function few(given: PairData): PairData {
  const part = ({ first, second, labels }: data.SentencePairs, size: number): data.SentencePairs => ({
    first: first.slice(0, size),
    second: second.slice(0, size),
    labels: labels.slice(0, size),
  });
  return { ...given, train: part(given.train, 128), test: part(given.test, 64) };
}

export interface Learnt {
  /** Mean of the first and of the last five. */
  losses: [first: number, last: number];
  /** Of the whole test set, by the loss that the lab shows, and by another model with the same parameters. */
  test: { loss: number; accuracy: number; copied: number };
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** So many steps of a preset. */
export async function learn(preset: string, steps: number, changes: Partial<RnnConfig> = {}): Promise<Learnt> {
  await init();
  const config = configOf(preset, changes);
  const task = await makeTask(config, {}, config.task === 'pairs' ? few(pairsFor(config)) : undefined);
  const trainer = new Trainer(task);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(await (await trainer.step()).loss.item());
  const { loss, accuracy } = await score(task.model, { ...task.testScored, size: 64 });
  const copy = task.copyModel();
  copy.loadStateDict(task.model.stateDict());
  const { loss: copied } = await score(copy, { ...task.testScored, size: 64 });
  return { losses: [mean(losses.slice(0, 5)), mean(losses.slice(-5))], test: { loss, accuracy, copied } };
}

export interface Pretrained {
  /** What was told first and last. */
  told: [first: { step: number; steps: number; loss: number }, last: { step: number; steps: number; loss: number }];
  /** Whether the classifier began with the pre-trained embeddings. */
  loaded: boolean;
  /** What is trained of a frozen one. */
  trained: string[];
  words: number;
}

/** A pre-training that is stopped after some steps, and the task that starts from it. */
export async function pretrained(steps: number): Promise<Pretrained> {
  await init();
  const config = configOf('pretrained', { frozen: true, pretrain: 1 });
  const given = pairsFor(config);
  const told: Pretrained['told'][0][] = [];
  let asked = 0;
  const weights = await pretrain(
    config,
    given,
    (progress) => told.push(progress),
    () => asked++ < steps,
  );
  const task: RnnTask = await makeTask(config, { weights }, few(given));
  const key = 'bert.embeddings.word_embeddings.weight';
  const [own, saved] = [await task.model.stateDict()[key]!.data(), io.loadSafetensors(weights)[key]!.data];
  const trained = [...task.model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  await (await new Trainer(task).step()).loss.item();
  return {
    told: [told[0]!, told.at(-1)!],
    loaded: own.every((value, at) => value === saved[at]),
    trained: trained.map(([name]) => name),
    words: given.vocabulary.size,
  };
}

/** What is told of pre-training on fewer pairs than a batch has. */
export async function onFewPairs(count: number): Promise<Pretrained['told'][0]> {
  await init();
  const config = configOf('pretrained', { pretrain: 2 });
  const { unlabelled, vocabulary } = pairsFor(config);
  const told: Pretrained['told'][0][] = [];
  await pretrain(config, { unlabelled: unlabelled.slice(0, count), vocabulary }, (progress) => told.push(progress));
  return told.at(-1)!;
}

/** How far R^T R of an orthogonal start lies from the identity. */
export async function orthogonal(): Promise<number> {
  await init();
  const config = configOf('rnn', { orthogonal: true });
  const task = await makeTask(config, {}, few(pairsFor(config)));
  const weight = task.model.stateDict()['encoder.cell.weight_hh_l0']!;
  const values = (await weight.transpose().matmul(weight).data()) as Float32Array;
  return values.reduce((most, value, at) => Math.max(most, Math.abs(value - Number(at % 17 === 0))), 0);
}

/** How many words a BERT knows beside a text that one of them is pre-trained on. */
export function wordsBeside(text: string): Record<'scratch' | 'pretrained', number> {
  const corpus = [new TextEncoder().encode(text)];
  const count = (preset: string): number => dataOf(configOf(preset), { corpus }).vocabulary.size;
  return { scratch: count('scratch'), pretrained: count('pretrained') };
}

/** The first words of a text that is pre-trained on, and whether the vocabulary has two of them. */
export function corpus(text: string): { words: string[]; known: Record<'unk' | 'river', boolean> } {
  const config = { ...configOf('pretrained'), length: 12 };
  const given = dataOf(config, { corpus: [new TextEncoder().encode(text)] });
  if (given.kind !== 'pairs') throw new Error('pairs were asked for.');
  const [first, second] = given.unlabelled.at(given.train.labels.length) ?? [[], []];
  const known = { unk: given.vocabulary.has('unk'), river: given.vocabulary.has('river') };
  return { words: [...first, ...second], known };
}

/** The rates of all steps of a BERT's training, and of each parameter its axes and how it decays. */
export async function fineTuning(
  epochs: number,
): Promise<{ rates: number[]; decays: (readonly [axes: number, decay: number])[] }> {
  await init();
  const config = configOf('scratch', { epochs, schedule: 'linear' });
  const task = await makeTask(config, {}, few(pairsFor(config)));
  const optimizer = task.makeOptimizer() as optim.AdamW;
  const schedule = task.makeSchedule?.(optimizer);
  task.adapt(config, optimizer);
  const rates = Array.from({ length: epochs * task.stepsPerEpoch }, (_, step) => {
    if (step > 0) schedule?.step();
    return optimizer.paramGroups[0]!.lr as number;
  });
  const decays = optimizer.paramGroups.flatMap(({ params, weightDecay }) =>
    params.map(({ ndim }) => [ndim, weightDecay as number] as const),
  );
  return { rates, decays };
}
