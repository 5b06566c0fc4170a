/** Rows of a table by ids that repeat, lie outside or are padding; and places in a sequence. */
import { F, tensor } from '../../src/index.ts';
import { Nd } from './nd.ts';
import { golden, integers, normal, type Case } from './row.ts';

interface Attrs {
  readonly paddingIdx?: number;
}

/** With padding, the table's row for it moves nothing: the reference does not read it, and the engine's value is taken off. */
const lookupCases = golden<Attrs>({
  op: 'embedding',
  run: (options) => (ids, weight) => {
    const rows = F.embedding(ids, weight, options);
    if (options.paddingIdx === undefined) return rows;
    return rows.mul(ids.ne(options.paddingIdx).unsqueeze(-1).to('float32'));
  },
  reference:
    ({ paddingIdx }) =>
    (ids, weight) =>
      Nd.of([...ids.shape, weight.shape[1] ?? 0], (place) => {
        const id = ids.get(place.slice(0, -1));
        return id === paddingIdx ? 0 : weight.get([id, place.at(-1) ?? 0]);
      }),
  tolerance: 2e-5,
  why: 'a copy is exact; gradients add up what was read several times',
  rows: [
    { inputs: [integers(0, 1, 1), normal(1, 1)], attrs: {} },
    { inputs: [integers(0, 7, 5), normal(7, 3)], attrs: {} },
    { inputs: [integers(0, 7, 3, 5), normal(7, 4)], attrs: {} },
    { inputs: [integers(0, 7, 2, 3, 4), normal(7, 5)], attrs: { paddingIdx: 2 } },
    { inputs: [integers(0, 311, 701), normal(311, 8)], attrs: {}, label: 'by lists' },
    { inputs: [integers(0, 5, 13, 67), normal(1201, 3)], attrs: { paddingIdx: 3 }, label: 'few of many, by lists' },
    { inputs: [integers(0, 66_001, 5, 3), normal(66_001, 2)], attrs: {}, label: 'of more rows than 65,535' },
  ],
});

/** Rows whose ids only the GPU knows, some of which lie outside. */
const outsideCases = golden<object>({
  op: 'embedding',
  run: () => (ids, weight) => F.embedding(ids.mul(2), weight),
  reference: () => (ids, weight) =>
    Nd.of([...ids.shape, weight.shape[1] ?? 0], (place) => {
      const id = 2 * ids.get(place.slice(0, -1));
      return id < (weight.shape[0] ?? 0) ? weight.get([id, place.at(-1) ?? 0]) : Number.NaN;
    }),
  tolerance: 0,
  why: 'a copy is exact',
  grad: false,
  rows: [
    { inputs: [integers(0, 7, 31), normal(7, 3)], attrs: {}, label: 'outside the table' },
    { inputs: [integers(0, 7, 31), normal(7, 4)], attrs: {}, label: 'outside the table' },
  ],
});

const positionCases = golden<{ readonly length: number; readonly features: number }>({
  op: 'sinusoidalPositions',
  run:
    ({ length, features }) =>
    () =>
      F.sinusoidalPositions(length, features).add(tensor(0)),
  reference:
    ({ length, features }) =>
    () =>
      Nd.of([length, features], ([place = 0, feature = 0]) => {
        const rate = Math.exp((-Math.log(10000) * 2 * Math.floor(feature / 2)) / features);
        return feature % 2 === 0 ? Math.sin(place * rate) : Math.cos(place * rate);
      }),
  tolerance: 1e-6,
  why: 'float64 rounded to float32',
  grad: false,
  rows: [
    { inputs: [], attrs: { length: 1, features: 1 } },
    { inputs: [], attrs: { length: 50, features: 6 } },
    { inputs: [], attrs: { length: 13, features: 7 } },
  ],
});

export const embeddingCases: Case[] = [...lookupCases, ...outsideCases, ...positionCases];
