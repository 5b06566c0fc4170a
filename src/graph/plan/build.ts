/**
 * From a captured trace to canonical nodes: dead code dropped, common subexpressions merged, views folded into the
 * way that consumers read.
 */
import { definedOps } from '../define-op.ts';
import { broadcastLayout, contiguousLayout, isContiguous, type Layout } from '../layout.ts';
import type { Node, Value } from '../value.ts';
import type { Capture } from './capture.ts';
import type { Base, ComputedBase, ExternalBase, PlanNode, Source } from './ir.ts';

export interface Built {
  readonly nodes: PlanNode[];
  readonly externals: readonly ExternalBase[];
  /** For each result of the trace, where it is read. */
  readonly results: readonly Source[];
}

/** Byte offsets at which a buffer may be bound on any device. */
const BIND_ALIGNMENT = 256;

export function build(captured: Capture): Built {
  const { nodes, externals: values, results } = captured;
  const externals = values.map(({ shape, dtype }, index): ExternalBase => ({
    kind: 'external',
    index,
    bufferClass: captured.bufferClasses[index]!,
    kept: captured.kept[index]!,
    shape,
    dtype,
  }));
  const sources = new Map<Value, Source>();
  values.forEach((value, index) => {
    const base = externals[index]!;
    sources.set(value, { base, layout: contiguousLayout(value.shape) });
  });
  const alive = markAlive(nodes, new Set(results), new Set(values));
  const builder = new Builder(sources);
  for (const node of nodes) if (alive.has(node)) builder.add(node);
  const located = results.map((value, index) => builder.result(value, index, value.target !== null));
  return { nodes: builder.nodes, externals, results: located };
}

function markAlive(nodes: readonly Node[], results: Set<Value>, externals: Set<Value>): Set<Node> {
  const alive = new Set<Node>();
  for (const node of nodes.toReversed()) {
    if (!alive.has(node) && !node.op.writes && !node.outputs.some((output) => results.has(output))) continue;
    alive.add(node);
    for (const input of node.inputs) if (input.node && !externals.has(input)) alive.add(input.node);
  }
  return alive;
}

class Builder {
  readonly nodes: PlanNode[] = [];
  private readonly sources: Map<Value, Source>;
  private readonly known = new Map<string, readonly Source[]>();
  private readonly baseIds = new Map<Base, number>();
  private readonly packed = new Set<Base>();

  constructor(sources: Map<Value, Source>) {
    this.sources = sources;
  }

  add(node: Node): void {
    const inputs = node.inputs.map((value) => this.sources.get(value)!);
    const { op } = node;
    const key = `${node.key}@${node.epoch}:${inputs.map((source) => this.sourceKey(source)).join(';')}`;
    let outputs = op.writes || node.outputs.some(({ target }) => target) ? undefined : this.known.get(key);
    if (!outputs) {
      outputs = op.view ? [this.view(node, inputs[0]!)] : this.compute(node, inputs);
      this.known.set(key, outputs);
    }
    node.outputs.forEach((value, index) => this.sources.set(value, outputs[index]!));
  }

  /** Marks the memory behind a result as surviving; a result that is no plain array becomes one. */
  result(value: Value, index: number, targeted: boolean): Source {
    let source = this.sources.get(value)!;
    const taken = source.base.kind === 'computed' && source.base.result !== null;
    const plain = isContiguous(source.layout) && source.layout.offset === 0;
    const whole = plain && size(source.layout) === size(source.base);
    const { base } = source;
    const place = base.kind === 'external' || taken || this.packed.has(base);
    const foreign = base.kind === 'external' ? base.bufferClass < 0 : base.targeted;
    if (targeted ? !whole || place : !plain || foreign) source = this.copy(source, value.node?.epoch ?? 0);
    if (source.base.kind === 'computed' && source.base.result === null) {
      source.base.result = index;
      source.base.targeted = targeted;
    }
    return source;
  }

