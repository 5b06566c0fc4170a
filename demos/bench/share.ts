/** A result in a link: gzipped, in the address's fragment, so that no server ever sees it. Knows no DOM. */
import { FORMAT, type BenchResult } from './result.ts';

const KEY = '#result=';

/** @param address the page's, of which the fragment is replaced */
export async function linkOf(result: BenchResult, address: string): Promise<string> {
  const packed = await through(new Blob([JSON.stringify(result)]), new CompressionStream('gzip'));
  const text = btoa(Array.from(new Uint8Array(packed), (byte) => String.fromCharCode(byte)).join(''));
  return address.replace(/#.*$/, '') + KEY + text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The result that a fragment holds; null where it holds none.
 *
 * @throws where it holds one that was cut or is of another format
 */
export async function resultIn(fragment: string): Promise<BenchResult | null> {
  if (!fragment.startsWith(KEY)) return null;
  const text = fragment.slice(KEY.length).replaceAll('-', '+').replaceAll('_', '/');
  let found: Partial<BenchResult>;
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const unpacked = await through(new Blob([bytes]), new DecompressionStream('gzip'));
    found = JSON.parse(new TextDecoder().decode(unpacked)) as Partial<BenchResult>;
  } catch (cause) {
    throw new Error('bench: the result in this link is damaged. Copy the link again, whole.', { cause });
  }
  if (found.format === FORMAT && Array.isArray(found.cases)) return found as BenchResult;
  throw new Error(
    `bench: the result in this link has the format ${String(found.format)}, and this page reads ${FORMAT}.`,
  );
}

function through(blob: Blob, stream: CompressionStream | DecompressionStream): Promise<ArrayBuffer> {
  return new Response(blob.stream().pipeThrough(stream)).arrayBuffer();
}
