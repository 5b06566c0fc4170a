/** Encoders that a reader brings to the RNN lab: published ones, and those that it pre-trained itself. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOf } from '../../demos/rnn/encoder-download.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import { CONFIG, TOKENS } from './bert-files.ts';
import type * as Module from './rnn-encoder.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/rnn-encoder.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

const SIZES = {
  vocabSize: TOKENS.length,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 32,
  maxPositionEmbeddings: 48,
  typeVocabSize: 2,
  layerNormEps: 1e-12,
  padTokenId: 0,
  headsGuessed: false,
};
const config = JSON.stringify(CONFIG);
const json = (more: object): string =>
  JSON.stringify({ model: { type: 'WordPiece', vocab: Object.fromEntries(TOKENS.map((t, id) => [t, id])) }, ...more });

describe('an encoder', () => {
  test('is read in every type of fractions, with its sizes and pieces, under older names too', async () => {
    const whole = await page.call('read', { config });
    expect(whole).toMatchObject({ sizes: SIZES, unit: 'pieces' });
    expect(whole).toMatchObject({ pieces: ['the', 'cat', '##s', 'u', '##n', '##f', '##i', '##t', '##ted', '.'] });
    for (const type of ['F16', 'BF16'] as const)
      expect(await page.call('read', { type, config, prefix: '' })).toEqual(whole);
    expect(await page.call('read', { config, old: true, lacks: 'pooler' })).toEqual(whole);
  });

  test('has its words from tokenizer.json too, and without config.json as many heads as BERT has', async () => {
    const found = await page.call('read', { vocabulary: json({ normalizer: { lowercase: false } }) });
    expect(found).toMatchObject({ sizes: { ...SIZES, numAttentionHeads: 1, headsGuessed: true } });
    expect(found).toMatchObject({ pieces: ['[UNK]', '[UNK]', 'u', '##n', '##f', '##i', '##t', '##ted', '.'] });
  });

  test.each([
    [{ type: 'I8' }, /no fractions: embeddings\.word_embeddings\.weight is int32\. Give the model as it was before/],
    [
      { lacks: 'layer.1.output.dense' },
      /has 2 weights other than .*: encoder\.layer\.1\.output\.dense\.weight is missing\. Download/,
    ],
    [{ lacks: 'embeddings' }, /no weights "embeddings\.word_embeddings\.weight", as a BERT has\. Give/],
    [{ cut: 5 }, /loadSafetensors: .* cut short or damaged\. Download or write the file again/],
    [{ words: 90 }, /The vocabulary has 86 tokens, and model\.safetensors has weights for 90\. Give the vocabulary/],
    [{ vocabulary: null }, /comes without its words\. Give its vocab\.txt or tokenizer\.json/],
    [{ vocabulary: 'the\ncat' }, /lacks|not among/],
    [{ vocabulary: JSON.stringify({ model: { type: 'BPE', vocab: {} } }) }, /of kind "BPE".*Give that of a BERT/],
    [{ vocabulary: '{"model"' }, /tokenizer\.json is not JSON/],
    [{ config: '{' }, /config\.json is not JSON/],
    [{ config: '{"hidden_size":32}' }, /hidden_size 32, and the weights have 16\. Give the config\.json of these/],
    [{ config: '{"num_hidden_layers":1}' }, /num_hidden_layers 1, and the weights have 2/],
    [{ config: '{"num_attention_heads":3}' }, /3 heads cannot share 16 features/],
    [{ config: '{"model_type":"roberta"}' }, /model_type "roberta", and the lab's BERT has "bert"/],
    [{ config: '{"hidden_act":"relu"}' }, /hidden_act "relu"/],
  ])('that is wrong is refused: %j', async (given, message) => {
    expect(await page.call('read', given as Parameters<typeof Module.read>[0])).toMatch(message);
  });

  test('is tuned as a whole or by its head alone', async () => {
    const whole = await page.call('tune', false, 24);
    expect(whole).toMatchObject({ began: true, trained: whole.of });
    expect(whole.tokens).toEqual(['[CLS]', 'the', 'cat', '##s', '[SEP]', 'a', '##b', '[SEP]']);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(whole.losses.slice(-8))).toBeLessThan(mean(whole.losses.slice(0, 8)));
    // Pooler and classifier, a weight and a bias each.
    expect(await page.call('tune', true, 1)).toMatchObject({ began: true, trained: 4 });
  });

  test('that was pre-trained here is taken again from its one file', async () => {
    const { sizes, ...rest } = await page.call('again');
    expect(rest).toEqual({ unit: 'words', sameWords: true, began: true });
    expect(sizes).toMatchObject({
      hiddenSize: 16,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      maxPositionEmbeddings: 24,
    });
    expect(sizes.headsGuessed).toBe(false);
  });
});

describe('the address of an encoder', () => {
  const commit = '1110a243fdf4706b3f48f1d95db1a4f5529b4d41';
  test.each([
    [`owner/name@${commit}`, `https://huggingface.co/owner/name/resolve/${commit}/`, 'owner/name', false],
    [`https://huggingface.co/o/n/tree/${commit}`, `https://huggingface.co/o/n/resolve/${commit}/`, 'o/n', false],
    [
      `https://huggingface.co/o/n/resolve/${commit}/model.safetensors`,
      `https://huggingface.co/o/n/resolve/${commit}/`,
      'o/n',
      false,
    ],
    ['owner/name', 'https://huggingface.co/owner/name/resolve/main/', 'owner/name', true],
    ['https://example.org/berts/small/model.safetensors', 'https://example.org/berts/small/', 'small', false],
    ['https://example.org/berts/small', 'https://example.org/berts/small/', 'small', false],
  ])('%s is the folder %s', (address, url, name, changes) => {
    expect(folderOf(address)).toEqual({ url, name, changes, sha256: null });
  });

  test('may name the sum of the weights', () => {
    expect(folderOf('https://example.org/a#sha256=ABC')).toMatchObject({
      url: 'https://example.org/a/',
      sha256: 'abc',
    });
  });

  test('is refused where it is none', () => {
    expect(() => folderOf('bert')).toThrow('"bert" is no address of an encoder. Give owner/name@commit');
    expect(() => folderOf('ftp://a/b/c')).toThrow('is no address');
  });
});
