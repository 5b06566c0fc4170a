/** Training runs of convolutional networks in the browser, from the numbers that make_convnets.py starts from. */
import { F, init, models, nn, optim, tensor } from '../../src/index.ts';
import { waves } from './waves.ts';

const BATCH = 8;

/** What both sides have in common: the network, the images' size, the optimiser. */
const runs = {
  lenet: () => ({
    model: new models.LeNet(),
    size: 32,
    optimizer: (parameters: nn.Parameter[]) => new optim.SGD(parameters, { lr: 0.01, momentum: 0.9 }),
  }),
  resnet: () => ({
    model: new models.ResNet({ block: 'basic', depths: [1, 1], width: 8, stem: 'cifar' }),
    size: 12,
    optimizer: (parameters: nn.Parameter[]) => new optim.Adam(parameters, { lr: 1e-3 }),
  }),
};

export interface Trajectory {
  losses: number[];
  /** Of each parameter and buffer at the end, the sum and the sum of magnitudes. */
  sums: Record<string, [number, number]>;
}

export async function train(name: keyof typeof runs, steps: number): Promise<Trajectory> {
  await init();
  const { model, size, optimizer: make } = runs[name]();
  model.parameters().forEach((parameter, index) => {
    const { shape } = parameter;
    if (shape.length > 1) {
      const fanIn = shape.slice(1).reduce((product, length) => product * length, 1);
      nn.stage([{ from: waves(index, Math.sqrt(2 / fanIn), ...shape), to: parameter }]);
    } else if (!parameter.name.includes('bn') || parameter.name.endsWith('bias')) nn.init.zeros(parameter);
  });
  const optimizer = make(model.parameters());
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const x = waves(step % 4, 1, BATCH, 3, size, size);
    const labels = Int32Array.from({ length: BATCH }, (_, i) => (i * ((step % 4) + 3)) % 10);
    const loss = F.crossEntropy(model.forward(tensor(x.data, x)), tensor(labels));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(loss);
  }
  const sums: Trajectory['sums'] = {};
  for (const [key, value] of Object.entries(model.stateDict())) {
    const data = Array.from(await value.data());
    sums[key] = [data.reduce((a, b) => a + b), data.reduce((a, b) => a + Math.abs(b), 0)];
  }
  return { losses: await Promise.all(losses.map((loss) => loss.item())), sums };
}
