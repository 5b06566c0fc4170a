/**
 * Fusion: which nodes run in one dispatch.
 *
 * A pointwise node joins the group that computes one of its inputs, as an epilogue behind a kernel or as a link of a
 * pointwise chain, whenever both walk the same elements in the same order. Results that others read are stored in
 * passing, so a value with several readers does not stop fusion. A group may not come to depend on itself: `after`
 * holds all that must run before it.
 */
import { isContiguous } from '../layout.ts';
import { numel } from '../value.ts';
import type { Base, ComputedBase, Group, PlanNode, Source } from './ir.ts';

/** Longer chains save little, and compilers take more than linear time for them. */
const CHAIN_LIMIT = 64;

export function fuse(nodes: readonly PlanNode[], maxStorageBuffers: number): Group[] {
  const fuser = new Fuser(maxStorageBuffers);
  for (const node of nodes) fuser.place(node);
  fuser.fusePrologues();
  return schedule(fuser.groups.filter((group) => !group.merged));
}

export function groupOf(node: PlanNode): Group {
  let group = node.group!;
  while (group.merged) group = group.merged;
  return group;
}

/** All nodes of a group, in the order in which they compute. */
export function nodesOf(group: Group): PlanNode[] {
  return [...group.prologue, ...(group.root ? [group.root] : []), ...group.members];
}

/** The value is read element by element in its own order. */
function isIdentity({ base, layout }: Source, elements: number): boolean {
  return (
    isContiguous(layout) && layout.offset === 0 && numel(base.shape) === elements && numel(layout.shape) === elements
  );
}

class Fuser {
  readonly groups: Group[] = [];
  private readonly maxStorageBuffers: number;
  /** For each buffer written in place, who read it and who wrote it so far. */
  private readonly touched = new Map<number, { readers: Set<Group>; writer: Group | null }>();

  constructor(maxStorageBuffers: number) {
    this.maxStorageBuffers = maxStorageBuffers;
  }

  place(node: PlanNode): void {
    if (!(node.op.pointwise && this.join(node))) this.open(node);
    this.order(node, groupOf(node));
  }

  private open(node: PlanNode): void {
    const kind = node.op.pointwise ? 'pointwise' : node.op.pack ? 'pack' : 'kernel';
    const group: Group = {
      kind,
      root: kind === 'pointwise' ? null : node,
      members: kind === 'pointwise' ? [node] : [],
      prologue: [],
      elements: node.outputs[0] ? numel(node.outputs[0].shape) : 0,
      epoch: node.epoch,
      after: new Set(),
      merged: null,
    };
    this.groups.push(group);
    node.group = group;
    for (const { base } of node.sources) if (base.kind === 'computed') this.addAfter(group, groupOf(base.node));
  }

  private join(node: PlanNode): boolean {
    const elements = numel(node.outputs[0]!.shape);
    const candidates = this.candidates(node, elements);
    candidates.sort((a, b) => Number(b.kind === 'kernel') - Number(a.kind === 'kernel'));
    for (const group of candidates) {
      if (!this.accepts(group, node)) continue;
      group.members.push(node);
      node.group = group;
      for (const { base } of node.sources)
        if (base.kind === 'computed' && groupOf(base.node) !== group) this.addAfter(group, groupOf(base.node));
      for (const other of candidates) if (!other.merged && other !== group) this.merge(other, group);
      return true;
    }
    return false;
  }

  /** Groups that compute an input of the node, element by element in the node's order. */
  private candidates(node: PlanNode, elements: number): Group[] {
    const found = new Set<Group>();
    node.sources.forEach((source, index) => {
      const { base } = source;
      if (base.kind !== 'computed' || node.op.pointwise!.whole?.includes(index)) return;
      const group = groupOf(base.node);
      const isMain =
        group.kind === 'pointwise' || (group.root!.op.fuses?.epilogue === true && isBehindRoot(group, base));
      if (isMain && group.epoch === node.epoch && group.elements === elements && isIdentity(source, elements))
        found.add(group);
    });
    return [...found];
  }

  private accepts(group: Group, node: PlanNode): boolean {
    if (!keepsType(group, node)) return false;
    if (group.members.length >= CHAIN_LIMIT) return false;
    const { whole } = node.op.pointwise!;
    for (const [index, source] of node.sources.entries()) {
      const { base } = source;
      if (base.kind !== 'computed') continue;
      const from = groupOf(base.node);
      if (from === group) {
        if (whole?.includes(index) || !isIdentity(source, group.elements) || !isBehindRoot(group, base)) return false;
      } else if (from.after.has(group)) return false;
    }
    return this.bindings({ ...group, members: [...group.members, node] }) <= this.maxStorageBuffers;
  }

  /** Moves a pointwise group into another that walks the same elements, if nothing forbids it. */
  private merge(from: Group, into: Group): void {
    if (from.kind !== 'pointwise' || from.epoch !== into.epoch) return;
    if (from.members.length + into.members.length > CHAIN_LIMIT) return;
    if (!from.members.every((node) => keepsType(into, node))) return;
    if ([...from.after].some((group) => group === into || group.after.has(into))) return;
    if (into.after.has(from) && [...into.after].some((group) => group !== from && group.after.has(from))) return;
    const reads = (node: PlanNode, source: Source, index: number): boolean =>
      source.base.kind === 'computed' &&
      groupOf(source.base.node) === from &&
      (!node.op.pointwise || node.op.pointwise.whole?.includes(index) || !isIdentity(source, into.elements));
    if (nodesOf(into).some((node) => node.sources.some((source, index) => reads(node, source, index)))) return;
    if (this.bindings({ ...into, members: [...into.members, ...from.members] }) > this.maxStorageBuffers) return;
    from.merged = into;
    into.members = [...into.members, ...from.members].toSorted((a, b) => a.index - b.index);
    into.after.delete(from);
    for (const group of from.after) this.addAfter(into, group);
    for (const group of this.groups) if (group.after.delete(from) && group !== into) this.addAfter(group, into);
  }

