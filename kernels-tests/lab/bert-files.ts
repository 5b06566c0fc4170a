/** Files of a small BERT as they are published, made without an engine: weights of some type, words and sizes. */

const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');

/** Cuts any English word. */
export const TOKENS: readonly string[] = [
  ...`[PAD] [UNK] [CLS] [SEP] [MASK] . , - ' the was by cat ##ted`.split(' '),
  ...LETTERS,
  ...LETTERS.map((letter) => `##${letter}`),
];

export const CONFIG = { model_type: 'bert', hidden_size: 16, num_attention_heads: 2, layer_norm_eps: 1e-12 };

export interface BertFileOptions {
  readonly type?: 'F32' | 'F16' | 'BF16' | 'I8';
  readonly words?: number;
  /** Keys that are left out. */
  readonly without?: RegExp;
  /** Before each key. */
  readonly prefix?: string;
  /** Names of layer norms as TensorFlow had them. */
  readonly old?: boolean;
}

const [HIDDEN, LAYERS, POSITIONS, INNER] = [16, 2, 48, 32];

/** `model.safetensors` of two layers. */
export function bertFile({
  type = 'F32',
  words = TOKENS.length,
  without = /^$/,
  prefix = 'bert.',
  old = false,
}: BertFileOptions = {}): Uint8Array<ArrayBuffer> {
  const norm = (key: string): [string, number[]][] => [
    [`${key}.LayerNorm.weight`, [HIDDEN]],
    [`${key}.LayerNorm.bias`, [HIDDEN]],
  ];
  const dense = (key: string, from: number, to: number): [string, number[]][] => [
    [`${key}.weight`, [to, from]],
    [`${key}.bias`, [to]],
  ];
  const layer = (key: string): [string, number[]][] => [
    ...['query', 'key', 'value'].flatMap((part) => dense(`${key}.attention.self.${part}`, HIDDEN, HIDDEN)),
    ...dense(`${key}.attention.output.dense`, HIDDEN, HIDDEN),
    ...norm(`${key}.attention.output`),
    ...dense(`${key}.intermediate.dense`, HIDDEN, INNER),
    ...dense(`${key}.output.dense`, INNER, HIDDEN),
    ...norm(`${key}.output`),
  ];
  const shapes: [string, number[]][] = [
    ['embeddings.word_embeddings.weight', [words, HIDDEN]],
    ['embeddings.position_embeddings.weight', [POSITIONS, HIDDEN]],
    ['embeddings.token_type_embeddings.weight', [2, HIDDEN]],
    ...norm('embeddings'),
    ...Array.from({ length: LAYERS }, (_, at) => layer(`encoder.layer.${at}`)).flat(),
    ...dense('pooler.dense', HIDDEN, HIDDEN),
    // Of another task, with three classes: not used.
    ...dense('classifier', HIDDEN, 3),
  ];
  const nameOf = (key: string): string => {
    const name = key.startsWith('classifier') ? key : prefix + key;
    return old ? name.replace('Norm.weight', 'Norm.gamma').replace('Norm.bias', 'Norm.beta') : name;
  };
  const given = shapes.filter(([key]) => !without.test(key));
  return safetensors(
    given.map(([key, shape]) => [key, nameOf(key), shape]),
    type,
  );
}

/** A number of 64ths, which every type of fractions has exactly. */
function valueAt(key: string, at: number): number {
  if (key.endsWith('LayerNorm.weight')) return 1;
  return key.endsWith('bias') ? 0 : ((Math.imul(at + key.length, 2654435761) >>> 13) % 33) / 64 - 0.25;
}

function safetensors(
  shapes: readonly [key: string, name: string, shape: number[]][],
  type: string,
): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const header = Object.fromEntries(
    shapes.map(([key, name, shape]) => {
      const begin = bytes.length;
      const count = shape.reduce((product, size) => product * size, 1);
      for (let at = 0; at < count; at++) bytes.push(...bytesOf(valueAt(key, at), type));
      return [name, { dtype: type, shape, data_offsets: [begin, bytes.length] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + bytes.length);
  new DataView(file.buffer).setUint32(0, json.length, true);
  file.set(json, 8);
  file.set(bytes, 8 + json.length);
  return file;
}

function bytesOf(value: number, type: string): Uint8Array {
  const whole = new Uint8Array(Float32Array.of(value).buffer);
  if (type === 'F32') return whole;
  if (type === 'BF16') return whole.subarray(2);
  if (type === 'I8') return Uint8Array.of(Math.round(value * 64));
  if (value === 0) return new Uint8Array(2);
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
  return new Uint8Array(Uint16Array.of((value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction).buffer);
}
