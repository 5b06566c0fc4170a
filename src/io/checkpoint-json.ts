/**
 * JSON that keeps every number, infinite ones too, and refuses what it would otherwise lose without a word.
 */
const MARK = '$number';

/** @throws Error for functions, symbols and big integers, with the key they are under. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (typeof each === 'number' && (!Number.isFinite(each) || Object.is(each, -0)))
      return { [MARK]: Object.is(each, -0) ? '-0' : String(each) };
    if (typeof each === 'function' || typeof each === 'symbol' || typeof each === 'bigint' || ArrayBuffer.isView(each))
      throw new Error(
        `saveCheckpoint: "${key}" is a ${typeof each}, which JSON does not hold. Give numbers, strings, lists and plain objects.`,
      );
    return each;
  });
}

/** Null where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, each: unknown) => {
      if (typeof each !== 'object' || each === null || !(MARK in each)) return each;
      return Number(each[MARK]);
    });
  } catch {
    return null;
  }
}
