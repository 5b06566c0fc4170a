/** What parameters start with, and what of it is computed. */
import { counters, init, manualSeed, nn, rand } from '../../src/index.ts';

export interface Loaded {
  weights: number[][];
  /** Dispatches until the weights could be read. */
  dispatches: number;
  /** Random numbers that are drawn afterwards. */
  after: number[];
}

const model = (): nn.Linear => new nn.Linear(5, 3);
const given: nn.StateDict = {
  weight: { shape: [3, 5], data: Float32Array.from({ length: 15 }, (_, at) => at) },
  bias: { shape: [3], data: Float32Array.of(7, 8, 9) },
};

async function read(made: nn.Linear, from: number): Promise<Loaded> {
  const weights = [[...(await made.weight.data())], [...(await made.bias!.data())]];
  const dispatches = counters().dispatches - from;
  return { weights, dispatches, after: [...(await rand([4]).data())] };
}

/** A new model with a state: all of it, its bias alone, or tensors computed from the model itself. */
export async function loaded(what: 'nothing' | 'all' | 'bias' | 'own'): Promise<Loaded> {
  await init();
  manualSeed(3);
  const from = counters().dispatches;
  const made = model();
  if (what === 'all') made.loadStateDict(given);
  if (what === 'bias') made.loadStateDict({ bias: given['bias']! }, { strict: false });
  if (what === 'own') made.loadStateDict({ weight: made.weight.add(1), bias: made.bias!.mul(2) });
  return read(made, from);
}

/** A new layer whose weight is started again, before or after somebody has read it. */
export async function started(read: boolean): Promise<{ first: number[]; weight: number[]; bias: number[] }> {
  await init();
  manualSeed(3);
  const made = model();
  const seen = made.weight.sum();
  const first = read ? [...(await seen.data())] : [];
  nn.init.constant(made.weight, 2);
  nn.init.eye(made.weight);
  nn.init.uniform(made.weight, 5, 6);
  const weight = [...(await made.weight.data())];
  return { first: read ? first : [...(await seen.data())], weight, bias: [...(await made.bias!.data())] };
}

/** A start that cannot be made leaves the parameter as it was. */
export async function refused(): Promise<{ message: string; weight: number[]; wanted: number[] }> {
  await init();
  manualSeed(3);
  const wanted = [...(await model().weight.data())];
  manualSeed(3);
  const made = model();
  let message = '';
  try {
    await nn.init.orthogonal(made.bias!);
  } catch (error) {
    message = (error as Error).message;
  }
  return { message, weight: [...(await made.weight.data())], wanted };
}
