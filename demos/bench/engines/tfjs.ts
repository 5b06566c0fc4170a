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
  const [a, b] = inputs.map((data, index) => tf.tensor(data, [...(work.shapes[index] ?? [])]));
  if (!a || !b) throw new Error(`${work.op}: takes two inputs.`);
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) tf.matMul(a, b).dispose();
      const last = tf.matMul(a, b);
      await finish();
      last.dispose();
    },
    async output() {
      const result = tf.matMul(a, b);
      const data = await result.data();
      result.dispose();
      return data as Float32Array;
    },
    dispose() {
      a.dispose();
      b.dispose();
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
