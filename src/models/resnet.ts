/**
 * Residual networks: He et al. 2016, arXiv:1512.03385. Those of section 4.1 with ImageNet's stem, whose state dicts are
 * torchvision's, and those of section 4.2 for CIFAR.
 */
import type { Tensor } from '../graph/index.ts';
import { adaptiveAvgPool2d, add, avgPool2d, flatten, pad, relu } from '../ops/index.ts';
import { BatchNorm2d, Conv2d, init, Linear, MaxPool2d, Module, Sequential, type Layer } from '../nn/index.ts';

interface BlockOptions {
  /** Add the block's input to its output; false makes the network plain. */
  readonly skip: boolean;
  /** The input in the shape of the output, where the two differ. */
  readonly shortcut: (input: number, output: number, stride: number) => Layer;
}

type MakeBlock = (input: number, width: number, stride: number, options: BlockOptions) => Block;

/** What the stages are made of. */
abstract class Block extends Module {
  /** How many times as many channels come out as the block is wide. */
  static readonly expansion: number = 1;
}

const convolution = (input: number, output: number, size: 1 | 3, stride = 1): Conv2d =>
  new Conv2d(input, output, size, { stride, padding: size === 3 ? 1 : 0, bias: false });

/** Option B of the paper: a convolution of 1x1. */
const projection = (input: number, output: number, stride: number): Layer =>
  new Sequential(convolution(input, output, 1, stride), new BatchNorm2d(output));

/** Option A of the paper: every so many pixels, and channels of zeros. It has no parameters. */
class PaddedShortcut extends Module {
  static override readonly name: string = 'PaddedShortcut';

  readonly stride: number;
  /** New channels before and behind those of the input. */
  readonly added: readonly [before: number, behind: number];

  constructor(input: number, output: number, stride: number) {
    super();
    this.stride = stride;
    const before = (output - input) >> 1;
    this.added = [before, output - input - before];
  }

  override forward(x: Tensor): Tensor {
    return pad(avgPool2d(x, 1, { stride: this.stride }), [0, 0, 0, 0, ...this.added]);
  }
}

function downsampling(input: number, output: number, stride: number, { skip, shortcut }: BlockOptions): Layer | null {
  return skip && (stride > 1 || input !== output) ? shortcut(input, output, stride) : null;
}

/** Two convolutions of 3x3. */
export class BasicBlock extends Block {
  static override readonly name: string = 'BasicBlock';

  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Layer | null;
  readonly skip: boolean;

  constructor(input: number, width: number, stride: number, options: BlockOptions) {
    super();
    this.conv1 = convolution(input, width, 3, stride);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = convolution(width, width, 3);
    this.bn2 = new BatchNorm2d(width);
    this.downsample = downsampling(input, width, stride, options);
    this.skip = options.skip;
  }

  override forward(x: Tensor): Tensor {
    const hidden = relu(this.bn1.forward(this.conv1.forward(x)));
    const change = this.bn2.forward(this.conv2.forward(hidden));
    return relu(this.skip ? add(change, this.downsample?.forward(x) ?? x) : change);
  }
}

/** 1x1 to fewer channels, 3x3, and 1x1 to four times as many. */
export class Bottleneck extends Block {
  static override readonly name: string = 'Bottleneck';
  static override readonly expansion: number = 4;

  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Layer | null;
  readonly skip: boolean;

