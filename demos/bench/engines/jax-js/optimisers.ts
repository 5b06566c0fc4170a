/** SGD with momentum and Adam on jax-js, with the gradient in the same jit. */
import { jit, numpy as np, tree, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import type { Optimiser } from '../../cases/case.ts';
import { ADAM } from '../../float64/train.ts';
import { array, get, type Arrays } from './arrays.ts';

export type Loss = (params: Arrays, x: JaxArray[], y: JaxArray) => JaxArray;
type Step = (params: Arrays, state: Arrays, x: JaxArray[], y: JaxArray) => [Arrays, Arrays, JaxArray];

export interface Stepper {
  readonly state: (params: Arrays) => Arrays;
  readonly step: Step;
}

export function stepperOf(loss: Loss, optimiser: Optimiser): Stepper {
  if (optimiser.name === 'adam') return adam(loss, optimiser.lr);
  return optimiser.momentum === 0 ? sgd(loss, optimiser.lr) : momentum(loss, optimiser.lr, optimiser.momentum);
}

function sgd(loss: Loss, lr: number): Stepper {
  const step: Step = (params, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(params), x, y);
    return [map2(params, gradients, (p, g) => p.sub(g.mul(lr))), state, value];
  };
  return { state: () => ({}), step: jit(step) };
}

function momentum(loss: Loss, lr: number, share: number): Stepper {
  const step: Step = (params, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(params), x, y);
    const velocity = map2(state, gradients, (m, g) => m.mul(share).add(g));
    return [map2(params, tree.ref(velocity), (p, m) => p.sub(m.mul(lr))), velocity, value];
  };
  return { state: zerosLike, step: jit(step) };
}

/** The powers of the betas travel as scalars, so that the step number changes nothing that is compiled. */
function adam(loss: Loss, lr: number): Stepper {
  const { beta1, beta2, epsilon } = ADAM;
  const step: Step = (params, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(params), x, y);
    const power1 = get(state, 'power1').mul(beta1);
    const power2 = get(state, 'power2').mul(beta2);
    const rest1 = power1.ref.mul(-1).add(1);
    const rest2 = power2.ref.mul(-1).add(1);
    const newParams: Arrays = {};
    const newState: Arrays = { power1, power2 };
    for (const [name, p] of Object.entries(params)) {
      const g = get(gradients, name);
      const m = get(state, `m.${name}`)
        .mul(beta1)
        .add(g.ref.mul(1 - beta1));
      const v = get(state, `v.${name}`)
        .mul(beta2)
        .add(g.ref.mul(g).mul(1 - beta2));
      newState[`m.${name}`] = m;
      newState[`v.${name}`] = v;
      const spread = np.sqrt(v.ref.div(rest2.ref)).add(epsilon);
      newParams[name] = p.sub(m.ref.div(rest1.ref).div(spread).mul(lr));
    }
    rest1.dispose();
    rest2.dispose();
    return [newParams, newState, value];
  };
  return { state: adamState, step: jit(step) };
}

function adamState(params: Arrays): Arrays {
  const prefixed = (prefix: string): Arrays =>
    Object.fromEntries(Object.entries(zerosLike(params)).map(([name, zeros]) => [`${prefix}.${name}`, zeros]));
  return { power1: np.array(1), power2: np.array(1), ...prefixed('m'), ...prefixed('v') };
}

function zerosLike(params: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(params).map(([name, { shape, size }]) => [name, array(new Float32Array(size), shape)]),
  );
}

function map2(a: Arrays, b: Arrays, each: (a: JaxArray, b: JaxArray) => JaxArray): Arrays {
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, each(value, get(b, name))]));
}
