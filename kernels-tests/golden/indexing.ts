/** Reading and writing by index: gather, scatter, scatterAdd, indexAdd, counts and bins. */
import { searchsorted } from '../../src/index.ts';
import { eachIndex, Nd } from './nd.ts';
import { golden, integers, normal, uniform, values, type Case, type Row } from './row.ts';

interface Axis {
  readonly axis: number;
}

const at = (x: Nd, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

const gatherCases = golden<Axis>({
  op: 'gather',
  run:
    ({ axis }) =>
    (x, index) =>
      x.gather(axis, index),
  reference:
    ({ axis }) =>
    (x, index) =>
      Nd.of(index.shape, (place) => x.get(place.with(at(x, axis), index.get(place)))),
  tolerance: 1e-5,
  why: 'a copy is exact; gradients add up what was read several times',
  rows: [
    { inputs: [normal(1), integers(0, 1, 1)], attrs: { axis: 0 } },
    { inputs: [normal(7), integers(0, 7, 20)], attrs: { axis: 0 } },
    { inputs: [normal(5, 7), integers(0, 7, 5, 3)], attrs: { axis: 1 } },
    { inputs: [normal(5, 7), integers(0, 5, 9, 7)], attrs: { axis: 0 } },
    { inputs: [normal(5, 7), integers(0, 7, 2, 11)], attrs: { axis: -1 }, label: 'of fewer rows' },
    { inputs: [normal(3, 4, 2, 5), integers(0, 4, 2, 6, 2, 3)], attrs: { axis: 1 }, label: 'smaller on two axes' },
    { inputs: [integers(-9, 9, 5, 7), integers(0, 7, 5, 2)], attrs: { axis: 1 }, label: 'of int32' },
    { inputs: [normal(66_001, 2), integers(0, 2, 66_001, 1)], attrs: { axis: 1 }, label: 'more rows than 65,535' },
  ],
});

/** Row-major over the index, so that for each place the order is that of the index. */
function scattered(x: Nd, axis: number, index: Nd, write: (old: number, place: readonly number[]) => number): Nd {
  const out = x.map((value) => value);
  eachIndex(index.shape, (place) => {
    const to = place.with(at(x, axis), index.get(place));
    if (index.get(place) < 0 || index.get(place) >= (x.shape[at(x, axis)] ?? 0)) return;
    out.data[x.broadcastOffset(to)] = write(out.get(to), place);
  });
  return out;
}

const SCATTERED: Row<Axis>[] = [
  { inputs: [normal(5), integers(0, 5, 9), normal(9)], attrs: { axis: 0 } },
  { inputs: [normal(5, 7), integers(0, 7, 5, 3), normal(5, 3)], attrs: { axis: 1 } },
  { inputs: [normal(5, 7), integers(0, 5, 11, 7), normal(11, 7)], attrs: { axis: 0 } },
  { inputs: [normal(5, 7), integers(0, 7, 3, 4), normal(6, 5)], attrs: { axis: -1 }, label: 'smaller than both' },
  { inputs: [normal(2, 3, 4, 3), integers(0, 4, 2, 2, 7, 3), normal(2, 2, 7, 3)], attrs: { axis: 2 } },
  {
    inputs: [integers(-9, 9, 5, 7), integers(0, 7, 5, 3), integers(1 << 24, 1 << 25, 5, 3)],
    attrs: { axis: 1 },
    label: 'of large int32',
    tolerance: 0,
  },
];

const scatterAddCases = golden<Axis>({
  op: 'scatterAdd',
  run:
    ({ axis }) =>
    (x, index, source) =>
      x.scatterAdd(axis, index, source),
  reference:
    ({ axis }) =>
    (x, index, source) =>
      scattered(x, axis, index, (old, place) => old + source.get(place)),
  tolerance: 1e-5,
  why: 'sums of a few float32',
  rows: SCATTERED,
});

const scatterCases = [
  ...golden<Axis>({
    op: 'scatter',
    run:
      ({ axis }) =>
      (x, index, source) =>
        x.scatter(axis, index, source),
    reference:
      ({ axis }) =>
      (x, index, source) =>
        scattered(x, axis, index, (_, place) => source.get(place)),
    tolerance: 1e-6,
    why: 'a copy is exact',
    rows: SCATTERED,
  }),
  ...golden<Axis & { value: number }>({
    op: 'scatter',
    run:
      ({ axis, value }) =>
      (x, index) =>
        x.scatter(axis, index, value),
    reference:
      ({ axis, value }) =>
      (x, index) =>
        scattered(x, axis, index, () => value),
    tolerance: 1e-6,
    why: 'a copy is exact',
    rows: [
      { inputs: [normal(5, 7), integers(0, 7, 5, 1)], attrs: { axis: 1, value: 1.5 } },
      { inputs: [integers(-9, 9, 5, 7), integers(0, 5, 2, 6)], attrs: { axis: 0, value: 3 }, label: 'of int32' },
    ],
  }),
];

const indexAddCases = golden<Axis & { alpha?: number }>({
  op: 'indexAdd',
  run:
    ({ axis, ...options }) =>
    (x, index, source) =>
      x.indexAdd(axis, index, source, options),
  reference:
    ({ axis, alpha = 1 }) =>
    (x, index, source) => {
      const each = Nd.of(source.shape, (place) => index.at(place[at(x, axis)] ?? 0));
      return scattered(x, axis, each, (old, place) => old + alpha * source.get(place));
    },
  tolerance: 1e-5,
  why: 'sums of a few float32',
  rows: [
    { inputs: [normal(5, 3), integers(0, 5, 9), normal(9, 3)], attrs: { axis: 0 } },
    { inputs: [normal(2, 5, 3), integers(0, 5, 4), normal(2, 4, 3)], attrs: { axis: -2, alpha: -0.5 } },
    { inputs: [integers(0, 9, 4), integers(0, 4, 30), integers(0, 9, 30)], attrs: { axis: 0 }, label: 'of int32' },
  ],
});

const bincountCases = golden<{ minlength?: number }>({
  op: 'bincount',
  run: (options) => (x, weights) => x.bincount({ ...options, ...(weights ? { weights } : {}) }),
  reference:
    ({ minlength = 0 }) =>
    (x, weights) => {
      const out = new Nd([Math.max(minlength, x.data.reduce((a, b) => Math.max(a, b), -1) + 1)]);
      x.data.forEach((value, index) => (out.data[value] = (out.data[value] ?? 0) + (weights ? weights.at(index) : 1)));
      return out;
    },
  tolerance: 0,
  why: 'counts are exact',
  rows: [
    { inputs: [integers(0, 1, 1)], attrs: {} },
    { inputs: [integers(0, 7, 100)], attrs: {} },
    { inputs: [integers(0, 7, 100)], attrs: { minlength: 12 } },
    { inputs: [integers(0, 13, 5003)], attrs: { minlength: 13 } },
    { inputs: [integers(0, 3, 0)], attrs: { minlength: 3 }, label: 'of nothing' },
    { inputs: [integers(0, 9, 2053), normal(2053)], attrs: { minlength: 9 }, label: 'weighted', tolerance: 1e-5 },
  ],
});

interface Histogram {
  readonly bins?: number;
  readonly min?: number;
  readonly max?: number;
}

const histcCases = golden<Histogram>({
  op: 'histc',
  run: (options) => (x) => x.histc(options),
  reference:
    ({ bins = 100, min = 0, max = 0 }) =>
    (x) => {
      const given = min !== 0 || max !== 0;
      let [low, high] = given ? [min, max] : [Math.min(...x.data), Math.max(...x.data)];
      if (low === high) [low, high] = [low - 1, high + 1];
      const out = new Nd([bins]);
      for (const value of x.data) {
        const bin = value === high ? bins - 1 : Math.floor(((value - low) / (high - low)) * bins);
        if (value >= low && value <= high) out.data[bin] = (out.data[bin] ?? 0) + 1;
      }
      return out;
    },
  tolerance: 0,
  why: 'the elements lie well inside their bins',
  grad: false,
  rows: [
    { inputs: [values([0.5, 1.5, 1.25, 3.5, 2, 4, 0], 35)], attrs: { bins: 4, min: 0, max: 4 } },
    {
      inputs: [values([0.5, 1.5, 1.25, 3.5, -2, 5, 4], 7, 5)],
      attrs: { bins: 4, min: 0, max: 4 },
      label: 'with outsiders',
    },
    { inputs: [values([-1, 3, 0.25, 1.75], 40)], attrs: { bins: 8 } },
    { inputs: [values([2], 5)], attrs: { bins: 3 }, label: 'of equal elements' },
  ],
});

const searchsortedCases = golden<{ right?: boolean }>({
  op: 'searchsorted',
  run: (options) => (sorted, wanted) => searchsorted(sorted, wanted, options),
  reference:
    ({ right = false }) =>
    (sorted, wanted) =>
      Nd.of(wanted.shape, (place) => {
        const size = sorted.shape.at(-1) ?? 0;
        const lead = sorted.shape.length === 1 ? [] : place.slice(0, -1);
        const value = wanted.get(place);
        let count = 0;
        for (let index = 0; index < size; index++) {
          const element = sorted.get([...lead, index]);
          if (Number.isNaN(value) || (right ? element <= value : element < value)) count++;
        }
        return count;
      }),
  tolerance: 0,
  why: 'counts are exact',
  grad: false,
  rows: [
    { inputs: [values([1, 2, 2, 5, 9], 5), values([0, 1, 2, 3, 9, 10, Number.NaN], 7)], attrs: {} },
    { inputs: [values([1, 2, 2, 5, 9], 5), values([0, 1, 2, 3, 9, 10, Number.NaN], 2, 7)], attrs: { right: true } },
    { inputs: [values([1, 3, 7], 4, 3), uniform(0, 8, 4, 6)], attrs: {}, label: 'of lines' },
  ],
});

const bucketizeCases = golden<{ right?: boolean }>({
  op: 'bucketize',
  run: (options) => (x, boundaries) => x.bucketize(boundaries, options),
  reference:
    ({ right = false }) =>
    (x, boundaries) =>
      x.map((value) => boundaries.data.filter((bound) => (right ? bound <= value : bound < value)).length),
  tolerance: 0,
  why: 'counts are exact',
  grad: false,
  rows: [
    { inputs: [uniform(0, 4, 5, 7), values([1, 2, 3], 3)], attrs: {} },
    { inputs: [values([1, 2, 2.5], 6), values([1, 2, 3], 3)], attrs: { right: true } },
  ],
});

export const indexingCases: Case[] = [
  ...gatherCases,
  ...scatterAddCases,
  ...scatterCases,
  ...indexAddCases,
  ...bincountCases,
  ...histcCases,
  ...searchsortedCases,
  ...bucketizeCases,
];
