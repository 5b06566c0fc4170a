/** The golden table: every op, with its reference, over awkward shapes. */
import { placeCases } from './diagonal.ts';
import { indexingCases } from './indexing.ts';
import { linearCases } from './linear.ts';
import { fusedMatmulCases, matmulCases } from './matmul.ts';
import { partsCases } from './parts.ts';
import { pointwiseCases } from './pointwise.ts';
import { randomCases } from './random.ts';
import { reduceCases } from './reduce.ts';
import type { Case } from './row.ts';
import { shapingCases } from './shaping.ts';
import { lossCases } from './softmax.ts';
import { sortingCases } from './sorting.ts';
import { statisticsCases } from './statistics.ts';
import { updateCases } from './updates.ts';
import { viewCases } from './views.ts';

export const cases: readonly Case[] = [
  ...pointwiseCases,
  ...reduceCases,
  ...statisticsCases,
  ...viewCases,
  ...partsCases,
  ...shapingCases,
  ...placeCases,
  ...indexingCases,
  ...sortingCases,
  ...matmulCases,
  ...fusedMatmulCases,
  ...linearCases,
  ...lossCases,
  ...randomCases,
  ...updateCases,
];
