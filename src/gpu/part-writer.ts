/**
 * Writing a kernel's text again as a part of a joined one: its names apart, its arrays and Params through what stands for
 * them.
 */
import type { Specialisation } from './pipelines.ts';
import { closing, lastOf, skip, type Declaration } from './wgsl-tokens.ts';

/** What is known of a kernel that can be joined. */
export interface Joinable {
  readonly what: Specialisation;
  /** Declarations that the entry point needs, itself last. */
  readonly declarations: readonly Declaration[];
  readonly arrays: ReadonlyMap<string, Element>;
  /** Sides of the workgroup. */
  readonly group: readonly [number, number, number];
  /** Its invocations wait for one another, so that a joined kernel must have workgroups as large as its own. */
  readonly waits: boolean;
}

export type Element = 'f32' | 'i32' | 'u32' | 'vec2f' | 'vec4f' | 'vec4u';

export interface Part {
  readonly kernel: Joinable;
  /** Workgroups along x and y, and invocations in all. */
  readonly across: number;
  readonly down: number;
  readonly invocations: number;
  /** The word of a field of its Params. */
  param(name: string): number;
  /** The buffer in which an array lies, by its place in the list of buffers, and at which word it begins there if that is known. */
  placeOf(array: string): { readonly buffer: number; readonly begin: number | null };
}

/** Writes tokens again: names of the part with its number before them, arrays and Params through what stands for them. */
export class PartWriter {
  private readonly of: Part;
  private readonly part: number;
  private readonly own: ReadonlySet<string>;
  private locals: ReadonlySet<string> = new Set();
  private failed = false;

  constructor(of: Part, part: number, own: ReadonlySet<string>) {
    this.of = of;
    this.part = part;
    this.own = own;
  }

  write(tokens: readonly string[], locals: ReadonlySet<string>, members: boolean): string | null {
    this.locals = locals;
    const text = this.all(tokens, members);
    return this.failed ? null : text;
  }

  private all(tokens: readonly string[], members = false): string {
    let text = '';
    for (let at = 0; at < tokens.length;) {
      const token = tokens[at]!;
      const before = lastOf(tokens, at);
      const isName = /^[A-Za-z_]/.test(token) && before !== '.';
      if (
        !isName ||
        !this.own.has(token) ||
        this.locals.has(token) ||
        (members && tokens[skip(tokens, at + 1)] === ':')
      ) {
        text += token;
        at++;
      } else if (this.of.kernel.arrays.has(token)) {
        const [written, next] = this.access(tokens, at);
        text += written;
        at = next;
      } else if (token === 'params') {
        const [written, next] = this.param(tokens, at);
        text += written;
        at = next;
      } else {
        text += `part_${this.part}_${token}`;
        at++;
      }
    }
    return text;
  }

  /** An element that is read, or a whole assignment to it. */
  private access(tokens: readonly string[], at: number): [text: string, next: number] {
    const open = skip(tokens, at + 1);
    if (tokens[open] !== '[') return this.fail();
    const close = closing(tokens, open);
    const index = `u32(${this.all(tokens.slice(open + 1, close))})`;
    const name = `part_${this.part}_${tokens[at]}`;
    const got = `${name}_get(${index})`;
    const next = skip(tokens, close + 1);
    const [one = '', two = '', three = ''] = tokens.slice(next, next + 3);
    const begins = /^[;{}]$/.test(lastOf(tokens, at));
    if (!begins) return [got, close + 1];
    const compound = /^[-+*/%&|^]$/.test(one) && two === '=';
    if (!compound && (one !== '=' || two === '=')) return this.fail();
    if (compound && three === '=') return this.fail();
    const from = next + (compound ? 2 : 1);
    const end = tokens.indexOf(';', from);
    const value = this.all(tokens.slice(from, end));
    return [`${name}_put(${index}, ${compound ? `${got} ${one} (${value})` : value})`, end];
  }

  private param(tokens: readonly string[], at: number): [text: string, next: number] {
    const field = tokens[at + 2]!;
    const known = this.of.kernel.what.kernel.params?.fields[field];
    if (tokens[at + 1] !== '.' || !known) return this.fail();
    const { type } = known;
    if (type === 'vec4u') return this.fail();
    const word = `${this.of.param(field)}u`;
    return [type === 'u32' ? word : `bitcast<${type}>(${word})`, at + 3];
  }

  private fail(): [string, number] {
    this.failed = true;
    return ['', Infinity];
  }
}
