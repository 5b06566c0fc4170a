/** Runs random graphs in one of several ways; the test compares them. */
import { compile, init, manualSeed, noGrad, type Tensor } from '../../src/index.ts';
import { leavesOf, traceRandom, type Family } from './random-graph.ts';

export interface EngineOptions {
  eager?: boolean;
  defaultLimits?: boolean;
}

/** How outputs are asked for: read after the trace, retained in it, or returned from a compiled step run twice. */
export type Way = 'read' | 'retained' | 'compiled';

export interface Result {
  seed: number;
  values: number[][];
  shapes: string[];
  text: string[];
  error: string;
}

export async function start({ eager = false, defaultLimits = false }: EngineOptions): Promise<void> {
  await init({ defaultLimits, debug: { eager } });
}

export async function run(seeds: number[], family: Family, way: Way): Promise<Result[]> {
  const results: Result[] = [];
  for (const seed of seeds) results.push(await runOne(seed, family, way));
  return results;
}

async function runOne(seed: number, family: Family, way: Way): Promise<Result> {
  let text: string[] = [];
  try {
    manualSeed(seed);
    const leaves = leavesOf(seed, 0, family);
    const outputs = trace(seed, family, way, leaves, (lines) => (text = lines));
    const values = await Promise.all(outputs.map(async (x) => Array.from(await x.data())));
    return { seed, values, shapes: outputs.map(({ shape }) => shape.join()), text, error: '' };
  } catch (error) {
    return { seed, values: [], shapes: [], text, error: String((error as Error).stack) };
  }
}

function trace(
  seed: number,
  family: Family,
  way: Way,
  leaves: readonly Tensor[],
  keepText: (text: string[]) => void,
): readonly Tensor[] {
  const step = (...inputs: Tensor[]): readonly Tensor[] => {
    const { outputs, text } = traceRandom(seed, family, inputs);
    keepText(text);
    return outputs;
  };
  if (way === 'compiled' && family === 'exact') {
    const compiled = noGrad(() => compile(step));
    compiled(...leavesOf(seed, 1, family));
    return compiled(...leaves);
  }
  if (way === 'compiled') {
    // What requires a gradient stays the same leaf, so that its gradient is one of the results.
    const compiled = compile(() => step(...leaves));
    return compiled();
  }
  const outputs = step(...leaves);
  if (way === 'retained') for (const output of new Set(outputs)) output.retain();
  return outputs;
}
