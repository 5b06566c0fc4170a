/** The golden table inside the browser. */
import { init } from '../src/index.ts';
import { definedOps } from '../src/graph/define-op.ts';
import { engine, type Engine } from '../src/graph/engine.ts';
import { checkSentinels } from '../src/graph/index.ts';
import { check, trace } from './golden/check.ts';
import { cases } from './golden/index.ts';

const byName = new Map(cases.map((row) => [row.name, row]));

/** Looking at the words is slow and plans are kept for a while, so they are not looked at after every row. */
const ROWS_A_LOOK = 24;
let run = 0;

/** They hold the device's pipelines: compiling them takes most of the time, and the next engine finds them there. */
const earlier: Engine[] = [];

/**
 * Starts an engine; a later one has the device of the first.
 *
 * @param sentinels surround every planned value with known words
 * @param hardware choose the kernels that a GPU would get
 */
export async function start(sentinels: boolean, hardware = false): Promise<string> {
  const device = earlier[0]?.gpu.device;
  const debug = { sentinels, hardware };
  const { description } = await init({ restart: true, quickStart: false, ...(device && { device }), debug });
  earlier.push(engine());
  return description;
}

/** What is wrong with a row; nothing when all is well. */
export async function runCase(name: string): Promise<string[]> {
  const row = byName.get(name);
  if (!row) throw new Error(`golden: no row is called "${name}"`);
  const failures = await check(row);
  return ++run % ROWS_A_LOOK === 0 ? [...failures, ...(await strayWrites())] : failures;
}

/** Where a kernel wrote outside its output, since the engine started. The line names the ops of the plan. */
export function strayWrites(): Promise<string[]> {
  return checkSentinels();
}

/** Ops that no row reaches, forward or backward. Every op that a row builds, whatever becomes of it, gives its shape. */
export function opsWithoutRow(): string[] {
  const reached = new Set<string>();
  for (const op of definedOps()) {
    const shape = op.shape.bind(op);
    const watched: typeof shape = (inputs, attrs) => {
      reached.add(op.name);
      return shape(inputs, attrs);
    };
    Object.defineProperty(op, 'shape', { value: watched });
  }
  for (const row of cases) trace(row);
  return definedOps()
    .map(({ name }) => name)
    .filter((name) => !reached.has(name));
}
