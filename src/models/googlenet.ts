/**
 * GoogLeNet: Szegedy et al. 2015, arXiv:1409.4842, with batch normalisation and 3x3 in the place of 5x5 as torchvision
 * has it, whose state dict this is.
 */
import type { Tensor } from '../graph/index.ts';
import { BatchNorm2d, Conv2d, Dropout, init, Linear, MaxPool2d, Module, Sequential, type Layer } from '../nn/index.ts';
import { adaptiveAvgPool2d, concat, flatten, relu } from '../ops/index.ts';

/** Convolution, batch normalisation, ReLU. */
class BasicConv2d extends Module {
  static override readonly name: string = 'BasicConv2d';

  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(input: number, output: number, size: number, stride = 1) {
    super();
    this.conv = new Conv2d(input, output, size, { stride, padding: size >> 1, bias: false });
    this.bn = new BatchNorm2d(output, { eps: 0.001 });
  }

  override forward(x: Tensor): Tensor {
    return relu(this.bn.forward(this.conv.forward(x)));
  }
}

/** 1: 1x1. 2: 3x3 behind a 1x1. 3: another 3x3 behind a 1x1, as torchvision has it for 5x5. 4: 1x1 behind a pooling. */
export type InceptionBranch = 1 | 2 | 3 | 4;

/** Output channels: of branch 1; within and of branch 2; within and of branch 3; of branch 4. */
type Widths = readonly [number, number, number, number, number, number];

const ALL: readonly InceptionBranch[] = [1, 2, 3, 4];

/** Looks at x on several scales at once; what the branches give is joined along the channels. */
export class Inception extends Module {
  static override readonly name: string = 'Inception';

  /** How many channels come out. */
  readonly channels: number;

  constructor(input: number, widths: Widths, branches: readonly InceptionBranch[] = ALL) {
    super();
    if (branches.length === 0 || new Set(branches).size < branches.length)
      throw new Error(`Inception: branches are [${branches.join(', ')}]. Name at least one, and each of 1 to 4 once.`);
    const [one, narrow3, three, narrow5, five, pooled] = widths;
    const make: Readonly<Record<InceptionBranch, () => Layer>> = {
      1: () => new BasicConv2d(input, one, 1),
      2: () => new Sequential(new BasicConv2d(input, narrow3, 1), new BasicConv2d(narrow3, three, 3)),
      3: () => new Sequential(new BasicConv2d(input, narrow5, 1), new BasicConv2d(narrow5, five, 3)),
      4: () => new Sequential(new MaxPool2d(3, { stride: 1, padding: 1 }), new BasicConv2d(input, pooled, 1)),
    };
    for (const branch of ALL.filter((each) => branches.includes(each)))
      Object.assign(this, { [`branch${branch}`]: make[branch]() });
    const given: Readonly<Record<InceptionBranch, number>> = { 1: one, 2: three, 3: five, 4: pooled };
    this.channels = branches.reduce((sum, branch) => sum + given[branch], 0);
  }

  override forward(x: Tensor): Tensor {
    return concat(
      this.children().map(([, branch]) => (branch as Layer).forward(x)),
      1,
    );
  }
}

/** A classifier on the way, whose loss sends gradients into the middle of the network. */
class InceptionAux extends Module {
  static override readonly name: string = 'InceptionAux';

  readonly conv: BasicConv2d;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly dropout: Dropout;

  constructor(input: number, width: number, classes: number, dropout: number) {
    super();
    this.conv = new BasicConv2d(input, width, 1);
    this.fc1 = new Linear(16 * width, 8 * width);
    this.fc2 = new Linear(8 * width, classes);
    this.dropout = new Dropout(dropout);
  }

  override forward(x: Tensor): Tensor {
    const hidden = relu(this.fc1.forward(flatten(this.conv.forward(adaptiveAvgPool2d(x, 4)), 1)));
    return this.fc2.forward(this.dropout.forward(hidden));
  }
}

/** Stages 3, 4 and 5; between them maxima at half the size. */
const STAGES: Readonly<Record<string, Widths>> = {
  '3a': [64, 96, 128, 16, 32, 32],
  '3b': [128, 128, 192, 32, 96, 64],
  '4a': [192, 96, 208, 16, 48, 64],
  '4b': [160, 112, 224, 24, 64, 64],
  '4c': [128, 128, 256, 24, 64, 64],
  '4d': [112, 144, 288, 32, 64, 64],
  '4e': [256, 160, 320, 32, 128, 128],
  '5a': [256, 160, 320, 32, 128, 128],
  '5b': [384, 192, 384, 48, 128, 128],
};

