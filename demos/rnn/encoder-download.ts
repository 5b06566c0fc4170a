/**
 * A published encoder by its address: a folder of the web with `model.safetensors`, `vocab.txt` or `tokenizer.json`, and
 * `config.json`. Kept in the browser where the address names a version for good. Knows no page.
 */
import { io } from '../../src/index.ts';
import type { EncoderParts } from './encoder.ts';

/** A BERT of 6 layers and 384 features, 22.7 million numbers: Wang et al. 2020, tuned on pairs of sentences. */
export const SUGGESTED = 'sentence-transformers/all-MiniLM-L6-v2@1110a243fdf4706b3f48f1d95db1a4f5529b4d41';
export const SUGGESTED_BYTES = 91_100_000;

/** SHA-256 of files that are known. */
const SUMS: Readonly<Record<string, string>> = {
  [`${folderOf(SUGGESTED).url}model.safetensors`]: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
  [`${folderOf(SUGGESTED).url}vocab.txt`]: '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
  [`${folderOf(SUGGESTED).url}config.json`]: '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
};

export interface Folder {
  /** Ends with a slash. */
  readonly url: string;
  readonly name: string;
  /** Whether its files may change: then they are not kept. */
  readonly changes: boolean;
  /** Of the weights. */
  readonly sha256: string | null;
}

/**
 * @param address `owner/name@commit` of Hugging Face, or an address of the folder or of a file in it; `#sha256=` and the
 *   sum of the weights may follow
 * @throws Error where it is neither.
 */
export function folderOf(address: string): Folder {
  const [place = '', sum] = address.trim().split('#sha256=');
  const sha256 = sum?.toLowerCase() ?? null;
  const hub =
    /^(?:https:\/\/huggingface\.co\/)?([\w.-]+\/[\w.-]+?)(?:@([\w.-]+)|\/(?:tree|resolve|blob)\/([^/]+)(?:\/.*)?)?\/?$/.exec(
      place,
    );
  if (hub) {
    const [, name = '', at, path] = hub;
    const revision = at ?? path ?? 'main';
    const changes = !/^[0-9a-f]{40}$/.test(revision);
    return { url: `https://huggingface.co/${name}/resolve/${revision}/`, name, changes, sha256 };
  }
  if (!/^https?:\/\/./.test(place) || !URL.canParse(place))
    throw new Error(
      `"${place}" is no address of an encoder. Give owner/name@commit as Hugging Face has it, or the https address of a folder with model.safetensors in it.`,
    );
  const url = place.replace(/[^/]*\.(safetensors|json|txt)$/, '').replace(/\/?$/, '/');
  return { url, name: decodeURIComponent(url.split('/').at(-2)!), changes: false, sha256 };
}

/**
 * @param onLoaded told how much of the weights is there so far
 * @throws Error where a file cannot be had or is not what its sum says.
 */
export async function downloadEncoder(
  { url, changes, sha256 }: Folder,
  onLoaded: (progress: { loaded: number; total: number | null }) => void,
  signal: AbortSignal,
): Promise<EncoderParts> {
  const load = async (file: string, more: io.DownloadOptions = {}): Promise<Uint8Array> => {
    const sum = (file === WEIGHTS ? sha256 : null) ?? SUMS[url + file];
    const options = { cache: !changes, signal, ...(sum ? { sha256: sum } : {}), ...more };
    return (await io.download(url + file, options)).bytes;
  };
  const loadText = async (file: string): Promise<string | undefined> => {
    try {
      return new TextDecoder().decode(await load(file));
    } catch (error) {
      if (error instanceof Error && / answers 404 /.test(error.message)) return undefined;
      throw error;
    }
  };
  // Small ones first: what they lack is known before the weights are on their way.
  const vocabulary = (await loadText('vocab.txt')) ?? (await loadText('tokenizer.json'));
  const config = await loadText('config.json');
  return { weights: await load(WEIGHTS, { onProgress: onLoaded }), vocabulary, config };
}

const WEIGHTS = 'model.safetensors';

export async function isKept({ url }: Folder): Promise<boolean> {
  const kept = await io.cache.list().catch(() => []);
  return kept.some((file) => file.url === url + WEIGHTS && file.complete);
}

export async function forget({ url }: Folder): Promise<void> {
  const kept = (await io.cache.list()).filter((file) => file.url.startsWith(url));
  await Promise.all(kept.map((file) => io.cache.delete(file.url)));
}
