/**
 * Activations as modules, with PyTorch's names and defaults. What each computes stands at the function of its name.
 */
import type { Tensor } from '../graph/index.ts';
import {
  celu,
  elu,
  full,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from '../ops/index.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

type Unary = (x: Tensor) => Tensor;

/** A module that applies one function. */
abstract class Activation extends Module {
  private readonly compute: Unary;

  constructor(compute: Unary) {
    super();
    this.compute = compute;
  }

  override forward(x: Tensor): Tensor {
    return this.compute(x);
  }
}

export class ReLU extends Activation {
  static override readonly name: string = 'ReLU';

  constructor() {
    super(relu);
  }
}

export class ReLU6 extends Activation {
  static override readonly name: string = 'ReLU6';

  constructor() {
    super(relu6);
  }
}

export class Sigmoid extends Activation {
  static override readonly name: string = 'Sigmoid';

  constructor() {
    super(sigmoid);
  }
}

export class Tanh extends Activation {
  static override readonly name: string = 'Tanh';

  constructor() {
    super(tanh);
  }
}

export class SiLU extends Activation {
  static override readonly name: string = 'SiLU';

  constructor() {
    super(silu);
  }
}

export class Mish extends Activation {
  static override readonly name: string = 'Mish';

  constructor() {
    super(mish);
  }
}

export class SELU extends Activation {
  static override readonly name: string = 'SELU';

  constructor() {
    super(selu);
  }
}

export class Softsign extends Activation {
  static override readonly name: string = 'Softsign';

  constructor() {
    super(softsign);
  }
}

export class Tanhshrink extends Activation {
  static override readonly name: string = 'Tanhshrink';

  constructor() {
    super(tanhshrink);
  }
}

export class LogSigmoid extends Activation {
  static override readonly name: string = 'LogSigmoid';

  constructor() {
    super(logSigmoid);
  }
}

export class Hardsigmoid extends Activation {
  static override readonly name: string = 'Hardsigmoid';

  constructor() {
    super(hardsigmoid);
  }
}

export class Hardswish extends Activation {
  static override readonly name: string = 'Hardswish';

  constructor() {
    super(hardswish);
  }
}

export class LeakyReLU extends Activation {
  static override readonly name: string = 'LeakyReLU';

  constructor(negativeSlope = 0.01) {
    super((x) => leakyRelu(x, negativeSlope));
  }
}

export class ELU extends Activation {
  static override readonly name: string = 'ELU';

  constructor(alpha = 1) {
    super((x) => elu(x, alpha));
  }
}

export class CELU extends Activation {
  static override readonly name: string = 'CELU';

  constructor(alpha = 1) {
    super((x) => celu(x, alpha));
  }
}

export class Hardshrink extends Activation {
  static override readonly name: string = 'Hardshrink';

  constructor(lambda = 0.5) {
    super((x) => hardshrink(x, lambda));
  }
}

export class Softshrink extends Activation {
  static override readonly name: string = 'Softshrink';

  constructor(lambda = 0.5) {
    super((x) => softshrink(x, lambda));
  }
}

export class GLU extends Activation {
  static override readonly name: string = 'GLU';

  constructor(axis = -1) {
    super((x) => glu(x, axis));
  }
}

export class Softmax extends Activation {
  static override readonly name: string = 'Softmax';

  constructor(axis = -1) {
    super((x) => softmax(x, axis));
  }
}

export class Softmin extends Activation {
  static override readonly name: string = 'Softmin';

  constructor(axis = -1) {
    super((x) => softmin(x, axis));
  }
}

export class LogSoftmax extends Activation {
  static override readonly name: string = 'LogSoftmax';

  constructor(axis = -1) {
    super((x) => logSoftmax(x, axis));
  }
}

export class GELU extends Activation {
  static override readonly name: string = 'GELU';

  constructor(options: { approximate?: 'none' | 'tanh' } = {}) {
    super((x) => gelu(x, options));
  }
}

export class Softplus extends Activation {
  static override readonly name: string = 'Softplus';

  constructor(options: { beta?: number; threshold?: number } = {}) {
    super((x) => softplus(x, options));
  }
}

export class Hardtanh extends Activation {
  static override readonly name: string = 'Hardtanh';

  constructor(minVal = -1, maxVal = 1) {
    super((x) => hardtanh(x, minVal, maxVal));
  }
}

export class Threshold extends Activation {
  static override readonly name: string = 'Threshold';

  constructor(limit: number, value: number) {
    super((x) => threshold(x, limit, value));
  }
}

/** x, times a trained weight below 0: one, or one for each of `numParameters` channels. */
export class PReLU extends Module {
  static override readonly name: string = 'PReLU';

  readonly weight: Parameter;

  constructor(numParameters = 1, options: { init?: number } = {}) {
    super();
    this.weight = new Parameter(full([numParameters], options.init ?? 0.25));
  }

  override forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }
}