/** The modules before a pooling, and those behind which an auxiliary head reads. */
const POOLED: Readonly<Record<string, readonly [name: string, size: number]>> = {
  '3b': ['maxpool3', 3],
  '4e': ['maxpool4', 2],
};
const HEADS: Readonly<Record<string, string>> = { '4a': 'aux1', '4d': 'aux2' };

export interface GoogLeNetOptions {
  /** 1000, or 10 with the stem for CIFAR, unless said otherwise. */
  classes?: number;
  channels?: number;
  /** `imagenet` halves the size three times before the first inception module, `cifar` not at all. */
  stem?: 'imagenet' | 'cifar';
  /** With the two heads on the way, whose logits training finds in `auxiliary`. */
  auxHeads?: boolean;
  /** Of the inception modules; all four unless said otherwise. */
  branches?: readonly InceptionBranch[];
  /** All numbers of channels are multiplied by it. */
  width?: number;
  dropout?: number;
  dropoutAux?: number;
}

/** x [batch, channels, rows, columns] -> logits [batch, classes]. 6,624,904 parameters for ImageNet, without heads. */
export class GoogLeNet extends Module {
  static override readonly name: string = 'GoogLeNet';

  declare readonly conv1: BasicConv2d;
  declare readonly conv2: BasicConv2d;
  declare readonly conv3: BasicConv2d;
  declare readonly dropout: Dropout;
  /** Put another Linear in its place to learn other classes. */
  declare fc: Linear;
  /** What the auxiliary heads gave in the last forward in training, logits [batch, classes]; add 0.3 of their losses. */
  auxiliary: readonly Tensor[] = [];
  private readonly path: readonly string[];

  constructor({ stem = 'imagenet', channels = 3, branches = ALL, ...given }: GoogLeNetOptions = {}) {
    super();
    const large = stem === 'imagenet';
    const { classes = large ? 1000 : 10, auxHeads = false, width = 1, dropout = 0.2, dropoutAux = 0.7 } = given;
    if (!(width > 0 && width <= 4)) throw new Error(`GoogLeNet: width must be above 0 and at most 4, got ${width}.`);
    const wide = (count: number): number => Math.max(1, Math.round(count * width));
    const parts: Record<string, Layer> = {};
    const heads: Record<string, Layer> = {};
    const pool = (name: string, size: number): void => {
      parts[name] = new MaxPool2d(size, { stride: 2, ceilMode: true });
    };
    parts['conv1'] = large ? new BasicConv2d(channels, wide(64), 7, 2) : new BasicConv2d(channels, wide(64), 3);
    if (large) pool('maxpool1', 3);
    parts['conv2'] = new BasicConv2d(wide(64), wide(64), 1);
    parts['conv3'] = new BasicConv2d(wide(64), wide(192), 3);
    if (large) pool('maxpool2', 3);
    let input = wide(192);
    for (const [name, widths] of Object.entries(STAGES)) {
      const module = new Inception(input, widths.map(wide) as unknown as Widths, branches);
      parts[`inception${name}`] = module;
      input = module.channels;
      if (POOLED[name]) pool(...POOLED[name]);
      if (auxHeads && HEADS[name]) heads[HEADS[name]] = new InceptionAux(input, wide(128), classes, dropoutAux);
    }
    this.path = Object.keys(parts);
    Object.assign(this, parts, heads, { dropout: new Dropout(dropout), fc: new Linear(input, classes) });
    for (const [, module] of this.namedModules())
      if (module instanceof Conv2d || module instanceof Linear) init.normal(module.weight, 0, 0.01);
  }

  override forward(x: Tensor): Tensor {
    const layers = Object.fromEntries(this.children()) as Readonly<Record<string, Layer>>;
    const auxiliary: Tensor[] = [];
    let hidden = x;
    for (const name of this.path) {
      hidden = layers[name]!.forward(hidden);
      const head = this.training && layers[HEADS[name.slice('inception'.length)] ?? ''];
      if (head) auxiliary.push(head.forward(hidden));
    }
    this.auxiliary = auxiliary;
    return this.fc.forward(this.dropout.forward(flatten(adaptiveAvgPool2d(hidden, 1), 1)));
  }
}
