/**
 * Input that cannot work, and what must be said of it: the op, the values, the remedy.
 *
 * Runs inside the browser; the test reads the names. Each case is a mistake as a user would make it.
 */
import {
  compile,
  concat,
  F,
  nn,
  noGrad,
  ones,
  optim,
  tensor,
  zeros,
  arange,
  full,
  manualSeed,
  rand,
  where,
} from '../../src/index.ts';

export interface BadInput {
  readonly name: string;
  readonly run: () => unknown;
  /** All of these stand in the message. */
  readonly says: readonly string[];
}

const net = (): nn.Sequential => new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU(), new nn.Linear(3, 2));

function trained(model: nn.Module): nn.Module {
  F.crossEntropy(model.forward(ones([2, 4])), tensor([0, 1], { dtype: 'int32' })).backward();
  return model;
}

const shapes: BadInput[] = [
  {
    name: 'matmul of unlike inner sizes',
    run: () => ones([32, 784]).matmul(ones([128, 784])),
    says: ['matmul: inner dimensions differ', '[32, 784]', '[128, 784]', 'b.transpose()'],
  },
  {
    name: 'matmul of a scalar',
    run: () => ones([]).matmul(ones([2])),
    says: ['matmul: needs at least one axis', 'mul()'],
  },
  {
    name: 'sum of shapes that do not broadcast',
    run: () => ones([2, 3]).add(ones([2, 4])),
    says: ['add: shapes do not broadcast', '[2, 3] and [2, 4]'],
  },
  {
    name: 'an axis that does not exist',
    run: () => ones([2, 3]).sum(2),
    says: ['sum: axis 2 does not exist', '[2, 3]', '-2 to 1'],
  },
  { name: 'an axis named twice', run: () => ones([2, 3]).sum([0, -2]), says: ['sum: axis 0 is given twice'] },
  { name: 'softmax along no axis', run: () => ones([2, 3]).softmax(5), says: ['softmax: axis 5 does not exist'] },
  {
    name: 'reshape to another count',
    run: () => ones([2, 3]).reshape([4, 2]),
    says: ['reshape: [2, 3] has 6 elements', 'has 8'],
  },
  {
    name: 'reshape with two open sizes',
    run: () => ones([2, 3]).reshape([-1, -1]),
    says: ['reshape', 'only one size may be -1'],
  },
  { name: 'permute that forgets an axis', run: () => ones([2, 3]).permute(0, 0), says: ['permute: [0, 0]', 'once'] },
  {
    name: 'expand of an axis that is not 1',
    run: () => ones([2, 3]).expand([4, 3]),
    says: ['expand: ', '[2, 3]', '[4, 3]'],
  },
  { name: 'slice with a step of 0', run: () => ones([4]).slice(0, 0, 4, 0), says: ['slice: step 0'] },
  {
    name: 'concat of unlike shapes',
    run: () => concat([ones([2, 3]), ones([2, 4])], 0),
    says: ['concat: shapes [2, 3], [2, 4] differ'],
  },
  { name: 'concat of nothing', run: () => concat([]), says: ['concat: got no tensors'] },
  { name: 'a negative size', run: () => zeros([2, -1]), says: ['full: shape [2, -1]', 'whole numbers from 0'] },
  { name: 'ragged lists', run: () => tensor([[1, 2], [3]]), says: ['tensor: lists are ragged', '[2]', '[1]'] },
  {
    name: 'data that does not fill its shape',
    run: () => tensor([1, 2, 3], { shape: [2, 2] }),
    says: ['tensor: 3 numbers do not fill shape [2, 2]'],
  },
  {
    name: 'a range that never arrives',
    run: () => arange(0, 5, -1),
    says: ['arange: from 0 to 5 in steps of -1 never arrives'],
  },
  {
    name: 'a linear layer with too many features',
    run: () => new nn.Linear(3, 2).forward(ones([5, 4])),
    says: ['linear: x is [5, 4]', 'must equal in (3)', '(in Linear)'],
  },
  {
    name: 'a model whose layers do not fit',
    run: () => new nn.Sequential(new nn.Linear(4, 3), new nn.Linear(5, 2)).forward(ones([1, 4])),
    says: ['linear: x is [1, 3]', '(in Sequential.1)'],
  },
  {
    name: 'images that were not flattened',
    run: () => new nn.Linear(784, 10).forward(ones([2, 28, 28])),
    says: ['Flatten it first'],
  },
];

const dtypes: BadInput[] = [
  {
    name: 'labels as floats',
    run: () => F.crossEntropy(ones([2, 3]), ones([2])),
    says: ['crossEntropy: labels must be int32', 'float32 [2]'],
  },
  {
    name: 'labels as one-hot rows',
    run: () => F.crossEntropy(ones([2, 3]), ones([2, 3])),
    says: ['argmax(labels, 1)'],
  },
  {
    name: 'a condition that is no bool',
    run: () => where(ones([2]), 1, 0),
    says: ['where: the condition must be bool, got float32 [2]', 'x.gt(0)'],
  },
  { name: 'an unknown dtype', run: () => ones([2]).to('float16' as 'float32'), says: ['to: unknown dtype float16'] },
  {
    name: 'an index of floats',
    run: () => ones([2]).indexSelect(0, ones([1])),
    says: ['indexSelect: index must be int32'],
  },
  {
    name: 'an integer tensor that wants a gradient',
    run: () => tensor([1], { dtype: 'int32', requiresGrad: true }),
    says: ['only float32 can require a gradient'],
  },
];

