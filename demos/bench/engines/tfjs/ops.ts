/** The benchmark's ops on TensorFlow.js, in its own layout (channels last), laid out before the clock starts. */
import * as tf from '@tensorflow/tfjs';
import type { OpCase, OpName } from '../../cases/case.ts';
import { EPSILON } from '../../cases/rows.ts';
import { joined, type PreparedOp } from '../../engine.ts';

interface Op {
  readonly compute: (inputs: tf.Tensor[], work: OpCase) => tf.Tensor[];
  /** How the axes of each input are laid out, and how those of each result are laid back; as they are without. */
  readonly inputs?: readonly number[][];
  readonly results?: readonly number[][];
}

const IMAGES = [0, 2, 3, 1];
const FILTERS = [2, 3, 1, 0];
const IMAGES_BACK = [0, 3, 1, 2];
const FILTERS_BACK = [3, 2, 0, 1];

const OPS: Readonly<Record<OpName, Op>> = {
  matmul: { compute: ([a, b]) => [tf.matMul(a!, b!)] },
  conv2d: {
    compute: ([x, w], { padding }) => [tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, padding)],
    inputs: [IMAGES, FILTERS],
    results: [IMAGES_BACK],
  },
  conv2dWeight: {
    compute: ([x, dy], { outShape, padding }) => [filterGradient(x!, dy!, outShape, padding)],
    inputs: [IMAGES, IMAGES],
    results: [FILTERS_BACK],
  },
  conv2dInput: {
    compute: ([dy, w], { outShape, padding }) => [inputGradient(dy!, w!, outShape, padding)],
    inputs: [IMAGES, FILTERS],
    results: [IMAGES_BACK],
  },
  conv2dPasses: {
    compute: ([x, w, dy], { shapes, padding }) => [
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, padding),
      filterGradient(x!, dy!, shapes[1]!, padding),
      inputGradient(dy!, w!, shapes[0]!, padding),
    ],
    inputs: [IMAGES, FILTERS, IMAGES],
    results: [IMAGES_BACK, FILTERS_BACK, IMAGES_BACK],
  },
  maxPool2d: {
    compute: ([x]) => [tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')],
    inputs: [IMAGES],
    results: [IMAGES_BACK],
  },
  softmax: { compute: ([x]) => [tf.softmax(x!)] },
  layerNorm: {
    compute: ([x, weight, bias]) => {
      const { mean, variance } = tf.moments(x!, -1, true);
      return [x!.sub(mean).mul(variance.add(EPSILON).rsqrt()).mul(weight!).add(bias!)];
    },
  },
  attention: {
    compute: ([q, k, v]) => {
      const scores = tf.matMul(q!, k!, false, true).mul(1 / Math.sqrt(q!.shape.at(-1)!));
      return [tf.matMul(tf.softmax(scores), v!)];
    },
  },
};

function filterGradient(x: tf.Tensor, dy: tf.Tensor, [o, i, k]: readonly number[], pad: number): tf.Tensor {
  const filterShape = [k!, k!, i!, o!];
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes(pad), filterShape }) as tf.Tensor;
}

function inputGradient(dy: tf.Tensor, filter: tf.Tensor, [n, c, h, w]: readonly number[], pad: number): tf.Tensor {
  const inputShape = [n!, h!, w!, c!];
  return tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, { ...attributes(pad), inputShape }) as tf.Tensor;
}

function attributes(pad: number): { strides: number; pad: number; dataFormat: string } {
  return { strides: 1, pad, dataFormat: 'NHWC' };
}

/** @param finish submits what is deferred, and resolves when the GPU has done it */
export async function prepareOp(
  work: OpCase,
  data: readonly Float32Array<ArrayBuffer>[],
  finish: (result: tf.Tensor) => Promise<void>,
): Promise<PreparedOp> {
  const { compute, inputs: layouts, results: back } = OPS[work.op];
  const inputs = data.map((values, index) => {
    const given = tf.tensor(values, [...(work.shapes[index] ?? [])]);
    return layouts ? tf.transpose(given, layouts[index]) : given;
  });
  const once = (): tf.Tensor[] => tf.tidy(() => compute(inputs, work));
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) tf.dispose(once());
      const last = once();
      await finish(last[0]!);
      tf.dispose(last);
    },
    async output() {
      const results = tf.tidy(() => once().map((each, index) => (back ? tf.transpose(each, back[index]) : each)));
      const parts = await Promise.all(results.map(async (each) => (await each.data()) as Float32Array));
      tf.dispose(results);
      return joined(parts);
    },
    dispose() {
      tf.dispose(inputs);
    },
  };
}
