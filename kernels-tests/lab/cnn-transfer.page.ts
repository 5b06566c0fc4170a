/** Four networks that learn two new classes, in the browser and on few images. Plain data comes out. */
import { data, init, type nn, type Tensor } from '../../src/index.ts';
import type { Images } from '../../demos/cnn/images.ts';
import { makeTask } from '../../demos/cnn/recipe.ts';
import { pretrainingOf, transferSchema, type TransferConfig } from '../../demos/cnn/transfer-config.ts';
import {
  CONTESTANTS,
  fewOf,
  headOf,
  makeContestant,
  othersOf,
  type Contestant,
} from '../../demos/cnn/transfer-recipe.ts';
import { decode } from '../../demos/shared/address.ts';
import { score, type Task } from '../../demos/shared/task.ts';
import { Trainer } from '../../demos/shared/trainer.ts';

const configOf = (changes: Partial<TransferConfig>): TransferConfig => ({ ...decode(transferSchema, ''), ...changes });

/** Images whose every byte is ten times their class. */
function plain(count: number): Images {
  const labels = Int32Array.from({ length: count }, (_, at) => at % 10);
  const pixels = new Uint8Array(count * 3 * 32 * 32).map((_, at) => 10 * labels[Math.floor(at / 3072)]!);
  const set = new data.ImageDataset(pixels, labels, [3, 32, 32]);
  const classNames = Array.from({ length: 10 }, (_, at) => `class ${at}`);
  return { train: set, test: set, classNames, normalize: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } };
}

/** Shapes that vary less than the lab's, so that few steps say something. */
function drawn(train: number, test: number): Images {
  const part = (n: number, seed: number): data.ImageDataset => {
    const { pixels, labels, shape } = data.shapes({ n, seed, variation: 0.3 });
    return new data.ImageDataset(pixels, labels, shape);
  };
  return { ...plain(10), train: part(train, 0), test: part(test, 1) };
}

/** Of each image: its label, and the class that its bytes tell. */
async function told(set: data.ImageDataset): Promise<string[]> {
  const [labels, pixels] = await Promise.all([set.labels.data(), set.slice(0, 0).data()]);
  return [...labels].map((label, at) => `${label}: ${Math.round(25.5 * pixels[at * 3072]!)}`);
}

/** How often each label came with each class. */
async function counts(set: data.ImageDataset): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const each of (await told(set)).toSorted()) all[each] = (all[each] ?? 0) + 1;
  return all;
}

export async function split(): Promise<{
  others: Record<string, number>;
  few: Record<string, number>;
  tested: Record<string, number>;
  names: readonly string[];
}> {
  await init();
  const images = plain(60);
  const config = configOf({ held: [7, 2], images: 4 });
  const [others, few] = [await othersOf(images, config.held), await fewOf(images, config)];
  return {
    others: await counts(others.train),
    few: await counts(few.train),
    tested: await counts(few.test),
    names: [...others.classNames, '|', ...few.classNames],
  };
}

const bytes = async (state: Record<string, Tensor>): Promise<Map<string, string>> =>
  new Map(
    await Promise.all(Object.entries(state).map(async ([key, value]) => [key, String(await value.data())] as const)),
  );

export interface Moved {
  /** Keys of the state that differ from the pre-trained ones before the step, and what differs behind it. */
  readonly before: string[];
  readonly changed: Record<Contestant, { weights: boolean; statistics: boolean; head: boolean }>;
  readonly trained: Record<Contestant, number>;
  /** Whether all began with the same head, and were given the same batches. */
  readonly sameHead: boolean;
  readonly sameBatches: boolean;
  /** How far the body of the slower moved, over how far that of the other did. */
  readonly slower: number;
}

/** A step of each. */
export async function move(): Promise<Moved> {
  await init();
  const config = configOf({ model: 'six-conv', images: 4, lr: 0.01, share: 0.1 });
  const images = await fewOf(drawn(200, 40), config);
  const known = makeTask(
    { ...pretrainingOf(config), width: 16 },
    { images: await othersOf(plain(20), config.held) },
  ).model;
  const pretrained = await bytes(known.stateDict());
  const tasks = CONTESTANTS.map((name) => [name, makeContestant(name, config, images, known.stateDict())] as const);
  const [path] = headOf(known);
  const before: string[] = [];
  const heads = new Set<string>();
  const batches = new Set<string>();
  const changed: Partial<Moved['changed']> = {};
  const trained: Partial<Moved['trained']> = {};
  const distance: Partial<Record<Contestant, number>> = {};
  for (const [name, task] of tasks) {
    const start = await bytes(task.model.stateDict());
    heads.add(String([...start].filter(([key]) => key.startsWith(path))));
    if (name === 'head') for (const [key, value] of start) if (pretrained.get(key) !== value) before.push(key);
    batches.add(String(await Promise.all((await batchesOf(task)).map(async (each) => String(await each.data())))));
    // Scoring turns to evaluation and back.
    await score(task.model, { ...task.testScored, size: 2 });
    await (await new Trainer(task).step()).loss.item();
    const end = await bytes(task.model.stateDict());
    const differs = (wanted: (key: string) => boolean): boolean =>
      [...end].some(([key, value]) => wanted(key) && start.get(key) !== value);
    const isHead = (key: string): boolean => key.startsWith(path);
    const isStatistic = (key: string): boolean => /running|tracked/.test(key);
    changed[name] = {
      weights: differs((key) => !isHead(key) && !isStatistic(key)),
      statistics: differs(isStatistic),
      head: differs(isHead),
    };
    trained[name] = task.model.numParameters({ trainable: true });
    distance[name] = apart(start.get('0.weight'), end.get('0.weight'));
  }
  return {
    before,
    changed: changed as Moved['changed'],
    trained: trained as Moved['trained'],
    sameHead: heads.size === 1,
    sameBatches: batches.size === 1,
    slower: distance.rates! / distance.whole!,
  };
}

function apart(one = '', other = ''): number {
  const [a, b] = [one.split(',').map(Number), other.split(',').map(Number)];
  return Math.hypot(...a.map((value, at) => value - b[at]!));
}

/** An epoch, which is left as it was. */
async function batchesOf({ batches }: Task): Promise<Tensor[]> {
  const state = batches.stateDict();
  const all: Tensor[] = [];
  for await (const batch of batches) all.push(...batch);
  batches.loadStateDict(state);
  return all;
}

/** Accuracies on images that were not trained on, after a short pre-training. */
export async function race(): Promise<Record<'scratch' | 'head', number>> {
  await init();
  const config = configOf({ images: 5 });
  const images = drawn(2000, 500);
  const settings = { ...pretrainingOf(config), schedule: 'constant', lr: 0.002 } as const;
  const known = await train(makeTask(settings, { images: await othersOf(images, config.held) }), 60);
  const few = await fewOf(images, config);
  const accuracy = async (name: Contestant): Promise<number> => {
    const task = makeContestant(name, config, few, known.stateDict());
    return (await score(await train(task, 20), task.testScored)).accuracy;
  };
  return { scratch: await accuracy('scratch'), head: await accuracy('head') };
}

async function train(task: Task, steps: number): Promise<nn.Module> {
  const trainer = new Trainer(task);
  for (let step = 0; step < steps; step++) await trainer.step();
  return task.model;
}
