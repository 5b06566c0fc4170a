/**
 * Steps ready to be recorded: their pipelines, and bind groups that are made once for the buffers of a run and kept.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import type { Pipeline } from '../../gpu/pipelines.ts';
import type { Base } from './ir.ts';
import type { Scratch, Step } from './lower.ts';
import type { Place } from './memory.ts';
import { tableOf, type Merged } from './merge.ts';

/** A range of a buffer. */
export interface Range {
  readonly buffer: GpuBuffer;
  readonly offset: number;
}

/** Where each place is in a run. */
export type Locate = (place: Place) => Range;

export interface PreparedStep {
  readonly step: Step;
  readonly pipeline: Pipeline;
  readonly places: readonly BoundPlace[];
  /** The uniform that its kernel reads, in a run. */
  readonly params: ((locate: Locate) => Params) | null;
  /** What its bind groups differ by: places that may lie elsewhere in each run. */
  readonly moving: readonly Place[];
  readonly groups: Map<string, Bound>;
}

export interface BoundPlace {
  readonly name: string;
  readonly access: 'read' | 'read_write';
  readonly binding: number;
  readonly place: Place;
  readonly offset: number;
  readonly size: number;
  /** All of the buffer is bound, wherever in it the place is. */
  readonly whole: boolean;
}

interface Params extends Range {
  readonly bytes: number;
  /** The buffer is this bind group's own. */
  readonly own: boolean;
}

interface Bound {
  readonly group: GPUBindGroup;
  readonly own: GpuBuffer | null;
}

/** Bind groups that a step keeps, for buffers that change from run to run. */
const GROUPS_KEPT = 16;

/** @param uniforms the Params of the plan, and where in them are those of this step */
export function prepare(
  gpu: Gpu,
  step: Step,
  uniforms: Range | null,
  placeOf: (memory: Base | Scratch) => Place,
  sizeOf: (bound: { memory: Base | Scratch; offset: number }) => number,
): PreparedStep {
  const pipeline = gpu.pipelines.get(step.what);
  const places = pipeline.bindings.map(({ name, access, binding, element }): BoundPlace => {
    const bound = step.binds.get(name);
    if (!bound)
      throw new Error(`internal: ${step.what.label}: binding ${name} of ${step.what.kernel.file} is not bound.`);
    const { memory, offset } = bound;
    const bytes = sizeOf(bound);
    // The last numbers of an array of vectors are reached only where the vector is bound whole.
    const size = element.startsWith('vec') ? Math.ceil(bytes / 16) * 16 : bytes;
    return { name, access, binding, place: placeOf(memory), offset, size, whole: false };
  });
  const bytes = Math.ceil((step.what.kernel.params?.size ?? 0) / 16) * 16;
  const moving = places.map(({ place }) => place).filter(({ kind }) => kind === 'external' || kind === 'target');
  const params = pipeline.hasParams ? () => ({ ...uniforms!, bytes, own: false }) : null;
  return { step, pipeline, places, params, moving, groups: new Map() };
}

/** @param uniform makes a uniform buffer of these bytes */
export function prepareMerged(
  gpu: Gpu,
  merged: Merged,
  placeOf: (memory: Base | Scratch) => Place,
  uniform: (bytes: Uint8Array<ArrayBuffer>) => GpuBuffer,
): PreparedStep {
  const { step, buffers } = merged;
  const pipeline = gpu.pipelines.get(step.what);
  const places = pipeline.bindings.map(({ name, access, binding }, at): BoundPlace => {
    const { place, bytes, whole } = buffers[at]!;
    return { name, access, binding, place, offset: 0, size: Math.max(4, bytes), whole };
  });
  const given = [...step.binds.values()].map(({ memory }) => placeOf(memory));
  const moving = [...new Set(given)].filter(({ kind }) => kind === 'external');
  const params = (locate: Locate): Params => {
    const bytes = new Uint8Array(tableOf(merged, (memory) => locate(placeOf(memory)).offset).buffer);
    return { buffer: uniform(bytes), offset: 0, bytes: bytes.length, own: true };
  };
  return { step, pipeline, places, params, moving, groups: new Map() };
}

export function bindGroup(gpu: Gpu, prepared: PreparedStep, locate: Locate): GPUBindGroup {
  const { moving, groups } = prepared;
  let key = '';
  for (const place of moving) {
    const { buffer, offset } = locate(place);
    key += `${buffer.id}:${offset} `;
  }
  const known = groups.get(key);
  if (known) return known.group;
  if (groups.size >= GROUPS_KEPT) {
    const [oldest, { own }] = groups.entries().next().value!;
    groups.delete(oldest);
    if (own) gpu.destroyBuffer(own);
  }
  const bound = createBindGroup(gpu, prepared, locate);
  groups.set(key, bound);
  return bound.group;
}

function createBindGroup(gpu: Gpu, { pipeline, places, params }: PreparedStep, locate: Locate): Bound {
  const entries: GPUBindGroupEntry[] = places.map(({ binding, place, offset, size, whole }) => {
    const { buffer, offset: start } = locate(place);
    return {
      binding,
      resource: whole ? { buffer: buffer.handle } : { buffer: buffer.handle, offset: start + offset, size },
    };
  });
  const uniforms = params?.(locate);
  if (uniforms) {
    const { buffer, offset, bytes } = uniforms;
    entries.push({ binding: 0, resource: { buffer: buffer.handle, offset, size: bytes } });
  }
  const group = gpu.device.createBindGroup({ label: pipeline.label, layout: pipeline.layout, entries });
  return { group, own: uniforms?.own ? uniforms.buffer : null };
}

/** Buffers that the bind groups of a step own. */
export function ownedBy({ groups }: PreparedStep): GpuBuffer[] {
  return [...groups.values()].flatMap(({ own }) => own ?? []);
}
