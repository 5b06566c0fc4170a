/** What the benchmark holds engines to: its float64 arithmetic, which a wrong derivative must not survive. */
import { describe, expect, test } from 'vitest';
import type { OpCase, TrainingCase } from '../demos/bench/cases/case.ts';
import { CASES, findCase } from '../demos/bench/cases/index.ts';
import { inputsOf } from '../demos/bench/cases/case.ts';
import { checkOutput, checkShare } from '../demos/bench/check.ts';
import { conv2d, crossEntropy, maxPool2d, meanOverTime, softmax, standardize } from '../demos/bench/float64/layers.ts';
import {
  add,
  backward,
  embedding,
  leaf,
  linear,
  matmul,
  mul,
  narrow,
  permute,
  relu,
  reshape,
  scale,
  sigmoid,
  tanh,
  type Node,
} from '../demos/bench/float64/node.ts';
import { learn, shareRight } from '../demos/bench/learn.ts';
import { product, uniform } from '../demos/bench/values.ts';

/** Of inputs of these shapes; the loss weighs every element of the result differently. */
const OPS: Readonly<Record<string, readonly [shapes: number[][], compute: (...inputs: Node[]) => Node]>> = {
  'add, with a row that repeats': [[[3, 4], [4]], (a, b) => add(a, b)],
  'mul, with a row that repeats': [[[3, 4], [4]], (a, b) => mul(a, b)],
  relu: [[[7]], (x) => relu(x)],
  tanh: [[[7]], (x) => tanh(x)],
  sigmoid: [[[7]], (x) => sigmoid(x)],
  scale: [[[5]], (x) => scale(x, -1.5)],
  'matmul, with a matrix for all': [
    [
      [2, 3, 4],
      [4, 5],
    ],
    (a, b) => matmul(a, b),
  ],
  'matmul, batched': [
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    (a, b) => matmul(a, b),
  ],
  linear: [[[3, 4], [4, 2], [2]], (x, w, b) => linear(x, w, b)],
  permute: [[[2, 3, 4]], (x) => permute(x, [2, 0, 1])],
  narrow: [[[3, 6]], (x) => narrow(x, 2, 3)],
  'embedding, with an id that repeats': [[[4, 3]], (table) => embedding(table, Int32Array.of(2, 0, 2))],
  conv2d: [[[2, 3, 5, 5], [4, 3, 3, 3], [4]], (x, w, b) => conv2d(x, w, b)],
  maxPool2d: [[[2, 3, 4, 4]], (x) => maxPool2d(x)],
  softmax: [[[3, 5]], (x) => softmax(x)],
  standardize: [[[3, 5]], (x) => standardize(x, 1e-5)],
  meanOverTime: [[[2, 3, 4]], (x) => meanOverTime(x)],
  crossEntropy: [[[4, 3]], (x) => crossEntropy(x, Int32Array.of(0, 2, 1, 1))],
};

describe('the float64 reference', () => {
  test.each(Object.entries(OPS))('differentiates %s as central differences do', (_, [shapes, compute]) => {
    const inputs = shapes.map((shape, index) => leaf(shape, uniform(20 + index, product(shape))));
    const lossOf = (): Node => {
      const y = compute(...inputs);
      const row = reshape(y, [1, y.data.length]);
      return reshape(matmul(row, leaf([y.data.length, 1], uniform(40, y.data.length))), []);
    };
    backward(lossOf());
    for (const { data, gradient } of inputs) {
      const expected = data.map((value, at) => {
        const moved = [1e-5, -1e-5].map((by) => {
          data[at] = value + by;
          const [loss = NaN] = lossOf().data;
          data[at] = value;
          return loss;
        });
        return (moved[0]! - moved[1]!) / 2e-5;
      });
      gradient.forEach((slope, at) => expect(slope).toBeCloseTo(expected[at]!, 7));
    }
  });

  test('the loss of LeNet falls along its gradient as it must', { timeout: 120_000 }, () => {
    const work = findCase('lenet') as TrainingCase;
    const fallAt = (lr: number): number => {
      const [first = NaN, second = NaN] = work.losses({ name: 'sgd', lr, momentum: 0 });
      return first - second;
    };
    expect(fallAt(2e-4)).toBeGreaterThan(0);
    expect(fallAt(2e-4) / fallAt(1e-4)).toBeCloseTo(2, 2);
  });
});

describe('a kernel case', () => {
  const small = ['conv-3-6-k5-input', 'maxpool', 'layernorm', 'attention-128'];
  test.each(small)('%s takes its own reference for right, and nothing else', (name) => {
    const work = findCase(name) as OpCase;
    const inputs = inputsOf(work);
    // The check asks for a thousand elements; the others may be anything.
    const asked = new Map<number, number>();
    const right = new Float32Array(product(work.outShape));
    const watched: OpCase = {
      ...work,
      reference: (given, index) => {
        const value = work.reference(given, index);
        asked.set(index, value);
        return value;
      },
    };
    expect(() => checkOutput(watched, right)).toThrow('wrong result');
    for (const [index] of asked) right[index] = work.reference(inputs, index);
    expect(checkOutput(work, right).error).toBeLessThan(1e-6);
    const [index] = [...asked].reduce((best, each) => (Math.abs(each[1]) > Math.abs(best[1]) ? each : best));
    expect(() => checkOutput(work, right.with(index, right[index]! * 1.001))).toThrow('wrong result');
  });

  test('has a name of its own, and shapes that fit its result', () => {
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  });
});

describe('time to accuracy', () => {
  const data = {
    batches: [{ x: new Float32Array(1), labels: new Int32Array(1), oneHot: new Float32Array(2) }],
    x: new Float32Array(4),
    xShape: [4, 1],
    labels: Int32Array.of(0, 1, 1, 0),
  };
  const right = Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0);
  const wrong = Float32Array.of(0, 1, 1, 0, 0, 1, 1, 0);

  /** Right from some step on. */
  function training(from: number) {
    let steps = 0;
    return {
      steps: () => steps,
      run: async () => void steps++ as unknown as number,
      feed: () => undefined,
      predict: async () => (steps >= from ? right : wrong),
      dispose: () => undefined,
    };
  }

  test('ends at the first look that meets the target', async () => {
    const one = training(5);
    expect(await learn({ target: 0.9, every: 4, most: 100 }, data, one)).toBe(1);
    expect(one.steps()).toBe(8);
  });

  test('gives no number to a network that does not learn', async () => {
    const share = await learn({ target: 0.9, every: 4, most: 20 }, data, training(Infinity));
    expect(share).toBe(0.5);
    const work = findCase('digits');
    if (work.kind !== 'accuracy') throw new Error('digits is no case of time to accuracy.');
    expect(() => checkShare(work, share)).toThrow('50.0 % right');
  });

  test('counts no row as right whose logits are not numbers', () => {
    expect(shareRight(Float32Array.of(NaN, NaN, 0, 1), Int32Array.of(0, 1))).toBe(0.5);
  });
});
