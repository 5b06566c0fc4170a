/**
 * The memory plan: where every computed value of a plan lies.
 *
 * Values share slabs where their lifetimes do not meet. One dispatch may not bind a buffer both for reading and for
 * writing, whatever the ranges (WebGPU, "usage scope"), so the slabs are colours: what a dispatch writes never lies
 * in a slab that it reads. Inputs thereby stay read-only.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import type { Base, ComputedBase, Group } from './ir.ts';
import { bytesOf, type Scratch, type Step } from './lower.ts';
import { SMALL } from '../keep.ts';

export type Place =
  | { readonly kind: 'slab'; readonly slab: number; readonly offset: number }
  | { readonly kind: 'external'; readonly index: number }
  | { readonly kind: 'upload'; readonly offset: number }
  | { readonly kind: 'target'; readonly result: number };

export interface MemoryPlan {
  readonly places: ReadonlyMap<Base | Scratch, Place>;
  /** Bytes of each slab. */
  readonly slabs: readonly number[];
  /** The slabs before this one hold packs and large results, and are not shared. */
  readonly firstShared: number;
  readonly uploadBytes: number;
  /** Ranges between values, in debug mode: slab, from, to (bytes). */
  readonly guards: readonly { slab: number; from: number; to: number }[];
}

interface Lifetime {
  first: number;
  last: number;
}

const ALIGNMENT = 256;
const align = (bytes: number): number => Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);

export function planMemory(
  steps: readonly Step[],
  groups: readonly Group[],
  externals: readonly Base[],
  guarded: boolean,
): MemoryPlan {
  return new Planner(steps, guarded).plan(groups, externals);
}

class Planner {
  private readonly steps: readonly Step[];
  private readonly guarded: boolean;
  private readonly places = new Map<Base | Scratch, Place>();
  private readonly slabs: number[] = [];
  private readonly guards: { slab: number; from: number; to: number }[] = [];
  private readonly lifetimes = new Map<Base | Scratch, Lifetime>();
  private readonly colours = new Map<Base | Scratch, number>();

  constructor(steps: readonly Step[], guarded: boolean) {
    this.steps = steps;
    this.guarded = guarded;
  }

  plan(groups: readonly Group[], externals: readonly Base[]): MemoryPlan {
    const uploadBytes = this.placeExternals(externals);
    for (const group of groups) if (group.kind === 'pack') this.placePack(group);
    this.placeEmpty();
    this.findLifetimes();
    const firstShared = this.slabs.length;
    this.colour();
    this.assign();
    return { places: this.places, slabs: this.slabs, firstShared, uploadBytes, guards: this.guards };
  }

  private placeExternals(externals: readonly Base[]): number {
    let uploadBytes = 0;
    externals.forEach((base, index) => {
      if (base.kind !== 'external' || base.bufferClass >= 0) this.places.set(base, { kind: 'external', index });
      else {
        this.places.set(base, { kind: 'upload', offset: uploadBytes });
        uploadBytes += align(bytesOf(base));
      }
    });
    return uploadBytes;
  }

  private placePack(group: Group): void {
    const root = group.root!;
    const { offsets, bytes } = root.op.pack!(root.attrs);
    const slab = this.slabs.push(bytes) - 1;
    this.places.set(root.outputs[0]!, { kind: 'slab', slab, offset: 0 });
    root.sources.forEach(({ base }, index) => this.places.set(base, { kind: 'slab', slab, offset: offsets[index]! }));
  }

  /** Values without elements are read, and nothing ever writes them. */
  private placeEmpty(): void {
    let slab = -1;
    for (const { binds } of this.steps)
      for (const { memory } of binds.values()) {
        if (bytesOf(memory) > 0 || this.places.has(memory)) continue;
        if (slab < 0) slab = this.slabs.push(ALIGNMENT) - 1;
        this.places.set(memory, { kind: 'slab', slab, offset: 0 });
      }
  }

