/**
 * AlexNet: Krizhevsky, Sutskever & Hinton 2012, in the form of Krizhevsky 2014 (arXiv:1404.5997) that torchvision has,
 * whose state dict this is.
 */
import type { Tensor } from '../graph/index.ts';
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
  type Layer,
} from '../nn/index.ts';
import { flatten } from '../ops/index.ts';

export interface AlexNetOptions {
  /** 1000, or 10 with the stem for CIFAR, unless said otherwise. */
  classes?: number;
  channels?: number;
  /** `imagenet` begins with 11x11 at a quarter of the size, for images from 63x63; `cifar` with 5x5 at full size. */
  stem?: 'imagenet' | 'cifar';
  /** Width of the two hidden linear layers, which hold most of the parameters; 4096 or, for CIFAR, 512. */
  hidden?: number;
  /** Before each of them. */
  dropout?: number;
}

/** Of the last convolution. */
const CHANNELS = 256;

/** x [batch, channels, rows, columns] -> logits [batch, classes]. 61,100,840 parameters for ImageNet. */
export class AlexNet extends Module {
  static override readonly name: string = 'AlexNet';

  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor({ stem = 'imagenet', channels = 3, dropout = 0.5, ...given }: AlexNetOptions = {}) {
    super();
    const large = stem === 'imagenet';
    const { classes = large ? 1000 : 10, hidden = large ? 4096 : 512 } = given;
    const side = large ? 6 : 3;
    const convolution = (input: number, output: number, size: number): Layer[] => [
      new Conv2d(input, output, size, { padding: size >> 1 }),
      new ReLU(),
    ];
    this.features = new Sequential(
      large ? new Conv2d(channels, 64, 11, { stride: 4, padding: 2 }) : new Conv2d(channels, 64, 5, { padding: 2 }),
      new ReLU(),
      new MaxPool2d(3, { stride: 2 }),
      ...convolution(64, 192, 5),
      new MaxPool2d(3, { stride: 2 }),
      ...convolution(192, 384, 3),
      ...convolution(384, CHANNELS, 3),
      ...convolution(CHANNELS, CHANNELS, 3),
      new MaxPool2d(3, { stride: 2 }),
    );
    this.avgpool = new AdaptiveAvgPool2d(side);
    this.classifier = new Sequential(
      new Dropout(dropout),
      new Linear(CHANNELS * side * side, hidden),
      new ReLU(),
      new Dropout(dropout),
      new Linear(hidden, hidden),
      new ReLU(),
      new Linear(hidden, classes),
    );
  }

  override forward(x: Tensor): Tensor {
    return this.classifier.forward(flatten(this.avgpool.forward(this.features.forward(x)), 1));
  }
}
