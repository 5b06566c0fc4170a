/**
 * What photographs are varied by, on the GPU: place, mirroring, colours and holes. Each image in its own way.
 */
import type { Tensor } from '../graph/index.ts';
import { rand, reshape, slice, tensor } from '../ops/index.ts';
import { cropFlip, cutout } from '../ops/images.ts';
import { floor } from '../ops/rounding.ts';

export interface PhotoOptions {
  /** Shifted by up to this many whole pixels along each axis, zeros coming in: padding and a random crop. */
  crop?: number;
  /** The share of images that are mirrored from left to right. */
  flip?: number;
  /** Multiplied by a factor from 1 - brightness to 1 + brightness. */
  brightness?: number;
  /** Moved away from or towards the image's mean, by a factor from 1 - contrast to 1 + contrast. */
  contrast?: number;
  /** Moved away from or towards grey, by a factor from 1 - saturation to 1 + saturation; images of three channels. */
  saturation?: number;
  /** A square of so many pixels is set to 0, its middle anywhere in the image. DeVries & Taylor 2017. */
  cutout?: number;
}

/** Luma of red, green and blue: ITU-R BT.601, as torchvision. */
const LUMA = [0.299, 0.587, 0.114];

export function vary(x: Tensor, options: PhotoOptions): Tensor {
  const { crop = 0, flip = 0, brightness = 0, contrast = 0, saturation = 0, cutout: hole = 0 } = options;
  let y = x;
  if (crop || flip) y = cropFlip(x, floor(drawn(x, [2 * crop + 1, 2 * crop + 1, 1], [-crop, -crop, flip])));
  if (brightness || contrast || saturation) y = recoloured(y, [brightness, contrast, saturation]);
  return hole ? cutout(y, floor(drawn(x, x.shape.slice(2), [0, 0])), hole) : y;
}

/** For each image of x a number of each kind: uniform from `start` on, `span` wide. All kinds are drawn in one dispatch. */
function drawn(x: Tensor, span: readonly number[], start: readonly number[]): Tensor {
  const row = (values: readonly number[]): Tensor => tensor(Float32Array.from(values));
  return rand([x.shape[0]!, span.length]).mul(row(span)).add(row(start));
}

function recoloured(x: Tensor, most: readonly [brightness: number, contrast: number, saturation: number]): Tensor {
  const factors = drawn(
    x,
    most.map((value) => 2 * value),
    most.map((value) => 1 - value),
  );
  const factor = (kind: number): Tensor => reshape(slice(factors, 1, kind, kind + 1), [x.shape[0]!, 1, 1, 1]);
  const [brightness, contrast, saturation] = most;
  let y = brightness ? x.mul(factor(0)) : x;
  if (contrast) y = around(y, greyOf(y).mean([1, 2, 3], { keepdim: true }), factor(1));
  return saturation && x.shape[1] === 3 ? around(y, greyOf(y), factor(2)) : y;
}

/** How far x is from the middle, times the factor. */
const around = (x: Tensor, middle: Tensor, factor: Tensor): Tensor => x.sub(middle).mul(factor).add(middle);

function greyOf(x: Tensor): Tensor {
  if (x.shape[1] !== 3) return x.mean(1, { keepdim: true });
  return x.mul(tensor(Float32Array.from(LUMA), { shape: [3, 1, 1] })).sum(1, { keepdim: true });
}
