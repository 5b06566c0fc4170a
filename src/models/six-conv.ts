/**
 * A plain network of six convolutions in three stages, each stage at half the size and twice the width of the last, as
 * VGG (Simonyan & Zisserman 2015) with batch normalisation.
 */
import { BatchNorm2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d, ReLU, Sequential, type Layer } from '../nn/index.ts';

export interface SixConvOptions {
  classes?: number;
  channels?: number;
  /** Rows and columns of the images, a multiple of 8. */
  size?: number;
  /** Channels of the first stage; 32 unless said otherwise. */
  width?: number;
  /** Before the last layer. */
  dropout?: number;
}

/** x [batch, channels, size, size] -> logits [batch, classes]. */
export class SixConv extends Sequential {
  static override readonly name: string = 'SixConv';

  constructor({ classes = 10, channels = 3, size = 32, width = 32, dropout = 0.3 }: SixConvOptions = {}) {
    if (size % 8 !== 0 || size < 8) throw new Error(`SixConv: size must be a multiple of 8, got ${size}.`);
    const layers: Layer[] = [];
    let input = channels;
    for (const output of [width, 2 * width, 4 * width]) {
      layers.push(...convolution(input, output), ...convolution(output, output), new MaxPool2d(2));
      input = output;
    }
    super(...layers, new Flatten(), new Dropout(dropout), new Linear(input * (size / 8) ** 2, classes));
  }
}

/** The batch's normalisation takes the bias away again, so the convolution has none. */
function convolution(input: number, output: number): Layer[] {
  return [new Conv2d(input, output, 3, { padding: 1, bias: false }), new BatchNorm2d(output), new ReLU()];
}
