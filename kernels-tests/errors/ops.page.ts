/** Shapes, dtypes, axes and options that cannot work. */
import {
  arange,
  concat,
  F,
  full,
  init,
  manualSeed,
  matmul,
  ones,
  rand,
  randn,
  tensor,
  where,
  zeros,
  type Tensor,
} from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);
const ints = (...numbers: number[]): Tensor => tensor(Int32Array.from(numbers));
export const mistakes: Record<string, Mistake> = {
  'matmul of unequal inner sizes': mistake(
    () => matmul(x(32, 784), x(128, 784)),
    'matmul:',
    '[32, 784]',
    '[128, 784]',
    '784',
    '128',
    'transpose()',
  ),
  'matmul of unequal batches': mistake(() => x(2, 3, 4).matmul(x(5, 4, 6)), 'matmul:', '[2]', '[5]'),
  'matmul of a scalar': mistake(() => x().matmul(x(2, 2)), 'matmul:', '[]', '[2, 2]', 'mul()'),
  'add of shapes that do not broadcast': mistake(() => x(2, 3).add(x(4, 3)), 'add:', '[2, 3]', '[4, 3]', 'equal or 1'),
  'where of shapes that do not broadcast': mistake(() => where(x(2).gt(0), x(3), 0), 'where:', '[2]', '[3]'),
  'where with a condition of numbers': mistake(() => where(x(2), 1, 0), 'where:', 'float32 [2]', 'bool', 'x.gt(0)'),
  'a sum over an axis that is not there': mistake(() => x(2, 3).sum(2), 'sum:', 'axis 2', '[2, 3]', '-2 to 1'),
  'a mean over an axis twice': mistake(() => x(2, 3).mean([1, -1]), 'mean:', 'axis 1', 'twice', '[1, -1]'),
  'a mean of nothing': mistake(() => x(0, 3).mean(), 'mean:', '[0, 3]', 'empty batch'),
  'a mean over an empty axis': mistake(() => x(2, 0).mean(1), 'mean:', '[2, 0]'),
  'a maximum of nothing': mistake(() => x(0).max(), 'max:', '[0]', 'empty batch'),
  'an argmax of nothing': mistake(() => x(3, 0).argmax(1), 'argmax:', '[3, 0]', 'empty batch'),
  'an argmax over a fraction': mistake(() => x(3, 2).argmax(0.5), 'argmax:', 'axis 0.5', '[3, 2]'),
  'a softmax of a scalar': mistake(() => F.softmax(x()), 'softmax:', 'axis -1', 'scalar'),
  'a softmax over an axis that is not there': mistake(
    () => x(2, 2).softmax(3),
    'softmax:',
    'axis 3',
    '[2, 2]',
    '-2 to 1',
  ),
  'a logSoftmax over an axis that is not there': mistake(
    () => x(2, 2).logSoftmax(-3),
    'logSoftmax:',
    'axis -3',
    '[2, 2]',
  ),
  'a reshape to another number': mistake(() => x(2, 3).reshape([4, 2]), 'reshape:', '[2, 3]', '6', '[4, 2]', '8'),
  'a reshape with two open sizes': mistake(
    () => x(2, 3).reshape([-1, -1]),
    'reshape:',
    '[-1, -1]',
    'one size may be -1',
  ),
  'a reshape that does not divide': mistake(
    () => x(2, 3).reshape([4, -1]),
    'reshape:',
    '[2, 3]',
    '[4, -1]',
    'multiple of 4',
  ),
  'a transpose of a vector': mistake(() => x(3).transpose(), 'transpose:', '[3]', 'reshape()'),
  'a permutation that names an axis twice': mistake(() => x(2, 3).permute(0, 0), 'permute:', '[0, 0]', '[2, 3]'),
  'an expansion of a size above 1': mistake(() => x(2, 3).expand([4, 3]), 'expand:', '[2, 3]', '[4, 3]'),
  'an expansion to fewer axes': mistake(() => x(2, 3).expand([3]), 'expand:', '[2, 3]', '[3]'),
  'a slice in steps of 0': mistake(() => x(4).slice(0, 0, 4, 0), 'slice:', 'step 0', '[4]'),
  'a slice from a fraction': mistake(() => x(4).slice(0, 0.5), 'slice:', '0.5', '[4]', 'whole'),
  'a slice of an axis that is not there': mistake(() => x(4).slice(1, 0), 'slice:', 'axis 1', '[4]'),
  'a flatten whose end comes first': mistake(() => x(2, 3, 4).flatten(2, 1), 'flatten:', '2', '1', '[2, 3, 4]'),
  'an unsqueeze beyond the end': mistake(() => x(2).unsqueeze(3), 'unsqueeze:', 'axis 3'),
  'a squeeze of an axis that is not there': mistake(() => x(2).squeeze(1), 'squeeze:', 'axis 1', '[2]'),
  'a concat of nothing': mistake(() => concat([]), 'concat:', 'no tensors'),
  'a concat of unequal shapes': mistake(() => concat([x(2, 3), x(2, 4)]), 'concat:', '[2, 3]', '[2, 4]', 'axis 0'),
  'a concat of scalars': mistake(() => concat([x(), x()]), 'concat:', 'scalar'),
  'an index that is no whole number': mistake(
    () => x(3).indexSelect(0, tensor([0, 1])),
    'indexSelect:',
    'int32',
    'float32 [2]',
  ),
  'an index out of range': mistake(() => x(3).indexSelect(0, ints(0, 3)), 'indexSelect:', '0 to 3', '[3]', '0 to 2'),
  'a negative index': mistake(() => x(3).indexSelect(0, ints(-1)), 'indexSelect:', '-1', '0 to 2'),
  'an unknown dtype': mistake(() => x(3).to(wrong('float64')), 'to:', 'float64', 'float32'),
  'item() of several elements': mistake(() => x(2, 2).item(), 'item:', '[2, 2]', '4', 'data()'),
  'ragged lists': mistake(() => tensor([[1, 2], [3]]), 'tensor:', '[2]', '[1]', 'equally long'),
  'data that does not fill its shape': mistake(
    () => tensor([1, 2, 3], { shape: [2, 2] }),
    'tensor:',
    '3',
    '[2, 2]',
    '4',
  ),
  'a tensor of text': mistake(() => tensor(wrong('abc')), 'tensor:', 'string'),
  'gradients of whole numbers': mistake(
    () => tensor(Int32Array.of(1), { requiresGrad: true }),
    'tensor:',
    'float32',
    'int32',
  ),
  'a negative size': mistake(() => zeros([2, -1]), 'zeros:', '[2, -1]', '-1'),
  'a fraction as size': mistake(() => randn([2.5]), 'randn:', '[2.5]', 'whole'),
  'nine axes': mistake(() => rand([1, 1, 1, 1, 1, 1, 1, 1, 1]), 'rand:', '9', '8'),
  'a full of a size that is no number': mistake(() => full([Number.NaN], 1), 'full:', 'NaN'),
  'a range that never arrives': mistake(() => arange(0, 5, -1), 'arange:', '0', '5', '-1'),
  'a range in steps of 0': mistake(() => arange(0, 5, 0), 'arange:', 'steps of 0'),
  'a seed that is no whole number': mistake(() => manualSeed(0.5), 'manualSeed:', '0.5'),
  'a dropout of everything': mistake(() => F.dropout(x(2), { p: 1 }), 'dropout:', 'p must be', '1'),
  'a linear of another width': mistake(
    () => F.linear(x(4, 28, 28), x(10, 784)),
    'linear:',
    '[4, 28, 28]',
    '[10, 784]',
    '784',
    'Flatten',
  ),
  'a linear with a bias of another width': mistake(
    () => F.linear(x(4, 5), x(3, 5), x(4)),
    'linear:',
    '[4]',
    '[3, 5]',
    '[3]',
  ),
  'a linear whose weight is no matrix': mistake(() => F.linear(x(4, 5), x(5)), 'linear:', '[out, in]', '[5]'),
  'a loss of logits that are no matrix': mistake(
    () => F.crossEntropy(x(4), ints(1)),
    'crossEntropy:',
    '[4]',
    '[batch, classes]',
  ),
  'a loss of labels that are no whole numbers': mistake(
    () => F.crossEntropy(x(64, 10), x(64)),
    'crossEntropy:',
    'int32',
    'float32 [64]',
    'argmax(labels, 1)',
  ),
  'a loss of too few labels': mistake(() => F.crossEntropy(x(3, 4), ints(1, 2)), 'crossEntropy:', '3', '2', '[3, 4]'),
  'labels above the classes': mistake(
    () => F.crossEntropy(x(3, 4), ints(0, 4, 1)),
    'crossEntropy:',
    '0 to 4',
    '[3, 4]',
    '0 to 3',
  ),
  'labels below 0': mistake(() => F.crossEntropy(x(2, 4), ints(-1, 1)), 'crossEntropy:', '-1 to 1', '0 to 3'),
  'labels above the classes, in a slice of the data': mistake(
    () => F.crossEntropy(x(2, 4), ints(0, 1, 4, 4).slice(0, 2)),
    'crossEntropy:',
    '4',
    '0 to 3',
  ),
  'a loss of an empty batch': mistake(() => F.crossEntropy(x(0, 4), ints()), 'crossEntropy:', '[0, 4]', 'empty'),
  'a loss of no classes': mistake(() => F.crossEntropy(x(2, 0), ints(0, 0)), 'crossEntropy:', '[2, 0]'),
  'a mean square of unequal shapes': mistake(() => F.mseLoss(x(4, 1), x(4)), 'mseLoss:', '[4, 1]', '[4]'),
  'a mean square of an empty batch': mistake(() => F.mseLoss(x(0, 2), x(0, 2)), 'mseLoss:', '[0, 2]', 'empty'),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}

/** The engine is not started yet. */
export function beforeInit(): string {
  try {
    return String(ones([2]).add(1));
  } catch (error) {
    return (error as Error).message;
  }
}

/** Labels that only the GPU knows. */
export async function unknownLabels(): Promise<{ loss: string; gradient: number[] }> {
  await init();
  const logits = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  const loss = F.crossEntropy(logits, ints(0, 1).add(1));
  loss.backward();
  return { loss: String(await loss.item()), gradient: Array.from(await logits.grad!.data()).slice(0, 2) };
}
