/**
 * A lab's whole configuration in the fragment of its address, so that a reload or a link restores it. A field that is
 * missing, malformed or out of range falls back by itself: an old link never breaks a page. Knows no particular lab.
 */
export interface Field<T> {
  readonly fallback: T;
  /** Returns undefined for text that is no value of this field; clamps where clamping is kinder. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

export type Schema<C> = { readonly [K in keyof C]-?: Field<C[K]> };

export function choice<const T extends string>(options: readonly T[], fallback: NoInfer<T>): Field<T> {
  return {
    fallback,
    parse: (text) => options.find((option) => option === text),
    format: (value) => value,
  };
}

export function numeric(fallback: number, range: { min: number; max: number; whole?: boolean }): Field<number> {
  return {
    fallback,
    parse: (text) => parseNumber(text, range),
    format: (value) => `${Number(value.toPrecision(6))}`,
  };
}

export function flag(fallback: boolean): Field<boolean> {
  return {
    fallback,
    parse: (text) => (text === '1' ? true : text === '0' ? false : undefined),
    format: (value) => (value ? '1' : '0'),
  };
}

/** A short name, such as that of a tab: what stands behind it is for the page to find. */
export function word(fallback: string): Field<string> {
  return {
    fallback,
    parse: (text) => (/^[a-z][a-z0-9-]{0,30}$/.test(text) ? text : undefined),
    format: (value) => value,
  };
}

/** A short list of whole numbers, written `64,32`; the empty list is written `none`. */
export function wholeList(
  fallback: readonly number[],
  range: { min: number; max: number; maxLength: number },
): Field<readonly number[]> {
  return {
    fallback,
    parse(text) {
      if (text === 'none') return [];
      const values = text.split(',').map((part) => parseNumber(part, { ...range, whole: true }));
      const valid = values.filter((value) => value !== undefined);
      return valid.length === values.length ? valid.slice(0, range.maxLength) : undefined;
    },
    format: (values) => (values.length > 0 ? values.join(',') : 'none'),
  };
}

export function decode<C extends object>(schema: Schema<C>, fragment: string): C {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const config: Partial<C> = {};
  for (const key of keysOf(schema)) {
    const text = given.get(key);
    config[key] = (text === null ? undefined : schema[key].parse(text)) ?? schema[key].fallback;
  }
  return config as C;
}

export function encode<C extends object>(schema: Schema<C>, config: C): string {
  const parts = keysOf(schema).map((key) => `${key}=${encodeURIComponent(schema[key].format(config[key]))}`);
  // A comma is legal in a fragment, and `hidden=64,32` is meant to be read and edited by people.
  return parts.join('&').replaceAll('%2C', ',');
}

/** The fields in which two configurations differ. */
export function differences<C extends object>(schema: Schema<C>, one: C, other: C): (keyof C)[] {
  return keysOf(schema).filter((key) => schema[key].format(one[key]) !== schema[key].format(other[key]));
}

function keysOf<C extends object>(schema: Schema<C>): (keyof C & string)[] {
  return Object.keys(schema) as (keyof C & string)[];
}

function parseNumber(text: string, range: { min: number; max: number; whole?: boolean }): number | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return undefined;
  const clamped = Math.min(range.max, Math.max(range.min, value));
  return range.whole ? Math.round(clamped) : clamped;
}
