/**
 * Typed dispatches: names of bindings, Params fields and overrides are those of the shader, or it does not compile.
 */
import type { Kernel } from '../gpu/kernel.ts';
import type { Dispatch, Operand } from '../graph/define-op.ts';

type Names<T> = Extract<T, string>;

interface Call<B extends string, P extends string, O extends string> {
  bind: Readonly<Record<B, Operand>>;
  params: Readonly<Record<P, number>>;
  overrides?: Readonly<Partial<Record<O, number | boolean>>>;
  constants?: Readonly<Record<string, number | string>>;
  hooks?: Dispatch['hooks'];
  workgroups: readonly [number, number, number];
  epilogue?: boolean;
  prologue?: Names<B>;
}

export function dispatch<B extends string, P extends string, O extends string>(
  kernel: Kernel<B, P, O>,
  call: Call<B, P, O>,
): Dispatch {
  return { kernel, ...(call as Omit<Dispatch, 'kernel'>) };
}

/** Names and values of a table, such as one of kernels. */
export function entriesOf<T extends object>(table: T): [keyof T, T[keyof T]][] {
  return Object.entries(table) as [keyof T, T[keyof T]][];
}

/** Invocations of a one-dimensional kernel. */
const GROUP = 64;

/**
 * Workgroups for `count` invocations, spread over two dimensions where one is too short; `width` is the invocations
 * of one row of workgroups.
 */
export function spread(
  count: number,
  limits: GPUSupportedLimits,
): { workgroups: [number, number, number]; width: number } {
  const { workgroups, width } = spreadGroups(Math.ceil(count / GROUP), limits);
  return { workgroups, width: width * GROUP };
}

/** The same for whole workgroups; `width` counts workgroups. */
export function spreadGroups(
  groups: number,
  limits: GPUSupportedLimits,
): { workgroups: [number, number, number]; width: number } {
  const width = Math.min(groups, limits.maxComputeWorkgroupsPerDimension);
  return { workgroups: [width, width === 0 ? 0 : Math.ceil(groups / width), 1], width };
}

/** Dispatches whose third dimension is a batch, as many as it takes where one cannot count that far. */
export function inBatches(
  batch: number,
  { maxComputeWorkgroupsPerDimension: most }: GPUSupportedLimits,
  make: (first: number, batches: number) => Dispatch,
): Dispatch[] {
  return Array.from({ length: Math.ceil(batch / most) }, (_, turn) =>
    make(turn * most, Math.min(most, batch - turn * most)),
  );
}

/** Whether the name is that of a kernel whose blocks the four invocations of a quad share. */
export function isOfQuads(name: string): boolean {
  return name.endsWith(' quads');
}