  /** Storage buffers that a dispatch would bind, counting every result that others may read. */
  private bindings({ prologue, root, members }: Pick<Group, 'prologue' | 'root' | 'members'>): number {
    const inside = new Set([...prologue, ...(root ? [root] : []), ...members]);
    const outputs = [...(root?.outputs.slice(0, 1) ?? []), ...members.map((node) => node.outputs[0]!)];
    const stored = outputs.filter((output) => isStored(output, inside)).length;
    const read = readFrom(prologue, inside) + readFrom(members, inside);
    if (!root) return read + stored;
    // The kernel binds each of its inputs, even one twice, but for the one that the prologue computes; and what the
    // epilogue stores last goes to the kernel's first output.
    const own = root.sources.length - (prologue.length ? 1 : 0) + root.outputs.length;
    return read + Math.max(0, stored - 1) + own;
  }

  fusePrologues(): void {
    for (const group of this.groups) {
      const index = group.root?.op.fuses?.prologue;
      if (group.merged || index === undefined) continue;
      const source = group.root!.sources[index]!;
      const { base } = source;
      if (base.kind !== 'computed' || base.result !== null) continue;
      const from = groupOf(base.node);
      const onlyReader = from.members.every((node) =>
        node.outputs.every(
          (out) => out.result === null && [...out.readers].every((r) => groupOf(r) === from || r === group.root),
        ),
      );
      if (from.kind !== 'pointwise' || from.epoch !== group.epoch || !onlyReader || from.elements === 0) continue;
      if (base.dtype === 'bool' || !isIdentity(source, from.elements) || from.members.at(-1) !== base.node) continue;
      if (this.bindings({ ...group, prologue: from.members }) > this.maxStorageBuffers) continue;
      group.prologue = from.members;
      from.merged = group;
      group.after.delete(from);
      for (const earlier of from.after) this.addAfter(group, earlier);
      for (const later of this.groups) later.after.delete(from);
    }
  }

  private addAfter(group: Group, earlier: Group): void {
    const added = [earlier, ...earlier.after];
    for (const each of added) group.after.add(each);
    for (const later of this.groups) if (later.after.has(group)) for (const each of added) later.after.add(each);
  }

  /** In-place writes wait for earlier readers of the same buffer, and later readers wait for them. */
  private order(node: PlanNode, group: Group): void {
    node.sources.forEach(({ base }, index) => {
      if (base.kind !== 'external' || base.bufferClass < 0) return;
      let record = this.touched.get(base.bufferClass);
      if (!record) this.touched.set(base.bufferClass, (record = { readers: new Set(), writer: null }));
      if (node.op.writes?.includes(index)) {
        for (const reader of record.readers) if (live(reader) !== group) this.addAfter(group, live(reader));
        if (record.writer && live(record.writer) !== group) this.addAfter(group, live(record.writer));
        record.writer = group;
        record.readers = new Set();
      } else {
        if (record.writer && live(record.writer) !== group) this.addAfter(group, live(record.writer));
        record.readers.add(group);
      }
    });
  }
}

function live(group: Group): Group {
  let at = group;
  while (at.merged) at = at.merged;
  return at;
}

/** What is fused behind a kernel has the type of what it writes. */
function keepsType({ root }: Group, node: PlanNode): boolean {
  return !root || node.outputs[0]!.dtype === root.outputs[0]!.dtype;
}

function isBehindRoot(group: Group, base: ComputedBase): boolean {
  return base.node !== group.root || base.output === 0;
}

/** Values from elsewhere that a chain reads. */
function readFrom(chain: readonly PlanNode[], inside: ReadonlySet<PlanNode>): number {
  const read = new Set<Base>();
  for (const node of chain)
    for (const { base } of node.sources) if (base.kind === 'external' || !inside.has(base.node)) read.add(base);
  return read.size;
}

/** Must be written to memory: it survives, or a node outside reads it. */
export function isStored(output: ComputedBase, inside: ReadonlySet<PlanNode>): boolean {
  return output.result !== null || [...output.readers].some((reader) => !inside.has(reader));
}

/** An order in which every group follows what it needs, as close to the trace's as that allows. */
function schedule(groups: readonly Group[]): Group[] {
  const waiting = groups.toSorted((a, b) => firstIndex(a) - firstIndex(b));
  const done = new Set<Group>();
  const ordered: Group[] = [];
  while (waiting.length) {
    const next = waiting.findIndex((group) => [...group.after].every((earlier) => earlier.merged || done.has(earlier)));
    if (next < 0) throw new Error('internal: the plan has a cycle.');
    const [group] = waiting.splice(next, 1);
    done.add(group!);
    ordered.push(group!);
  }
  return ordered;
}

function firstIndex(group: Group): number {
  return Math.min(...nodesOf(group).map((node) => node.index));
}
