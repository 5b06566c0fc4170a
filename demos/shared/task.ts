/**
 * What a lab's recipe hands to a training session: a model, a way to make its optimiser, batches, and the sets that are
 * scored. Also the scoring itself. Knows neither pages nor any particular model.
 */
import { F, io, noGrad, type Tensor, type data, type nn, type optim } from '../../src/index.ts';

export type Optimizer = Pick<optim.Optimizer, 'lr' | 'zeroGrad' | 'step' | 'name' | 'stateDict' | 'loadStateDict'>;
export type Schedule = Pick<optim.lrScheduler.LRScheduler, 'step' | 'stateDict' | 'loadStateDict'>;
/** One pass over the training set each time it is iterated. */
export type Batches = AsyncIterable<readonly Tensor[]> &
  Pick<data.DataLoader<readonly [Tensor, Tensor]>, 'stateDict' | 'loadStateDict'>;

/** Something that gives a part of its examples as a batch, as a tensor does. */
export interface Examples {
  slice(axis: 0, from: number, to: number): Tensor;
}

/** Examples kept on the GPU: `x` [size, ...features], `y` int32 [size], or [size, steps] where each step has an answer. */
export interface LabelledSet<X extends Examples = Tensor> {
  readonly x: X;
  readonly y: Tensor;
  readonly size: number;
  /** Examples that are scored at once; 1,000 unless said otherwise. */
  readonly atOnce?: number;
}

export interface Task {
  readonly model: nn.Module;
  /** A model of the same form with parameters of its own, to look back with; it leaves the seed of the run alone. */
  readonly copyModel: () => nn.Module;
  /** Called at the start, and again when the run goes back to a step before. */
  readonly makeOptimizer: () => Optimizer;
  /** Gives an optimiser that comes from a checkpoint the options that are wanted now. */
  readonly tune?: (optimizer: Optimizer) => void;
  /** Moves the learning rate after every step; null where it stays. */
  readonly makeSchedule?: (optimizer: Optimizer) => Schedule | null;
  /** What its checkpoints are to say of it, for who has to make the task again; JSON. */
  readonly notes?: () => unknown;
  /** Gradients are scaled down to this norm; 0 or none leaves them as they are. */
  readonly clipNorm?: number;
  /** What a training step makes of its batch first, in another way each time, such as augmentation. */
  readonly augment?: (x: Tensor) => Tensor;
  /** These three change together, between two steps. */
  batches: Batches;
  batchSize: number;
  stepsPerEpoch: number;
  readonly trainSize: number;
  /** What the train score is taken on: the training set or a part of it. */
  readonly trainScored: LabelledSet<Examples>;
  readonly testScored: LabelledSet<Examples>;
  /** All of the test set where `testScored` is a part of it: scored at the end of each epoch. */
  readonly testWhole?: LabelledSet<Examples> | null;
}

export interface Score {
  readonly loss: number;
  /** A fraction. */
  readonly accuracy: number;
}

const SCORE_BATCH = 1000;

/** Mean cross-entropy and accuracy of the model in evaluation mode; one wait for the whole set. */
export async function score(model: nn.Module, set: LabelledSet<Examples>): Promise<Score> {
  const [loss, correct] = evaluating(model, () => {
    const parts = partsOf(set).map(([from, to]) => sums(model, set, from, to));
    return [total(parts.map(([losses]) => losses)).item(), total(parts.map(([, hits]) => hits)).item()];
  });
  return { loss: (await loss) / set.size, accuracy: (await correct) / set.size };
}

/** The same, part after part, so that a page draws its frames meanwhile; null once it is no longer wanted. */
export async function scoreInParts(
  model: nn.Module,
  set: LabelledSet<Examples>,
  wanted: () => boolean,
): Promise<Score | null> {
  let [loss, correct] = [0, 0];
  for (const [from, to] of partsOf(set)) {
    if (!wanted()) return null;
    const reads = evaluating(model, () => sums(model, set, from, to).map((sum) => sum.item()));
    const [losses = 0, hits = 0] = await Promise.all(reads);
    loss += losses;
    correct += hits;
  }
  return { loss: loss / set.size, accuracy: correct / set.size };
}

/** The examples as ranges of as many as are scored at once. */
export function partsOf({
  size,
  atOnce = SCORE_BATCH,
}: Pick<LabelledSet<Examples>, 'size' | 'atOnce'>): [from: number, to: number][] {
  const count = Math.ceil(size / atOnce);
  return Array.from({ length: count }, (_, at) => [at * atOnce, Math.min(size, (at + 1) * atOnce)]);
}

/** Of losses and of right answers. */
function sums(
  model: nn.Module,
  { x, y }: LabelledSet<Examples>,
  from: number,
  to: number,
): [losses: Tensor, hits: Tensor] {
  const [logits, labels] = answers(model.forward(x.slice(0, from, to)), y.slice(0, from, to));
  const hits = logits.argmax(1).eq(labels).to('float32').sum();
  const each = labels.numel / (to - from);
  return [F.crossEntropy(logits, labels).mul(to - from), each > 1 ? hits.div(each) : hits];
}

/** Logits [n, classes] and labels [n], n counting the steps of sequences. */
export function answers(logits: Tensor, labels: Tensor): [logits: Tensor, labels: Tensor] {
  if (labels.ndim === 1) return [logits, labels];
  return [logits.reshape([labels.numel, logits.shape.at(-1)!]), labels.reshape([labels.numel])];
}

/** Runs `trace` with the model in evaluation mode and without gradients, and leaves every module in the mode it was in. */
export function evaluating<T>(model: nn.Module, trace: () => T): T {
  return inEvaluation(model, () => noGrad(trace));
}

/** The same with gradients. */
export function inEvaluation<T>(model: nn.Module, trace: () => T): T {
  const modes = [...model.namedModules()].map(([, module]) => [module, module.training] as const);
  model.eval();
  try {
    return trace();
  } finally {
    for (const [module, training] of modes) module.training = training;
  }
}

function total(parts: readonly Tensor[]): Tensor {
  return parts.reduce((sum, part) => sum.add(part));
}

export type Parameters = Record<string, io.LoadedTensor>;

/** A moment of a run on the host, where neither a bad step nor a lost device can reach it. */
export interface Snapshot {
  readonly step: number;
  readonly parameters: () => Parameters;
  /** With it the run goes on as if it had never stopped; null of parameters that come without a run. */
  readonly checkpoint: Uint8Array | null;
}

export function snapshotOf(checkpoint: Uint8Array): Snapshot {
  const { step } = io.checkpointProgress(checkpoint);
  return { step, checkpoint, parameters: () => parametersIn(checkpoint) };
}

const MODEL = 'model.';

function parametersIn(checkpoint: Uint8Array): Parameters {
  const weights = Object.entries(io.loadSafetensors(checkpoint)).filter(([key]) => key.startsWith(MODEL));
  return Object.fromEntries(weights.map(([key, loaded]) => [key.slice(MODEL.length), loaded]));
}
