/** The golden table: every op, with its reference, over awkward shapes. */
import { linearCases } from './linear.ts';
import { fusedMatmulCases, matmulCases } from './matmul.ts';
import { pointwiseCases } from './pointwise.ts';
import { metricCases } from './metrics.ts';
import { randomCases } from './random.ts';
import { reduceCases } from './reduce.ts';
import type { Case } from './row.ts';
import { lossCases } from './softmax.ts';
import { updateCases } from './updates.ts';
import { viewCases } from './views.ts';

export const cases: readonly Case[] = [
  ...pointwiseCases,
  ...reduceCases,
  ...viewCases,
  ...matmulCases,
  ...fusedMatmulCases,
  ...linearCases,
  ...lossCases,
  ...randomCases,
  ...updateCases,
  ...metricCases,
];
