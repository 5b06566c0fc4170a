/** Draws by weight: how often, of what, and when anew. */
import { compile, init, manualSeed, tensor, type Tensor } from '../../src/index.ts';

const draw = async (weights: Tensor, count: number, replacement: boolean): Promise<number[]> =>
  Array.from(await weights.multinomial(count, { replacement }).data());

/** How often each position is drawn. */
export async function counts(weights: number[], count: number): Promise<number[]> {
  await init();
  manualSeed(3);
  const drawn = await draw(tensor(weights), count, true);
  return weights.map((_, position) => drawn.filter((each) => each === position).length);
}

/** How often each position is the first, and the second, of two that differ. */
export async function firsts(weights: number[], lines: number): Promise<{ first: number[]; twice: number }> {
  await init();
  manualSeed(4);
  const drawn = await draw(tensor(weights).expand([lines, weights.length]), 2, false);
  const pairs = Array.from({ length: lines }, (_, line) => drawn.slice(2 * line, 2 * line + 2));
  return {
    first: weights.map((_, position) => pairs.filter(([each]) => each === position).length),
    twice: pairs.filter(([a, b]) => a === b).length,
  };
}

/** Every position once, those of weight 0 last. */
export async function all(weights: number[]): Promise<number[]> {
  await init();
  return draw(tensor(weights), weights.length, false);
}

/** Draws of one seed, of the same again, and of three runs of a compiled step. */
export async function seeds(): Promise<number[][]> {
  await init();
  const weights = tensor(Array<number>(50).fill(1));
  manualSeed(5);
  const first = await draw(weights, 20, true);
  manualSeed(5);
  const again = await draw(weights, 20, true);
  const step = compile(() => weights.multinomial(20, { replacement: true }));
  const replayed: number[][] = [];
  for (let run = 0; run < 3; run++) replayed.push(Array.from(await step().data()));
  return [first, again, ...replayed];
}
