/** The golden table: every op, with its reference, over awkward shapes. */
import { activationCases } from './activations.ts';
import { attentionCases } from './attention.ts';
import { classLossCases } from './class-losses.ts';
import { convolutionCases } from './convolution.ts';
import { unfoldCases } from './unfold.ts';
import { elementaryCases } from './elementary.ts';
import { placeCases } from './diagonal.ts';
import { embeddingCases } from './embedding.ts';
import { imageCases } from './images.ts';
import { indexingCases } from './indexing.ts';
import { checkpointCases } from './checkpoint.ts';
import { linearCases } from './linear.ts';
import { elementLossCases } from './losses.ts';
import { deepMatmulCases, fusedMatmulCases, matmulCases } from './matmul.ts';
import { normalizationCases } from './normalization.ts';
import { partsCases } from './parts.ts';
import { pointwiseCases } from './pointwise.ts';
import { poolingCases } from './pooling.ts';
import { productCases } from './products.ts';
import { logicCases } from './logic.ts';
import { resizingCases } from './resizing.ts';
import { roundingCases } from './rounding.ts';
import { metricCases } from './metrics.ts';
import { randomCases } from './random.ts';
import { recurrentCases } from './recurrent.ts';
import { reduceCases } from './reduce.ts';
import type { Case } from './row.ts';
import { softmaxCases } from './softmax.ts';
import { shapingCases } from './shaping.ts';
import { sortingCases } from './sorting.ts';
import { statisticsCases } from './statistics.ts';
import { stackedCases } from './stacked.ts';
import { updateCases } from './updates.ts';
import { viewCases } from './views.ts';
import { warpCases } from './warp.ts';

export const cases: readonly Case[] = [
  ...pointwiseCases,
  ...elementaryCases,
  ...roundingCases,
  ...activationCases,
  ...logicCases,
  ...reduceCases,
  ...statisticsCases,
  ...viewCases,
  ...partsCases,
  ...shapingCases,
  ...placeCases,
  ...indexingCases,
  ...embeddingCases,
  ...sortingCases,
  ...matmulCases,
  ...deepMatmulCases,
  ...fusedMatmulCases,
  ...productCases,
  ...checkpointCases,
  ...linearCases,
  ...convolutionCases,
  ...unfoldCases,
  ...poolingCases,
  ...normalizationCases,
  ...recurrentCases,
  ...softmaxCases,
  ...attentionCases,
  ...classLossCases,
  ...elementLossCases,
  ...randomCases,
  ...updateCases,
  ...stackedCases,
  ...metricCases,
  ...warpCases,
  ...resizingCases,
  ...imageCases,
];