const ranges: BadInput[] = [
  {
    name: 'a label beyond the classes',
    run: () => F.crossEntropy(ones([2, 3]), tensor([0, 3], { dtype: 'int32' })),
    says: ['crossEntropy: labels go from 0 to 3', 'classes 0 to 2'],
  },
  {
    name: 'a negative label',
    run: () => F.crossEntropy(ones([2, 3]), tensor([-1, 0], { dtype: 'int32' })),
    says: ['labels go from -1 to 0'],
  },
  {
    name: 'another number of labels than rows',
    run: () => F.crossEntropy(ones([2, 3]), tensor([0], { dtype: 'int32' })),
    says: ['2 rows of logits', '1 labels'],
  },
  {
    name: 'an index beyond the axis',
    run: () => ones([3, 2]).indexSelect(0, tensor([3], { dtype: 'int32' })),
    says: ['indexSelect: index goes from 3 to 3', 'has 3 places'],
  },
  {
    name: 'an empty batch',
    run: () => F.crossEntropy(ones([0, 3]), tensor(new Int32Array(0))),
    says: ['crossEntropy: logits [0, 3] are empty', 'Skip empty batches'],
  },
  { name: 'the mean of nothing', run: () => zeros([0]).mean(), says: ['mean: nothing to average', '[0]'] },
  { name: 'the greatest of nothing', run: () => zeros([0]).max(), says: ['max: [0]'] },
  { name: 'argmax of nothing', run: () => zeros([2, 0]).argmax(1), says: ['argmax: [2, 0]'] },
  {
    name: 'losses of unlike shapes',
    run: () => F.mseLoss(ones([2]), ones([2, 1])),
    says: ['mseLoss: shapes differ', '[2]', '[2, 1]'],
  },
];

const options: BadInput[] = [
  {
    name: 'dropout of everything',
    run: () => new nn.Dropout(1),
    says: ['Dropout: p must be at least 0 and below 1, got 1'],
  },
  { name: 'a layer without outputs', run: () => new nn.Linear(4, 0), says: ['Linear: outFeatures', 'got 0'] },
  {
    name: 'a negative learning rate',
    run: () => new optim.SGD(net().parameters(), { lr: -1 }),
    says: ['SGD: lr must be at least 0, got -1'],
  },
  {
    name: 'nesterov without momentum',
    run: () => new optim.SGD(net().parameters(), { lr: 0.1, nesterov: true }),
    says: ['SGD: nesterov needs momentum above 0'],
  },
  {
    name: 'a beta of 1',
    run: () => new optim.Adam(net().parameters(), { betas: [0.9, 1] }),
    says: ['Adam: betas[1]', 'got 1'],
  },
  {
    name: 'an optimiser of nothing',
    run: () => new optim.SGD([], { lr: 1 }),
    says: ['SGD: got no parameters', 'model.parameters()'],
  },
  { name: 'a seed that is no number', run: () => manualSeed(Number.NaN), says: ['manualSeed', 'NaN'] },
  { name: 'a fill of unknown size', run: () => full([1.5], 0), says: ['full: shape [1.5]'] },
];

const gradients: BadInput[] = [
  {
    name: 'backward of no scalar',
    run: () =>
      net()
        .forward(ones([2, 4]))
        .backward(),
    says: ['backward: loss must be a scalar, got [2, 2]'],
  },
  {
    name: 'backward of what needs no gradient',
    run: () => ones([2]).sum().backward(),
    says: ['does not depend on any tensor that requires a gradient'],
  },
  {
    name: 'backward inside noGrad',
    run: () =>
      noGrad(() =>
        net()
          .forward(ones([1, 4]))
          .sum(),
      ).backward(),
    says: ['noGrad()'],
  },
  {
    name: 'backward twice',
    run: () => {
      const loss = net()
        .forward(ones([1, 4]))
        .sum();
      loss.backward();
      loss.backward();
    },
    says: ['backward: this graph has been gone through once', 'retainGraph'],
  },
  {
    name: 'a parameter without a gradient',
    run: () => {
      const model = net();
      const [used] = model.parameters();
      const optimizer = new optim.Adam(model.parameters());
      used!.sum().backward();
      optimizer.step();
    },
    says: ['Adam: parameter "0.bias" has no gradient', 'not reachable from the loss'],
  },
  {
    name: 'a step without backward',
    run: () => new optim.SGD(trained(net()) && net().parameters(), { lr: 0.1 }).step(),
    says: ['SGD: parameter "0.weight" has no gradient'],
  },
  {
    name: 'parameters that another optimiser has taken over',
    run: () => {
      const model = trained(net());
      const first = new optim.SGD(model.parameters(), { lr: 0.1 });
      const second = new optim.SGD(model.parameters(), { lr: 0.1 });
      second.step();
      first.step();
    },
    says: ['has been given to another optimizer since'],
  },
  {
    name: 'reading inside a compiled step',
    run: async () => {
      let read: Promise<number> | null = null;
      compile(() => {
        read = rand([1]).item();
      })();
      await read;
    },
    says: ['a compiled step cannot read values', 'Return the tensor'],
  },
  {
    name: 'item of several elements',
    run: () => ones([2]).item(),
    says: ['item: tensor [2] has 2 elements', 'data()'],
  },
  {
    name: 'a disposed tensor',
    run: () => {
      const x = tensor(new Float32Array(8192));
      x.dispose();
      return x.add(1);
    },
    says: ['add: tensor [8192] has been disposed'],
  },
  {
    name: 'a result whose memory later steps have used',
    run: async () => {
      const model = net();
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      const [weight] = model.parameters();
      const doubled = weight!.mul(2);
      model
        .forward(ones([1, 4]))
        .sum()
        .add(doubled.sum())
        .backward();
      optimizer.step();
      await doubled.data();
    },
    says: ['data: the result', 'updated in place since', 'retain()'],
  },
];

export const badInputs: readonly BadInput[] = [...shapes, ...dtypes, ...ranges, ...options, ...gradients];
