/**
 * TensorFlow.js on WebGPU, as its guides say for custom loops: `optimizer.minimize`, which gives the loss back without
 * waiting for it.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-backend-webgpu';
import type { Optimiser, TrainingCase, TrainingData } from '../../cases/case.ts';
import type { Engine, PreparedTraining } from '../../engine.ts';
import { ADAM } from '../../float64/train.ts';
import { networkOf } from './models.ts';
import { prepareOp } from './ops.ts';

const engine: Engine = {
  name: 'tfjs',
  version: tf.version.tfjs,
  start,
  prepareOp: (work, inputs) => prepareOp(work, inputs, finish),
  prepareTraining,
};
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

function optimizerOf(optimiser: Optimiser): tf.Optimizer {
  if (optimiser.name === 'adam') return tf.train.adam(optimiser.lr, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const { lr, momentum } = optimiser;
  return momentum === 0 ? tf.train.sgd(lr) : tf.train.momentum(lr, momentum);
}

async function prepareTraining(work: TrainingCase, data: TrainingData): Promise<PreparedTraining> {
  const { variables, x: first, logits } = networkOf(work, data);
  let x = first;
  let y = tf.tensor2d(data.oneHot, [work.batch, data.classes]);
  const optimizer = optimizerOf(work.optimiser);
  const loss = (): tf.Scalar => tf.losses.softmaxCrossEntropy(y, logits(x));
  return {
    feed(batch) {
      tf.dispose([x, y]);
      x = tf.tensor(batch.x, [...data.xShape]);
      y = tf.tensor2d(batch.oneHot, [work.batch, data.classes]);
    },
    async predict(values, shape) {
      const given = tf.tensor(values, [...shape]);
      const result = tf.tidy(() => logits(given));
      const read = (await result.data()) as Float32Array;
      tf.dispose([given, result]);
      return read;
    },
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
