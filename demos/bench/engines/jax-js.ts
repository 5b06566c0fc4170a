/**
 * jax-js on WebGPU, in the fastest of its modes: the whole step (forward, gradient, optimiser) in one jit, submitted
 * without waiting. Its arrays are consumed by use; `.ref` keeps one.
 */
import {
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  type Array as JaxArray,
} from '@jax-js/jax';
import { devDependencies } from '../../../package.json';
import type { OpCase, TrainingCase } from '../cases.ts';
import type { Engine, PreparedOp, PreparedTraining } from '../engine.ts';
import { ADAM } from '../mlp-reference.ts';
import type { TrainingData } from '../training-data.ts';

type Arrays = Record<string, JaxArray>;

const engine: Engine = {
  name: 'jax-js',
  version: devDependencies['@jax-js/jax'],
  start,
  prepareOp,
  prepareTraining,
};
export default engine;

async function start(): Promise<void> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js found no WebGPU device.');
  defaultDevice('webgpu');
}

async function prepareOp(work: OpCase, inputs: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const [a, b] = inputs.map((data, index) => array(data, work.shapes[index] ?? []));
  if (!a || !b) throw new Error(`${work.op}: takes two inputs.`);
  await Promise.all([a.blockUntilReady(), b.blockUntilReady()]);
  const around = [work.padding, work.padding] as [number, number];
  const op = jit((a: JaxArray, b: JaxArray) =>
    work.op === 'matmul' ? np.matmul(a, b) : lax.convGeneralDilated(a, b, [1, 1], [around, around]),
  );
  return {
    async run(iterations) {
      // Submits and lets go of the result; to dispose of an array that is not yet submitted would cancel the op.
      for (let i = 1; i < iterations; i++) op(a.ref, b.ref).gpuBufferSync();
      const last = op(a.ref, b.ref);
      await last.blockUntilReady();
      last.dispose();
    },
    output: async () => (await op(a.ref, b.ref).data()) as Float32Array,
    dispose() {
      a.dispose();
      b.dispose();
    },
  };
}

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  let params: Arrays = {};
  data.layers.forEach(({ weight, bias, inputs, outputs }, index) => {
    params[`w${index}`] = array(weight, [inputs, outputs]);
    params[`b${index}`] = array(bias, [outputs]);
  });
  const x = array(data.x, [work.batch, work.sizes[0] ?? 1]);
  const y = array(data.oneHot, [work.batch, work.sizes.at(-1) ?? 1]);
  const loss = lossOf(work);
  const { name, lr } = work.optimiser;
  const optimiser = name === 'sgd' ? sgd(loss, lr) : adam(loss, lr);
  let state = optimiser.state(params);
  await Promise.all([...tree.leaves(params), ...tree.leaves(state), x, y].map((each) => each.blockUntilReady()));
  return {
    async run(iterations) {
      for (let i = 1; ; i++) {
        const [newParams, newState, value] = optimiser.step(params, state, x.ref, y.ref);
        params = newParams;
        state = newState;
        if (i === iterations) return (await value.data())[0] ?? NaN;
        value.gpuBufferSync();
      }
    },
    dispose() {
      tree.dispose(params);
      tree.dispose(state);
      x.dispose();
      y.dispose();
    },
  };
}

type Loss = (params: Arrays, x: JaxArray, y: JaxArray) => JaxArray;
type Step = (params: Arrays, state: Arrays, x: JaxArray, y: JaxArray) => [Arrays, Arrays, JaxArray];

interface Stepper {
  readonly state: (params: Arrays) => Arrays;
  readonly step: Step;
}

function lossOf({ sizes, batch }: TrainingCase): Loss {
  const layers = sizes.length - 1;
  return (params, x, y) => {
    let h = x;
    for (let i = 0; i < layers; i++) {
      const z = np.dot(h, get(params, `w${i}`)).add(get(params, `b${i}`));
      h = i < layers - 1 ? nn.relu(z) : z;
    }
    return nn
      .logSoftmax(h)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
}

function sgd(loss: Loss, lr: number): Stepper {
  const step: Step = (params, state, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(params), x, y);
    const updated = map2(params, gradients, (p, g) => p.sub(g.mul(lr)));
    return [updated, state, value];
  };
  return { state: () => ({}), step: jit(step) };
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
  const state: Arrays = { power1: np.array(1), power2: np.array(1) };
  for (const [name, { shape, size }] of Object.entries(params)) {
    state[`m.${name}`] = array(new Float32Array(size), shape);
    state[`v.${name}`] = array(new Float32Array(size), shape);
  }
  return state;
}

function array(data: Float32Array<ArrayBuffer>, shape: readonly number[]): JaxArray {
  return np.array(data, { shape: [...shape] });
}

function map2(a: Arrays, b: Arrays, each: (a: JaxArray, b: JaxArray) => JaxArray): Arrays {
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, each(value, get(b, name))]));
}

function get(arrays: Arrays, name: string): JaxArray {
  const found = arrays[name];
  if (!found) throw new Error(`internal: no array ${name}.`);
  return found;
}
