/**
 * Where in an image a network sees a class. Grad-CAM: the channels of the last feature maps, weighted by how much each
 * raises the class's logit on average, summed, and what lowers it left out. Selvaraju et al. 2017, arXiv:1610.02391.
 */
import { F, nn, zeros, type Tensor } from '../../src/index.ts';
import { evaluating, inEvaluation } from '../shared/task.ts';
import { normalized } from './probe.ts';
import type { CnnTask } from './recipe.ts';

export interface Look {
  readonly chances: Float32Array;
  /** Where the class is seen, [rows, columns] from 0 to 1; null without a convolution. */
  readonly heat: { readonly values: Float32Array; readonly rows: number; readonly columns: number } | null;
}

/** @param wanted the class, or -1 for the likeliest */
export async function readLook({ model, images }: CnnTask, pixels: Float32Array, wanted: number): Promise<Look> {
  const x = normalized(images, pixels);
  const [answer, layer] = evaluating(model, () => {
    const found = lastMaps(model, x);
    return [found.logits.softmax(1).data(), found.layer] as const;
  });
  const chances = Float32Array.from(await answer);
  const chosen = wanted >= 0 ? wanted : chances.indexOf(Math.max(...chances));
  if (!layer) return { chances, heat: null };
  const { maps, grad } = gradientAt(layer, model, x, chosen);
  const weights = grad.mean([2, 3], { keepdim: true });
  const map = F.relu(maps.mul(weights).sum([0, 1]));
  const values = Float32Array.from(await map.data());
  const most = Math.max(...values, 1e-12);
  return {
    chances,
    heat: { values: values.map((value) => value / most), rows: map.shape[0] ?? 0, columns: map.shape[1] ?? 0 },
  };
}

/**
 * The last module of the forward pass whose maps are as large as those of the last convolution: what joins the branches
 * of an inception module or the layers of a dense block, and is not yet pooled.
 */
function lastMaps(model: nn.Module, x: Tensor): { logits: Tensor; layer: nn.Module | null } {
  let layer: nn.Module | null = null;
  let size = '';
  const sizeOf = ({ shape }: Tensor): string => shape.slice(2).join('x');
  const removers = [...model.namedModules()].map(([, module]) =>
    (module as nn.Module).registerForwardHook((_, __, output) => {
      if (module instanceof nn.Conv2d) size = sizeOf(output);
      if (output.ndim === 4 && sizeOf(output) === size) layer = module as nn.Module;
    }),
  );
  try {
    return { logits: model.forward(x), layer };
  } finally {
    for (const remove of removers) remove();
  }
}

/** A layer's output and the gradient of a class's logit with respect to it, in evaluation mode. */
function gradientAt(layer: nn.Module, model: nn.Module, x: Tensor, chosen: number): { maps: Tensor; grad: Tensor } {
  let maps = x;
  let leaf = x;
  // The gradient reaches a leaf of zeros that is added to the maps; parameters take none.
  const remove = layer.registerForwardHook((_, __, output) => {
    maps = output;
    leaf = zeros(output.shape, { requiresGrad: true });
    return output.add(leaf);
  });
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  for (const parameter of trained) parameter.requiresGrad = false;
  try {
    inEvaluation(model, () => {
      const score = model.forward(x).slice(1, chosen, chosen + 1);
      score.sum().backward();
    });
  } finally {
    remove();
    for (const parameter of trained) parameter.requiresGrad = true;
  }
  return { maps, grad: leaf.grad! };
}
