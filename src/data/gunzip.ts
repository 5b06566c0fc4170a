/**
 * Decompression of gzip files with what every host has built in, bounded so that a small file cannot fill the memory.
 *
 * It knows nothing of what the file holds.
 */

/** A file in memory, or one that the user picked or dropped. */
export type FileSource = Uint8Array | ArrayBuffer | Blob;

/** The bytes of a file. Copies nothing where they are in memory already. */
export async function fileBytes(source: FileSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  return new Uint8Array(source instanceof ArrayBuffer ? source : await source.arrayBuffer());
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file.
 *
 * @param limit most bytes to produce; decompression stops there.
 * @throws Error where the file is corrupt, cut short, followed by other bytes, or too large.
 */
export async function gunzip(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = decompress(bytes).getReader();
  for (;;) {
    const { value, done } = await reader.read().catch((cause: unknown) => {
      throw new Error(
        `gunzip: the gzip file is damaged. Of ${bytes.length} bytes it gave ${size} and then failed (${String(cause)}). ` +
          'Download it again.',
        { cause },
      );
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new Error(`gunzip: the file decompresses to more than ${limit} bytes. Raise maxBytes if that is intended.`);
    }
    chunks.push(value);
  }
  return join(chunks, size);
}

function decompress(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const whole = new ReadableStream<BufferSource>({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes));
      controller.close();
    },
  });
  return whole.pipeThrough(new DecompressionStream('gzip'));
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
