/**
 * An RNN and an LSTM that read the same batches, as one model with two answers: what they learn differs by their cells
 * alone. Knows no page.
 */
import { data, F, manualSeed, nn, optim, stack, tensor, type Tensor } from '../../src/index.ts';
import { encode } from '../shared/address.ts';
import { adaptOptimizer, batchesOf, optimizerOf } from '../shared/recipe-parts.ts';
import { scheduleOf } from '../shared/schedule.ts';
import type { Optimizer, Task } from '../shared/task.ts';
import { schema, type RnnConfig } from './config.ts';
import { makeOrthogonal } from './recipe.ts';
import { MEMORY_VOCABULARY, SYMBOLS, markedSequences } from './memory-data.ts';

export const TWINS = ['rnn', 'lstm'] as const;
export type Twin = (typeof TWINS)[number];

const CELLS = { rnn: nn.RNN, lstm: nn.LSTM };

/** Recurrent layers one above the other, and an answer from the last step of the uppermost. */
export class Reader extends nn.Module {
  readonly cell: nn.RNN | nn.LSTM;
  readonly head: nn.Linear;

  constructor(twin: Twin, hidden: number, layers: number) {
    super();
    this.cell = new CELLS[twin](MEMORY_VOCABULARY, hidden, { numLayers: layers, batchFirst: true });
    this.head = new nn.Linear(hidden, SYMBOLS);
  }

  /** Logits [batch, symbols] of int32 [batch, length]. */
  override forward(x: Tensor): Tensor {
    return this.read(x);
  }

  /** @param probes of `cell` */
  read(x: Tensor, probes?: readonly Tensor[]): Tensor {
    const symbols = F.oneHot(x, MEMORY_VOCABULARY).to('float32');
    const [states] = this.cell.forward(symbols, null, { probes });
    return this.head.forward(states.slice(1, states.shape[1]! - 1).squeeze(1));
  }
}

export class Twins extends nn.Module {
  readonly rnn: Reader;
  readonly lstm: Reader;

  constructor({ hidden, layers }: RnnConfig) {
    super();
    this.rnn = new Reader('rnn', hidden, layers);
    this.lstm = new Reader('lstm', hidden, layers);
  }

  /** Logits [batch, twins, symbols]. */
  override forward(x: Tensor): Tensor {
    return stack(
      TWINS.map((twin) => this[twin].forward(x)),
      1,
    );
  }
}

export interface MemoryTask extends Task {
  config: RnnConfig;
  readonly model: Twins;
  readonly seen: { readonly x: Tensor; readonly y: Tensor; readonly size: number };
  /** Where the mark of each scored sequence is. */
  readonly places: Int32Array;
  /** The first of them, as `markedSequences` writes it. */
  readonly first: Int32Array;
  readonly adapt: (config: RnnConfig, optimizer: Optimizer) => void;
}

export function isMemoryTask(task: Task): task is MemoryTask {
  return 'places' in task;
}

const SIZES = { train: 8192, test: 512 };

export async function makeMemoryTask(config: RnnConfig): Promise<MemoryTask> {
  const { length, seed } = config;
  const part = (count: number, own: number) => {
    const { symbols, answers, places } = markedSequences({ count, length, answers: TWINS.length, seed: own });
    const x = tensor(symbols, { shape: [count, length] });
    const y = tensor(answers, { shape: [count, TWINS.length] });
    return { x, y, places, size: count, first: symbols.slice(0, length) };
  };
  const [train, test] = [part(SIZES.train, 2 * seed), part(SIZES.test, 2 * seed + 1)];
  const set = new data.TensorDataset(train.x, train.y);
  manualSeed(seed);
  const model = new Twins(config);
  await begin(model, config);
  model.train();
  const task: MemoryTask = {
    model,
    config,
    seen: test,
    places: test.places,
    first: test.first,
    copyModel: () => new Twins(config),
    makeOptimizer: () => clipped(model, task.config),
    tune: (optimizer) => adaptOptimizer(optimizer, task.config),
    makeSchedule: (optimizer) => scheduleOf(optimizer as optim.Optimizer, task.config, task.stepsPerEpoch),
    notes: () => encode(schema, task.config),
    ...batchesOf(set, config),
    trainSize: train.size,
    trainScored: { ...train, size: SIZES.test },
    testScored: test,
    adapt(next, optimizer) {
      if (next.batch !== task.config.batch) Object.assign(task, batchesOf(set, next));
      task.config = next;
      adaptOptimizer(optimizer, next);
    },
  };
  return task;
}

/** Each twin's gradient is clipped by itself: one that explodes says nothing of the other. */
function clipped(model: Twins, config: RnnConfig): Optimizer {
  const optimizer = optimizerOf(model.parameters(), config);
  const { clip } = config;
  if (clip > 0) {
    const step = optimizer.step.bind(optimizer);
    optimizer.step = () => {
      for (const twin of TWINS) optim.clipGradNorm(model[twin].parameters(), clip);
      step();
    };
  }
  return optimizer;
}

/** What PyTorch leaves to who builds a network: orthogonal recurrent weights, and a forget gate that is open at first. */
async function begin(model: Twins, { orthogonal, forgetBias, hidden }: RnnConfig): Promise<void> {
  if (orthogonal) await makeOrthogonal(model);
  if (forgetBias === 0) return;
  const biases: Record<string, { shape: readonly number[]; data: Float32Array }> = {};
  for (const [path, parameter] of model.lstm.namedParameters()) {
    if (!path.includes('bias_ih')) continue;
    const values = Float32Array.from(await parameter.data());
    // Gates in PyTorch's order: input, forget, cell, output.
    biases[path] = { shape: parameter.shape, data: values.fill(forgetBias, hidden, 2 * hidden) };
  }
  model.lstm.loadStateDict(biases, { strict: false });
}
