/**
 * The learning-rate range test: the loss while the rate rises from tiny to far too large.
 */
import { noGrad, Tensor } from '../graph/index.ts';
import { stage, type AnyModule } from '../nn/index.ts';
import { getGeneratorState, setGeneratorState } from '../ops/index.ts';
import type { Optimizer } from './optimizer.ts';
import type { OptimizerState, ParameterState } from './state.ts';

export interface RangeTestOptions {
  optimizer: Optimizer;
  /** One training step on a new batch, optimizer.step() included; gives its loss. It may be compiled. */
  step: () => Tensor | Promise<Tensor>;
  /** Restores its buffers too. */
  model?: AnyModule;
  minLr?: number;
  maxLr?: number;
  /** Steps from one to the other, each by the same factor. */
  steps?: number;
  /** Share of the past in the smoothed loss. */
  smoothing?: number;
  /** Stops where the smoothed loss is this many times the least. */
  divergence?: number;
}

export interface RangeTest {
  readonly lrs: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  /** The rate at which the smoothed loss falls fastest, before it is least; null where it never falls. */
  readonly suggestion: number | null;
}

/**
 * Trains with rates that rise exponentially, until the loss diverges; then parameters, the optimiser and the random
 * generator are what they were, bit for bit. Smith 2017, arXiv:1506.01186.
 */
export async function lrRangeTest(options: RangeTestOptions): Promise<RangeTest> {
  const { optimizer, step, model, minLr = 1e-6, maxLr = 10, steps = 100, smoothing = 0.9, divergence = 4 } = options;
  if (!(minLr > 0 && minLr < maxLr && steps >= 2))
    throw new Error(
      `lrRangeTest: needs 0 < minLr < maxLr and 2 steps, got ${minLr}, ${maxLr} and ${steps}. Change the range.`,
    );
  const restore = snapshot(optimizer, model);
  const [lrs, losses, smoothed]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let at = 0, mean = 0; at < steps; at++) {
      const lr = minLr * (maxLr / minLr) ** (at / (steps - 1));
      optimizer.lr = lr;
      const loss = await (await step()).item();
      if (!Number.isFinite(loss)) break;
      mean = smoothing * mean + (1 - smoothing) * loss;
      lrs.push(lr);
      losses.push(loss);
      smoothed.push(mean / (1 - smoothing ** (at + 1)));
      if (smoothed.at(-1)! > divergence * Math.min(...smoothed)) break;
    }
  } finally {
    restore();
  }
  return { lrs, losses, smoothed, suggestion: steepest(lrs, smoothed) };
}

function steepest(lrs: readonly number[], smoothed: readonly number[]): number | null {
  const least = smoothed.indexOf(Math.min(...smoothed));
  let [best, slope] = [-1, 0];
  for (let at = 1; at <= least; at++) {
    // Rates are equally far apart in their logarithm.
    const change = smoothed[at]! - smoothed[at - 1]!;
    if (change < slope) [best, slope] = [at, change];
  }
  return lrs[best] ?? null;
}

function snapshot(optimizer: Optimizer, model?: AnyModule): () => void {
  const copy = (x: Tensor): Tensor => noGrad(() => x.clone().retain());
  const live = [...new Set([...optimizer.parameters, ...Object.values(model?.stateDict() ?? {})])];
  const values = live.map((to) => ({ from: copy(to), to }));
  const grads = optimizer.parameters.map(({ grad }) => grad);
  const { state, paramGroups } = optimizer.stateDict();
  const moments = Object.entries(state).map(([index, entry]) => [
    index,
    Object.fromEntries(
      Object.entries(entry).map(([key, value]) => [key, value instanceof Tensor ? copy(value) : value]),
    ) as ParameterState,
  ]);
  const kept: OptimizerState = { state: Object.fromEntries(moments) as OptimizerState['state'], paramGroups };
  const generator = getGeneratorState();
  return () => {
    stage(values);
    optimizer.loadStateDict(kept);
    optimizer.parameters.forEach((parameter, index) => {
      parameter.grad = grads[index]!;
    });
    setGeneratorState(generator);
  };
}
