/** The benchmark's ops on jax-js, each in one jit. Its arrays are consumed by use; `.ref` keeps one. */
import { jit, lax, nn, numpy as np, vjp, type Array as JaxArray } from '@jax-js/jax';
import type { OpCase, OpName } from '../../cases/case.ts';
import { joined, type PreparedOp } from '../../engine.ts';
import { array, laidOut } from './arrays.ts';

interface Op {
  readonly compute: (inputs: JaxArray[], work: OpCase) => JaxArray[];
  /** From PyTorch's layout to the op's own, done before the clock starts, and back. */
  readonly axes?: number[];
}

const OPS: Readonly<Record<OpName, Op>> = {
  matmul: { compute: ([a, b]) => [np.matmul(a!, b!)] },
  conv2d: { compute: ([x, w], work) => [convolve(x!, w!, work)] },
  conv2dWeight: {
    compute: ([x, dy], work) => pullback((w) => convolve(x!, w, work), np.zeros([...work.outShape]), dy!),
  },
  conv2dInput: {
    compute: ([dy, w], work) => pullback((x) => convolve(x, w!, work), np.zeros([...work.outShape]), dy!),
  },
  conv2dPasses: {
    compute: ([x, w, dy], work) => {
      const [y, pull] = vjp((x: JaxArray, w: JaxArray) => convolve(x, w, work), [x!, w!]);
      const [dx, dw] = pull(dy!);
      pull.dispose();
      return [y, dw, dx];
    },
  },
  maxPool2d: { compute: ([x]) => [lax.reduceWindow(x!, np.max, [2, 2], [2, 2])] },
  softmax: { compute: ([x]) => [nn.softmax(x!, -1)] },
  layerNorm: { compute: ([x, weight, bias]) => [nn.standardize(x!, -1).mul(weight!).add(bias!)] },
  // [batch, length, heads, width]
  attention: { compute: ([q, k, v]) => [nn.dotProductAttention(q!, k!, v!)], axes: [0, 2, 1, 3] },
};

function convolve(x: JaxArray, w: JaxArray, { padding }: OpCase): JaxArray {
  const around: [number, number] = [padding, padding];
  return lax.convGeneralDilated(x, w, [1, 1], [around, around]);
}

/** The gradient alone: the value is not computed. */
function pullback(compute: (x: JaxArray) => JaxArray, at: JaxArray, dy: JaxArray): JaxArray[] {
  const [value, pull] = vjp(compute, [at]);
  value.dispose();
  const [dx] = pull(dy);
  pull.dispose();
  return [dx];
}

export async function prepareOp(work: OpCase, data: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const { compute, axes } = OPS[work.op];
  const given = data.map((values, index) => array(values, work.shapes[index] ?? []));
  const inputs = axes ? given.map((each) => laidOut(each, axes)) : given;
  await Promise.all(inputs.map((each) => each.blockUntilReady()));
  const op = jit((...all: JaxArray[]) => compute(all, work));
  const once = (): JaxArray[] => op(...inputs.map((each) => each.ref));
  return {
    async run(iterations) {
      // Submits and lets go of the result; to dispose of an array that is not yet submitted would cancel the op.
      for (let i = 1; i < iterations; i++) for (const each of once()) each.gpuBufferSync();
      const last = once();
      await Promise.all(last.map((each) => each.blockUntilReady()));
      for (const each of last) each.dispose();
    },
    async output() {
      const results = once().map((each) => (axes ? laidOut(each, axes) : each));
      return joined(await Promise.all(results.map(async (each) => (await each.data()) as Float32Array)));
    },
    dispose() {
      for (const each of inputs) each.dispose();
    },
  };
}
