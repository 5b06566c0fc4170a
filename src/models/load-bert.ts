/**
 * Loading of a BERT that Hugging Face has published.
 */
import type { StateDict, UnmatchedKeys } from '../nn/index.ts';
import type { BertForMaskedLM, BertForSequenceClassification } from './bert-heads.ts';

/** Keys that are computed, or say again what another key says. */
const REDUNDANT = /(^|\.)(position_ids|cls\.predictions\.decoder\.(weight|bias))$/;

/**
 * Loads what Hugging Face has: old names of layer norms (`gamma`, `beta`) too, with or without `bert.` before the keys,
 * and from models with other heads.
 *
 * @returns keys of the model's heads and pooler that the state lacks, which are as they were; and what of it was not used
 * @throws Error if the state lacks a key of the embeddings or layers, or a size differs; then nothing has been changed.
 */
export function loadBert(model: BertForSequenceClassification | BertForMaskedLM, state: StateDict): UnmatchedKeys {
  const named = Object.entries(state).flatMap(([key, value]): [string, StateDict[string]][] => {
    const now = key.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
    if (REDUNDANT.test(now)) return [];
    return [[/^(embeddings|encoder|pooler)\./.test(now) ? `bert.${now}` : now, value]];
  });
  const given = Object.fromEntries(named);
  const missing = Object.keys(model.stateDict()).filter(
    (key) => /^bert\.(embeddings|encoder)\./.test(key) && !(key in given),
  );
  if (missing.length)
    throw new Error(
      `loadBert: the state lacks ${missing.length} keys of the model: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', ...' : ''}. ` +
        'Nothing was loaded. Build the model with as many layers, or pass the state of a BERT.',
    );
  return model.loadStateDict(given, { strict: false });
}
