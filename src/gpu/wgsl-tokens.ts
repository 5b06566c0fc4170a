/**
 * WGSL as tokens, as far as rewriting a kernel needs it: declarations at module scope, what they name, and what stands
 * beside what. Knows no kernel.
 */

/** A declaration at module scope, from its first attribute to its `;` or closing brace. */
export interface Declaration {
  readonly name: string;
  readonly kind: string;
  readonly tokens: readonly string[];
}

const TOKEN = /[A-Za-z_]\w*|(?:\d[\w.]*|\.\d\w*)(?:(?<=[eE])[-+]\d+\w*)?|\s+|[^]/g;
const HEAD = /\b(fn|struct|const|override|alias|var(?:<[^>]*>)?)\s*(\w+)/;

/** What an entry point reaches, in the order of the text, which has no comments; and the directives, all of them. */
export function reachedFrom(entryPoint: string, text: string): { directives: string; declarations: Declaration[] } {
  const parts = partsOf(text).map((part) => {
    const [, kind = '', name = ''] = HEAD.exec(part) ?? [];
    return { part, kind, name };
  });
  const byName = new Map(parts.map((each) => [each.name, each]));
  byName.delete('');
  // Only what is reached is taken apart: a file's other entry points are most of its text.
  const reached = new Map<string, Declaration>();
  const reach = (name: string): void => {
    const { part, kind } = byName.get(name)!;
    const declaration = { name, kind, tokens: part.match(TOKEN) ?? [] };
    reached.set(name, declaration);
    const locals = localsOf(declaration);
    declaration.tokens.forEach((token, at) => {
      const isName = declaration.tokens[at - 1] !== '.' && !locals.has(token);
      if (isName && byName.has(token) && !reached.has(token)) reach(token);
    });
  };
  reach(entryPoint);
  return {
    directives: parts
      .filter(({ name }) => !name)
      .map(({ part }) => part)
      .join(''),
    declarations: parts.flatMap(({ name }) => reached.get(name) ?? []),
  };
}

/** What stands at module scope. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/[{};]/g)) {
    if (mark === '{') depth++;
    if (mark === '}') depth--;
    if (mark === '{' || depth > 0) continue;
    parts.push(text.slice(from, index + 1));
    from = index + 1;
  }
  return parts;
}

/** Names of a function's own, which may be those of declarations outside. */
export function localsOf({ kind, tokens }: Declaration): ReadonlySet<string> {
  const text = kind === 'fn' ? tokens.join('') : '';
  const head = text.slice(text.indexOf('('), text.indexOf('{'));
  const given = [...head.matchAll(/(\w+)\s*:/g)].map(([, name]) => name!);
  const made = [...text.matchAll(/\b(?:let|const|var(?:<\w+>)?)\s+(\w+)/g)].map(([, name]) => name!);
  return new Set([...given, ...made]);
}

/** What stands behind the `=` of a declaration. */
export function valueOf(tokens: readonly string[]): string {
  return tokens
    .slice(tokens.indexOf('=') + 1, tokens.lastIndexOf(';'))
    .join('')
    .trim();
}

/** What an entry point is given. */
export function parametersOf({ tokens, name }: Declaration): { builtin: string; name: string; type: string }[] {
  const text = tokens.join('');
  const list = text.slice(text.indexOf(`fn ${name}`));
  return [...list.slice(0, list.indexOf('{')).matchAll(/@builtin\((\w+)\)\s*(\w+)\s*:\s*(\w+)/g)].map(
    ([, builtin = '', name = '', type = '']) => ({ builtin, name, type }),
  );
}

/** The next place that is no space. */
export function skip(tokens: readonly string[], at: number): number {
  let next = at;
  while (/^\s+$/.test(tokens[next] ?? '')) next++;
  return next;
}

/** The token before a place that is no space. */
export function lastOf(tokens: readonly string[], at: number): string {
  let before = at - 1;
  while (/^\s+$/.test(tokens[before] ?? '')) before--;
  return tokens[before] ?? '';
}

/** Where a bracket closes. */
export function closing(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at] === '[') depth++;
    else if (tokens[at] === ']' && --depth === 0) return at;
  }
  return tokens.length;
}
