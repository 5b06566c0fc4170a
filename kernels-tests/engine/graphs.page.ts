/**
 * Graphs that a planner easily gets wrong, each with the values that it must give.
 *
 * Numbers are small whole so that results are exact. Runs inside the browser; the test reads the names.
 */
import { arange, concat, init, tensor, where, zeros } from '../../src/index.ts';
import { counted, row, values, type Cases, type Outcome } from './cases.ts';

export const graphs: Cases = {
  async 'a slice of a slice whose gradient starts at an offset that can be bound'() {
    const x = tensor(new Float32Array(128).fill(1), { requiresGrad: true });
    const joined = concat([zeros([64]), x.slice(0, 32, 96)]);
    joined.mul(arange(128).to('float32')).sum().backward();
    const got = await values(x.grad!);
    return {
      got: [got.slice(30, 34), got.slice(94, 98)],
      wanted: [
        [0, 0, 64, 65],
        [126, 127, 0, 0],
      ],
    };
  },
  async 'the same slice of one value in two places of a chain'() {
    const x = counted(4, 2).add(0);
    const tail = x.slice(0, 2);
    return { got: await values(tail.mul(x.slice(0, 0, 2)).add(tail)), wanted: [10, 18, 28, 40] };
  },
  async 'one tensor as both operands'() {
    const x = counted(2, 2);
    return {
      got: [await values(x.mul(x)), await values(x.matmul(x)), await values(concat([x, x, x]))],
      wanted: [
        [1, 4, 9, 16],
        [7, 10, 15, 22],
        [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
      ],
    };
  },
  async 'a product of a matrix with its own transpose, and a sum of both'() {
    const x = counted(2, 3).add(0);
    return {
      got: [await values(x.matmul(x.transpose())), await values(x.reshape([3, 2]).add(x.transpose()))],
      wanted: [
        [14, 32, 32, 77],
        [2, 6, 5, 9, 8, 12],
      ],
    };
  },
  async 'slices with offsets into a matrix product'() {
    const x = counted(4, 3).add(0);
    const middle = x.slice(0, 1, 3);
    const turned = x.slice(0, 2, 4).slice(1, 1).transpose();
    return {
      got: [await values(middle.slice(1, 0, 2).matmul(turned)), await values(middle.slice(1, 1).matmul(turned))],
      wanted: [
        [4 * 8 + 5 * 9, 4 * 11 + 5 * 12, 7 * 8 + 8 * 9, 7 * 11 + 8 * 12],
        [5 * 8 + 6 * 9, 5 * 11 + 6 * 12, 8 * 8 + 9 * 9, 8 * 11 + 9 * 12],
      ],
    };
  },
  async 'views of views of views'() {
    const x = counted(2, 3, 4);
    const y = x.permute(2, 0, 1).slice(0, 1, 4, 2).transpose(1, 2).reshape([2, 6]).slice(1, 1, 6, 2).expand([2, 2, 3]);
    return { got: await values(y), wanted: reference() };
  },
  async 'zero-size tensors on every way through a graph'() {
    const none = zeros([0, 3]);
    const chained = none.add(1).mul(2).sum(0);
    const product = zeros([2, 0])
      .matmul(zeros([0, 3]))
      .add(1);
    const joined = concat([none, counted(1, 3), none.mul(2)]);
    const empty = counted(4).slice(0, 2, 2).mul(3);
    return {
      got: [
        await values(chained),
        await values(product),
        await values(joined),
        await values(empty),
        await values(none.matmul(counted(3, 2))),
        await values(none.sum()),
        await values(none.softmax()),
        await values(none.transpose().sum(1)),
      ],
      wanted: [[0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 2, 3], [], [], [0], [], [0, 0, 0]],
    };
  },
  async 'integers, truth values and floats in one chain'() {
    const x = tensor(Int32Array.of(-2, -1, 0, 1, 2));
    const positive = x.gt(0);
    const mixed = where(positive, x.mul(3), x.neg()).add(positive).to('float32').div(2);
    const both = positive.eq(x.ge(1)).to('int32').sum();
    return {
      got: [await values(mixed), await values(positive), await both.item()],
      wanted: [[1, 0.5, 0, 2, 3.5], [0, 0, 0, 1, 1], 5],
    };
  },
  async 'where with two numbers'() {
    const x = row(-1, 1);
    return {
      got: [
        await values(where(x.gt(0), 2, 3)),
        await values(where(x.gt(0), 0.5, 3)),
        await values(x.add(where(x.gt(0), 2, 3))),
      ],
      wanted: [
        [3, 2],
        [3, 0.5],
        [2, 3],
      ],
    };
  },
  async 'a chain behind a reduction before a chain'() {
    const x = counted(2, 3);
    const centred = x
      .mul(2)
      .sub(x.mul(2).mean(1, { keepdim: true }))
      .square()
      .sum(1)
      .sqrt()
      .mul(row(1, 2))
      .add(1);
    return { got: (await values(centred)).map((v) => Math.round(v * 1e4) / 1e4), wanted: [3.8284, 6.6569] };
  },
  async 'a chain whose value is read by a reduction and afterwards'() {
    const x = counted(2, 3).mul(2);
    const total = x.sum();
    const share = x.add(total);
    return {
      got: [await values(total), await values(share), await values(x)],
      wanted: [[42], [44, 46, 48, 50, 52, 54], [2, 4, 6, 8, 10, 12]],
    };
  },
  async 'a diamond whose one side leaves elementwise order'() {
    const x = counted(3, 3).add(1);
    const left = x.mul(2);
    const right = left.transpose().add(x);
    const sum = left.add(right).mul(x);
    return {
      got: [await values(sum)],
      wanted: [
        [2, 3, 4, 5, 6, 7, 8, 9, 10].map((v, i) => {
          const t = 2 * (2 + (i % 3) * 3 + Math.floor(i / 3));
          return (2 * v + t + v) * v;
        }),
      ],
    };
  },
};

function reference(): number[] {
  const x = (i: number, j: number, k: number): number => 1 + i * 12 + j * 4 + k;
  const rows = [1, 3].map((k) => [0, 1, 2].flatMap((j) => [0, 1].map((i) => x(i, j, k))));
  const cut = rows.map((line) => [1, 3, 5].map((at) => line[at]!)).flat();
  return [...cut, ...cut];
}

export async function run(name: string): Promise<Outcome> {
  await init();
  return graphs[name]!();
}
