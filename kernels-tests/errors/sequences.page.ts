/** Sequence models and sampling that cannot work. */
import { init, models, nn, tensor, text, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const ids = (values: number[], ...shape: number[]): Tensor => tensor(Int32Array.from(values), { shape });
const SIZES = { vocabSize: 20, hiddenSize: 8, numHiddenLayers: 1, numAttentionHeads: 2, maxPositionEmbeddings: 4 };
const pairs = (options: object = {}): models.PairClassifier =>
  new models.PairClassifier({ vocabulary: 20, embedding: 8, hidden: 8, ...options });
const classes = (): models.BertForSequenceClassification => new models.BertForSequenceClassification(SIZES);

export const mistakes: Record<string, Mistake> = {
  'pairs that are none': mistake(
    () => pairs().forward(ids([1, 2, 3], 1, 3)),
    'PairClassifier:',
    'int32 [1, 3]',
    'text.padPairs',
  ),
  'pairs that are no ids': mistake(() => pairs().forward(zeros([1, 2, 3])), 'PairClassifier:', 'float32 [1, 2, 3]'),
  'an id outside the vocabulary': mistake(() => pairs().forward(ids([1, 20], 1, 2, 1)), 'embedding:', '20', '19'),
  'an encoder that there is not': mistake(() => pairs({ encoder: 'cnn' }), 'PairClassifier:', '"cnn"', 'transformer'),
  'the last state of a transformer': mistake(
    () => pairs({ encoder: 'transformer', pooling: 'last' }),
    'PairClassifier:',
    '"last"',
    '"max"',
  ),
  'attention of a model without': mistake(
    () => pairs().attention(ids([1, 2], 1, 2, 1)),
    'PairClassifier:',
    'attention: true',
  ),
  'a sentence longer than a transformer has places': mistake(
    () => pairs({ encoder: 'transformer', maxLength: 2 }).forward(ids([1, 2, 3, 1, 2, 3], 1, 2, 3)),
    'TransformerSentenceEncoder:',
    '3 words',
    'positions for 2',
  ),
  'a language model of another cell': mistake(
    () => new models.LanguageModel({ vocabulary: 3, cell: wrong('cnn') }),
    'LanguageModel:',
    '"cnn"',
  ),
  'a text without a batch axis': mistake(
    () => new models.LanguageModel({ vocabulary: 3 }).forward(ids([1, 2], 2)),
    'LanguageModel:',
    'int32 [2]',
  ),
  'writing from nothing': mistake(
    () => new models.LanguageModel({ vocabulary: 3 }).write(new Int32Array(0)).next(),
    'LanguageModel:',
    'at least one id',
  ),

  'heads that do not divide': mistake(
    () => new models.BertModel({ ...SIZES, numAttentionHeads: 3 }),
    'BertModel:',
    '8',
    '3 heads',
  ),
  'a text longer than BERT has places': mistake(
    () => classes().forward(ids([1, 2, 3, 4, 5], 1, 5)),
    'BertModel:',
    '5 tokens',
    'positions for 4',
  ),
  'ids outside the vocabulary of BERT': mistake(() => classes().forward(ids([99], 1, 1)), 'embedding:', '99'),
  'a mask of another shape': mistake(
    () => new models.BertModel(SIZES).forward(ids([1, 2], 1, 2), { attentionMask: ids([1], 1, 1).ne(0) }),
    'BertModel:',
    'attentionMask',
    'bool [1, 1]',
  ),
  'a mask of numbers': mistake(
    () => new models.BertModel(SIZES).forward(ids([1, 2], 1, 2), { attentionMask: ids([1, 1], 1, 2) }),
    'BertModel:',
    'attentionMask',
    'int32 [1, 2]',
  ),
  'an additive mask': mistake(
    () => classes().forward(ids([1, 2], 1, 2), { attentionMask: tensor([[0, -1e4]]) }),
    'BertModel:',
    'attentionMask',
    'float32 [1, 2]',
    'mask.ne(0)',
  ),
  'types of another shape': mistake(
    () => classes().forward(ids([1, 2], 1, 2), { tokenTypes: ids([0], 1, 1) }),
    'BertModel:',
    'tokenTypes',
    'int32 [1, 1]',
  ),
  'weights that lack a layer': mistake(
    () =>
      models.loadBert(
        new models.BertForSequenceClassification({ ...SIZES, numHiddenLayers: 2 }),
        classes().stateDict(),
      ),
    'loadBert:',
    'lacks 16 keys',
    'bert.encoder.layer.1.',
    'Nothing was loaded',
  ),
  'weights of another width': mistake(
    () => models.loadBert(classes(), new models.BertForSequenceClassification({ ...SIZES, hiddenSize: 4 }).stateDict()),
    'loadStateDict:',
    'bert.embeddings.word_embeddings.weight',
    '[20, 4]',
  ),
  'weights of something else': mistake(
    () => models.loadBert(classes(), new nn.Linear(2, 2).stateDict()),
    'loadBert:',
    'lacks',
  ),

  'drawing from logits without a batch': mistake(() => text.sampleNext(zeros([3])), 'sampleNext:', 'float32 [3]'),
  'a temperature below 0': mistake(
    () => text.sampleNext(zeros([1, 3]), { temperature: -1 }),
    'sampleNext:',
    'temperature',
    '-1',
  ),
  'more of the greatest than there are': mistake(
    () => text.sampleNext(zeros([1, 3]), { topK: 4 }),
    'sampleNext:',
    'topK',
    '3 classes',
    '4',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(() => mistakes[name]!.make());
}
