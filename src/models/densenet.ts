/**
 * Densely connected networks: Huang et al. 2017, arXiv:1608.06993. DenseNet-121 has torchvision's state dict; those for
 * CIFAR are of section 4.1, with (BC) and without bottlenecks and compression.
 */
import type { Tensor } from '../graph/index.ts';
import {
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  init,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  type Layer,
} from '../nn/index.ts';
import { adaptiveAvgPool2d, concat, flatten, relu, slice } from '../ops/index.ts';

/** Layers by name, one behind another. */
class Chain extends Module {
  static override readonly name: string = 'Chain';

  constructor(layers: Readonly<Record<string, Layer>>) {
    super();
    Object.assign(this, layers);
  }

  override forward(x: Tensor): Tensor {
    return this.children().reduce((hidden, [, layer]) => (layer as Layer).forward(hidden), x);
  }
}

const convolution = (input: number, output: number, size: 1 | 3): Conv2d =>
  new Conv2d(input, output, size, { padding: size >> 1, bias: false });

interface LayerForm {
  /** Channels that each layer adds. */
  readonly growth: number;
  /** A 1x1 convolution to four times the growth before each 3x3. */
  readonly bottleneck: boolean;
  readonly dropout: number;
}

function denseLayer(input: number, { growth, bottleneck, dropout }: LayerForm): Chain {
  const norm = (channels: number): Layer => new BatchNorm2d(channels);
  const within = 4 * growth;
  const layers: Record<string, Layer> = bottleneck
    ? {
        norm1: norm(input),
        relu1: new ReLU(),
        conv1: convolution(input, within, 1),
        norm2: norm(within),
        relu2: new ReLU(),
        conv2: convolution(within, growth, 3),
      }
    : { norm1: norm(input), relu1: new ReLU(), conv1: convolution(input, growth, 3) };
  return new Chain(dropout ? { ...layers, dropout: new Dropout(dropout) } : layers);
}

/** Layers of which each sees what came into the block and what the `reach` layers before it gave, or all of them. */
export class DenseBlock extends Module {
  static override readonly name: string = 'DenseBlock';

  /** How many channels come out: those that came in, and the growth of each layer. */
  readonly channels: number;
  private readonly input: number;
  private readonly growth: number;
  private readonly reach: number;

  constructor(layers: number, input: number, form: LayerForm, reach: number = Infinity) {
    super();
    for (let at = 0; at < layers; at++) {
      const seen = input + Math.min(at, reach) * form.growth;
      Object.assign(this, { [`denselayer${at + 1}`]: denseLayer(seen, form) });
    }
    this.channels = input + layers * form.growth;
    this.input = input;
    this.growth = form.growth;
    this.reach = reach;
  }

  override forward(x: Tensor): Tensor {
    return this.children().reduce(
      (all, [, layer], at) => concat([all, (layer as Layer).forward(this.seen(x, all, at))], 1),
      x,
    );
  }

  /** Of `all` that there is before layer `at`, what that layer sees. */
  private seen(x: Tensor, all: Tensor, at: number): Tensor {
    const { input, growth, reach } = this;
    if (at <= reach) return all;
    return reach === 0 ? x : concat([x, slice(all, 1, input + (at - reach) * growth, input + at * growth)], 1);
  }
}

export interface DenseNetOptions {
  classes?: number;
  channels?: number;
  /** Before the next layer; 0 unless said otherwise, and 0.2 in the paper where there is no augmentation. */
  dropout?: number;
  /** How many of the layers before it each layer sees, beside the block's input; all unless said otherwise. */
  reach?: number;
}

interface Plan {
  /** Layers of each block. */
  readonly depths: readonly number[];
  readonly growth: number;
  /** Channels before the first block. */
  readonly width: number;
  readonly bottleneck: boolean;
  /** The share of channels that passes between blocks. */
  readonly compression: number;
  /** `imagenet` begins with 7x7 at half the size and a pooling, `cifar` with 3x3. */
  readonly stem: 'imagenet' | 'cifar';
}

/** x [batch, channels, rows, columns] -> logits [batch, classes]. */
export class DenseNet extends Module {
  static override readonly name: string = 'DenseNet';

  readonly features: Layer;
  /** Put another Linear in its place to learn other classes. */
  classifier: Linear;

  constructor(plan: Plan, { classes = 10, channels = 3, dropout = 0, reach = Infinity }: DenseNetOptions = {}) {
    super();
    if (reach !== Infinity && !(Number.isInteger(reach) && reach >= 0))
      throw new Error(`DenseNet: reach must be a whole number from 0, got ${reach}. Leave it out for all layers.`);
    const { depths, growth, width, bottleneck, compression, stem } = plan;
    const parts: Record<string, Layer> =
      stem === 'imagenet'
        ? {
            conv0: new Conv2d(channels, width, 7, { stride: 2, padding: 3, bias: false }),
            norm0: new BatchNorm2d(width),
            relu0: new ReLU(),
            pool0: new MaxPool2d(3, { stride: 2, padding: 1 }),
          }
        : { conv0: convolution(channels, width, 3) };
    let input = width;
    depths.forEach((depth, at) => {
      const block = new DenseBlock(depth, input, { growth, bottleneck, dropout }, reach);
      parts[`denseblock${at + 1}`] = block;
      input = block.channels;
      if (at === depths.length - 1) return;
      const kept = Math.floor(input * compression);
      parts[`transition${at + 1}`] = new Chain({
        norm: new BatchNorm2d(input),
        relu: new ReLU(),
        conv: convolution(input, kept, 1),
        pool: new AvgPool2d(2),
      });
      input = kept;
    });
    parts[`norm${depths.length + 1}`] = new BatchNorm2d(input);
    this.features = new Chain(parts);
    this.classifier = new Linear(input, classes);
    for (const [, module] of this.namedModules()) if (module instanceof Conv2d) init.kaimingNormal(module.weight);
    init.zeros(this.classifier.bias!);
  }

  override forward(x: Tensor): Tensor {
    const features = relu(this.features.forward(x));
    return this.classifier.forward(flatten(adaptiveAvgPool2d(features, 1), 1));
  }
}

/** 40 layers deep, 12 channels a layer: 1.0 million parameters. */
export const densenet40 = (options?: DenseNetOptions): DenseNet =>
  new DenseNet(
    { depths: [12, 12, 12], growth: 12, width: 16, bottleneck: false, compression: 1, stem: 'cifar' },
    options,
  );

/** 100 layers deep with bottlenecks and compression, 12 channels a layer: 0.8 million parameters. */
export const densenetBC100 = (options?: DenseNetOptions): DenseNet =>
  new DenseNet(
    { depths: [16, 16, 16], growth: 12, width: 24, bottleneck: true, compression: 0.5, stem: 'cifar' },
    options,
  );

/** For ImageNet: 7,978,856 parameters. */
export const densenet121 = (options?: DenseNetOptions): DenseNet =>
  new DenseNet(
    { depths: [6, 12, 24, 16], growth: 32, width: 64, bottleneck: true, compression: 0.5, stem: 'imagenet' },
    { classes: 1000, ...options },
  );
