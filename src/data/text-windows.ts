/**
 * A long text as windows of tokens to learn the next one from.
 */
import type { HostField } from './collate.ts';

export interface TextWindows {
  /** int32 [windows, length] */
  readonly inputs: HostField & { readonly data: Int32Array };
  /** int32 [windows, length]: behind each token of the inputs, the one that follows it. */
  readonly targets: HostField & { readonly data: Int32Array };
}

/**
 * Windows of `length` tokens that begin `stride` apart; what does not fill a window at the end is left out.
 *
 * @param options.stride default `length`: each token is learnt once
 * @example const { inputs, targets } = data.textWindows(vocabulary.encode(text.characters(play)), { length: 64 });
 * @throws Error for sizes that are none, or ids fewer than one window needs.
 */
export function textWindows(ids: Int32Array, options: { length: number; stride?: number }): TextWindows {
  const { length, stride = length } = options;
  for (const [name, value] of Object.entries({ length, stride }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`textWindows: ${name} must be a whole number from 1, got ${value}.`);
  if (ids.length <= length)
    throw new Error(
      `textWindows: ${ids.length} tokens, and a window of ${length} and what follows it needs ${length + 1}. Use a shorter window or a longer text.`,
    );
  const count = Math.floor((ids.length - length - 1) / stride) + 1;
  const from = (shift: number): TextWindows['inputs'] => {
    const data = new Int32Array(count * length);
    for (let row = 0; row < count; row++)
      data.set(ids.subarray(row * stride + shift, row * stride + shift + length), row * length);
    return { data, shape: [count, length] };
  };
  return { inputs: from(0), targets: from(1) };
}
