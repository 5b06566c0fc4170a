/** Stacked models: trained side by side, and each of their members alone. */
import {
  compile,
  counters,
  F,
  init,
  manualSeed,
  nn,
  optim,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';

export interface Member {
  seed: number;
  activation: 'ReLU' | 'Sigmoid' | 'Tanh';
  dropout: number;
}

export interface Race {
  sizes: number[];
  batch: number;
  members: Member[];
  optimizer: 'SGD' | 'Adam';
  momentum?: number;
  steps: number;
}

function single(sizes: number[], { seed, activation, dropout }: Member): nn.Sequential {
  manualSeed(seed);
  const layers = sizes.slice(1).flatMap((size, index) => {
    const linear = new nn.Linear(sizes[index]!, size);
    return index === sizes.length - 2 ? [linear] : [linear, new nn[activation](), new nn.Dropout(dropout)];
  });
  return new nn.Sequential(...layers);
}

/** Batches that differ from step to step, the same for whoever trains. */
function batchOf({ sizes, batch }: Race, step: number): [Tensor, Tensor] {
  const [features = 1] = sizes;
  const x = Float32Array.from({ length: batch * features }, (_, i) => Math.sin(1.3 * i + 0.7 * step));
  const y = Int32Array.from({ length: batch }, (_, i) => (i * (step + 3)) % sizes.at(-1)!);
  return [tensor(x, { shape: [batch, features] }), tensor(y)];
}

function optimizerOf({ optimizer, momentum }: Race, model: nn.Sequential): optim.Optimizer {
  if (optimizer === 'Adam') return new optim.Adam(model.parameters(), { lr: 0.01 });
  return new optim.SGD(model.parameters(), { lr: 0.1, momentum: momentum ?? 0 });
}

type Step = (x: Tensor, y: Tensor) => Tensor;

function stepper(race: Race, model: nn.Sequential, lossOf: Step): Step {
  const optimizer = optimizerOf(race, model);
  return compile((x: Tensor, y: Tensor) => {
    const losses = lossOf(x, y);
    optimizer.zeroGrad();
    losses.sum().backward();
    optimizer.step();
    return losses;
  });
}

export async function race(race: Race): Promise<{ together: number[][]; alone: number[][]; ends: boolean[] }> {
  await init();
  const models = race.members.map((member) => single(race.sizes, member));
  const stacked = nn.stack(models);
  const step = stepper(race, stacked, (x, y) => F.stackedCrossEntropy(stacked.forward(x), y));
  const together: number[][] = [];
  for (let at = 0; at < race.steps; at++) together.push([...(await step(...batchOf(race, at)).data())]);
  const alone: number[][] = [];
  const ends: boolean[] = [];
  for (const [index, member] of race.members.entries()) {
    const model = single(race.sizes, member);
    const stepAlone = stepper(race, model, (x, y) => F.crossEntropy(model.forward(x), y));
    const losses: number[] = [];
    for (let at = 0; at < race.steps; at++) losses.push(await stepAlone(...batchOf(race, at)).item());
    alone.push(losses);
    const taken = single(race.sizes, member);
    taken.loadStateDict(nn.unstack(stacked, index));
    const [x] = batchOf(race, 0);
    const [own, out] = await Promise.all([taken.eval().forward(x).data(), stacked.eval().forward(x).data()]);
    ends.push(own.every((value, i) => Math.abs(value - out[index * own.length + i]!) < 1e-5));
    stacked.train();
  }
  return { together, alone, ends };
}

/** Dispatches of a step of one model, and of a step of all members. */
export async function dispatches(race: Race): Promise<{ one: number; all: number }> {
  await init();
  const model = single(race.sizes, race.members[0]!);
  const stacked = nn.stack(race.members.map((member) => single(race.sizes, member)));
  const batch = batchOf(race, 0);
  const count = async (step: (x: Tensor, y: Tensor) => Tensor): Promise<number> => {
    for (let warm = 0; warm < 2; warm++) step(...batch);
    await synchronize();
    const before = counters().dispatches;
    step(...batch);
    await synchronize();
    return counters().dispatches - before;
  };
  return {
    one: await count(stepper(race, model, (x, y) => F.crossEntropy(model.forward(x), y))),
    all: await count(stepper(race, stacked, (x, y) => F.stackedCrossEntropy(stacked.forward(x), y))),
  };
}

/** The members' outputs where each has a dropout of its own, 0 and nearly 1, which then becomes 0 and 0. */
export async function dropouts(): Promise<{ before: number[]; after: number[]; evaluated: number[] }> {
  await init();
  const model = nn.stack([new nn.Sequential(new nn.Dropout(0)), new nn.Sequential(new nn.Dropout(0.999))]);
  const forward = compile((x: Tensor) => model.forward(x));
  const x = tensor(new Float32Array(40).fill(1), { shape: [4, 10] });
  const before = [...(await forward(x).data())];
  const [, layer] = model.children()[0]!;
  (layer as nn.StackedDropout).p[1] = 0;
  const after = [...(await forward(x).data())];
  return { before, after, evaluated: [...(await model.eval().forward(x).data())] };
}

const layers = (...each: nn.Layer[]): nn.Sequential => new nn.Sequential(...each);

export const mistakes: Record<string, () => unknown> = {
  'no models': () => nn.stack([]),
  'another number of layers': () => nn.stack([layers(new nn.ReLU()), layers()]),
  'other sizes': () => nn.stack([layers(new nn.Linear(2, 3)), layers(new nn.Linear(2, 4))]),
  'a bias here and none there': () =>
    nn.stack([layers(new nn.Linear(2, 3)), layers(new nn.Linear(2, 3, { bias: false }))]),
  'other layers at one place': () => nn.stack([layers(new nn.Dropout(0.5)), layers(new nn.ReLU())]),
  'a Flatten behind a Linear': () => nn.stack([layers(new nn.Linear(2, 3), new nn.Flatten())]),
  'a member that is not there': () => nn.unstack(nn.stack([layers(new nn.Linear(2, 3))]), 1),
  'an input that fits no member': () =>
    nn.stack([layers(new nn.Linear(2, 3))]).forward(tensor(new Float32Array(8), { shape: [2, 2, 2] })),
  'labels of another batch': () =>
    F.stackedCrossEntropy(tensor(new Float32Array(12), { shape: [2, 3, 2] }), tensor(Int32Array.of(0, 1))),
};

export async function messageOf(name: string): Promise<string> {
  await init();
  try {
    mistakes[name]!();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
