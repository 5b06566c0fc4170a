/**
 * What has been measured on an adapter: for each class of sites the fastest kernel, and how long each took.
 */

/** As JSON, to be shown, kept and given to `init` again. */
export interface TuningTable {
  /** The adapter on which it was measured. */
  readonly adapter: string;
  readonly entries: Readonly<Record<string, TuningEntry>>;
}

export interface TuningEntry {
  readonly fastest: string;
  /** The kernel that is taken unmeasured. */
  readonly rule: string;
  /** Milliseconds of one run of each kernel, at the first shapes of the class. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Of the kernels that were measured. */
  readonly fingerprint: string;
}

/** A kernel must be so much faster than the one that is taken unmeasured, or timing decides by its own noise. */
export const WORTH = 0.95;

export function emptyTable(adapter: string): TuningTable {
  return { adapter, entries: {} };
}

/**
 * The table for an adapter in something that may be one: what is no entry, or was measured elsewhere, is left out,
 * because no training should end for a cache that went bad.
 */
export function readTable(value: unknown, adapter: string): TuningTable {
  if (!isRecord(value) || value['adapter'] !== adapter || !isRecord(value['entries'])) return emptyTable(adapter);
  const entries = Object.entries(value['entries']).filter(
    (entry): entry is [string, TuningEntry] => /^\S+ .*\{.*\}$/.test(entry[0]) && isEntry(entry[1]),
  );
  return { adapter, entries: Object.fromEntries(entries) };
}

/** @throws Error for what a person gives as a table and is none, or is another adapter's */
export function checkTable(value: unknown, adapter: string): void {
  if (!isRecord(value) || !isRecord(value['entries']))
    throw new Error('init: tuning.table is no table. Give what tuningTable() returned; parse it if it is JSON.');
  if (value['adapter'] !== adapter)
    throw new Error(
      `init: tuning.table was measured on ${JSON.stringify(value['adapter'])}, and this adapter is ${JSON.stringify(adapter)}. Leave it away, or give this one's.`,
    );
}

function isEntry(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { fastest, rule, fingerprint, milliseconds: times } = value;
  if (![fastest, rule, fingerprint].every((text) => typeof text === 'string')) return false;
  return (
    isRecord(times) &&
    Object.hasOwn(times, fastest as string) &&
    Object.values(times).every((time) => typeof time === 'number' && time > 0)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
