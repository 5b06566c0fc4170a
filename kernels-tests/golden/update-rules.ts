/** The optimisers' updates of one number, as their papers and PyTorch have them. */

/** A number after a step on each gradient. */
export type Rule = (p: number, grads: readonly number[]) => number;

export interface Common {
  lr: number;
  weightDecay?: number;
  l1?: number;
  maximize?: boolean;
}

function penalised(grad: number, p: number, { weightDecay = 0, l1 = 0, maximize = false }: Common): number {
  return (maximize ? -grad : grad) + weightDecay * p + l1 * Math.sign(p);
}

export interface Sgd extends Common {
  momentum?: number;
  dampening?: number;
  nesterov?: boolean;
}

export function sgd(options: Sgd): Rule {
  const { lr, momentum = 0, dampening = 0, nesterov = false } = options;
  return (start, grads) => {
    let p = start;
    let velocity = 0;
    grads.forEach((grad, step) => {
      const g = penalised(grad, p, options);
      velocity = step === 0 ? g : momentum * velocity + (1 - dampening) * g;
      p -= lr * (momentum === 0 ? g : nesterov ? g + momentum * velocity : velocity);
    });
    return p;
  };
}

export interface Adam extends Common {
  betas?: [number, number];
  eps?: number;
  amsgrad?: boolean;
}

export function adam(options: Adam, decoupled: boolean): Rule {
  const { lr, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8, weightDecay = 0, amsgrad = false } = options;
  return (start, grads) => {
    let p = start;
    let mean = 0;
    let square = 0;
    let greatest = 0;
    grads.forEach((grad, step) => {
      const g = penalised(grad, p, decoupled ? { ...options, weightDecay: 0 } : options);
      mean = beta1 * mean + (1 - beta1) * g;
      square = beta2 * square + (1 - beta2) * g * g;
      greatest = Math.max(greatest, square);
      if (decoupled) p -= lr * weightDecay * p;
      const root = Math.sqrt((amsgrad ? greatest : square) / (1 - beta2 ** (step + 1))) + eps;
      p -= (lr * (mean / (1 - beta1 ** (step + 1)))) / root;
    });
    return p;
  };
}

export interface RmsProp extends Common {
  alpha?: number;
  eps?: number;
  momentum?: number;
  centered?: boolean;
}

export function rmsprop(options: RmsProp): Rule {
  const { lr, alpha = 0.99, eps = 1e-8, momentum = 0, centered = false } = options;
  return (start, grads) => {
    let p = start;
    let [square, mean, velocity] = [0, 0, 0];
    for (const grad of grads) {
      const g = penalised(grad, p, options);
      square = alpha * square + (1 - alpha) * g * g;
      mean = alpha * mean + (1 - alpha) * g;
      velocity = momentum * velocity + g / (Math.sqrt(centered ? square - mean * mean : square) + eps);
      p -= lr * velocity;
    }
    return p;
  };
}

export interface AdaGrad extends Common {
  lrDecay?: number;
  initialAccumulatorValue?: number;
  eps?: number;
}

export function adagrad(options: AdaGrad): Rule {
  const { lr, lrDecay = 0, initialAccumulatorValue = 0, eps = 1e-10 } = options;
  return (start, grads) => {
    let p = start;
    let total = initialAccumulatorValue;
    grads.forEach((grad, step) => {
      const g = penalised(grad, p, options);
      total += g * g;
      p -= (lr / (1 + step * lrDecay)) * (g / (Math.sqrt(total) + eps));
    });
    return p;
  };
}
