/**
 * Values and nodes: what a trace is made of.
 *
 * A value is one result in the graph, or a leaf. A leaf has its bytes in a `Storage` on the GPU or in host memory; a
 * computed value belongs to the plan that computes it, and outlives it only where the trace asked for that (`keep`).
 */
import type { GpuBuffer } from '../gpu/gpu.ts';
import type { AnyOp } from './define-op.ts';
import type { Kept } from './keep.ts';
import type { Tensor } from './tensor.ts';

export type DType = 'float32' | 'int32' | 'bool';
export type Shape = readonly number[];
export type HostArray = Float32Array | Int32Array | Uint32Array;

export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Memory that a leaf owns, or its part of a slab that several leaves share. */
export interface Storage {
  buffer: GpuBuffer;
  /** In bytes. */
  offset: number;
  readonly bytes: number;
  /** The clock of the trace when an op last wrote here in place. */
  writtenAt: number;
  /** The slab that this is a part of; what is written to the slab is written here. */
  readonly slab: Storage | null;
  disposed: boolean;
  /** What shall lie here is traced and not yet submitted; readers have it submitted first. */
  awaited: boolean;
}

/** Bytes that travel with each submit that uses them. `refresh` gives those of a replayed step. */
export interface HostData {
  data: HostArray;
  readonly refresh?: () => HostArray;
  /** A number of the program itself, never an argument of a compiled step. */
  readonly literal?: boolean;
}

export interface Value extends Spec {
  node: Node | null;
  readonly index: number;
  storage: Storage | null;
  host: HostData | null;
  /** Where an executed value can still be read. */
  kept: Kept | null;
  /** Must survive the submit that computes it. */
  keep: boolean;
  /** The submit that computes it must write it here: `retain()`, parameters. */
  target: Storage | null;
  /** Some node takes it as input. */
  consumed: boolean;
  /** A tensor stands for it; one that nothing consumes is a result, and is kept. */
  exposed: boolean;
  /** Least and greatest element where the host knows them, for checks of indices and labels. */
  bounds: readonly [number, number] | null;
  /** The tensor that collects this leaf's gradient. */
  leaf: Tensor | null;
  /** Of a leaf, it may change: that holds for what is traced later. */
  requiresGrad: boolean;
}

export interface Node {
  readonly id: number;
  readonly op: AnyOp;
  readonly inputs: readonly Value[];
  readonly attrs: object;
  /** Identity of (op, attributes): of those with equal keys and inputs one is computed. */
  readonly key: number;
  outputs: readonly Value[];
  /** By the trace's clock, which in-place writes advance: nodes of different epochs are neither merged nor fused. */
  epoch: number;
  executed: boolean;
  readonly requiresGrad: boolean;
  /** `backward` has been through: its graph is no longer needed. */
  released: boolean;
}

export function numel(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `[2, 3]`, as errors show shapes. */
export function show(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

export function leafValue(spec: Spec, source: { storage?: Storage; host?: HostData; requiresGrad?: boolean }): Value {
  return {
    shape: spec.shape,
    dtype: spec.dtype,
    node: null,
    index: 0,
    storage: source.storage ?? null,
    host: source.host ?? null,
    kept: null,
    keep: false,
    target: null,
    consumed: false,
    exposed: false,
    bounds: null,
    leaf: null,
    requiresGrad: source.requiresGrad ?? false,
  };
}

/**
 * A view of memory that a leaf owns. It shows what lies there now, as in PyTorch; so it is never kept, but made again
 * where it is read, which costs nothing.
 */
export function isAlias(value: Value): boolean {
  let at = value;
  while (at.node?.op.view && !at.storage) at = at.node.inputs[0]!;
  return at !== value && at.storage !== null;
}
