/** What layers.test.ts does in the browser: trains with and without watching the layers. */
import { init, nn, randn, tensor } from '../../src/index.ts';
import { DEFAULTS, type MlpConfig } from '../../demos/mlp/config.ts';
import { makeTask, type MlpTask } from '../../demos/mlp/recipe.ts';
import { readDeadUnits } from '../../demos/shared/dead-units.ts';
import { weightsOf } from '../../demos/shared/layer-watch.ts';
import { Trainer } from '../../demos/shared/trainer.ts';

const numbers = async (values: { data(): Promise<ArrayLike<number>> }): Promise<number[]> =>
  Array.from(await values.data());

async function trainerOf(config: Partial<MlpConfig>): Promise<[Trainer, MlpTask]> {
  await init();
  const task = await makeTask({ ...DEFAULTS, points: 60, ...config });
  return [new Trainer(task), task];
}

/** All parameters after some steps, of which those in `watched` were watched. */
export async function parametersAfter(
  config: Partial<MlpConfig>,
  steps: number,
  watched: readonly number[],
): Promise<number[]> {
  const [trainer, task] = await trainerOf(config);
  for (let step = 1; step <= steps; step++) await trainer.step(watched.includes(step));
  return (await Promise.all(task.model.parameters().map(numbers))).flat();
}

/** A watched step beside the weights before and after it. */
export async function watchedStep(
  config: Partial<MlpConfig>,
): Promise<{ gradients: number[]; updates: number[]; before: number[][]; after: number[][]; paths: string[] }> {
  const [trainer, task] = await trainerOf(config);
  const weights = weightsOf(task.model);
  const read = (): Promise<number[][]> => Promise.all(weights.map(([, weight]) => numbers(weight)));
  const before = await read();
  const { layers } = await trainer.step(true);
  if (!layers) throw new Error('a watched step gave no reading');
  const [gradients, updates] = await Promise.all([numbers(layers.gradients), numbers(layers.updates)]);
  return { gradients, updates, before, after: await read(), paths: weights.map(([path]) => path) };
}

/** Dead units of a dense and of a convolutional layer, of which as many were held below 0 by their biases. */
export async function deadUnits(dead: number): Promise<[string, number, number][]> {
  await init();
  const biases = (units: number): { shape: number[]; data: Float32Array } => ({
    shape: [units],
    data: Float32Array.from({ length: units }, (_, unit) => (unit < dead ? -1e4 : 1)),
  });
  const dense = new nn.Sequential(
    new nn.Linear(3, 9),
    new nn.ReLU(),
    new nn.Dropout(0.5),
    new nn.Linear(9, 4),
    new nn.Tanh(),
  );
  dense.loadStateDict({ '0.bias': biases(9) }, { strict: false });
  const convolved = new nn.Sequential(new nn.Conv2d(1, 6, 3), new nn.ReLU());
  convolved.loadStateDict({ '0.bias': biases(6) }, { strict: false });
  const found = [
    ...(await readDeadUnits(dense, randn([50, 3]))),
    ...(await readDeadUnits(convolved, randn([5, 1, 7, 7]))),
    ...(await readDeadUnits(new nn.Sequential(new nn.Linear(1, 2)), tensor([[1]]))),
  ];
  return found.map(([path, counted]) => [path, counted.dead, counted.units]);
}
