/**
 * Joining kernels: several that run one after another become one that a single workgroup runs through.
 *
 * Where a dispatch has next to nothing to do, starting it is all it costs. A joined kernel is the texts of its parts with
 * their names set apart, a barrier between them, and every buffer bound once: WebGPU lets no dispatch bind a buffer both
 * for reading and for writing, nor ranges that overlap. So each buffer is an array of words, and a part reaches its
 * arrays in it through functions. Params are written into the text, for compilers unroll loops whose length they know;
 * where an array begins is too, unless that may be elsewhere in another run.
 */
import { specialise, type Specialisation } from './pipelines.ts';
import { PartWriter, type Element, type Joinable, type Part } from './part-writer.ts';
import { quotient, remainder } from './divide.ts';
import { localsOf, parametersOf, reachedFrom, valueOf, type Declaration } from './wgsl-tokens.ts';

const ELEMENTS: Readonly<Record<Element, { words: number; read: string; write: string }>> = {
  f32: { words: 1, read: 'f32', write: 'u32' },
  i32: { words: 1, read: 'i32', write: 'u32' },
  u32: { words: 1, read: 'u32', write: 'u32' },
  vec2f: { words: 2, read: 'vec2f', write: 'vec2u' },
  vec4f: { words: 4, read: 'vec4f', write: 'vec4u' },
  vec4u: { words: 4, read: 'vec4u', write: 'vec4u' },
};

/** What a part does not do: it would depend on which invocations run it, or is more than text can tell. */
const ALONE = /^(?:atomic\w+|subgroup\w+|quad[A-Z]\w+|arrayLength|ptr|enable)$/;

const texts = new Map<string, Joinable | null>();

/** Null for a kernel that must run by itself. */
export function joinable(what: Specialisation): Joinable | null {
  const text = specialise(what);
  const key = `${what.kernel.entryPoint}|${JSON.stringify(what.overrides)}|${text}`;
  let known = texts.get(key);
  if (known === undefined) texts.set(key, (known = read(what, text)));
  return known && { ...known, what };
}

function read(what: Specialisation, text: string): Joinable | null {
  const { declarations } = reachedFrom(what.kernel.entryPoint, text);
  const all = new Map(declarations.map((one) => [one.name, one]));
  const arrays = new Map<string, Element>();
  for (const { name, kind, tokens } of declarations) {
    if (tokens.some((token) => ALONE.test(token))) return null;
    if (!kind.startsWith('var<storage')) continue;
    const element = /array<(\w+)\b[^<>]*>/.exec(tokens.join(''))?.[1];
    const alias = element === undefined ? undefined : all.get(element);
    const plain = alias ? valueOf(alias.tokens) : (element ?? '');
    if (!(plain in ELEMENTS)) return null;
    arrays.set(name, plain as Element);
  }
  const entry = all.get(what.kernel.entryPoint)!;
  const sides = /@workgroup_size\(([^)]*)\)/.exec(entry.tokens.join(''))![1]!.split(',');
  const [x = 1, y = 1, z = 1] = sides.filter((side) => side.trim()).map((side) => numberOf(side.trim(), what, all));
  const ordered = [...declarations.filter((one) => one !== entry), entry];
  const waits = declarations.some(({ tokens }) => tokens.some((token) => /^(?:workgroup|storage)Barrier$/.test(token)));
  const made: Joinable = { what, declarations: ordered, arrays, group: [x, y, z], waits };
  // Written once to see whether it can be.
  const nowhere = { across: 1, down: 1, invocations: 1, param: () => 0, placeOf: () => ({ buffer: 0, begin: 0 }) };
  return writePart({ kernel: made, ...nowhere }, 0, new Beginnings()) === null ? null : made;
}

function numberOf(side: string, { overrides }: Specialisation, all: ReadonlyMap<string, Declaration>): number {
  if (/^\d/.test(side)) return Number.parseInt(side, 10);
  const given = overrides[side];
  return given === undefined ? Number.parseInt(valueOf(all.get(side)!.tokens), 10) : Number(given);
}

/** Where arrays begin in their buffers, as the parts learn it at run time: a word each of a uniform. */
class Beginnings {
  readonly told: Told[] = [];

  /** WGSL that reads it. */
  of(part: number, array: string): string {
    const place = this.told.push({ part, array }) - 1;
    return `table.words[${place >> 2}].${'xyzw'[place & 3]}`;
  }
}

/** An array of a part. */
export interface Told {
  readonly part: number;
  readonly array: string;
}

