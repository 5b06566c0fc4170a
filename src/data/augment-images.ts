/**
 * What photographs are varied by, on the GPU: place, mirroring, colours and holes. Each image in its own way.
 */
import type { Tensor } from '../graph/index.ts';
import { arange, rand, reshape, tensor, where } from '../ops/index.ts';
import { cropFlip } from '../ops/images.ts';
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
  const { crop = 0, flip = 0, brightness = 0, contrast = 0, saturation = 0, cutout = 0 } = options;
  let y = crop || flip ? placed(x, crop, flip) : x;
  if (brightness || contrast || saturation) y = recoloured(y, brightness, contrast, saturation);
  return cutout ? holed(y, cutout) : y;
}

/** A number for each image, on [0, 1). */
const draw = (x: Tensor): Tensor => rand([x.shape[0]!, 1, 1, 1]);

function placed(x: Tensor, crop: number, flip: number): Tensor {
  const offset = (): Tensor => floor(draw(x).mul(tensor(2 * crop + 1))).sub(tensor(crop));
  const mirrored = draw(x).lt(tensor(flip)).to('float32');
  return cropFlip(x, offset(), offset(), mirrored);
}

function recoloured(x: Tensor, brightness: number, contrast: number, saturation: number): Tensor {
  const factor = (most: number): Tensor => draw(x).mul(2).sub(1).mul(tensor(most)).add(1);
  let y = brightness ? x.mul(factor(brightness)) : x;
  if (contrast) {
    const middle = greyOf(y).mean([1, 2, 3], { keepdim: true });
    y = y.sub(middle).mul(factor(contrast)).add(middle);
  }
  if (saturation && x.shape[1] === 3) {
    const grey = greyOf(y);
    y = y.sub(grey).mul(factor(saturation)).add(grey);
  }
  return y;
}

function greyOf(x: Tensor): Tensor {
  if (x.shape[1] !== 3) return x.mean(1, { keepdim: true });
  return x.mul(tensor(Float32Array.from(LUMA), { shape: [3, 1, 1] })).sum(1, { keepdim: true });
}

function holed(x: Tensor, size: number): Tensor {
  const outside = (axis: 2 | 3): Tensor => {
    const length = x.shape[axis]!;
    const place = reshape(arange(length), axis === 2 ? [1, 1, length, 1] : [1, 1, 1, length]).to('float32');
    const first = floor(draw(x).mul(tensor(length))).sub(tensor(size >> 1));
    const within = place.sub(first);
    return within
      .lt(0)
      .to('float32')
      .add(within.ge(tensor(size)).to('float32'));
  };
  return where(outside(2).add(outside(3)).gt(0), x, 0);
}
