/**
 * TensorFlow.js on WebGPU, as its guides say for custom loops: `optimizer.minimize`, which gives the loss back without
 * waiting for it, and fused dense layers.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import type { OpCase, TrainingCase } from '../cases.ts';
import type { Engine, PreparedOp, PreparedTraining } from '../engine.ts';
import { ADAM } from '../mlp-reference.ts';
import type { TrainingData } from '../training-data.ts';

const engine: Engine = { name: 'tfjs', version: tf.version.tfjs, start, prepareOp, prepareTraining };
export default engine;

async function start(): Promise<void> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs: the backend webgpu did not start.');
  await tf.ready();
}

/** Flushes the deferred work and waits for it, without paying for a read. */
async function finish(): Promise<void> {
  const backend = tf.backend() as WebGPUBackend;
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.queue.onSubmittedWorkDone();
}

async function prepareOp(work: OpCase, inputs: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const [first, second] = inputs.map((data, index) => tf.tensor(data, [...(work.shapes[index] ?? [])]));
  if (!first || !second) throw new Error(`${work.op}: takes two inputs.`);
  const convolves = work.op === 'conv2d';
  // Its own layout, channels last; laid out before the clock starts.
  const a = convolves ? tf.transpose(first, [0, 2, 3, 1]) : first;
  const b = convolves ? tf.transpose(second, [2, 3, 1, 0]) : second;
  const op = (): tf.Tensor =>
    convolves ? tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, work.padding) : tf.matMul(a, b);
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) op().dispose();
      const last = op();
      await finish();
      last.dispose();
    },
    async output() {
      const own = op();
      const result = convolves ? tf.transpose(own, [0, 3, 1, 2]) : own;
      const data = await result.data();
      result.dispose();
      return data as Float32Array;
    },
    dispose() {
      tf.dispose([first, second, a, b]);
    },
  };
}

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  const layers = data.layers.map(({ weight, bias, inputs, outputs }) => ({
    weight: tf.variable(tf.tensor2d(weight, [inputs, outputs])),
    bias: tf.variable(tf.tensor1d(bias)),
  }));
  const x = tf.tensor2d(data.x, [work.batch, work.sizes[0] ?? 1]);
  const y = tf.tensor2d(data.oneHot, [work.batch, work.sizes.at(-1) ?? 1]);
  const variables = layers.flatMap(({ weight, bias }) => [weight, bias]);
  const { name, lr } = work.optimiser;
  const optimizer = name === 'sgd' ? tf.train.sgd(lr) : tf.train.adam(lr, ADAM.beta1, ADAM.beta2, ADAM.epsilon);

  const loss = (): tf.Scalar => {
    let h: tf.Tensor = x;
    for (const [index, { weight, bias }] of layers.entries()) {
      const activation = index < layers.length - 1 ? 'relu' : 'linear';
      h = tf.fused.matMul({ a: h, b: weight, bias, activation });
    }
    return tf.losses.softmaxCrossEntropy(y, h);
  };
  return {
    async run(iterations) {
      for (let i = 1; ; i++) {
        const value = optimizer.minimize(loss, true, variables);
        if (!value) throw new Error('tfjs: minimize gave no loss.');
        if (i === iterations) {
          const [last] = await value.data();
          value.dispose();
          return last ?? NaN;
        }
        value.dispose();
      }
    },
    dispose() {
      tf.dispose([x, y, ...variables]);
      optimizer.dispose();
    },
  };
}