/** A kernel of one workgroup, and what the words of the uniform that it reads tell. */
export function join(
  parts: readonly Part[],
  buffers: number,
  invocations: number,
): { source: string; told: readonly Told[] } {
  const beginnings = new Beginnings();
  const written = parts.map((part, index) => writePart(part, index, beginnings)!);
  const calls = parts.map((part, index) => callOf(part, index, invocations));
  const bound = Array.from(
    { length: buffers },
    (_, at) => `@group(0) @binding(${at + 1}) var<storage, read_write> buffer_${at}: array<u32>;\n`,
  );
  const size = Math.max(1, Math.ceil(beginnings.told.length / 4));
  const source = [
    `struct Table { words: array<vec4u, ${size}> }\n@group(0) @binding(0) var<uniform> table: Table;\n`,
    ...bound,
    ...written,
    `@compute @workgroup_size(${invocations}) fn joined(@builtin(local_invocation_index) lane: u32) {\n`,
    calls.join('storageBarrier();\n'),
    '}\n',
  ];
  return { source: source.join(''), told: beginnings.told };
}

/**
 * Each invocation takes those of the part that come round to it; where they wait for one another, all go through its
 * workgroups together.
 */
function callOf({ kernel, across, down, invocations: count }: Part, part: number, invocations: number): string {
  const { what, declarations, group, waits } = kernel;
  const [x, y, z] = group;
  const size = x * y * z;
  const [lane, turn] = waits ? ['lane', 'at'] : [remainder('at', size), quotient('at', size)];
  const given: Readonly<Record<string, string>> = {
    global_invocation_id: `groups * vec3u(${x}u, ${y}u, ${z}u) + local`,
    workgroup_id: 'groups',
    local_invocation_id: 'local',
    local_invocation_index: lane,
  };
  const names = parametersOf(declarations.at(-1)!).map(({ builtin }) => given[builtin]!);
  const loop = waits
    ? `for (var at = 0u; at < ${count / size}u; at++) {`
    : `for (var at = lane; at < ${count}u; at += ${invocations}u) {`;
  return [
    loop,
    `let groups = ${gridPlace(turn, across, down)};`,
    `let local = ${gridPlace(lane, x, y)};`,
    `part_${part}_${what.kernel.entryPoint}(${names.join(', ')});`,
    waits ? 'workgroupBarrier();\n}\n' : '}\n',
  ].join('\n');
}

/** Where a number lies in a grid that is counted across, then down. */
function gridPlace(number: string, across: number, down: number): string {
  const place = [remainder(number, across), remainder(quotient(number, across), down), quotient(number, across * down)];
  return `vec3u(${place.join(', ')})`;
}

const BUILTINS = /^(?:global_invocation_id|workgroup_id|local_invocation_id|local_invocation_index)$/;

/** The declarations of a part with names of their own; null where its text does something unforeseen. */
function writePart(of: Part, part: number, beginnings: Beginnings): string | null {
  const { kernel } = of;
  const { what, declarations, arrays } = kernel;
  const entry = declarations.at(-1)!;
  const parameters = parametersOf(entry);
  if (!parameters.every(({ builtin }) => BUILTINS.test(builtin))) return null;
  const own = new Set(declarations.map(({ name }) => name));
  const writer = new PartWriter(of, part, own);
  const written: string[] = [];
  for (const [name, element] of arrays) {
    const { buffer, begin } = of.placeOf(name);
    written.push(accessors(part, name, element, buffer, begin === null ? beginnings.of(part, name) : `${begin}u`));
  }
  for (const declaration of declarations) {
    const { kind, name, tokens } = declaration;
    if (kind.startsWith('var<storage') || kind.startsWith('var<uniform') || name === 'Params') continue;
    if (kind === 'override') {
      const value = what.overrides[name] ?? valueOf(tokens);
      const type = /:\s*(\w+)/.exec(tokens.join(''))![1]!;
      written.push(`const part_${part}_${name}: ${type} = ${type}(${String(value)});\n`);
      continue;
    }
    let body = tokens;
    if (declaration === entry) {
      const list = parameters.map(({ name, type }) => `${name}: ${type}`).join(', ');
      written.push(`fn part_${part}_${name}(${list}) `);
      body = tokens.slice(tokens.indexOf('{'));
    }
    const text = writer.write(body, localsOf(declaration), kind === 'struct');
    if (text === null) return null;
    written.push(`${text}\n`);
  }
  return written.join('');
}

/** Reading and writing an element of an array that lies in a buffer of words. */
function accessors(part: number, name: string, element: Element, buffer: number, begin: string): string {
  const { words: size, read, write } = ELEMENTS[element];
  const place = size === 1 ? 'i' : `${size}u * i`;
  const each = Array.from({ length: size }, (_, at) => `buffer_${buffer}[at + ${at}u]`);
  const loaded = size === 1 ? each[0] : `${write}(${each.join(', ')})`;
  const stores = each.map((one, at) => `${one} = bits${size === 1 ? '' : `.${'xyzw'[at]}`};`).join(' ');
  return (
    `fn part_${part}_${name}_get(i: u32) -> ${element} { let at = ${begin} + ${place}; return bitcast<${read}>(${loaded}); }\n` +
    `fn part_${part}_${name}_put(i: u32, value: ${element}) { let at = ${begin} + ${place}; let bits = bitcast<${write}>(value); ${stores} }\n`
  );
}
