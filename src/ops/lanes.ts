/**
 * Lanes: how many invocations share a row, of which each then has a part, and waits for the others.
 */
import type { Dispatch, LowerContext } from '../graph/define-op.ts';
import { spreadGroups } from './dispatch.ts';

/** Worth measuring. On a software adapter barriers cost more than lanes save, unless rows are few. */
const LANES = { software: [1, 4], hardware: [1, 16, 64] };
/** Invocations of a workgroup, whose rows are so many by the lanes. */
const GROUP = 64;

/** How a kernel lies over rows. */
export interface RowGeometry {
  readonly lanes: number;
  readonly params: { readonly rows: number; readonly cols: number; readonly width: number };
  readonly workgroups: readonly [number, number, number];
}

/** Kernels for rows of `cols` numbers, by rule with so many lanes. */
export function chooseLanes(
  { software, limits, choose }: LowerContext<object>,
  { rule, rows, cols }: { rule: number; rows: number; cols: number },
  make: (geometry: RowGeometry) => Dispatch,
): readonly Dispatch[] {
  const worth = LANES[software ? 'software' : 'hardware'].filter((lanes) => lanes < 2 * cols);
  const name = (lanes: number): string => (lanes === 1 ? '1 lane' : `${lanes} lanes`);
  const by = (lanes: number) => () => {
    const { workgroups, width } = spreadGroups(Math.ceil((rows * lanes) / GROUP), limits);
    return [make({ lanes, params: { rows, cols, width }, workgroups })];
  };
  const variants = [...new Set([rule, ...worth])].map((lanes) => [name(lanes), by(lanes)] as const);
  return choose(name(rule), Object.fromEntries(variants));
}
