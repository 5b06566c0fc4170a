/** The benchmark's ops as a user of this engine writes them. */
import { compile, F, ready, synchronize, tensor, zeros, type Tensor } from '../../../../src/index.ts';
import type { OpCase, OpName } from '../../cases/case.ts';
import { EPSILON } from '../../cases/rows.ts';
import { joined, type PreparedOp } from '../../engine.ts';

/** Makes of the inputs what is run again and again; its results lie behind each other in the case's. */
type Op = (inputs: readonly Tensor[], work: OpCase) => () => Tensor[];

const OPS: Readonly<Record<OpName, Op>> = {
  matmul:
    ([a, b]) =>
    () => [a!.matmul(b!)],
  conv2d:
    ([x, w], { padding }) =>
    () => [F.conv2d(x!, w!, null, { padding })],
  conv2dWeight: ([x, dy], { outShape, padding }) => {
    const w = zeros(outShape, { requiresGrad: true });
    return () => gradients(F.conv2d(x!, w, null, { padding }), dy!, [w]);
  },
  conv2dInput: ([dy, w], { outShape, padding }) => {
    const x = zeros(outShape, { requiresGrad: true });
    return () => gradients(F.conv2d(x, w!, null, { padding }), dy!, [x]);
  },
  conv2dPasses:
    ([x, w, dy], { padding }) =>
    () => {
      const y = F.conv2d(x!, w!, null, { padding });
      return [y, ...gradients(y, dy!, [w!, x!])];
    },
  maxPool2d:
    ([x]) =>
    () => [F.maxPool2d(x!, 2)],
  softmax:
    ([x]) =>
    () => [F.softmax(x!, -1)],
  layerNorm:
    ([x, weight, bias]) =>
    () => [F.layerNorm(x!, weight!.shape, { weight: weight!, bias: bias!, eps: EPSILON })],
  attention:
    ([q, k, v]) =>
    () => [F.scaledDotProductAttention(q!, k!, v!)],
};

function gradients(y: Tensor, dy: Tensor, of: readonly Tensor[]): Tensor[] {
  for (const each of of) each.grad = null;
  y.backward({ gradient: dy });
  return of.map(({ grad }) => grad!);
}

export async function prepareOp(work: OpCase, data: readonly Float32Array<ArrayBuffer>[]): Promise<PreparedOp> {
  const requiresGrad = work.op === 'conv2dPasses';
  const inputs = data.map((values, index) => tensor(values, { shape: work.shapes[index] ?? [], requiresGrad }));
  const op = compile(OPS[work.op](inputs, work));
  return {
    async run(iterations) {
      for (let i = 0; i < iterations; i++) op();
      await synchronize();
    },
    output: async () => joined(await Promise.all(op().map(async (each) => (await each.data()) as Float32Array))),
    ready: () => ready({ fast: true }),
    dispose() {
      for (const each of inputs) each.dispose();
    },
  };
}
