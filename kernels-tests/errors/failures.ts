/** What the pages of this folder share: a failure that is asked for, and proof that nothing was lost by it. */
import { nn, optim, tensor } from '../../src/index.ts';

/** Something that must fail, and parts of what it must say. */
export interface Mistake {
  make(): unknown;
  says: string[];
}

export const mistake = (make: () => unknown, ...says: string[]): Mistake => ({ make, says });

/** A value of a type that the compiler would refuse. */
export const wrong = (value: unknown): never => value as never;

export interface Failure {
  message: string;
  /** The innermost function on the stack that is not the engine's, with its file. */
  caller: string;
  /** A training step afterwards gave what it should. */
  works: boolean;
}

/** What the mistake throws, at once or later. */
export async function failureOf(make: () => unknown): Promise<Failure> {
  // Chrome's default of 10 ends within the engine where its own calls are nested deeply.
  Error.stackTraceLimit = 30;
  let failure = { message: 'no error', caller: '' };
  try {
    await make();
  } catch (error) {
    const { message, stack } = error as Error;
    failure = { message, caller: callerIn(stack ?? '') };
  }
  return { ...failure, works: await trains() };
}

function callerIn(stack: string): string {
  // Chrome has `at name (url:1:2)` behind the message, Firefox `name@url:1:2`.
  const frames = stack.split('\n').filter((line) => /^\s+at |@https?:/.test(line));
  const own = frames.find((line) => !/\/src\/|<anonymous>/.test(line)) ?? '';
  return own
    .trim()
    .replace(/^at /, '')
    .replace(/@?https?:\/\/[^/]+\//, ' ')
    .replace(/:\d+:\d+\)?$/, '')
    .replace('(', '');
}

/** Two steps of a model of one parameter, by hand: 3 - 2 * 1, and again. */
export async function trains(): Promise<boolean> {
  const p = new nn.Parameter(tensor([3]));
  const optimizer = new optim.SGD([p], { lr: 2 });
  for (let step = 0; step < 2; step++) {
    optimizer.zeroGrad();
    p.mul(1).sum().backward();
    optimizer.step();
  }
  return (await p.item()) === -1;
}
