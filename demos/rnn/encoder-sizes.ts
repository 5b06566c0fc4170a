/** The sizes of a BERT, from the shapes of its weights and from `config.json`, which must not contradict them. */
import type { models, nn } from '../../src/index.ts';

export type Sizes = Pick<
  models.BertConfig,
  | 'vocabSize'
  | 'hiddenSize'
  | 'numHiddenLayers'
  | 'numAttentionHeads'
  | 'intermediateSize'
  | 'maxPositionEmbeddings'
  | 'typeVocabSize'
  | 'layerNormEps'
> & {
  readonly padTokenId?: number;
  /** Nothing says how many heads there are: as many as BERT has for such a size. */
  readonly headsGuessed: boolean;
};

/** Of each head, in all BERTs of Devlin et al. and Turc et al. */
const HEAD_FEATURES = 64;

/** What must be as the lab's BERT has it, where it is said. */
const FORM = { model_type: 'bert', hidden_act: 'gelu', position_embedding_type: 'absolute' };

/** @throws Error for a text that is no configuration of a BERT; an empty one where there is none. */
export function readConfig(contents: string | undefined): Readonly<Record<string, unknown>> {
  if (contents === undefined) return {};
  let config: unknown;
  try {
    config = JSON.parse(contents);
  } catch (cause) {
    throw new Error('config.json is not JSON. Download it again, or leave it out.', { cause });
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new Error('config.json is not an object of settings. Download it again, or leave it out.');
  const said = config as Record<string, unknown>;
  for (const [key, wanted] of Object.entries(FORM))
    if (said[key] !== undefined && said[key] !== wanted)
      throw new Error(
        `config.json has ${key} ${JSON.stringify(said[key])}, and the lab's BERT has "${wanted}". Give a model of that kind.`,
      );
  return said;
}

/**
 * @param state keys without `bert.`
 * @throws Error where the weights are not those of a BERT, or the configuration is one of other weights.
 */
export function sizesOf(state: nn.StateDict, config: Readonly<Record<string, unknown>>): Sizes {
  const size = (key: string, axis: number): number => {
    const found = state[key]?.shape[axis];
    if (found === undefined)
      throw new Error(`The file has no weights "${key}", as a BERT has. Give the model.safetensors of a BERT.`);
    return found;
  };
  const layers = Object.keys(state).map((key) => Number(/^encoder\.layer\.(\d+)\./.exec(key)?.[1] ?? -1));
  const found = {
    vocab_size: size('embeddings.word_embeddings.weight', 0),
    hidden_size: size('embeddings.word_embeddings.weight', 1),
    max_position_embeddings: size('embeddings.position_embeddings.weight', 0),
    type_vocab_size: size('embeddings.token_type_embeddings.weight', 0),
    num_hidden_layers: 1 + Math.max(-1, ...layers),
    intermediate_size: size('encoder.layer.0.intermediate.dense.weight', 0),
  };
  for (const [key, value] of Object.entries(found))
    if (config[key] !== undefined && config[key] !== value)
      throw new Error(
        `config.json has ${key} ${JSON.stringify(config[key])}, and the weights have ${value}. Give the config.json of these weights, or none.`,
      );
  const heads = config['num_attention_heads'] ?? Math.max(1, Math.round(found.hidden_size / HEAD_FEATURES));
  const eps = config['layer_norm_eps'] ?? 1e-12;
  if (typeof heads !== 'number' || !(heads >= 1) || found.hidden_size % heads !== 0)
    throw new Error(
      `${JSON.stringify(heads)} heads cannot share ${found.hidden_size} features. Give the config.json of these weights, with num_attention_heads.`,
    );
  if (typeof eps !== 'number' || !(eps >= 0))
    throw new Error(`config.json has layer_norm_eps ${JSON.stringify(eps)}, which is no small number. Correct it.`);
  return {
    vocabSize: found.vocab_size,
    hiddenSize: found.hidden_size,
    numHiddenLayers: found.num_hidden_layers,
    numAttentionHeads: heads,
    intermediateSize: found.intermediate_size,
    maxPositionEmbeddings: found.max_position_embeddings,
    typeVocabSize: found.type_vocab_size,
    layerNormEps: eps,
    headsGuessed: config['num_attention_heads'] === undefined,
  };
}
