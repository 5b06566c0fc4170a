/**
 * The text of a fused chain: a WGSL function that computes pointwise nodes one after another.
 *
 * The formulas come from the ops; here they only get names, and loads and stores around them.
 */
import type { Hook, HookBinding } from '../../gpu/pipelines.ts';
import { gridColumns, indexExpression } from '../layout.ts';
import type { DType } from '../value.ts';
import type { Base, ComputedBase, PlanNode } from './ir.ts';

export interface Chain {
  readonly hook: Hook;
  /** What each of the hook's bindings stands for. */
  readonly bases: ReadonlyMap<string, Base>;
}

interface ChainOptions {
  /** The kernel's function that the chain replaces. */
  readonly name: 'chain' | 'epilogue' | 'prologue';
  readonly nodes: readonly PlanNode[];
  /** What `value` stands for in an epilogue. */
  readonly given?: ComputedBase;
  /** What the function returns. */
  readonly returns?: ComputedBase;
  /** What must be written in passing. */
  readonly stores: readonly ComputedBase[];
  /** Columns of the grid in which `row` and `col` count. */
  readonly cols: number | null;
  readonly drops?: string;
}

const ELEMENT: Record<DType, HookBinding['element']> = { float32: 'f32', int32: 'i32', bool: 'u32' };

/** The kernel's function, of the type that its values have. */
function signature({ name, given, returns }: ChainOptions): string {
  if (name === 'chain') return 'fn chain(i: u32, row: u32, col: u32)';
  const type = ELEMENT[(given ?? returns)!.dtype];
  return name === 'prologue'
    ? `fn prologue(i: u32) -> ${type}`
    : `fn epilogue(value: ${type}, i: u32, row: u32, col: u32) -> ${type}`;
}

export function chainText(options: ChainOptions): Chain {
  const { name, nodes, given, returns, stores, cols } = options;
  const prefix = name === 'prologue' ? 'p' : 'e';
  const bindings: HookBinding[] = [];
  const bases = new Map<string, Base>();
  const arrays = new Map<Base, string>();
  const loaded = new Map<string, string>();
  const local = new Map<Base, string>();
  const lines: string[] = [];
  const bind = (base: Base, access: HookBinding['access']): string => {
    const known = arrays.get(base);
    if (known) return known;
    const array = `${prefix}${bindings.length}`;
    bindings.push({ name: array, access, element: ELEMENT[base.dtype] });
    bases.set(array, base);
    arrays.set(base, array);
    return array;
  };
  const load = (base: Base, index: string): string => {
    const key = `${bind(base, 'read')}[${index}]`;
    let variable = loaded.get(key);
    if (!variable) {
      variable = `x${prefix}${loaded.size}`;
      loaded.set(key, variable);
      lines.push(`let ${variable} = ${base.dtype === 'bool' ? `(${key} != 0u)` : key};`);
    }
    return variable;
  };
  if (given) local.set(given, 'value');
  for (const node of nodes) {
    const { pointwise } = node.op;
    const args = node.sources.map(({ base, layout }, index) => {
      if (pointwise!.whole?.includes(index)) return bind(base, 'read');
      return local.get(base) ?? load(base, indexExpression(layout, cols));
    });
    const variable = `v${prefix}${local.size}`;
    lines.push(`let ${variable} = ${pointwise!.expression(args, node.attrs, node.inputs)};`);
    local.set(node.outputs[0]!, variable);
  }
  for (const output of stores) {
    const variable = local.get(output)!;
    lines.push(
      `${bind(output, 'read_write')}[i] = ${output.dtype === 'bool' ? `select(0u, 1u, ${variable})` : variable};`,
    );
  }
  if (returns) lines.push(`return ${local.get(returns)!};`);
  const text = `${signature(options)} {\n${lines.join('\n')}\n}\n`;
  const library = functionsUsed(text, nodes[0]?.op.pointwise?.library ?? '');
  return { hook: { name, text, bindings, library, ...(options.drops ? { drops: options.drops } : {}) }, bases };
}

/** The grid in which most of a chain's inputs are plain, row vectors or column vectors. */
export function chainColumns(nodes: readonly PlanNode[]): number | null {
  for (const node of nodes)
    for (const { layout } of node.sources) {
      const columns = gridColumns(layout);
      if (columns !== null) return columns;
    }
  return null;
}

let parsed = { library: '', declarations: new Map<string, string>() };

/** The declarations of a library by name, each of which stands on a line of its own. */
function declarationsOf(library: string): ReadonlyMap<string, string> {
  if (parsed.library === library) return parsed.declarations;
  parsed = { library, declarations: new Map() };
  for (const line of library.split('\n')) {
    const name = /^\s*(?:fn|const|var(?:<\w+>)?)\s*(\w+)/.exec(line)?.[1];
    if (name) parsed.declarations.set(name, line);
  }
  return parsed.declarations;
}

/** The declarations of a library that a text needs. */
function functionsUsed(text: string, library: string): string {
  const declarations = declarationsOf(library);
  const used = new Set<string>();
  const visit = (part: string): void => {
    for (const name of new Set(part.match(/[a-z_]\w*/gi))) {
      if (used.has(name) || !declarations.has(name)) continue;
      used.add(name);
      visit(declarations.get(name)!);
    }
  };
  visit(text);
  return [...declarations]
    .filter(([name]) => used.has(name))
    .map(([, line]) => `${line}\n`)
    .join('');
}
