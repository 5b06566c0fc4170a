/**
 * The Microsoft Research Paraphrase Corpus from its official files: a header, then rows of five columns divided by
 * tabs: label, two ids, two sentences. Quotes are ordinary signs there. Dolan & Brockett 2005. Its licence is
 * non-commercial: files are the caller's, none is shipped or downloaded.
 */
import { decodeText, type TextSource } from './text-file.ts';

/** Pairs of sentences, and of each 1 where they say the same, else 0. */
export interface SentencePairs {
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly labels: Int32Array;
}

const COLUMNS = 5;

/**
 * @param source contents of `msr_paraphrase_train.txt` or `msr_paraphrase_test.txt`
 * @throws Error for another encoding than UTF-8, another header, and rows with another number of columns, another label
 *   or an empty sentence, by their line.
 */
export function mrpc(source: TextSource): SentencePairs {
  const lines = decodeText('mrpc', source).split(/\r?\n/);
  if (!lines[0]!.startsWith('Quality\t'))
    throw new Error(
      `mrpc: line 1 is "${lines[0]!.slice(0, 40)}", and the header of the corpus begins with "Quality" and a tab. Pass msr_paraphrase_train.txt or msr_paraphrase_test.txt.`,
    );
  const [first, second, labels]: [string[], string[], number[]] = [[], [], []];
  lines.forEach((line, at) => {
    if (at === 0 || line === '') return;
    const cells = line.split('\t');
    const fail = (what: string): Error =>
      new Error(`mrpc: line ${at + 1} ${what} The file was changed; download it again.`);
    if (cells.length !== COLUMNS)
      throw fail(`has ${cells.length} columns, not ${COLUMNS}: label, two ids and two sentences, divided by tabs.`);
    const [label, , , one, other] = cells as [string, string, string, string, string];
    if (label !== '0' && label !== '1') throw fail(`has the label "${label.slice(0, 20)}", which must be 0 or 1.`);
    if (!one.trim() || !other.trim()) throw fail('has an empty sentence.');
    first.push(one);
    second.push(other);
    labels.push(Number(label));
  });
  if (labels.length === 0) throw new Error('mrpc: there is a header and no row. Download the file again.');
  return { first, second, labels: Int32Array.from(labels) };
}
