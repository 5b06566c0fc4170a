/** What every convolution of a network makes of one image. Knows no canvas. */
import { F, nn, type Tensor } from '../../src/index.ts';
import { evaluating } from '../shared/task.ts';
import { normalized } from './probe.ts';
import type { CnnTask } from './recipe.ts';

/**
 * What the network does next with a convolution's sums: ReLU, batch normalisation, or something else first, such as
 * joining them with those of other layers.
 */
export type Next = 'relu' | 'norm' | 'other';

export interface Maps {
  readonly path: string;
  /** [channels, rows, columns], normalised where that comes next; what is not above 0 is 0. */
  readonly values: Float32Array;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly next: Next;
}

/** More would not be told apart. */
const MOST_MAPS = 16;

/** Of one image, [3 * side * side] from 0 to 1; the first few channels of each convolution. */
export async function readMaps({ model, images }: CnnTask, pixels: Float32Array): Promise<readonly Maps[]> {
  const x = normalized(images, pixels);
  const reads = evaluating(model, () =>
    convolved(model, x).map(({ path, output, next }) => {
      const kept = output.slice(1, 0, Math.min(MOST_MAPS, output.shape[1] ?? 0));
      return { path, next, shape: kept.shape, data: F.relu(kept).data() };
    }),
  );
  return Promise.all(
    reads.map(async ({ path, next, shape, data }) => ({
      path,
      next,
      values: Float32Array.from(await data),
      channels: shape[1] ?? 0,
      rows: shape[2] ?? 0,
      columns: shape[3] ?? 0,
    })),
  );
}

interface Convolved {
  readonly path: string;
  readonly output: Tensor;
  readonly next: Next;
}

/** Each convolution's output, or what the normalisation makes of it that takes it in. */
function convolved(model: nn.Module, x: Tensor): Convolved[] {
  const seen: { path: string; sums: Tensor; normed?: Tensor }[] = [];
  const removers: (() => void)[] = [];
  let norms = 0;
  for (const [path, module] of model.namedModules()) {
    if (module instanceof nn.Conv2d)
      removers.push(module.registerForwardHook((_, __, sums) => void seen.push({ path, sums })));
    if (module instanceof nn.BatchNorm2d) {
      norms++;
      removers.push(
        module.registerForwardHook((_, [input], normed) => {
          const from = seen.find(({ sums }) => sums === input);
          if (from) from.normed ??= normed;
        }),
      );
    }
  }
  // Training goes on while the numbers are read: no hook may outlast the forward.
  try {
    model.forward(x);
  } finally {
    for (const remove of removers) remove();
  }
  return seen.map(({ path, sums, normed }) => ({
    path,
    output: normed ?? sums,
    next: normed ? 'norm' : norms > 0 ? 'other' : 'relu',
  }));
}
