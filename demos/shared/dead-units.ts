/**
 * Which ReLU units are dead: 0 for every example of a probe, so that no gradient passes them and nothing brings them
 * back. Knows no page and no particular model.
 */
import { nn, noGrad, stack, type Tensor } from '../../src/index.ts';
import { evaluating } from './task.ts';

export interface DeadUnits {
  readonly dead: number;
  readonly units: number;
}

/** The path of the weights that feed a ReLU, and the module whose output goes into it or comes out of it. */
export type Rectified = readonly [path: string, module: nn.Module];

/** By the path of the weights; layers with another activation, or none, are not in it. */
export async function readDeadUnits(
  model: nn.Module,
  x: Tensor,
  rectified: readonly Rectified[] = relusOf(model),
): Promise<ReadonlyMap<string, DeadUnits>> {
  const found: { path: string; units: number; dead: Tensor }[] = [];
  const removers = rectified.map(([path, module]) =>
    module.registerForwardHook((_, __, output) => {
      const units = output.shape[1] ?? 0;
      // A unit of a convolution is a channel: all places of all examples.
      const others = output.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      found.push({ path, units, dead: noGrad(() => output.max(others).le(0).to('float32').sum()) });
    }),
  );
  const reading = evaluating(model, () => {
    try {
      model.forward(x);
      return found.length > 0 ? stack(found.map(({ dead }) => dead)).data() : Promise.resolve([]);
    } finally {
      for (const remove of removers) remove();
    }
  });
  const counts = await reading;
  return new Map(found.map(({ path, units }, at) => [path, { dead: counts[at] ?? 0, units }]));
}

/** Each module of ReLU with the weights that come before it in the same module, a normalisation between them or not. */
export function relusOf(model: nn.Module): Rectified[] {
  const relus: Rectified[] = [];
  for (const [path, parent] of model.namedModules()) {
    let before: string | null = null;
    for (const [name, module] of parent.children()) {
      if (module instanceof nn.ReLU && before) relus.push([before, module]);
      else if (module instanceof nn.Linear || module instanceof nn.Conv2d)
        before = `${path && `${path}.`}${name}.weight`;
    }
  }
  return relus;
}
