/** Tables in Parquet, the form in which public data sets are kept. The reader is loaded when there is one to read. */

const PARQUET = /\.parquet$/i;

export function isParquet({ name }: { readonly name: string }): boolean {
  return PARQUET.test(name);
}

/**
 * Some columns of a table, row by row. Bytes stay bytes, and text is text where the file says so.
 *
 * @throws Error that names the file if it is none, lacks a column, or is damaged.
 */
export async function readParquet(file: File, columns: readonly string[]): Promise<Record<string, unknown>[]> {
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet');
  const buffer = {
    byteLength: file.size,
    slice: (start: number, end?: number): Promise<ArrayBuffer> => file.slice(start, end).arrayBuffer(),
  };
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const there = parquetSchema(metadata).children.map(({ element }) => element.name);
    const missing = columns.filter((name) => !there.includes(name));
    if (missing.length > 0) throw new Error(`it has no column ${missing.join(', ')}, only ${there.join(', ')}.`);
    return await parquetReadObjects({ file: buffer, metadata, columns: [...columns], utf8: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${file.name} cannot be read as a Parquet table: ${why}`, { cause });
  }
}

/** The files of one part of a data set, in order: its name, or a shard's, begins with the part's. */
export function partOf(files: readonly File[], part: string): File[] {
  const named = new RegExp(`(^|[^a-z])${part}([^a-z]|$)`, 'i');
  return files
    .filter((file) => isParquet(file) && named.test(file.name))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** @throws Error if a label is no whole number from 0 to `classes` - 1. */
export function labelOf(value: unknown, classes: number, where: string): number {
  const label = Number(value);
  if (!Number.isInteger(label) || label < 0 || label >= classes)
    throw new Error(
      `${where}: label ${String(value)} is none of 0 to ${classes - 1}. Is this the table of another data set?`,
    );
  return label;
}
