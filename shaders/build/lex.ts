/**
 * WGSL as tokens: where comments end, what may stand beside what, and which names a declaration mentions.
 *
 * wgsl_reflect parses leniently (it passes over an unknown attribute or a missing operand), so what it lets through is
 * caught here, with a line. Knows tokens only; what a declaration means is for reflect.ts.
 */

export class ShaderError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, line: number, column = 0) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

export interface Token {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly word: boolean;
  /** Whitespace or a comment came before it. */
  readonly spaced: boolean;
}

/** A declaration at module scope, from its first attribute to its `;` or closing brace. */
export interface Declaration {
  readonly name: string;
  readonly tokens: readonly Token[];
}

const SPACE = /\s+|\/\/[^\n]*/y;
const WORD =
  /[\p{L}_][\p{L}\p{N}_]*|0[xX][0-9a-fA-F.]+(?:[pP][+-]?\d+)?[iufh]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[iufh]?/uy;
const PUNCTUATION = /->|[-+*/%&|^]=|<<=|>>=|[<>=!]=|&&|\|\||\+\+|--|<<|[-+*/%&|^~!<>=()[\]{},.;:@]/y;
const OPERATOR = /^[-+*/%&|^<>=!~]+$/;
const DANGLING = /^(?:[-+*/%&|^<]|[-+*/%&|^<>=!]?=|<<|&&|\|\||\.|!|~)$/;
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const ATTRIBUTES = new Set(
  'align binding builtin compute const diagnostic group id must_use size workgroup_size'.split(' '),
);

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  let spaced = false;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? null;
  };
  const advance = (text: string): void => {
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      line++;
      lineStart = at + i + 1;
    }
    at += text.length;
  };
  while (at < source.length) {
    const skipped = take(SPACE) ?? blockComment(source, at, line);
    if (skipped) {
      advance(skipped);
      spaced = true;
      continue;
    }
    const word = take(WORD);
    const text = word ?? take(PUNCTUATION);
    const column = at - lineStart;
    if (!text) throw new ShaderError(`unexpected character ${JSON.stringify(source[at])}`, line, column);
    tokens.push({ text, line, column, word: word !== null, spaced });
    advance(text);
    spaced = false;
  }
  check(tokens);
  return tokens;
}

/** Block comments nest in WGSL. */
function blockComment(source: string, start: number, line: number): string | null {
  if (!source.startsWith('/*', start)) return null;
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (source.startsWith('*/', at)) {
      at++;
      if (--depth === 0) return source.slice(start, at + 1);
    }
  }
  throw new ShaderError('a comment does not end', line);
}

function check(tokens: readonly Token[]): void {
  const open: Token[] = [];
  tokens.forEach((token, index) => {
    const { text, line, column } = token;
    const previous = tokens[index - 1];
    if (previous?.text === '@' && !ATTRIBUTES.has(text)) {
      const known = [...ATTRIBUTES].join(', ');
      throw new ShaderError(`unknown attribute @${text}; a kernel may use ${known}`, line, column);
    }
    if (previous && DANGLING.test(previous.text) && /^[;)\]},]$/.test(text))
      throw new ShaderError(`an operand is missing between "${previous.text}" and "${text}"`, line, column);
    if (/^[([{]$/.test(text)) open.push(token);
    const opening = CLOSING[text];
    const opened = opening ? open.pop() : undefined;
    if (opening && !opened) throw new ShaderError(`"${text}" closes nothing`, line, column);
    if (opened && opened.text !== opening)
      throw new ShaderError(`"${opened.text}" is not closed before "${text}"`, opened.line, opened.column);
  });
  const last = open.pop();
  if (last) throw new ShaderError(`"${last.text}" is not closed`, last.line, last.column);
}

/** Splits a file at module scope. */
export function declarations(tokens: readonly Token[]): Declaration[] {
  const found: Declaration[] = [];
  let start = 0;
  let depth = 0;
  tokens.forEach(({ text }, index) => {
    if (/^[([{]$/.test(text)) depth++;
    if (/^[)\]}]$/.test(text)) depth--;
    const ends = depth === 0 && (text === ';' || (text === '}' && tokens[index + 1]?.text !== ';'));
    if (!ends) return;
    const slice = tokens.slice(start, index + 1);
    start = index + 1;
    found.push({ name: declaredName(slice), tokens: slice });
  });
  const rest = tokens[start];
  if (rest) throw new ShaderError('the last declaration does not end', rest.line, rest.column);
  return found;
}

function declaredName(tokens: readonly Token[]): string {
  const keyword = tokens.findIndex(({ text }) => /^(?:fn|var|const|override|struct|alias)$/.test(text));
  let at = keyword + 1;
  if (tokens[at]?.text === '<') at = tokens.findIndex(({ text }, index) => index > at && text === '>') + 1;
  return keyword < 0 ? '' : (tokens[at]?.text ?? '');
}

/** The same shader without comments and with the least whitespace: one line for each declaration at module scope. */
export function strip(parts: readonly Declaration[]): string {
  return parts
    .map(({ tokens }) => tokens.map((token, i) => gap(tokens[i - 1], token) + token.text).join(''))
    .join('\n');
}

function gap(before: Token | undefined, token: Token): string {
  if (!before) return '';
  if (before.word && token.word) return ' ';
  return token.spaced && OPERATOR.test(before.text) && OPERATOR.test(token.text) ? ' ' : '';
}

/** Names that a declaration mentions; what follows a dot is a member and an attribute is not a name. */
export function mentions({ tokens }: Declaration): Set<string> {
  const dotted = (index: number): boolean => /^[.@]$/.test(tokens[index - 1]?.text ?? '');
  return new Set(tokens.filter((token, index) => token.word && !dotted(index)).map(({ text }) => text));
}
