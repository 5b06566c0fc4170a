/**
 * Images that lie on the GPU as bytes, a quarter of what float32 would take. A batch is gathered, made numbers from 0 to
 * 1 and normalised there.
 */
import { hostTensor, show, type Shape, type Tensor } from '../graph/index.ts';
import { tensor } from '../ops/index.ts';
import { unpackBytes } from '../ops/images.ts';
import type { Dataset, PreparedBatch } from './dataset.ts';

/** Of each channel, of pixels from 0 to 1. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface ImageDatasetOptions {
  /** Subtract each channel's mean and divide by its standard deviation. */
  normalize?: Normalization;
}

/** x [n, channels, rows, columns] less the mean of each channel, over its standard deviation. */
export function normalizeImages(x: Tensor, { mean, std }: Normalization): Tensor {
  if (x.ndim !== 4 || mean.length !== x.shape[1] || std.length !== x.shape[1] || !std.every((value) => value > 0))
    throw new Error(
      `normalizeImages: images ${show(x.shape)} need a mean and a positive std for each channel, got [${mean.join(', ')}] and [${std.join(', ')}].`,
    );
  const column = (values: readonly number[]): Tensor =>
    tensor(Float32Array.from(values), { shape: [values.length, 1, 1] });
  return x.sub(column(mean)).div(column(std));
}

/** Labelled images, [float32 image, int32 label] each. */
export class ImageDataset implements Dataset<readonly [Tensor, Tensor]> {
  readonly length: number;
  /** Channels, rows and columns of an image. */
  readonly shape: Shape;
  readonly labels: Tensor;
  readonly normalize: Normalization | null;
  private readonly words: Tensor;

  /**
   * @param pixels bytes, image after image, each channel by channel and row by row
   * @throws Error if pixels and labels are not of equally many images.
   */
  constructor(pixels: Uint8Array, labels: ArrayLike<number>, shape: Shape, options: ImageDatasetOptions = {}) {
    const size = shape.reduce((product, length) => product * length, 1);
    if (shape.length !== 3 || labels.length === 0 || pixels.length !== labels.length * size)
      throw new Error(
        `ImageDataset: ${pixels.length} bytes and ${labels.length} labels do not make images of ${show(shape)}; each takes ${size} bytes, as [channels, rows, columns].`,
      );
    this.length = labels.length;
    this.shape = shape;
    this.normalize = options.normalize ?? null;
    this.labels = tensor(Int32Array.from(labels));
    const perRow = Math.ceil(size / 4);
    this.words = tensor(asWords(pixels, this.length, size), { shape: [this.length, perRow] });
  }

  /** The same images, normalised in another way or, without options, not at all. */
  with(options: ImageDatasetOptions): ImageDataset {
    return this.changed({ normalize: options.normalize ?? null });
  }

  /**
   * A dataset of some of the images, in the order of `indices`; it takes memory of its own, on the GPU.
   *
   * @param labels theirs, where they are to have others than they have
   * @throws Error where there are no indices, one is out of range, or labels are not one an index.
   */
  select(indices: ArrayLike<number>, labels?: ArrayLike<number>): ImageDataset {
    const rows = Int32Array.from(indices);
    const wrong = rows.find((row) => !(row >= 0 && row < this.length));
    if (rows.length === 0 || wrong !== undefined || (labels && labels.length !== rows.length))
      throw new Error(
        `ImageDataset.select: got ${rows.length} indices${wrong === undefined ? '' : `, ${wrong} among them,`} and ${labels?.length ?? 'no'} labels. Give at least one index, each from 0 to ${this.length - 1}, and a label for each or none.`,
      );
    const at = tensor(rows);
    return this.changed({
      length: rows.length,
      words: this.words.indexSelect(0, at).retain(),
      labels: labels ? tensor(Int32Array.from(labels)) : this.labels.indexSelect(0, at).retain(),
    });
  }

  get(index: number): readonly [Tensor, Tensor] {
    const [x, y] = this.rows(Int32Array.of(index));
    return [x.reshape(this.shape), y.reshape([])];
  }

  prepare(indices: Int32Array): PreparedBatch<readonly [Tensor, Tensor]> {
    return () => this.rows(indices);
  }

  /** Images `from` to `to` as a batch; axis is 0, as Tensor.slice has it. */
  slice(axis: 0, from: number, to: number = this.length): Tensor {
    return this.images(this.words.slice(axis, from, to));
  }

  private rows(indices: Int32Array): [Tensor, Tensor] {
    const rows = hostTensor(indices, [indices.length], 'int32');
    return [this.images(this.words.indexSelect(0, rows)), this.labels.indexSelect(0, rows)];
  }

  private changed(fields: object): ImageDataset {
    return Object.assign(Object.create(ImageDataset.prototype) as ImageDataset, this, fields);
  }

  private images(words: Tensor): Tensor {
    const size = this.shape.reduce((product, length) => product * length, 1);
    const x = unpackBytes(words, size)
      .div(255)
      .reshape([words.shape[0]!, ...this.shape]);
    return this.normalize ? normalizeImages(x, this.normalize) : x;
  }
}

/** Four bytes a word, each image beginning with a word of its own. */
function asWords(pixels: Uint8Array, count: number, size: number): Int32Array {
  const perRow = 4 * Math.ceil(size / 4);
  const padded = new Uint8Array(count * perRow);
  if (perRow === size) padded.set(pixels);
  else
    for (let image = 0; image < count; image++)
      padded.set(pixels.subarray(image * size, (image + 1) * size), image * perRow);
  return new Int32Array(padded.buffer);
}
