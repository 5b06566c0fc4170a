/**
 * Augmentation of images on the GPU: every call shows the images shifted, turned, scaled, sheared, bent and noisy in
 * another way. The random numbers are the engine's, so a seed repeats them and a compiled step draws new ones.
 */
import { noGrad, show, type Tensor } from '../graph/index.ts';
import { vary, type PhotoOptions } from './augment-images.ts';
import { concat, matmul, rand, randn, reshape, tensor, warp } from '../ops/index.ts';

export interface AugmentOptions extends PhotoOptions {
  /** Turned by up to this many degrees, either way. */
  rotate?: number;
  /** Each axis scaled by a factor from 1 - scale to 1 + scale. */
  scale?: number;
  /** Sheared along x by up to this many columns a row, either way. */
  shear?: number;
  /** Shifted along each axis by up to this many pixels, either way. */
  shift?: number;
  /**
   * Elastic deformation: a field of uniform numbers from -1 to 1, smoothed by a Gaussian with standard deviation
   * `sigma` pixels and multiplied by `alpha`, displaces the pixels. Simard et al. 2003.
   */
  elastic?: { alpha: number; sigma: number };
  /** Standard deviation of normal noise that is added. */
  noise?: number;
}

const ANY = Number.MAX_VALUE;
const RANGES = {
  rotate: 180,
  scale: 0.99,
  shear: 10,
  shift: ANY,
  noise: ANY,
  crop: ANY,
  flip: 1,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  cutout: ANY,
} as const;

/**
 * @example const augment = new data.Augment({ rotate: 12, shift: 2 }); const x2 = augment.apply(x);
 */
export class Augment {
  readonly options: Readonly<AugmentOptions>;
  private readonly blurs = new Map<number, Float32Array>();

  /** @throws Error for an option that is out of its range. */
  constructor(options: AugmentOptions) {
    for (const [name, most] of Object.entries(RANGES)) {
      const value = options[name as keyof typeof RANGES] ?? 0;
      if (!(value >= 0 && value <= most)) throw new Error(`Augment: ${name} must be from 0 to ${most}, got ${value}.`);
    }
    if (!Number.isInteger(options.crop ?? 0))
      throw new Error(`Augment: crop is of whole pixels, got ${options.crop}. Use shift for parts of one.`);
    const { alpha = 0, sigma = 1 } = options.elastic ?? {};
    if (!(alpha >= 0 && Number.isFinite(alpha) && sigma > 0 && Number.isFinite(sigma)))
      throw new Error(`Augment: elastic needs alpha from 0 and sigma above 0, got ${alpha} and ${sigma}.`);
    this.options = options;
  }

  /**
   * @param x float32 images [n, channels, rows, cols]; each is changed in its own way, all its channels alike
   * @returns images of the same shape, without gradient
   */
  apply(x: Tensor): Tensor {
    if (x.ndim !== 4)
      throw new Error(
        `Augment: images must be [n, channels, rows, cols], got ${show(x.shape)}. Use reshape(), for example to [n, 1, 28, 28].`,
      );
    return noGrad(() => {
      const { rotate, scale, shear, shift, elastic, noise } = this.options;
      const bent = elastic && elastic.alpha > 0 ? this.field(x.shape, elastic) : undefined;
      const moved = rotate || scale || shear || shift || bent ? warp(x, this.affine(x.shape[0]!), bent) : x;
      const varied = vary(moved, this.options);
      return noise ? varied.add(randn(x.shape).mul(tensor(noise))) : varied;
    });
  }

  /** [n, 2, 3]: rotation * shear * scale, and the shift. */
  private affine(n: number): Tensor {
    const { rotate = 0, scale = 0, shear = 0, shift = 0 } = this.options;
    const random = rand([n, 6]).mul(2).sub(1);
    const within = (column: number, most: number): Tensor => random.slice(1, column, column + 1).mul(tensor(most));
    const angle = within(0, (rotate * Math.PI) / 180);
    const [sine, cosine] = [angle.sin(), angle.cos()];
    const [scaleX, scaleY] = [within(1, scale).add(1), within(2, scale).add(1)];
    const skew = within(3, shear);
    const columns = [
      cosine.mul(scaleX),
      cosine.mul(skew).sub(sine).mul(scaleY),
      within(4, shift),
      sine.mul(scaleX),
      sine.mul(skew).add(cosine).mul(scaleY),
      within(5, shift),
    ];
    return reshape(concat(columns, 1), [n, 2, 3]);
  }

  /** [n, 2, rows, cols]: noise smoothed along both axes, each by a product with a matrix. */
  private field(
    [n, , rows, cols]: readonly number[],
    { alpha, sigma }: NonNullable<AugmentOptions['elastic']>,
  ): Tensor {
    const random = rand([n! * 2, rows!, cols!])
      .mul(2)
      .sub(1);
    const down = matmul(this.blur(rows!, sigma), random);
    const field = matmul(down, this.blur(cols!, sigma).transpose()).mul(tensor(alpha));
    return reshape(field, [n!, 2, rows!, cols!]);
  }

  /** [size, size]: a product with it is a convolution with the Gaussian, zeros outside. */
  private blur(size: number, sigma: number): Tensor {
    let matrix = this.blurs.get(size);
    if (!matrix) {
      const weight = (distance: number): number => Math.exp(-(distance ** 2) / (2 * sigma ** 2));
      let total = 1;
      for (let distance = 1; distance <= 4 * sigma; distance++) total += 2 * weight(distance);
      matrix = Float32Array.from({ length: size * size }, (_, at) => {
        const distance = Math.abs(Math.floor(at / size) - (at % size));
        return distance > 4 * sigma ? 0 : weight(distance) / total;
      });
      this.blurs.set(size, matrix);
    }
    return tensor(matrix, { shape: [size, size] });
  }
}