  constructor(input: number, width: number, stride: number, options: BlockOptions) {
    super();
    const output = width * Bottleneck.expansion;
    this.conv1 = convolution(input, width, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = convolution(width, width, 3, stride);
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = convolution(width, output, 1);
    this.bn3 = new BatchNorm2d(output);
    this.downsample = downsampling(input, output, stride, options);
    this.skip = options.skip;
  }

  override forward(x: Tensor): Tensor {
    const narrow = relu(this.bn1.forward(this.conv1.forward(x)));
    const hidden = relu(this.bn2.forward(this.conv2.forward(narrow)));
    const change = this.bn3.forward(this.conv3.forward(hidden));
    return relu(this.skip ? add(change, this.downsample?.forward(x) ?? x) : change);
  }
}

const BLOCKS: Readonly<Record<'basic' | 'bottleneck', { make: MakeBlock; expansion: number }>> = {
  basic: { make: (...given) => new BasicBlock(...given), expansion: BasicBlock.expansion },
  bottleneck: { make: (...given) => new Bottleneck(...given), expansion: Bottleneck.expansion },
};

export interface ResNetOptions {
  classes?: number;
  channels?: number;
  /** Without its skip connections, of equal depth, a network that trains worse the deeper it is. */
  skip?: boolean;
}

interface Plan {
  readonly block: keyof typeof BLOCKS;
  /** Blocks of each stage. */
  readonly depths: readonly number[];
  /** Width of the first stage; each further one is twice as wide and half the size. */
  readonly width: number;
  /**
   * `imagenet` begins with 7x7 at half the size and a pooling, `cifar` with 3x3; where sizes change, the skips of the
   * former are convolutions, and those of the latter have no parameters.
   */
  readonly stem: 'imagenet' | 'cifar';
}

/** x [batch, channels, rows, columns] -> logits [batch, classes]. */
export class ResNet extends Module {
  static override readonly name: string = 'ResNet';

  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly maxpool: MaxPool2d | null;
  // After the stages, as in torchvision: optimisers and summaries keep the order of parameters.
  /** Put another Linear in its place to learn other classes. */
  declare fc: Linear;
  private readonly stages: readonly string[];

  constructor({ block, depths, width, stem }: Plan, { classes = 10, channels = 3, skip = true }: ResNetOptions = {}) {
    super();
    const { make, expansion } = BLOCKS[block];
    const large = stem === 'imagenet';
    this.conv1 = large
      ? new Conv2d(channels, width, 7, { stride: 2, padding: 3, bias: false })
      : convolution(channels, width, 3);
    this.bn1 = new BatchNorm2d(width);
    this.maxpool = large ? new MaxPool2d(3, { stride: 2, padding: 1 }) : null;
    const shortcut: BlockOptions['shortcut'] = large ? projection : (...given) => new PaddedShortcut(...given);
    let input = width;
    this.stages = depths.map((_, stage) => `layer${stage + 1}`);
    depths.forEach((depth, stage) => {
      const inner = width * 2 ** stage;
      const blocks = Array.from({ length: depth }, (__, at) => {
        const made = make(input, inner, at === 0 && stage > 0 ? 2 : 1, { skip, shortcut });
        input = inner * expansion;
        return made;
      });
      Object.assign(this, { [`layer${stage + 1}`]: new Sequential(...blocks) });
    });
    this.fc = new Linear(input, classes);
    for (const [, module] of this.namedModules())
      if (module instanceof Conv2d) init.kaimingNormal(module.weight, { mode: 'fanOut', nonlinearity: 'relu' });
  }

  override forward(x: Tensor): Tensor {
    const stem = relu(this.bn1.forward(this.conv1.forward(x)));
    const features = this.children()
      .filter(([name]) => this.stages.includes(name))
      .reduce((hidden, [, stage]) => (stage as Sequential).forward(hidden), this.maxpool?.forward(stem) ?? stem);
    return this.fc.forward(flatten(adaptiveAvgPool2d(features, 1), 1));
  }
}

/** 6 n + 2 layers for images of 32x32, 16 channels wide at first. */
const cifar = (n: number, options?: ResNetOptions): ResNet =>
  new ResNet({ block: 'basic', depths: [n, n, n], width: 16, stem: 'cifar' }, options);

export const resnet20 = (options?: ResNetOptions): ResNet => cifar(3, options);
export const resnet32 = (options?: ResNetOptions): ResNet => cifar(5, options);
export const resnet56 = (options?: ResNetOptions): ResNet => cifar(9, options);

const imagenet = (block: Plan['block'], depths: readonly number[], options?: ResNetOptions): ResNet =>
  new ResNet({ block, depths, width: 64, stem: 'imagenet' }, { classes: 1000, ...options });

export const resnet18 = (options?: ResNetOptions): ResNet => imagenet('basic', [2, 2, 2, 2], options);
export const resnet34 = (options?: ResNetOptions): ResNet => imagenet('basic', [3, 4, 6, 3], options);
export const resnet50 = (options?: ResNetOptions): ResNet => imagenet('bottleneck', [3, 4, 6, 3], options);
