/**
 * Merging tiny dispatches: those that follow one another and have next to nothing to do become one dispatch of a single
 * workgroup, so that a step of a small model is a handful of them.
 *
 * Memory stays as it was planned for the parts.
 */
import { join, joinable, type Told } from '../../gpu/join.ts';
import type { Kernel } from '../../gpu/kernel.ts';
import type { Joinable, Part } from '../../gpu/part-writer.ts';
import type { Base } from './ir.ts';
import { bytesOf, type Scratch, type Step } from './lower.ts';
import type { Place } from './memory.ts';
import { paramBits } from './params.ts';

/** Dispatches that are one. */
export interface Merged {
  readonly parts: readonly Step[];
  /** The joined kernel, with all that the parts bind, each under its own name. */
  readonly step: Step;
  /** What its bindings are, in order. */
  readonly buffers: readonly MergedBuffer[];
  /** What the words of its uniform tell. */
  readonly told: readonly Told[];
}

/** A buffer by its first value; `whole` where it holds others as well, so that all of it is bound. */
export interface MergedBuffer {
  readonly place: Place;
  readonly bytes: number;
  readonly whole: boolean;
}

/**
 * What one workgroup does sooner than a dispatch is started. On SwiftShader that takes 15 us, and a workgroup runs on one
 * core. For GPUs the sizes are not measured: browsers take 24 to 71 us to check and start a dispatch there, and one
 * workgroup waits for memory where many would share the wait.
 */
const TINY = {
  software: { bytes: 2 ** 14, invocations: 2 ** 11, lanes: 4 },
  hardware: { bytes: 2 ** 14, invocations: 2 ** 10, lanes: 64 },
};
/** More parts make no step faster, and compilers take longer by more than each. */
const MOST_PARTS = 16;
/** Parts that wait have workgroup memory, of which there is little. */
const MOST_WAITING = 3;

interface Candidate {
  readonly step: Step;
  readonly kernel: Joinable;
  /** Invocations of a workgroup, and of all. */
  readonly size: number;
  readonly invocations: number;
  /** For each array the buffer that it lies in. */
  readonly keys: ReadonlyMap<string, string>;
}

export function mergeTiny(
  steps: readonly Step[],
  places: ReadonlyMap<Base | Scratch, Place>,
  slabs: readonly number[],
  { software, most }: { software: boolean; most: number },
): (Step | Merged)[] {
  const found: (Step | Merged)[] = [];
  let run: Candidate[] = [];
  const end = (): void => {
    found.push(...(run.length > 1 ? [merge(run, places, slabs, software)] : run.map(({ step }) => step)));
    run = [];
  };
  for (const step of steps) {
    const candidate = candidateOf(step, places, TINY[software ? 'software' : 'hardware']);
    if (!candidate) {
      end();
      found.push(step);
      continue;
    }
    const next = [...run, candidate];
    const keys = new Set(next.flatMap(({ keys }) => [...keys.values()]));
    const waiting = next.filter(({ kernel }) => kernel.waits).length;
    if (keys.size > most || run.length === MOST_PARTS || waiting > MOST_WAITING || sizesOf(next).size > 1) end();
    run.push(candidate);
  }
  end();
  return found;
}

/** Sizes of the workgroups whose invocations wait for one another, which a joined kernel must have as well. */
function sizesOf(run: readonly Candidate[]): Set<number> {
  return new Set(run.flatMap(({ kernel, size }) => (kernel.waits ? size : [])));
}

export function isMerged(unit: Step | Merged): unit is Merged {
  return 'parts' in unit;
}

