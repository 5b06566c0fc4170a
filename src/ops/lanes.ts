/**
 * Lanes: how many invocations share a row, of which each then has a part, and waits for the others.
 */
import type { Dispatch, LowerContext } from '../graph/define-op.ts';

/** Worth measuring. On a software adapter barriers cost more than lanes save, unless rows are few. */
const LANES = { software: [1, 4], hardware: [1, 16, 64] };

/** Kernels for rows of `cols` numbers, by rule with so many lanes. */
export function chooseLanes(
  { software, choose }: LowerContext<object>,
  { rule, cols }: { rule: number; cols: number },
  make: (lanes: number) => readonly Dispatch[],
): readonly Dispatch[] {
  const worth = LANES[software ? 'software' : 'hardware'].filter((lanes) => lanes < 2 * cols);
  const name = (lanes: number): string => (lanes === 1 ? '1 lane' : `${lanes} lanes`);
  const variants = [...new Set([rule, ...worth])].map((lanes) => [name(lanes), () => make(lanes)] as const);
  return choose(name(rule), Object.fromEntries(variants));
}
