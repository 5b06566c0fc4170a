/** The golden table: every op, with its reference, over awkward shapes. */
import { activationCases } from './activations.ts';
import { elementaryCases } from './elementary.ts';
import { linearCases } from './linear.ts';
import { fusedMatmulCases, matmulCases } from './matmul.ts';
import { pointwiseCases } from './pointwise.ts';
import { logicCases } from './logic.ts';
import { roundingCases } from './rounding.ts';
import { randomCases } from './random.ts';
import { reduceCases } from './reduce.ts';
import type { Case } from './row.ts';
import { lossCases } from './softmax.ts';
import { updateCases } from './updates.ts';
import { viewCases } from './views.ts';

export const cases: readonly Case[] = [
  ...pointwiseCases,
  ...elementaryCases,
  ...roundingCases,
  ...activationCases,
  ...logicCases,
  ...reduceCases,
  ...viewCases,
  ...matmulCases,
  ...fusedMatmulCases,
  ...linearCases,
  ...lossCases,
  ...randomCases,
  ...updateCases,
];
