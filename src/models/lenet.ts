/**
 * The small convolutional network of PyTorch's CIFAR-10 tutorial, after LeNet-5 (LeCun et al. 1998): two convolutions,
 * each with ReLU and a maximum of 2x2, and three linear layers.
 */
import type { Tensor } from '../graph/index.ts';
import { flatten, maxPool2d, relu } from '../ops/index.ts';
import { Conv2d, Linear, Module } from '../nn/index.ts';

export interface LeNetOptions {
  /** 10 unless said otherwise. */
  classes?: number;
  /** Of the images; 3 unless said otherwise. */
  channels?: number;
  /** Rows and columns of the images; 32 unless said otherwise, and at least 16. */
  size?: number;
}

/** x [batch, channels, size, size] -> logits [batch, classes]. 62,006 parameters for CIFAR-10. */
export class LeNet extends Module {
  static override readonly name: string = 'LeNet';

  readonly conv1: Conv2d;
  readonly conv2: Conv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly fc3: Linear;

  constructor({ classes = 10, channels = 3, size = 32 }: LeNetOptions = {}) {
    super();
    const half = (length: number): number => Math.floor((length - 4) / 2);
    const side = half(half(size));
    if (!(side >= 1))
      throw new Error(`LeNet: size must be at least 16, got ${size}: two convolutions and poolings leave nothing.`);
    this.conv1 = new Conv2d(channels, 6, 5);
    this.conv2 = new Conv2d(6, 16, 5);
    this.fc1 = new Linear(16 * side * side, 120);
    this.fc2 = new Linear(120, 84);
    this.fc3 = new Linear(84, classes);
  }

  override forward(x: Tensor): Tensor {
    const first = maxPool2d(relu(this.conv1.forward(x)), 2);
    const second = maxPool2d(relu(this.conv2.forward(first)), 2);
    const hidden = relu(this.fc1.forward(flatten(second, 1)));
    return this.fc3.forward(relu(this.fc2.forward(hidden)));
  }
}