  private view(node: Node, input: Source): Source {
    const { op, attrs } = node;
    const output = node.outputs[0]!;
    const layout = op.view!(input.layout, attrs, output);
    // What is retained of a leaf is what it holds here, before later nodes write to it.
    if (layout && output.target && input.base.kind === 'external')
      return this.copy({ base: input.base, layout }, node.epoch);
    if (layout) return { base: input.base, layout };
    const plain = this.copy(input, node.epoch);
    return { base: plain.base, layout: op.view!(plain.layout, attrs, output)! };
  }

  /** A contiguous copy of what a layout reads. */
  private copy(source: Source, epoch: number): Source {
    const { dtype } = source.base;
    const spec = { shape: source.layout.shape, dtype };
    const node = this.push({ op: copyOp(), attrs: {}, epoch }, [source], [spec], [spec]);
    return { base: node.outputs[0]!, layout: contiguousLayout(spec.shape) };
  }

  private compute(node: Node, inputs: Source[]): Source[] {
    const { op } = node;
    let { attrs } = node;
    const specs = node.inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const resolved = inputs.map((source, index) => {
      if (op.pointwise) {
        const whole = op.pointwise.whole?.includes(index);
        if (!whole) return { base: source.base, layout: broadcastLayout(source.layout, node.outputs[0]!.shape) };
      }
      if (op.pack) return this.packable(source, inputs, node.epoch);
      // A chain binds whole arrays from their beginning.
      if (isBindable(source) && !(op.pointwise && source.layout.offset > 0)) return source;
      const absorbed = op.absorb?.(index, source.layout, attrs);
      if (absorbed) {
        attrs = absorbed.attrs;
        specs[index] = absorbed.input;
        return { base: source.base, layout: contiguousLayout(absorbed.input.shape) };
      }
      return this.copy(source, node.epoch);
    });
    const made = this.push({ op, attrs, epoch: node.epoch }, resolved, specs, node.outputs);
    return made.outputs.map((base) => ({ base, layout: contiguousLayout(base.shape) }));
  }

  /** Each member of a pack is written in its place by what computes it; what cannot be is copied there. */
  private packable(source: Source, members: readonly Source[], epoch: number): Source {
    const { base, layout } = source;
    const whole = isContiguous(layout) && size(layout) === size(base);
    // What else reads it might in one dispatch write another member, and a buffer is bound for one or the other.
    const alone = base.kind === 'computed' && base.readers.size === 0 && !this.packed.has(base);
    const once = members.filter((member) => member.base === base).length === 1;
    const member = whole && alone && once ? source : this.copy(source, epoch);
    this.packed.add(member.base);
    return member;
  }

  private push(
    what: Pick<PlanNode, 'op' | 'attrs' | 'epoch'>,
    sources: Source[],
    inputs: PlanNode['inputs'],
    outputs: readonly { shape: ComputedBase['shape']; dtype: ComputedBase['dtype'] }[],
  ): PlanNode {
    const node: PlanNode = { ...what, index: this.nodes.length, sources, inputs, outputs: [], group: null };
    outputs.forEach(({ shape, dtype }, output) => {
      node.outputs.push({
        kind: 'computed',
        node,
        output,
        shape,
        dtype,
        result: null,
        targeted: false,
        readers: new Set(),
      });
    });
    for (const { base } of sources) if (base.kind === 'computed') base.readers.add(node);
    this.nodes.push(node);
    return node;
  }

  private sourceKey({ base, layout }: Source): string {
    let id = this.baseIds.get(base);
    if (id === undefined) this.baseIds.set(base, (id = this.baseIds.size));
    return `${id}[${layout.shape.join()}|${layout.strides.join()}|${layout.offset}]`;
  }
}

let copying: PlanNode['op'] | undefined;

function copyOp(): PlanNode['op'] {
  copying ??= definedOps().find((op) => op.copies);
  if (!copying) throw new Error('internal: no op copies.');
  return copying;
}

function size(spec: { shape: readonly number[] }): number {
  return spec.shape.reduce((product, extent) => product * extent, 1);
}

/** A dispatch can bind the memory as it is. */
export function isBindable({ layout }: { layout: Layout }): boolean {
  return isContiguous(layout) && (layout.offset * 4) % BIND_ALIGNMENT === 0;
}