function candidateOf(
  step: Step,
  places: ReadonlyMap<Base | Scratch, Place>,
  most: { bytes: number; invocations: number },
): Candidate | null {
  const groups = step.workgroups.reduce((product, count) => product * count, 1);
  let bytes = 0;
  const keys = new Map<string, string>();
  for (const [name, { memory }] of step.binds) {
    const key = bufferKey(memory, places.get(memory)!);
    if (key === null) return null;
    keys.set(name, key);
    bytes += bytesOf(memory);
  }
  if (bytes > most.bytes || groups > most.invocations) return null;
  // A constant may not be infinite.
  if (!Object.values(step.params).every(Number.isFinite)) return null;
  const kernel = joinable(step.what);
  if (!kernel) return null;
  const size = kernel.group.reduce((product, side) => product * side, 1);
  return groups * size > most.invocations ? null : { step, kernel, size, invocations: groups * size, keys };
}

/** Values of one key lie in one buffer; null for memory that may lie elsewhere in each run. */
function bufferKey(memory: Base | Scratch, place: Place): string | null {
  if (place.kind === 'slab') return `slab ${place.slab}`;
  if (place.kind === 'upload') return 'upload';
  return memory.kind === 'external' && !memory.kept ? `given ${memory.bufferClass}` : null;
}

function merge(
  run: readonly Candidate[],
  places: ReadonlyMap<Base | Scratch, Place>,
  slabs: readonly number[],
  software: boolean,
): Merged {
  const keys = [...new Set(run.flatMap(({ keys }) => [...keys.values()]))];
  const buffers = keys.map((key): MergedBuffer => {
    const values = new Set(
      run.flatMap(({ step, keys }) =>
        [...step.binds].flatMap(([name, { memory }]) => (keys.get(name) === key ? [memory] : [])),
      ),
    );
    const [first] = values;
    const place = places.get(first!)!;
    return {
      place,
      bytes: place.kind === 'slab' ? slabs[place.slab]! : bytesOf(first!),
      whole: place.kind !== 'external' || values.size > 1,
    };
  });
  const parts = run.map(({ kernel, step, invocations, keys: of }): Part => ({
    kernel,
    across: step.workgroups[0],
    down: step.workgroups[1],
    invocations,
    param: (name) => paramBits(step, name),
    placeOf(array) {
      const { memory, offset } = step.binds.get(array)!;
      const buffer = keys.indexOf(of.get(array)!);
      const place = places.get(memory)!;
      // A buffer from outside that holds one value is bound from there on; several may lie elsewhere in each run.
      if (place.kind === 'external') return { buffer, begin: buffers[buffer]!.whole ? null : offset / 4 };
      return { buffer, begin: ((place as { offset: number }).offset + offset) / 4 };
    },
  }));
  const lanes = [...sizesOf(run)][0] ?? TINY[software ? 'software' : 'hardware'].lanes;
  const { source, told } = join(parts, buffers.length, lanes);
  const kernel: Kernel = {
    file: `joined: ${[...new Set(run.map(({ step }) => step.what.kernel.file))].join(', ')}`,
    entryPoint: 'joined',
    source,
    bindings: buffers.map((_, at) => ({ name: `buffer_${at}`, binding: at + 1, access: 'read_write', element: 'u32' })),
    params: { size: Math.max(1, Math.ceil(told.length / 4)) * 16, fields: {} },
  };
  const label = run.map(({ step }) => step.what.label).join(', ');
  const binds = new Map(
    run.flatMap(({ step }, part) => [...step.binds].map(([name, bound]) => [`${part} ${name}`, bound] as const)),
  );
  return {
    parts: run.map(({ step }) => step),
    step: {
      what: { kernel, overrides: {}, constants: {}, hooks: [], label },
      params: {},
      workgroups: [1, 1, 1],
      binds,
      choice: null,
    },
    buffers,
    told,
  };
}

/** @param beginOf where a value begins in its buffer, in bytes */
export function tableOf(
  { parts, told }: Merged,
  beginOf: (memory: Base | Scratch) => number,
): Uint32Array<ArrayBuffer> {
  const table = new Uint32Array(Math.max(1, Math.ceil(told.length / 4)) * 4);
  told.forEach(({ part, array }, at) => {
    const { memory, offset } = parts[part]!.binds.get(array)!;
    table[at] = (beginOf(memory) + offset) / 4;
  });
  return table;
}
