/** BERT in the browser, with the weights and on the numbers that make_bert.py wrote. */
import { F, init, io, models, tensor, type Tensor } from '../../src/index.ts';
import type { Plain, State } from './references.ts';
import { plain } from './run-module.ts';

export interface BertReference {
  ids: number[][];
  types: number[][];
  mask: number[][];
  labels: number[];
  /** Of the masked model: where words are to be guessed. */
  positions?: number[];
  logits: Plain;
  loss: number;
  gradients: State;
}

const SIZES = {
  vocabSize: 101,
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 72,
  maxPositionEmbeddings: 16,
} as const;

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const matrix = (rows: number[][]): Tensor =>
  tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]!.length] });

type Made = models.BertForSequenceClassification | models.BertForMaskedLM;

export interface BertResult {
  logits: Plain;
  loss: number;
  gradients: State;
  keys: { missingKeys: readonly string[]; unexpectedKeys: readonly string[] };
}

/** @param mask give the attention mask rather than leave it to the padding */
export async function run(weights: string, reference: BertReference, mask: boolean): Promise<BertResult> {
  await init();
  const { positions } = reference;
  const model: Made = positions
    ? new models.BertForMaskedLM(SIZES)
    : new models.BertForSequenceClassification({ ...SIZES, classes: 3 });
  const keys = models.loadBert(model, io.loadSafetensors(bytesOf(weights)));
  model.eval();
  const ids = matrix(reference.ids);
  const inputs = { tokenTypes: matrix(reference.types), ...(mask && { attentionMask: matrix(reference.mask).ne(0) }) };
  const logits =
    model instanceof models.BertForMaskedLM
      ? model.forward(ids, { ...inputs, positions: tensor(Int32Array.from(positions!)) })
      : model.forward(ids, inputs);
  const loss = F.crossEntropy(logits, tensor(Int32Array.from(reference.labels)));
  loss.backward();
  const gradients: State = {};
  for (const [key, { grad }] of model.namedParameters()) if (grad) gradients[key] = await plain(grad);
  return { logits: await plain(logits), loss: await loss.item(), gradients, keys };
}

/** What it takes for a model to be saved, loaded by another and to say the same: the greatest difference of logits. */
export async function savedAndLoaded(): Promise<number> {
  await init();
  const ids = matrix([[2, 9, 8, 3, 7, 3]]);
  const make = (): models.BertForSequenceClassification => new models.BertForSequenceClassification(SIZES).eval();
  const [one, other] = [make(), make()];
  const file = await io.saveSafetensors(one.stateDict());
  models.loadBert(other, io.loadSafetensors(file));
  return one.forward(ids).sub(other.forward(ids)).abs().sum().item();
}

/**
 * Pairs with their types below them give what ids and types give, also where another mask is given, which moves the
 * logits; all tokens' logits hold those of the positions.
 */
export async function otherForms(): Promise<{ pairs: number; masked: number; moved: number; positions: number }> {
  await init();
  const [ids, types] = [
    [2, 9, 8, 3, 7, 3],
    [0, 0, 0, 0, 1, 1],
  ];
  const classes = new models.BertForSequenceClassification(SIZES).eval();
  const both = tensor(Int32Array.from([...ids, ...types]), { shape: [1, 2, 6] });
  const tokenTypes = matrix([types]);
  const attentionMask = matrix([[1, 0, 1, 1, 1, 0]]).ne(0);
  const wanted = classes.forward(matrix([ids]), { tokenTypes });
  const pairs = classes.forward(both).sub(wanted);
  const under = classes.forward(both, { attentionMask });
  const masked = under.sub(classes.forward(matrix([ids]), { tokenTypes, attentionMask }));
  const moved = under.sub(wanted);
  const words = new models.BertForMaskedLM(SIZES).eval();
  const all = words.forward(matrix([ids]));
  const positions = words
    .forward(matrix([ids]), { positions: tensor(Int32Array.of(4)) })
    .sub(all.slice(1, 4, 5).reshape([1, 101]));
  const most = (differences: Tensor): Promise<number> => differences.abs().max().item();
  return {
    pairs: await most(pairs),
    masked: await most(masked),
    moved: await most(moved),
    positions: await most(positions),
  };
}

/** Of each layer, the shape of the attention weights, whether rows sum to 1, and what padding gets. */
export async function attentions(): Promise<{ shape: number[]; sums: number; padding: number }[]> {
  await init();
  const model = new models.BertModel(SIZES).eval();
  const weights = model.attentions(matrix([[2, 9, 8, 3, 0, 0]]));
  return Promise.all(
    weights.map(async (each) => ({
      shape: [...each.shape],
      sums: await each.sum(-1).sub(1).abs().max().item(),
      padding: await each.slice(3, 4, 6).abs().max().item(),
    })),
  );
}

/** Parameters that are trained when all but the classifier is frozen, and when nothing is. */
export async function trained(): Promise<{ frozen: string[]; all: number }> {
  await init();
  const model = new models.BertForSequenceClassification(SIZES);
  const names = (): string[] =>
    [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad).map(([name]) => name);
  model.freeze();
  const frozen = names();
  model.freeze(false);
  return { frozen, all: model.parameters().length - names().length };
}