  private findLifetimes(): void {
    this.steps.forEach((step, at) => {
      for (const { memory } of step.binds.values()) {
        if (this.places.has(memory)) continue;
        if (memory.kind === 'computed' && this.placeResult(memory)) continue;
        const known = this.lifetimes.get(memory);
        if (known) known.last = at;
        else this.lifetimes.set(memory, { first: at, last: at });
        if (memory.kind === 'computed' && memory.result !== null) this.lifetimes.get(memory)!.last = Infinity;
      }
    });
  }

  /** Large results have a buffer each, so that nothing else overwrites them before the next run. */
  private placeResult(base: ComputedBase): boolean {
    if (base.result === null) return false;
    if (base.targeted) this.places.set(base, { kind: 'target', result: base.result });
    else if (bytesOf(base) > SMALL) {
      const end = align(bytesOf(base)) + (this.guarded ? ALIGNMENT : 0);
      const slab = this.slabs.push(end) - 1;
      this.places.set(base, { kind: 'slab', slab, offset: 0 });
      if (this.guarded) this.guards.push({ slab, from: Math.ceil(bytesOf(base) / 4) * 4, to: end });
    } else return false;
    return true;
  }

  private colour(): void {
    for (const step of this.steps)
      for (const [name, { memory }] of step.binds) {
        if (!isWritten(step, name) || !this.lifetimes.has(memory) || this.colours.has(memory)) continue;
        const read = this.readBesides(memory);
        let colour = 0;
        while (read.has(colour)) colour++;
        this.colours.set(memory, colour);
      }
  }

  /** Colours that some dispatch reads while it writes the given memory. */
  private readBesides(memory: Base | Scratch): Set<number> {
    const read = new Set<number>();
    for (const step of this.steps) {
      const writes = [...step.binds].some(([name, bound]) => bound.memory === memory && isWritten(step, name));
      if (!writes) continue;
      for (const [name, bound] of step.binds) {
        const colour = this.colours.get(bound.memory);
        if (colour !== undefined && !isWritten(step, name)) read.add(colour);
      }
    }
    return read;
  }

  /** Greedy by size: each value goes to the lowest place that no value living at the same time holds. */
  private assign(): void {
    const first = this.slabs.length;
    const guard = this.guarded ? ALIGNMENT : 0;
    const placed: { offset: number; end: number; life: Lifetime; colour: number }[] = [];
    const bySize = [...this.lifetimes].toSorted(([a], [b]) => bytesOf(b) - bytesOf(a));
    for (const [memory, life] of bySize) {
      const colour = this.colours.get(memory)!;
      const bytes = align(bytesOf(memory)) + 2 * guard;
      const rivals = placed
        .filter((other) => other.colour === colour && (this.guarded || meets(other.life, life)))
        .toSorted((a, b) => a.offset - b.offset);
      let offset = 0;
      for (const rival of rivals)
        if (offset + bytes > rival.offset) offset = Math.max(offset, rival.end);
        else break;
      placed.push({ offset, end: offset + bytes, life, colour });
      const slab = first + colour;
      this.slabs[slab] = Math.max(this.slabs[slab] ?? 0, offset + bytes);
      this.places.set(memory, { kind: 'slab', slab, offset: offset + guard });
      if (guard) {
        this.guards.push({ slab, from: offset, to: offset + guard });
        this.guards.push({ slab, from: offset + guard + Math.ceil(bytesOf(memory) / 4) * 4, to: offset + bytes });
      }
    }
    for (let slab = first; slab < this.slabs.length; slab++) this.slabs[slab] ??= 0;
  }
}

function meets(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The binding is declared read_write, by the kernel or by one of its hooks. */
export function isWritten(step: Step, name: string): boolean {
  const own = step.what.kernel.bindings.find((binding) => binding.name === name);
  if (own) return own.access === 'read_write';
  return step.what.hooks.some((hook) =>
    hook.bindings.some((binding) => binding.name === name && binding.access === 'read_write'),
  );
}

/** False for a step all of whose results are without elements. */
export function writesSomething(step: Step): boolean {
  return [...step.binds].some(([name, { memory }]) => isWritten(step, name) && bytesOf(memory) > 0);
}

export function createSlabs(gpu: Gpu, plan: MemoryPlan, label: string): GpuBuffer[] {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return plan.slabs.map((bytes, index) => gpu.createBuffer(`${label}, slab ${index}`, bytes, usage));
}
