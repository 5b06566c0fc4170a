/** Tables, attention and transformer layers that cannot work. */
import { F, init, nn, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);
const ids = (...list: number[]): Tensor => tensor(Int32Array.from(list));
const mask = (...shape: number[]): Tensor => zeros(shape, { dtype: 'bool' });
const sdpa = 'scaledDotProductAttention:';
const attention = (): nn.MultiheadAttention => new nn.MultiheadAttention(12, 3, { batchFirst: true });
const masked = (options: nn.MultiheadAttentionMasks): unknown =>
  attention().forward(x(2, 5, 12), x(2, 7, 12), x(2, 7, 12), options);

export const mistakes: Record<string, Mistake> = {
  'ids outside the table': mistake(() => F.embedding(ids(0, 3), x(3, 2)), 'embedding:', '0 to 3', '[3, 2]', '0 to 2'),
  'ids below 0': mistake(() => new nn.Embedding(3, 2).forward(ids(-1, 0)), 'embedding:', '-1 to 0'),
  'ids that are no whole numbers': mistake(() => F.embedding(x(4), x(3, 2)), 'embedding:', 'int32', 'float32 [4]'),
  'a table of one axis': mistake(() => F.embedding(ids(0), x(3)), 'embedding:', '[3]', '[rows, features]'),
  'a table without rows': mistake(() => new nn.Embedding(0, 3), 'Embedding:', 'numEmbeddings', '0'),
  'a table without features': mistake(() => new nn.Embedding(3, 0), 'Embedding:', 'embeddingDim', '0'),
  'padding outside the table': mistake(() => new nn.Embedding(3, 2, { paddingIdx: 3 }), 'Embedding:', 'paddingIdx 3'),
  'a pre-trained table of one axis': mistake(() => nn.Embedding.fromPretrained(x(3)), 'Embedding:', '[3]'),
  'a sequence longer than its places': mistake(
    () => new nn.PositionalEncoding(4, { maxLen: 8 }).forward(x(9, 2, 4)),
    'PositionalEncoding:',
    '[9, 2, 4]',
    'up to 8',
  ),

  'queries and keys of other features': mistake(
    () => F.scaledDotProductAttention(x(5, 4), x(7, 3), x(7, 4)),
    sdpa,
    '[5, 4]',
    '[7, 3]',
    'equal features',
  ),
  'keys and values of other lengths': mistake(
    () => F.scaledDotProductAttention(x(5, 4), x(7, 4), x(6, 4)),
    sdpa,
    '[7, 4]',
    '[6, 4]',
    'equal lengths',
  ),
  'attention to nothing': mistake(() => F.scaledDotProductAttention(x(5, 4), x(0, 4), x(0, 4)), sdpa, '[0, 4]'),
  'attention of vectors': mistake(() => F.scaledDotProductAttention(x(4), x(4), x(4)), sdpa, '[4]'),
  'fewer heads of keys, unasked': mistake(
    () => F.scaledDotProductAttention(x(1, 4, 5, 8), x(1, 2, 5, 8), x(1, 2, 5, 8)),
    sdpa,
    'enableGqa',
  ),
  'heads that do not divide among keys': mistake(
    () => F.scaledDotProductAttention(x(1, 4, 5, 8), x(1, 3, 5, 8), x(1, 3, 5, 8), { enableGqa: true }),
    sdpa,
    '4 heads',
    '3 of keys',
  ),
  'attention that drops everything': mistake(
    () => F.scaledDotProductAttention(x(5, 4), x(7, 4), x(7, 4), { dropoutP: 1 }),
    sdpa,
    'got 1',
  ),
  'a mask of another shape': mistake(
    () => F.scaledDotProductAttention(x(5, 4), x(7, 4), x(7, 4), { attnMask: mask(5, 6) }),
    sdpa,
    'bool [5, 6]',
    '[5, 7]',
  ),
  'a mask of whole numbers': mistake(
    () => F.scaledDotProductAttention(x(2, 4), x(3, 4), x(3, 4), { attnMask: ids(0, 1, 1) }),
    sdpa,
    'int32 [3]',
  ),

  'heads that do not divide': mistake(() => new nn.MultiheadAttention(10, 4), 'MultiheadAttention:', '10', '4 heads'),
  'attention without heads': mistake(() => new nn.MultiheadAttention(10, 0), 'MultiheadAttention:', 'numHeads', '0'),
  'a query of other features': mistake(
    () => attention().forward(x(2, 5, 11), x(2, 7, 12), x(2, 7, 12)),
    'MultiheadAttention:',
    'query is [2, 5, 11]',
    '[batch, length, 12]',
  ),
  'keys of another batch': mistake(
    () => attention().forward(x(2, 5, 12), x(3, 7, 12), x(3, 7, 12)),
    'MultiheadAttention:',
    'key is [3, 7, 12]',
    '[2, 5, 12]',
  ),
  'fewer values than keys': mistake(
    () => attention().forward(x(2, 5, 12), x(2, 7, 12), x(2, 6, 12)),
    'MultiheadAttention:',
    '[2, 7, 12]',
    '[2, 6, 12]',
  ),
  'padding of another length': mistake(
    () => masked({ keyPaddingMask: mask(2, 5) }),
    'MultiheadAttention:',
    'bool [2, 5]',
    '[2, 7]',
  ),
  'padding of whole numbers': mistake(
    () => masked({ keyPaddingMask: zeros([2, 7], { dtype: 'int32' }) }),
    'MultiheadAttention:',
    'int32 [2, 7]',
  ),
  'an attention mask of another shape': mistake(
    () => masked({ attnMask: mask(7, 5) }),
    'MultiheadAttention:',
    '[7, 5]',
    '[2, 3, 5, 7]',
  ),
  'an attention mask for each row but not for each head': mistake(
    () => masked({ attnMask: mask(2, 5, 7) }),
    'MultiheadAttention:',
    '[2, 5, 7]',
    'batch * heads = 6',
  ),
  'a layer of an unknown activation': mistake(
    () => new nn.TransformerEncoderLayer(8, 2, { activation: wrong('tanh') }),
    'TransformerEncoderLayer:',
    "'relu', 'gelu'",
    'tanh',
  ),
  'an encoder without layers': mistake(
    () => new nn.TransformerEncoder(() => new nn.TransformerEncoderLayer(8, 2), 0),
    'TransformerEncoder:',
    'numLayers',
    '0',
  ),
  'a mask that does not fit, deep in a decoder': mistake(
    () =>
      new nn.TransformerDecoder(() => new nn.TransformerDecoderLayer(8, 2, { dimFeedforward: 8 }), 1).forward(
        x(5, 2, 8),
        x(4, 2, 8),
        { memoryKeyPaddingMask: mask(2, 5) },
      ),
    'MultiheadAttention:',
    '[2, 5]',
    '[2, 4]',
    'TransformerDecoder.TransformerDecoderLayer.multihead_attn',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
