/**
 * The steps of a plan with its tiny dispatches joined, compiled behind those that run meanwhile.
 */
import type { Gpu, GpuBuffer } from '../../gpu/gpu.ts';
import { prepareMerged, type PreparedStep, type Range } from './bound.ts';
import type { Base, ExternalBase } from './ir.ts';
import type { Scratch } from './lower.ts';
import type { MemoryPlan, Place } from './memory.ts';
import { isMerged, mergeTiny } from './merge.ts';
import type { Stage } from './stage.ts';

export interface Joined extends Stage {
  steps: readonly PreparedStep[];
  /** Why its kernels do not compile, and the plan's own steps run in their place. */
  failure: Error | null;
}

interface Planned {
  readonly label: string;
  readonly externals: readonly ExternalBase[];
  readonly steps: readonly PreparedStep[];
  readonly memory: MemoryPlan;
  readonly software: boolean;
}

/**
 * Null where joining would not leave half of the dispatches or fewer.
 *
 * @param uniform makes a uniform buffer of these bytes
 */
export function joinSteps(
  gpu: Gpu,
  { label, externals, steps: apart, memory, software }: Planned,
  uniform: (bytes: Uint8Array<ArrayBuffer>) => GpuBuffer,
): Joined | null {
  const most = gpu.limits.maxStorageBuffersPerShaderStage;
  const own = new Map(apart.map((prepared) => [prepared.step, prepared]));
  const units = mergeTiny([...own.keys()], memory.places, memory.slabs, { software, most });
  if (2 * units.length > apart.length) return null;
  const placeOf = (of: Base | Scratch): Place => memory.places.get(of)!;
  const steps = units.map((unit) => (isMerged(unit) ? prepareMerged(gpu, unit, placeOf, uniform) : own.get(unit)!));
  // A device whose compiler fails at a joined kernel goes on with its parts.
  const compiled = Promise.all(steps.map(({ pipeline }) => pipeline.ready)).catch((error: unknown) => {
    joined.steps = apart;
    joined.failure = error as Error;
  });
  const ready = compiled.then(() => (joined.isReady = true));
  const joined: Joined = {
    label: `${label}, joined`,
    steps,
    ready,
    isReady: false,
    hasRun: false,
    failure: null,
    fits: (ranges) => lieAsPlanned(externals, ranges),
  };
  return joined;
}

/**
 * Whether the same values share buffers as when the plan was made, for joined kernels bind each buffer once. An optimiser
 * that is made later moves parameters.
 */
function lieAsPlanned(externals: readonly ExternalBase[], ranges: readonly (Range | null)[]): boolean {
  const buffers = new Map<number, GpuBuffer>();
  for (const { index, bufferClass, kept } of externals) {
    if (kept || bufferClass < 0) continue;
    const { buffer } = ranges[index]!;
    const known = buffers.get(bufferClass);
    if (known === undefined) buffers.set(bufferClass, buffer);
    else if (known !== buffer) return false;
  }
  return new Set(buffers.values()).size === buffers.size;
}
