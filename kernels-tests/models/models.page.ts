/** Models in the browser: what they count and give, what can be switched off, how they learn anew. Plain data comes out. */
import {
  F,
  init,
  manualSeed,
  models,
  nn,
  noGrad,
  optim,
  randn,
  synchronize,
  tensor,
  type Tensor,
} from '../../src/index.ts';
import { labels, noise, values, type Cases } from '../engine/cases.ts';

const build = {
  lenet: () => new models.LeNet(),
  sixConv: () => new models.SixConv(),
  alexnet: () => new models.AlexNet(),
  googlenet: () => new models.GoogLeNet(),
  'googlenet with auxiliary heads': () => new models.GoogLeNet({ auxHeads: true }),
  resnet20: () => models.resnet20(),
  resnet32: () => models.resnet32(),
  resnet56: () => models.resnet56(),
  resnet18: () => models.resnet18(),
  resnet34: () => models.resnet34(),
  resnet50: () => models.resnet50(),
  densenet40: () => models.densenet40(),
  densenetBC100: () => models.densenetBC100(),
  densenet121: () => models.densenet121(),
} satisfies Record<string, () => nn.Module>;

export type ModelName = keyof typeof build;

export async function parametersOf(name: ModelName): Promise<number> {
  await init();
  return build[name]().numParameters();
}

const shapeOf = (model: nn.Module, size: number, channels = 3): readonly number[] =>
  noGrad(() => model.eval().forward(randn([2, channels, size, size]))).shape;

/** A training step: the loss is finite, and every parameter has a gradient that is not all 0. */
async function learns(model: nn.Module, size: number): Promise<string[]> {
  manualSeed(3);
  const loss = F.crossEntropy(model.train().forward(noise(1, 4, 3, size, size)), labels(0, 4, 10));
  loss.backward();
  const still: string[] = Number.isFinite(await loss.item()) ? [] : ['the loss is not finite'];
  for (const [name, { grad }] of model.namedParameters())
    if (!grad || !(await values(grad)).some((value) => value !== 0)) still.push(name);
  return still;
}

const small = {
  googlenet: (options: models.GoogLeNetOptions = {}) => new models.GoogLeNet({ stem: 'cifar', width: 0.1, ...options }),
  densenet: (options: models.DenseNetOptions = {}) =>
    new models.DenseNet(
      { depths: [3, 2], growth: 4, width: 6, bottleneck: true, compression: 0.5, stem: 'cifar' },
      options,
    ),
  resnet: (options: models.ResNetOptions = {}) =>
    new models.ResNet({ block: 'basic', depths: [1, 1], width: 4, stem: 'cifar' }, options),
};

const bits = async (tensors: readonly Tensor[]): Promise<string> =>
  JSON.stringify(await Promise.all(tensors.map(values)));

/** Of these nothing is computed, only built: large models cost nothing as long as nobody reads. */
export const built: Cases = {
  async 'classes, channels and input sizes are a choice'() {
    return {
      got: [
        shapeOf(new models.LeNet({ classes: 3, channels: 1, size: 28 }), 28, 1),
        shapeOf(new models.SixConv({ classes: 4, size: 16, width: 4 }), 16),
        shapeOf(new models.AlexNet({ classes: 5, hidden: 16 }), 63),
        shapeOf(new models.AlexNet({ stem: 'cifar', hidden: 16 }), 32),
        shapeOf(new models.GoogLeNet({ classes: 6, width: 0.05 }), 40),
        shapeOf(small.googlenet(), 17),
        shapeOf(small.resnet({ classes: 7, channels: 1 }), 9, 1),
        shapeOf(small.densenet({ classes: 8, channels: 2 }), 12, 2),
      ],
      wanted: [3, 4, 5, 10, 6, 10, 7, 8].map((classes) => [2, classes]),
    };
  },
  async 'auxiliary heads are trained by their own losses and say nothing in evaluation'() {
    const model = small.googlenet({ auxHeads: true, dropoutAux: 0 });
    const logits = model.forward(noise(1, 2, 3, 16, 16));
    const y = labels(0, 2, 10);
    let loss = F.crossEntropy(logits, y);
    for (const head of model.auxiliary) loss = loss.add(F.crossEntropy(head, y).mul(0.3));
    loss.backward();
    const silent = model.parameters().filter(({ grad }) => grad === null).length;
    model.eval().forward(noise(1, 2, 3, 16, 16));
    return { got: [silent, model.auxiliary.length], wanted: [0, 0] };
  },
  async 'inception branches are switched off one by one'() {
    const branchesOf = (branches: models.InceptionBranch[]): unknown => {
      const { shape } = new models.Inception(8, [2, 3, 4, 3, 5, 6], branches).forward(noise(1, 1, 8, 5, 5));
      return shape;
    };
    return {
      got: [
        ...([[4, 3, 2, 1], [1, 2, 3], [2, 3], [4]] as models.InceptionBranch[][]).map(branchesOf),
        shapeOf(small.googlenet({ branches: [1, 4] }), 16),
      ],
      wanted: [...[17, 11, 9, 6].map((channels) => [1, channels, 5, 5]), [2, 10]],
    };
  },
};

