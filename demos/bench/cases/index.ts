/** All cases, in the order in which they are shown. */
import { ATTENTION } from './attention.ts';
import type { Case, Suite } from './case.ts';
import { CONVOLUTION } from './convolution.ts';
import { DIGITS } from './digits.ts';
import { LENET } from './lenet.ts';
import { LSTM } from './lstm.ts';
import { MATMUL } from './matmul.ts';
import { MLP } from './mlp.ts';
import { ROWS } from './rows.ts';
import { SWEEPS } from './sweeps.ts';
import { TRANSFORMER } from './transformer.ts';

export const CASES: readonly Case[] = [
  ...MATMUL,
  ...CONVOLUTION,
  ...ROWS,
  ...ATTENTION,
  ...MLP,
  LENET,
  ...LSTM,
  TRANSFORMER,
  DIGITS,
];

export function suiteOf({ kind }: Case): Suite {
  return kind === 'op' ? 'kernels' : kind === 'training' ? 'steps' : 'accuracy';
}

/** @throws when there is no case of that name. */
export function findCase(name: string): Case {
  const found =
    CASES.find((each) => each.name === name) ??
    SWEEPS.flatMap(({ points }) => points).find(({ work }) => work.name === name)?.work;
  if (found) return found;
  throw new Error(`bench: there is no case "${name}". The cases are ${CASES.map((each) => each.name).join(', ')}.`);
}
