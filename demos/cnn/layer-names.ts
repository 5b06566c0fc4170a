/** The layers of a CNN by the names that readers see, and where each meets its ReLU. Knows no page. */
import { models, type nn } from '../../src/index.ts';
import { relusOf, type Rectified } from '../shared/dead-units.ts';
import { layerColors, type LayerName } from '../shared/layer-names.ts';
import { weightsOf } from '../shared/layer-watch.ts';
import type { Task } from '../shared/task.ts';

/** Every convolution and linear layer, by its path in the model. */
export function layerNames({ model }: Task): LayerName[] {
  const weights = weightsOf(model);
  const colors = layerColors(weights.length);
  return weights.map(([path, { shape }], at) => {
    const [output = 0, input = 0, rows, columns] = shape;
    const size = rows === undefined ? `${input} → ${output}` : `${rows} × ${columns}, ${input} → ${output}`;
    return { name: path.replace(/\.weight$/, ''), note: size, color: colors[at] ?? null };
  });
}

/** Modules of ReLU, and the layers of `models` that have it as a function. */
export function rectifiedIn(model: nn.Module): Rectified[] {
  const found = relusOf(model);
  for (const [path, module] of model.namedModules()) {
    const add = (weights: string, at: nn.Module): void => {
      found.push([`${path && `${path}.`}${weights}.weight`, at]);
    };
    if (module instanceof models.LeNet)
      for (const name of ['conv1', 'conv2', 'fc1', 'fc2'] as const) add(name, module[name]);
    else if (module instanceof models.ResNet) add('conv1', module.bn1);
    else if (module instanceof models.BasicBlock) {
      add('conv1', module.bn1);
      add('conv2', module);
    } else if ('conv' in module && 'bn' in module) add('conv', module as nn.Module);
  }
  return found;
}
