/** What a compiled step asks of the integers of each batch; the test reads the names. */
import { compile, counters, F, init, nn, ones, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { parameter, row, values, type Cases, type Outcome } from './cases.ts';

export const asking: Cases = {
  'ignores rows of the labels that each batch ignores': async () => {
    const step = (labels: Tensor): Tensor => F.crossEntropy(row(0, 0, Math.log(2), 0).reshape([2, 2]), labels);
    const compiled = compile(step);
    const batches = [
      [0, 1],
      [0, -100],
      [1, 0],
      [-100, 0],
      [1, 1],
    ].map((batch) => Int32Array.from(batch));
    const run = (loss: typeof step): Promise<number[]> =>
      Promise.all(batches.map((batch) => loss(tensor(batch)).item()));
    const before = counters().plans;
    const got = await run(compiled);
    return { got: [...got, counters().plans - before], wanted: [...(await run(step)), 2] };
  },
  'refuses labels, ids and lengths of any later batch, and goes on': async () => {
    const table = parameter(1, 2, 3, 4).reshape([2, 2]).retain();
    const rnn = new nn.RNN(2, 2);
    const steps: Record<string, [step: (x: Tensor) => Tensor, good: number[], bad: number[]]> = {
      'crossEntropy:': [compile((y: Tensor) => F.crossEntropy(ones([2, 3]), y)), [0, 2], [0, 3]],
      'embedding:': [compile((ids: Tensor) => F.embedding(ids.reshape([2, 1]), table).sum()), [0, 1], [2, 0]],
      'RNN:': [compile((lengths: Tensor) => rnn.forward(ones([3, 2, 2]), null, { lengths })[1].sum()), [1, 3], [4, 1]],
      'indexSelect:': [compile((at: Tensor) => table.indexSelect(0, at).sum()), [0, 0], [-1, 0]],
    };
    const got: unknown[] = [];
    for (const [name, [step, good, bad]] of Object.entries(steps)) {
      const call = (batch: number[]): Tensor => step(tensor(Int32Array.from(batch)));
      const first = await call(good).item();
      let message = 'no error';
      try {
        call(bad);
      } catch (error) {
        message = (error as Error).message;
      }
      got.push(message.startsWith(name), (await call(good).item()) === first);
    }
    return { got, wanted: Array.from({ length: 8 }, () => true) };
  },
  'takes ids that only the GPU knows, and then ids of the host': async () => {
    const step = compile((ids: Tensor): Tensor => F.embedding(ids, row(1, 2, 3, 4).reshape([4, 1])));
    const drawn = row(1, 3).to('int32').retain();
    await synchronize();
    return {
      got: [await values(step(drawn)), await values(step(tensor(Int32Array.of(0, 2))))],
      wanted: [
        [2, 4],
        [1, 3],
      ],
    };
  },
};

export async function run(name: string): Promise<Outcome> {
  await init();
  return asking[name]!();
}
