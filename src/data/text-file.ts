/**
 * Bytes as text, with an error rather than wrong letters.
 */
export type TextSource = string | Uint8Array | ArrayBuffer;

/**
 * UTF-8 without its byte-order mark.
 *
 * @throws Error for bytes that are not UTF-8, and for UTF-16, which often is valid as such.
 */
export function decodeText(name: string, source: TextSource): string {
  if (typeof source === 'string') return source.replace(/^\uFEFF/, '');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(source);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below, with what to do.
  }
  throw new Error(
    `${name}: the file is not text in UTF-8, from byte ${firstStrange(new Uint8Array(source))}. Save it as UTF-8, or download it again.`,
  );
}

/** Where the first byte is that is 0 or that no UTF-8 letter has there. */
function firstStrange(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const strange = bytes.findIndex((byte, at) => {
    try {
      decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      return byte === 0;
    } catch {
      return true;
    }
  });
  // A letter that is cut off is strange at the end.
  return strange < 0 ? bytes.length : strange;
}

/**
 * UTF-8 or, where the bytes are not that, Windows-1252, of which Latin-1 is a part; every byte is a letter there.
 *
 * @throws Error for bytes that are no text, because they have zeros.
 */
export function decodeWestern(name: string, source: TextSource): string {
  if (typeof source === 'string') return source.replace(/^\uFEFF/, '');
  if (new Uint8Array(source).includes(0))
    throw new Error(`${name}: the file has bytes of 0, which neither UTF-8 nor Latin-1 text has. Save it as UTF-8.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    return new TextDecoder('windows-1252').decode(source);
  }
}
