/**
 * From a configuration to everything a session trains: data, model, optimiser. Used alike by the lab and by the
 * terminal run; knows no page.
 */
import { data, io, manualSeed, models, nn, tensor, type optim, type Tensor } from '../../src/index.ts';
import { encode } from '../shared/address.ts';
import { adaptOptimizer, batchesOf, optimizerOf, unseeded } from '../shared/recipe-parts.ts';
import { scheduleOf } from '../shared/schedule.ts';
import type { LabelledSet, Optimizer, Task } from '../shared/task.ts';
import { generatedText, textFrom, type TextData } from './characters.ts';
import { poolingOf, schema, type RnnConfig } from './config.ts';
import type { Encoder } from './encoder.ts';
import type { RnnFiles } from './files.ts';
import { generatedPairs, pairsFrom, type PairData } from './pairs.ts';

export interface RnnTask extends Task {
  config: RnnConfig;
  readonly data: PairData | TextData;
  /** Goes on as another configuration says (which ones it can, `canTakeOver` knows). */
  readonly adapt: (config: RnnConfig, optimizer: Optimizer) => void;
}

/** Stages are given whatever task is in hand; those of this lab know their own. */
export function isRnnTask(task: Task): task is RnnTask {
  return 'data' in task;
}

export interface TaskOptions {
  readonly files?: RnnFiles;
  /** Score the whole test set, as a figure to be reported must. */
  readonly wholeTest?: boolean;
  /** Weights of a pre-trained encoder, a safetensors file. */
  readonly weights?: Uint8Array;
}

/** Scored while training; all of a large set would take longer than the epoch it follows. */
const SCORED = 512;
/** States of more sequences at once would not fit the memory of small devices. */
const AT_ONCE = 128;

export function dataOf(config: RnnConfig, files?: RnnFiles): PairData | TextData {
  if (config.task === 'characters') return files && 'text' in files ? textFrom(config, files) : generatedText(config);
  if (files && 'train' in files) return pairsFrom(config, files);
  return generatedPairs(config, files && !('text' in files) ? files : {});
}

export async function makeTask(
  config: RnnConfig,
  { files, wholeTest = false, weights }: TaskOptions = {},
  given: PairData | TextData = dataOf(config, files),
): Promise<RnnTask> {
  manualSeed(config.seed);
  const build = (): nn.Module =>
    buildModel(config, given.vocabulary.size, given.kind === 'pairs' ? given.encoder : null);
  const model = build();
  if (config.orthogonal) await makeOrthogonal(model);
  if (model instanceof models.BertForSequenceClassification) {
    const state = weights ? io.loadSafetensors(weights) : given.kind === 'pairs' && given.encoder?.state;
    if (state) models.loadBert(model, state);
    model.freeze(config.frozen);
    // Guessing masked words has no use for the pooler, which is as random as the classifier.
    model.bert.pooler?.requiresGrad_(true);
  }
  if (model instanceof models.PairClassifier) model.embedding.requiresGrad_(config.trainWords);
  model.train();
  const [train, test] = setsOf(given);
  const part = (set: LabelledSet, most: number): LabelledSet => ({
    ...set,
    size: Math.min(set.size, most),
    atOnce: AT_ONCE,
  });
  const set = new data.TensorDataset(train.x, train.y);
  const task: RnnTask = {
    model,
    config,
    data: given,
    clipNorm: config.clip,
    copyModel: () => unseeded(build),
    makeOptimizer: () => {
      const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
      return optimizerOf(trained, task.config, model instanceof models.BertForSequenceClassification);
    },
    tune: (optimizer) => adaptOptimizer(optimizer, task.config),
    notes: () => encode(schema, task.config),
    makeSchedule: (optimizer) => scheduleOf(optimizer as optim.Optimizer, task.config, task.stepsPerEpoch),
    ...batchesOf(set, config),
    trainSize: train.size,
    trainScored: part(train, SCORED),
    testScored: part(test, wholeTest ? Infinity : SCORED),
    testWhole: wholeTest || test.size <= SCORED ? null : part(test, Infinity),
    adapt(next, optimizer) {
      if (next.batch !== task.config.batch) Object.assign(task, batchesOf(set, next));
      task.config = next;
      adaptOptimizer(optimizer, next);
    },
  };
  return task;
}

type Sets = [train: LabelledSet, test: LabelledSet];

function setsOf(given: PairData | TextData): Sets {
  const upload = ({ data, shape }: data.HostField): Tensor => tensor(data, { shape: [...shape] });
  if (given.kind === 'pairs') {
    const set = ({ first, second, labels }: data.SentencePairs): LabelledSet => ({
      x: upload(given.encode(first.map(given.cut), second.map(given.cut))),
      y: tensor(labels),
      size: labels.length,
    });
    return [set(given.train), set(given.test)];
  }
  const set = ({ inputs, targets }: data.TextWindows): LabelledSet => ({
    x: upload(inputs),
    y: upload(targets),
    size: inputs.shape[0]!,
  });
  return [set(given.train), set(given.test)];
}

/** @param vocabulary how many ids there are */
export function buildModel(config: RnnConfig, vocabulary: number, encoder: Encoder | null = null): nn.Module {
  const { task, model, embedding, hidden, layers, dropout, heads, length } = config;
  if (task === 'characters') {
    const cell = model === 'rnn' || model === 'gru' ? model : 'lstm';
    return new models.LanguageModel({ vocabulary, cell, embedding, hidden, layers, dropout });
  }
  if (model === 'bert') return new models.BertForSequenceClassification(bertOptions(config, vocabulary, encoder));
  const { bidirectional, attention } = config;
  return new models.PairClassifier({
    vocabulary,
    encoder: model,
    embedding,
    hidden,
    layers,
    bidirectional: bidirectional && model !== 'transformer',
    attention,
    pooling: poolingOf(config),
    dropout,
    heads,
    maxLength: length,
  });
}

export function bertOptions(
  { embedding, layers, heads, length, dropout }: RnnConfig,
  vocabSize: number,
  encoder: Encoder | null = null,
): models.BertOptions {
  const sizes = encoder?.sizes ?? {
    vocabSize,
    hiddenSize: embedding,
    numHiddenLayers: layers,
    numAttentionHeads: heads,
    maxPositionEmbeddings: length,
  };
  return { ...sizes, hiddenDropoutProb: dropout, attentionProbsDropoutProb: dropout };
}

/** The recurrent weights of all layers and directions. Saxe et al. 2013. */
export async function makeOrthogonal(model: nn.Module): Promise<void> {
  for (const [name, parameter] of model.namedParameters())
    if (/weight_hh/.test(name)) await nn.init.orthogonal(parameter);
}
