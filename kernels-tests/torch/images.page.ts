/** Layers of images in the browser, on the waves that PyTorch got; results as plain data. */
import { init, nn, tensor, type Tensor } from '../../src/index.ts';
import type { LayerReference } from './images.ts';
import type { Plain, State } from './references.ts';

const build: Record<string, () => nn.Layer> = {
  BatchNorm1d: () => new nn.BatchNorm1d(5),
  'BatchNorm1d of sequences': () => new nn.BatchNorm1d(5, { momentum: 0.3 }),
  BatchNorm2d: () => new nn.BatchNorm2d(4),
  'BatchNorm2d, cumulative': () => new nn.BatchNorm2d(4, { momentum: null, eps: 1e-3 }),
  'BatchNorm2d without weights': () => new nn.BatchNorm2d(4, { affine: false }),
  'BatchNorm2d without statistics': () => new nn.BatchNorm2d(4, { trackRunningStats: false }),
  GroupNorm: () => new nn.GroupNorm(2, 4),
  InstanceNorm2d: () => new nn.InstanceNorm2d(4),
  'InstanceNorm2d with weights': () => new nn.InstanceNorm2d(4, { affine: true }),
  LayerNorm: () => new nn.LayerNorm(4),
  'LayerNorm of two axes': () => new nn.LayerNorm([5, 4]),
  LocalResponseNorm: () => new nn.LocalResponseNorm(3, { alpha: 0.5, k: 2 }),
  MaxPool1d: () => new nn.MaxPool1d(3, { stride: 2, padding: 1 }),
  MaxPool2d: () => new nn.MaxPool2d(2),
  'MaxPool2d, overlapping': () => new nn.MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  'MaxPool2d, dilated': () => new nn.MaxPool2d(2, { stride: 1, dilation: [3, 2] }),
  AvgPool1d: () => new nn.AvgPool1d(3, { stride: 2, padding: 1 }),
  AvgPool2d: () => new nn.AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
  'AvgPool2d of pixels alone': () => new nn.AvgPool2d([3, 2], { stride: 2, padding: 1, countIncludePad: false }),
  AdaptiveAvgPool2d: () => new nn.AdaptiveAvgPool2d([4, 3]),
  'AdaptiveAvgPool2d, global': () => new nn.AdaptiveAvgPool2d(1),
  AdaptiveMaxPool2d: () => new nn.AdaptiveMaxPool2d([4, null]),
  ReflectionPad2d: () => new nn.ReflectionPad2d([3, 1, 2, 4]),
  ReplicationPad2d: () => new nn.ReplicationPad2d([4, 1, 0, 6]),
  ZeroPad2d: () => new nn.ZeroPad2d([1, 2, 0, -1]),
  Upsample: () => new nn.Upsample({ scaleFactor: 2 }),
  'Upsample, bilinear': () => new nn.Upsample({ scaleFactor: 1.7, mode: 'bilinear' }),
  'Upsample to aligned corners': () => new nn.Upsample({ size: [9, 4], mode: 'bilinear', alignCorners: true }),
  PixelShuffle: () => new nn.PixelShuffle(2),
  InstanceNorm1d: () => new nn.InstanceNorm1d(5, { affine: true }),
  Unfold: () => new nn.Unfold([2, 3], { dilation: [1, 2], padding: 1, stride: 2 }),
  Fold: () => new nn.Fold([5, 4], [2, 3], { padding: 1, stride: 2 }),
};

/** As make_references.py has them. */
function waves(phase: number, scale: number, shape: readonly number[], requiresGrad = false): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1.7 * i + 0.003 * i * i + phase));
  return tensor(data, { shape, requiresGrad });
}

async function plain(x: Tensor): Promise<Plain> {
  return { shape: [...x.shape], data: Array.from(await x.data()) };
}

async function stateOf(module: nn.Module): Promise<State> {
  const entries = Object.entries(module.stateDict());
  return Object.fromEntries(await Promise.all(entries.map(async ([key, value]) => [key, await plain(value)])));
}

const PASSES = 4;

/** Three passes in training and one in evaluation, from PyTorch's state; `fresh` is that of a new layer. */
export async function runLayer(
  reference: LayerReference,
): Promise<{ fresh: State; passes: LayerReference['passes']; after: State }> {
  await init();
  const layer = build[reference.name]!();
  const fresh = await stateOf(layer);
  layer.loadStateDict(
    Object.fromEntries(
      Object.entries(reference.before).map(([key, { shape, data }]) => [key, { shape, data: Float32Array.from(data) }]),
    ),
  );
  const passes: LayerReference['passes'] = [];
  for (let turn = 0; turn < PASSES; turn++) {
    layer.train(turn < PASSES - 1);
    for (const parameter of layer.parameters()) parameter.grad = null;
    const x = waves(turn, 1.5, reference.shape, true);
    const y = layer.forward(x);
    y.mul(waves(turn + 0.5, 1, y.shape))
      .sum()
      .backward();
    const gradients: State = { x: await plain(x.grad!) };
    for (const [key, parameter] of layer.namedParameters()) gradients[key] = await plain(parameter.grad!);
    passes.push({ y: await plain(y), gradients });
  }
  return { fresh, passes, after: await stateOf(layer) };
}
