/**
 * The records of comma-separated text: quotes, doubled quotes, line ends inside of quotes, CRLF.
 *
 * It walks the text once and knows nothing of headers, types or missing values.
 *
 * Source: RFC 4180.
 */
export type Delimiter = ',' | ';' | '\t';

/** Cells of a record, trimmed unless quoted, and the line that it starts on, from 1. */
export type Visit = (cells: string[], line: number) => void;

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];
const [LF, CR, QUOTE] = [10, 13, 34];

/** Calls `visit` for each record that is no empty line. Throws with a line where a quote is never closed, or misplaced. */
export function eachRecord(text: string, delimiter: Delimiter, visit: Visit): void {
  const separator = delimiter.charCodeAt(0);
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;

  /** Leaves `at` behind the closing quote. */
  const quoted = (cell: number): string => {
    const opened = line;
    let value = '';
    for (let from = at + 1; ; from = at + 1) {
      at = text.indexOf('"', from);
      if (at < 0)
        throw new Error(
          `parseCsv: line ${opened}, column ${cell}: a quote is opened and never closed. Close it or remove it.`,
        );
      const part = text.slice(from, at);
      value += part;
      for (let end = part.indexOf('\n'); end >= 0; end = part.indexOf('\n', end + 1)) line++;
      if (text.charCodeAt(at + 1) !== QUOTE) break;
      value += '"';
      at++;
    }
    at++;
    while (text[at] === ' ') at++;
    const next = text.charCodeAt(at);
    if (at < text.length && next !== separator && next !== LF && next !== CR)
      throw new Error(
        `parseCsv: line ${line}, column ${cell}: ${JSON.stringify(text.slice(at, at + 10))} follows a closing quote. Double the quotes inside of a cell.`,
      );
    return value;
  };

  const plain = (): string => {
    const from = at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === separator || code === LF || code === CR) break;
    }
    return text.slice(from, at).trim();
  };

  while (at < text.length) {
    const cells: string[] = [];
    const first = line;
    const start = at;
    for (;;) {
      while (text[at] === ' ') at++;
      cells.push(text.charCodeAt(at) === QUOTE ? quoted(cells.length + 1) : plain());
      if (text.charCodeAt(at) !== separator || at >= text.length) break;
      at++;
    }
    const empty = cells.length === 1 && cells[0] === '' && text[start] !== '"';
    if (text.charCodeAt(at) === CR) at++;
    if (text.charCodeAt(at) === LF) at++;
    line++;
    if (!empty) visit(cells, first);
  }
}

/** The separator that the first record has most of. */
export function detectDelimiter(text: string): Delimiter {
  const counts = DELIMITERS.map(() => 0);
  let inside = false;
  for (const character of text) {
    if (character === '"') inside = !inside;
    else if (!inside && (character === '\n' || character === '\r') && counts.some(Boolean)) break;
    else if (!inside) {
      const index = DELIMITERS.indexOf(character as Delimiter);
      if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
