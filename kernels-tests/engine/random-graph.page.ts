/** Runs random graphs in one of several ways; the test compares them. */
import { engine } from '../../src/graph/engine.ts';
import { compile, init, manualSeed, optim, type nn, type Tensor } from '../../src/index.ts';
import { leavesOf, traceRandom, type Family, type Traced } from './random-graph.ts';

export interface EngineOptions {
  eager?: boolean;
  defaultLimits?: boolean;
  joined?: boolean;
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

export async function start({ eager = false, defaultLimits = false, joined = false }: EngineOptions): Promise<void> {
  // One engine has the fast kernels from the start, the others those that compile quickly.
  await init({ defaultLimits, quickStart: !defaultLimits, debug: { eager, joined } });
}

/** How many plans had tiny dispatches to join, and which of those do not compile. */
export function joins(): { joined: number; failures: string[] } {
  const joined = [...engine().plans.plans()].flatMap((plan) => plan.joined ?? []);
  return { joined: joined.length, failures: joined.flatMap(({ failure }) => failure?.message ?? []) };
}

export async function run(seeds: number[], family: Family, way: Way): Promise<Result[]> {
  const results: Result[] = [];
  for (const seed of seeds) results.push(await runOne(seed, family, way));
  return results;
}

async function runOne(seed: number, family: Family, way: Way): Promise<Result> {
  let text: string[] = [];
  const values: number[][] = [];
  const shapes: string[] = [];
  const collect = async (outputs: readonly Tensor[]): Promise<void> => {
    values.push(...(await Promise.all(outputs.map(async (x) => Array.from(await x.data())))));
    shapes.push(...outputs.map(({ shape }) => shape.join()));
  };
  const trace: Trace = (inputs) => {
    const traced = traceRandom(seed, family, inputs);
    ({ text } = traced);
    return traced;
  };
  try {
    manualSeed(seed);
    if (family === 'steps') await runSteps(seed, way, trace, collect);
    else await collect(runGraph(seed, family, way, trace));
    return { seed, values, shapes, text, error: '' };
  } catch (error) {
    return { seed, values, shapes, text, error: String((error as Error).stack) };
  }
}

type Trace = (inputs: readonly Tensor[]) => Traced;

function runGraph(seed: number, family: Family, way: Way, trace: Trace): readonly Tensor[] {
  const leaves = leavesOf(seed, 0, family);
  const step = (...inputs: Tensor[]): readonly Tensor[] => {
    const { outputs, gradients } = trace(inputs);
    return [...outputs, ...gradients];
  };
  if (way === 'compiled' && family === 'exact') {
    const compiled = compile(step);
    compiled(...leavesOf(seed, 1, family));
    return compiled(...leaves);
  }
  // What requires a gradient stays the same leaf, so that its gradient is one of the results.
  if (way === 'compiled') return compile(() => step(...leaves))();
  const outputs = step(...leaves);
  if (way === 'retained') for (const output of new Set(outputs)) output.retain();
  return outputs;
}

/** Four steps of an optimiser; what is read after each is the loss and the gradients, and values that were kept. */
async function runSteps(
  seed: number,
  way: Way,
  trace: Trace,
  collect: (outputs: readonly Tensor[]) => Promise<void>,
): Promise<void> {
  const parameters = leavesOf(seed, 0, 'steps').slice(1, 4) as nn.Parameter[];
  const optimizer = optimizerOf(seed, parameters);
  const step = (first: Tensor, last: Tensor): readonly Tensor[] => {
    optimizer.zeroGrad();
    const { outputs, gradients } = trace([first, ...parameters, last]);
    const kept = way === 'read' ? [] : outputs.map((output) => output.clone());
    if (way === 'retained') for (const output of kept) output.retain();
    optimizer.step();
    return [...gradients, ...kept];
  };
  const run = way === 'compiled' ? compile(step) : step;
  for (let turn = 0; turn < 4; turn++) {
    const [first, , , , last] = leavesOf(seed, turn, 'steps');
    await collect(run(first!, last!));
  }
  await collect(parameters);
}

function optimizerOf(seed: number, parameters: nn.Parameter[]): optim.Optimizer {
  if (seed % 3 === 0) return new optim.SGD(parameters, { lr: 0.1, momentum: 0.9 });
  return seed % 3 === 1 ? new optim.Adam(parameters, { lr: 0.05 }) : new optim.SGD(parameters, { lr: 0.2 });
}
