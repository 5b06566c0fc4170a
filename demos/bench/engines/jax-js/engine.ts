/**
 * jax-js on WebGPU, in the fastest of its modes: the whole step (forward, gradient, optimiser) in one jit, submitted
 * without waiting.
 */
import { defaultDevice, init, jit, nn, numpy as np, tree, type Array as JaxArray } from '@jax-js/jax';
import { devDependencies } from '../../../../package.json';
import type { TrainingCase, TrainingData } from '../../cases/case.ts';
import type { Engine, PreparedTraining } from '../../engine.ts';
import { array, type Arrays } from './arrays.ts';
import { forwardOf } from './models.ts';
import { stepperOf, type Loss } from './optimisers.ts';
import { prepareOp } from './ops.ts';

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

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  let params: Arrays = Object.fromEntries(data.parameters.map(({ name, shape, data }) => [name, array(data, shape)]));
  let x = inputsOf(data);
  let y = array(data.oneHot, [work.batch, data.classes]);
  const { state: initial, step } = stepperOf(lossOf(work), work.optimiser);
  let state = initial(params);
  await Promise.all([...tree.leaves(params), ...tree.leaves(state), ...x, y].map((each) => each.blockUntilReady()));
  const logits = jit(forwardOf(work));
  return {
    feed(batch) {
      tree.dispose([x, y]);
      x = [array(batch.x, data.xShape)];
      y = array(batch.oneHot, [work.batch, data.classes]);
    },
    predict: async (values, shape) => (await logits(tree.ref(params), [array(values, shape)]).data()) as Float32Array,
    async run(iterations) {
      for (let i = 1; ; i++) {
        const [newParams, newState, value] = step(params, state, tree.ref(x), y.ref);
        params = newParams;
        state = newState;
        if (i === iterations) return (await value.data())[0] ?? NaN;
        value.gpuBufferSync();
      }
    },
    dispose() {
      tree.dispose([params, state, x, y]);
    },
  };
}

/** Ids time by time: its unrolled recurrence takes a slice of rows a step. */
function inputsOf({ x, xShape }: TrainingData): JaxArray[] {
  if (x instanceof Float32Array) return [array(x, xShape)];
  const [batch = 0, length = 0] = xShape;
  const ids = x.map((_, at) => x[(at % batch) * length + Math.floor(at / batch)] ?? 0);
  return [array(ids, [batch * length]), np.array(1)];
}

function lossOf(work: TrainingCase): Loss {
  const forward = forwardOf(work);
  return (params, x, y) =>
    nn
      .logSoftmax(forward(params, x))
      .mul(y)
      .sum()
      .mul(-1 / work.batch);
}
