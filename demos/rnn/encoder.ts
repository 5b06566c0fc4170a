/**
 * A BERT that was trained before: its weights, its sizes, and the words that it reads. From files with Hugging Face's
 * names, or from the one file that the lab saves. Checked as a whole before anything is made of it; knows no page.
 */
import { init, io, models, type nn, type text } from '../../src/index.ts';
import { unseeded } from '../shared/recipe-parts.ts';
import { readConfig, sizesOf, type Sizes } from './encoder-sizes.ts';
import { readVocabulary, type Words } from './encoder-words.ts';

export interface Encoder extends Words {
  /** As readers see it. */
  readonly name: string;
  /** Without the heads of other tasks. */
  readonly state: nn.StateDict;
  readonly sizes: Sizes;
}

/** Contents of files. */
export interface EncoderParts {
  /** `model.safetensors` */
  readonly weights: Uint8Array;
  /** `vocab.txt` or `tokenizer.json`; not needed where the weights bring theirs. */
  readonly vocabulary?: string | undefined;
  /** `config.json` */
  readonly config?: string | undefined;
}

/** Names under which a file of weights brings the other two. */
const CONFIG = 'config.json';
const VOCABULARY = 'vocab.txt';

/** What makes a file of weights enough by itself. */
export function encoderMetadata(model: models.BertConfig, { tokens }: text.Vocabulary): Record<string, string> {
  const config = {
    model_type: 'bert',
    tokenizer_class: 'words',
    hidden_act: 'gelu',
    num_attention_heads: model.numAttentionHeads,
    layer_norm_eps: model.layerNormEps,
  };
  return { [CONFIG]: JSON.stringify(config), [VOCABULARY]: tokens.join('\n') };
}

/** Whether weights are of an encoder rather than a model of the lab: they bring words, or words come with them. */
export function isEncoder(weights: Uint8Array, hasVocabulary: boolean): boolean {
  const metadata = io.safetensorsMetadata(weights);
  if (hasVocabulary || VOCABULARY in metadata) return true;
  if ('wgrad.rnn' in metadata) return false;
  // Of a published one without its words, that is what is to be said.
  const keys = Object.keys(io.loadSafetensors(weights));
  return keys.some((key) => key.endsWith('embeddings.word_embeddings.weight')) && !keys.includes('classifier.weight');
}

/** @throws Error where a part lacks or is damaged, or one does not fit another. */
export async function readEncoder(name: string, { weights, ...given }: EncoderParts): Promise<Encoder> {
  const metadata = io.safetensorsMetadata(weights);
  const config = readConfig(given.config ?? metadata[CONFIG]);
  const state = encoderState(weights);
  const sizes = sizesOf(state, config);
  const vocabulary = given.vocabulary ?? metadata[VOCABULARY];
  if (vocabulary === undefined)
    throw new Error(`${name} comes without its words. Give its vocab.txt or tokenizer.json together with it.`);
  const words = readVocabulary(vocabulary, config['tokenizer_class'] === 'words' ? 'words' : 'pieces');
  const count = words.vocabulary.size;
  if (count !== sizes.vocabSize)
    throw new Error(
      `The vocabulary has ${count} tokens, and ${name} has weights for ${sizes.vocabSize}. Give the vocabulary that the weights were made with.`,
    );
  const encoder = { name, state, sizes: { ...sizes, padTokenId: words.vocabulary.id('[PAD]') }, ...words };
  await init();
  checkWeights(encoder);
  return encoder;
}

/** Against the shapes of a network that nothing is computed of: drawing the numbers of a large one takes long. */
function checkWeights({ name, state, sizes }: Encoder): void {
  const wanted = unseeded(() => new models.BertModel(sizes)).stateDict();
  const wrong = Object.entries(wanted).flatMap(([key, { shape }]) => {
    const found = state[key]?.shape.join(', ');
    // Heads are learnt anew, and the pooler is part of them.
    if (found === undefined) return key.startsWith('pooler.') ? [] : [`${key} is missing`];
    return found === shape.join(', ') ? [] : [`${key} is [${found}], not [${shape.join(', ')}]`];
  });
  if (wrong.length > 0)
    throw new Error(
      `${name} has ${wrong.length} weights other than a BERT of its size: ${wrong[0]}. Download it again, or give another.`,
    );
}

/**
 * By today's names, as `loadBert` takes older ones too.
 *
 * @throws Error where weights are integers, as those of quantised models.
 */
function encoderState(weights: Uint8Array): nn.StateDict {
  const entries = Object.entries(io.loadSafetensors(weights)).flatMap(([key, tensor]) => {
    const own = key
      .replace(/^bert\./, '')
      .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
      .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
    return /^(embeddings|encoder|pooler)\./.test(own) && !own.endsWith('position_ids') ? [[own, tensor] as const] : [];
  });
  const integers = entries.filter(([, { dtype }]) => dtype !== 'float32');
  if (integers.length > 0)
    throw new Error(
      `${integers.length} of the weights are no fractions: ${integers[0]![0]} is ${integers[0]![1].dtype}. Give the model as it was before it was quantised, in float32, float16 or bfloat16.`,
    );
  return Object.fromEntries(entries);
}
