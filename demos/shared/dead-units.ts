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

/** By the path of the weights that feed a ReLU; layers with another activation, or none, are not in it. */
export async function readDeadUnits(model: nn.Module, x: Tensor): Promise<ReadonlyMap<string, DeadUnits>> {
  const found: { path: string; units: number; dead: Tensor }[] = [];
  const removers = relusOf(model).map(([path, relu]) =>
    relu.registerForwardHook((_, __, output) => {
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

/** Each ReLU with the weights that come before it. */
function relusOf(model: nn.Module): [string, nn.ReLU][] {
  const relus: [string, nn.ReLU][] = [];
  let before = '';
  for (const [path, module] of model.namedModules()) {
    if ('weight' in module) before = path ? `${path}.weight` : 'weight';
    else if (module instanceof nn.ReLU) relus.push([before, module]);
  }
  return relus;
}
