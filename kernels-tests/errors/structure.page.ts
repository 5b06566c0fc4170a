/** What ops on the structure of tensors cannot do. */
import { F, init, meshgrid, stack, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);
const ints = (...numbers: number[]): Tensor => tensor(Int32Array.from(numbers));

export const mistakes: Record<string, Mistake> = {
  'a narrow beyond the end': mistake(() => x(4, 5).narrow(1, 3, 3), 'narrow:', '3 from 3', 'axis 1', '[4, 5]'),
  'a narrow of a negative length': mistake(() => x(4).narrow(0, 3, -1), 'narrow:', '-1', '[4]'),
  'a select beyond the end': mistake(() => x(4).select(0, 4), 'select:', 'index 4', '[4]', '-4 to 3'),
  'a select of a fraction': mistake(() => x(4).select(0, 0.5), 'select:', '0.5', 'whole'),
  'a split in parts of 0': mistake(() => x(4).split(0), 'split:', 'size 0', '[4]'),
  'a split in sizes that do not add up': mistake(() => x(4).split([1, 2]), 'split:', '[1, 2]', '4'),
  'a chunk in no parts': mistake(() => x(4).chunk(0), 'chunk:', '0 parts', '[4]'),
  'a stack of nothing': mistake(() => stack([]), 'stack:', 'no tensors'),
  'a stack of unequal shapes': mistake(() => stack([x(2), x(3)]), 'stack:', '[2]', '[3]', 'concat()'),
  'a pad of an odd count': mistake(() => F.pad(x(2, 3), [1]), 'pad:', '[1]', 'two for each axis'),
  'a pad of more axes than there are': mistake(() => F.pad(x(3), [1, 1, 1, 1]), 'pad:', '[3]', '1 axes'),
  'a pad that cuts away too much': mistake(() => F.pad(x(3), [-2, -2]), 'pad:', '-2', '[3]'),
  'a repeat of too few axes': mistake(() => x(2, 3).repeat([2]), 'repeat:', '[2]', '[2, 3]', 'tile()'),
  'a tile of a fraction': mistake(() => x(2).tile([0.5]), 'tile:', '[0.5]'),
  'a repeatInterleave of less than nothing': mistake(() => x(2).repeatInterleave(-1), 'repeatInterleave:', '-1'),
  'a roll of two shifts along one axis': mistake(() => x(2, 3).roll([1, 2], 0), 'roll:', '[1, 2]', '[0]'),
  'a flip of an axis twice': mistake(() => x(2, 3).flip([1, -1]), 'flip:', 'axis 1', 'twice'),
  'a movedim of two axes to one place': mistake(() => x(2, 3).movedim([0, 1], 0), 'movedim:', '[0, 1]', '[0]'),
  'an unflatten that does not multiply': mistake(() => x(2, 6).unflatten(1, [4, -1]), 'unflatten:', '[4, -1]', '6'),
  'an expand of an axis that is not there by -1': mistake(() => x(3).expand([-1, 3]), 'expand:', '[-1, 3]'),
  'a meshgrid of matrices': mistake(() => meshgrid([x(2, 2)]), 'meshgrid:', '[2, 2]'),
  'a triangle of a vector': mistake(() => x(3).tril(), 'tril:', '[3]', '2 axes'),
  'a diagonal that is not there': mistake(() => x(3, 4).diagonal(4), 'diagonal:', '[3, 4]', '-2 to 3'),
  'a diag of three axes': mistake(() => x(2, 2, 2).diag(), 'diag:', '[2, 2, 2]', 'diagonal()'),
  'a minimum of nothing': mistake(() => x(3, 0).min(1), 'min:', '[3, 0]', 'no least'),
  'an argmin of nothing': mistake(() => x(0).argmin(), 'argmin:', '[0]'),
  'a product over an axis that is not there': mistake(() => x(3).prod(1), 'prod:', 'axis 1', '[3]'),
  'a variance over an axis that is not there': mistake(() => x(3).var(1), 'var:', 'axis 1', '[3]'),
  'a norm of no order': mistake(() => x(3).norm(Number.NaN), 'norm:', 'NaN'),
  'a oneHot of floats': mistake(() => F.oneHot(x(3), 4), 'oneHot:', 'int32', 'float32 [3]'),
  'a oneHot of classes that nobody knows': mistake(
    () => F.oneHot(ints(1, 2).add(1)),
    'oneHot:',
    'NaN',
    'oneHot(labels, 10)',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
