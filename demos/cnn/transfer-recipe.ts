/**
 * Transfer learning: from a network that has learnt some classes to four that learn two others from few images. Knows
 * no page.
 */
import { data, nn, optim } from '../../src/index.ts';
import type { Task } from '../shared/task.ts';
import { contestantOf, CLASSES, type TransferConfig } from './transfer-config.ts';
import type { Images } from './images.ts';
import { makeTask } from './recipe.ts';

/** The images of some classes, which are counted from 0 in their order; of each `most`, which the seed draws. */
async function ofClasses(
  set: data.ImageDataset,
  classes: readonly number[],
  most = Infinity,
  seed = 0,
): Promise<data.ImageDataset> {
  const labels = await set.labels.data();
  const left = classes.map(() => most);
  const indices = new data.Random(seed).permutation(set.length).filter((index) => {
    const at = classes.indexOf(labels[index]!);
    return at >= 0 && left[at]!-- > 0;
  });
  return set.select(
    indices,
    indices.map((index) => classes.indexOf(labels[index]!)),
  );
}

/** All images of all classes but two. */
export async function othersOf(images: Images, held: TransferConfig['held']): Promise<Images> {
  const classes = Array.from({ length: CLASSES }, (_, at) => at).filter((at) => !held.includes(at));
  return {
    ...images,
    train: await ofClasses(images.train, classes),
    test: await ofClasses(images.test, classes),
    classNames: classes.map((at) => images.classNames[at]!),
  };
}

/** Few training images of two classes, and all test images. */
export async function fewOf(images: Images, { held, images: most, seed }: TransferConfig): Promise<Images> {
  return {
    ...images,
    train: await ofClasses(images.train, held, most, seed),
    test: await ofClasses(images.test, held),
    classNames: held.map((at) => images.classNames[at]!),
  };
}

/** The last layer: what is behind it knows classes, what is before it images. */
export function headOf(model: nn.Module): [path: string, head: nn.Linear] {
  const linear = [...model.namedModules()].filter(
    (entry): entry is [string, nn.Linear] => entry[1] instanceof nn.Linear,
  );
  const last = linear.at(-1);
  if (!last) throw new Error(`transfer: ${model.constructor.name} has no linear layer that could be its head.`);
  return last;
}

export const CONTESTANTS = ['scratch', 'head', 'whole', 'rates'] as const;
export type Contestant = (typeof CONTESTANTS)[number];

/**
 * A network for the two classes of `images`. All of a seed start with the same head and see the same batches; but for
 * the one from scratch, they start with the body of `pretrained`.
 *
 * @param pretrained the state of a network of the same form that tells other classes apart
 */
export function makeContestant(
  name: Contestant,
  config: TransferConfig,
  images: Images,
  pretrained: nn.StateDict,
): Task {
  const task = makeTask(contestantOf(config), { images });
  const { model } = task;
  if (name === 'scratch') return task;
  const [path, head] = headOf(model);
  const body = Object.fromEntries(Object.entries(pretrained).filter(([key]) => !key.startsWith(`${path}.`)));
  model.loadStateDict(body, { strict: false });
  if (name === 'whole') return task;
  const { lr, share } = config;
  const ofHead = head.parameters();
  if (name === 'head') {
    model.requiresGrad_(false);
    head.requiresGrad_();
    // In training, batch normalisation would take its statistics from the few new images and move its running ones
    // along with them: the body would change although none of its weights does.
    model.eval();
    return { ...task, makeOptimizer: () => new optim.Adam(ofHead, { lr }) };
  }
  const ofBody = model.parameters().filter((parameter) => !ofHead.includes(parameter));
  return {
    ...task,
    makeOptimizer: () => new optim.Adam([{ params: ofBody, lr: lr * share }, { params: ofHead }], { lr }),
  };
}