export const cases: Cases = {
  async 'a pair whose sentence has no word, as only the GPU knows, has a finite loss and gradient'() {
    const ids = tensor([1, 2, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0], { shape: [2, 2, 3] }).to('int32');
    const found: boolean[] = [];
    for (const options of [
      { pooling: 'last' },
      { pooling: 'max' },
      { pooling: 'mean' },
      { attention: true },
    ] as const) {
      const model = new models.PairClassifier({ vocabulary: 5, embedding: 4, hidden: 4, encoder: 'lstm', ...options });
      const loss = model.forward(ids).square().sum();
      loss.backward();
      const gradients = await Promise.all(model.parameters().map((each) => values(each.grad!)));
      found.push([await loss.item(), ...gradients.flat()].every(Number.isFinite));
    }
    return { got: found, wanted: [true, true, true, true] };
  },
  async 'every parameter of a small DenseNet takes part'() {
    return { got: await learns(small.densenet({ dropout: 0.1 }), 12), wanted: [] };
  },
  async 'dense connections are switched off one by one, and each layer sees what it should'() {
    const form = { growth: 2, bottleneck: false, dropout: 0 };
    const seenBy = (reach?: number): unknown => {
      const block = new models.DenseBlock(4, 3, form, reach);
      return [
        block.children().map(([, layer]) => layer.parameters()[2]!.shape[1]),
        block.forward(noise(1, 2, 3, 5, 5)).shape,
      ];
    };
    // With reach 1, layer 3 sees the block's input and layer 2 alone: the channels 0 to 2 and 7 to 8 of the output.
    const block = new models.DenseBlock(4, 3, form, 1).eval();
    const x = noise(1, 2, 3, 5, 5);
    const all = block.forward(x);
    const third = (block.children()[2]![1] as nn.Layer).forward(
      F.pad(x, [0, 0, 0, 0, 0, 2]).add(F.pad(all.slice(1, 5, 7), [0, 0, 0, 0, 3, 0])),
    );
    return {
      got: [
        seenBy(),
        seenBy(2),
        seenBy(1),
        seenBy(0),
        await values(all.slice(1, 7, 9)),
        shapeOf(small.densenet({ reach: 1 }), 12),
      ],
      wanted: [
        [
          [3, 5, 7, 9],
          [2, 11, 5, 5],
        ],
        [
          [3, 5, 7, 7],
          [2, 11, 5, 5],
        ],
        [
          [3, 5, 5, 5],
          [2, 11, 5, 5],
        ],
        [
          [3, 3, 3, 3],
          [2, 11, 5, 5],
        ],
        await values(third),
        [2, 10],
      ],
    };
  },
  async 'a ResNet without skips has as many parameters, and none of a shortcut'() {
    const [skips, plain] = [small.resnet(), small.resnet({ skip: false })];
    return {
      got: [plain.numParameters(), Object.keys(plain.stateDict()), await learns(plain, 12)],
      wanted: [skips.numParameters(), Object.keys(skips.stateDict()), []],
    };
  },
  async 'a state dict of another task loads in part, and the keys that did not match are returned'() {
    const [source, target] = [small.resnet({ classes: 8 }), small.resnet({ classes: 2 })];
    const { 'fc.weight': weight, 'fc.bias': _, ...backbone } = source.stateDict();
    const fresh = await bits([target.fc.weight]);
    const keys = target.loadStateDict({ ...backbone, 'old.weight': weight! }, { strict: false });
    let refused = '';
    try {
      target.loadStateDict(source.stateDict(), { strict: false });
    } catch (error) {
      refused = (error as Error).message;
    }
    return {
      got: [
        keys,
        (await bits([target.conv1.weight])) === (await bits([source.conv1.weight])),
        (await bits([target.fc.weight])) === fresh,
        source.loadStateDict(source.stateDict()),
        refused.includes('"fc.weight" is [8, 8] and the model has [2, 8]'),
      ],
      wanted: [
        { missingKeys: ['fc.weight', 'fc.bias'], unexpectedKeys: ['old.weight'] },
        true,
        true,
        { missingKeys: [], unexpectedKeys: [] },
        true,
      ],
    };
  },
  async 'a new head learns on a frozen backbone, which keeps its bits'() {
    manualSeed(5);
    const model = small.resnet({ classes: 8 });
    model.requiresGrad_(false);
    model.fc = new nn.Linear(8, 2);
    const backbone = [...model.namedParameters()].filter(([name]) => !name.startsWith('fc.')).map(([, each]) => each);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5, momentum: 0.9, weightDecay: 0.01 });
    const before = await bits(backbone);
    const head = await bits(model.fc.parameters());
    // In evaluation, for the running statistics of a frozen backbone stay as well.
    model.eval();
    const buffers = await bits([...model.namedBuffers()].map(([, each]) => each));
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) {
      // Dark and bright images.
      const y = labels(0, 6, 2);
      const x = noise(step % 2, 6, 3, 12, 12).add(y.to('float32').reshape([6, 1, 1, 1]));
      const loss = F.crossEntropy(model.forward(x), y);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(await loss.item());
    }
    return {
      got: [
        model.numParameters({ trainable: true }),
        (await bits(backbone)) === before,
        (await bits([...model.namedBuffers()].map(([, each]) => each))) === buffers,
        (await bits(model.fc.parameters())) === head,
        losses.at(-1)! < 0.8 * losses[0]!,
        backbone.every(({ grad }) => grad === null),
      ],
      wanted: [18, true, true, false, true, true],
    };
  },
  async 'the backbone, thawed, learns at a rate of its own'() {
    manualSeed(5);
    const model = small.resnet();
    const backbone = [...model.namedParameters()].filter(([name]) => !name.startsWith('fc.')).map(([, each]) => each);
    const optimizer = new optim.SGD([{ params: backbone, lr: 0.001 }, { params: model.fc.parameters() }], { lr: 0.1 });
    const parts = [model.conv1.weight, model.fc.weight];
    const start = await Promise.all(parts.map(values));
    F.crossEntropy(model.forward(noise(1, 6, 3, 12, 12)), labels(0, 6, 10)).backward();
    optimizer.step();
    const end = await Promise.all(parts.map(values));
    const gradients = await Promise.all(parts.map(({ grad }) => values(grad!)));
    await synchronize();
    const rates = end.map((list, part) => {
      const [at] = gradients[part]!.map((value, index) => [Math.abs(value), index] as const).sort(
        (a, b) => b[0] - a[0],
      );
      return (start[part]![at![1]]! - list[at![1]]!) / gradients[part]![at![1]]!;
    });
    return { got: rates.map((rate) => Number(rate.toPrecision(2))), wanted: [0.001, 0.1] };
  },
};

export async function check(name: string): Promise<{ got: unknown; wanted: unknown }> {
  await init();
  return (built[name] ?? cases[name])!();
}

/** What is thrown by models that cannot be. */
export async function refusals(): Promise<string[]> {
  await init();
  const mistakes: (() => unknown)[] = [
    () => new models.LeNet({ size: 12 }),
    () => new models.SixConv({ size: 20 }),
    () => new models.GoogLeNet({ width: 0 }),
    () => new models.GoogLeNet({ branches: [] }),
    () => new models.GoogLeNet({ branches: [2, 2] }),
    () => models.densenet40({ reach: -1 }),
    () => new models.AlexNet().eval().forward(randn([1, 3, 32, 32])),
  ];
  return mistakes.map((make) => {
    try {
      make();
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  });
}
