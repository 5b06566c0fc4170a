/** Tables made ready for training: encoding, filling, scaling, splitting, and what cannot be trained on. */
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/data/csv.ts';
import { Random } from '../../src/data/random.ts';
import { trainTestSplit, type SplitOptions } from '../../src/data/split.ts';
import { tabular, type TabularOptions, type TabularPart } from '../../src/data/tabular.ts';

const plain: Omit<TabularOptions, 'target'> = { testSize: 0, standardize: false };

function rowsOf({ features: { data, shape } }: TabularPart): number[][] {
  const [count = 0, width = 0] = shape;
  return Array.from({ length: count }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
}

describe('tabular', () => {
  it('gives features, one-hot categories and classes, in the order of the columns', () => {
    const table = parseCsv('size,colour,note,kind\n1,red,a1,b\n2,blue,b2,a\n3,red,c3,b', { kinds: { note: 'text' } });
    const made = tabular(table, { target: 'kind', ...plain });
    expect(made.featureNames).toEqual(['size', 'colour=blue', 'colour=red']);
    expect(rowsOf(made.train)).toEqual([
      [1, 0, 1],
      [2, 1, 0],
      [3, 0, 1],
    ]);
    expect(made.train.labels).toEqual({ data: Int32Array.of(1, 0, 1), shape: [3] });
    expect([made.classNames, made.ignored, made.test]).toEqual([['a', 'b'], ['note'], null]);
  });

  it('gives categories as their index when asked to', () => {
    const made = tabular(parseCsv('c,y\nx,0\nz,1\ny,0'), { target: 'y', categories: 'index', ...plain });
    expect([made.featureNames, rowsOf(made.train)]).toEqual([['c'], [[0], [2], [1]]]);
  });

  it('takes the features that are named, in their order', () => {
    const made = tabular(parseCsv('a,b,c,y\n1,2,3,0\n4,5,6,1'), { target: 'y', features: ['c', 'a'], ...plain });
    expect(rowsOf(made.train)).toEqual([
      [3, 1],
      [6, 4],
    ]);
  });

  it.each([
    ['words', 'y\nb\na\nb', {}, ['a', 'b'], [1, 0, 1], [3]],
    ['a few whole numbers, sorted as numbers', 'y\n10\n2\n10', {}, ['2', '10'], [1, 0, 1], [3]],
    ['numbers that are asked to be classes', 'y\n0.5\n2.5\n0.5', { classify: true }, ['0.5', '2.5'], [0, 1, 0], [3]],
    ['fractions', 'y\n0.5\n2.5\n0.5', {}, null, [0.5, 2.5, 0.5], [3, 1]],
    ['whole numbers that are asked to be numbers', 'y\n10\n2\n10', { classify: false }, null, [10, 2, 10], [3, 1]],
  ])('predicts %s', (_, column, options, classNames, values, shape) => {
    const table = parseCsv(column.replaceAll('\n', '\n1,').replace('y', 'x,y'), { header: true });
    const { train, ...made } = tabular(table, { target: 'y', ...plain, ...options });
    expect([made.classNames, [...train.labels.data], train.labels.shape]).toEqual([classNames, values, shape]);
  });

  it('takes more than twenty whole numbers for numbers', () => {
    const lines = Array.from({ length: 21 }, (_, k) => `1,${k}`);
    expect(tabular(parseCsv(`x,y\n${lines.join('\n')}`), { target: 'y', ...plain }).classNames).toBeNull();
  });

  const gaps = 'n,c,y\n1,u,p\n2,v,q\n9,,p\n,v,q\n2,u,p\n4,v,';
  it.each([
    [
      'drop',
      [
        [1, 0],
        [2, 1],
        [2, 0],
      ],
      [0, 1, 4],
    ],
    [
      'mean',
      [
        [1, 0],
        [2, 1],
        [9, 0],
        [3.5, 1],
        [2, 0],
      ],
      [0, 1, 2, 3, 4],
    ],
    [
      'median',
      [
        [1, 0],
        [2, 1],
        [9, 0],
        [2, 1],
        [2, 0],
      ],
      [0, 1, 2, 3, 4],
    ],
    [
      'mostFrequent',
      [
        [1, 0],
        [2, 1],
        [9, 0],
        [2, 1],
        [2, 0],
      ],
      [0, 1, 2, 3, 4],
    ],
  ] as const)('handles missing values by %s, and leaves out rows without target', (missing, expected, rows) => {
    const made = tabular(parseCsv(gaps), { target: 'y', missing, categories: 'index', ...plain });
    expect([rowsOf(made.train), [...made.train.rows]]).toEqual([expected, rows]);
  });

  it('learns fill values and scales of the training part alone', () => {
    const random = new Random(4);
    const lines = Array.from({ length: 200 }, (_, k) => `${k % 7 === 0 ? '' : random.normal(5, 3)},${k % 2}`);
    const table = parseCsv(`x,y\n${lines.join('\n')}`);
    const made = tabular(table, { target: 'y', missing: 'median', testSize: 0.3, seed: 2 });
    const raw = (part: TabularPart): number[] => Array.from(part.rows, (row) => Number(table.columns[0]!.values[row]));
    const known = raw(made.train)
      .filter((value) => !Number.isNaN(value))
      .sort((a, b) => a - b);
    const median = (known[(known.length - 1) >> 1]! + known[known.length >> 1]!) / 2;
    const filled = raw(made.train).map((value) => (Number.isNaN(value) ? median : value));
    const mean = filled.reduce((a, b) => a + b) / filled.length;
    const std = Math.sqrt(filled.reduce((sum, value) => sum + (value - mean) ** 2, 0) / filled.length);
    for (const part of [made.train, made.test!])
      raw(part).forEach((value, row) => {
        expect(part.features.data[row]).toBeCloseTo(((Number.isNaN(value) ? median : value) - mean) / std, 5);
      });
    expect(made.mean[0]).toBeCloseTo(mean, 5);
    expect(made.std[0]).toBeCloseTo(std, 5);
  });

  it('leaves a feature that never changes at 0', () => {
    const made = tabular(parseCsv('a,b,y\n0.1,1,0\n0.1,2,1\n0.1,3,0'), { target: 'y', testSize: 0 });
    expect(rowsOf(made.train).map(([constant]) => constant)).toEqual([0, 0, 0].map(() => expect.closeTo(0, 6)));
    expect(made.std[0]).toBe(1);
  });

  it('parts rows once each, classes in equal shares', () => {
    const lines = Array.from({ length: 90 }, (_, k) => `${k},${k % 3 === 0 ? 'few' : 'many'}`);
    const { train, test } = tabular(parseCsv(`x,y\n${lines.join('\n')}`), { target: 'y', testSize: 1 / 3, seed: 1 });
    expect([...train.rows, ...test!.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, k) => k));
    expect([...test!.labels.data].filter((label) => label === 0)).toHaveLength(10);
    expect([...train.labels.data].filter((label) => label === 0)).toHaveLength(20);
  });

  it.each<[string, string, TabularOptions, string]>([
    [
      'a target that is not there',
      'a,b\n1,2',
      { target: 'c' },
      'tabular: target names "c", which is no column. There are "a", "b".',
    ],
    [
      'a feature that is not there',
      'a,b\n1,2',
      { target: 'a', features: ['d'] },
      'tabular: features names "d", which is no column.',
    ],
    ['nothing but the target', 'a\n1\n2', { target: 'a' }, 'tabular: no features are left beside "a".'],
    [
      'a missing feature',
      'a,b\n1,2\n1,\n,1',
      { target: 'a', features: ['b'] },
      'tabular: line 4, column "a": a value is missing, as in 1 of 3 rows.',
    ],
    ['one class', 'a,y\n1,x\n2,x', { target: 'y' }, 'tabular: target "y" has one class in all 2 rows left'],
    [
      'one class after dropping',
      'a,y\n1,x\n,z\n2,x',
      { target: 'y', missing: 'drop' },
      'tabular: target "y" has one class in all 2 rows',
    ],
    [
      'no rows after dropping',
      'a,b,y\n1,,x\n,2,z',
      { target: 'y', missing: 'drop' },
      'tabular: no rows are left of 2; each misses a value.',
    ],
    [
      'a column without values',
      'a,b,y\n1,?,x\n2,?,z',
      { target: 'y', missing: 'mean', testSize: 0 },
      'tabular: column "b" has no value in the training part',
    ],
    [
      'numbers asked of words',
      'a,y\n1,x\n2,z',
      { target: 'y', classify: false },
      'tabular: target "y" is category, no number.',
    ],
    [
      'no training part',
      'a,y\n1,x\n2,z',
      { target: 'y', testSize: 1 },
      'trainTestSplit: testSize 1 of 2 examples is 2.',
    ],
    ['a negative share', 'a,y\n1,x\n2,z', { target: 'y', testSize: -0.5 }, 'trainTestSplit: testSize -0.5 of 2'],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => tabular(parseCsv(text, { header: true }), options)).toThrow(message);
  });

  it('refuses text as a feature, and more features than memory holds', () => {
    const table = parseCsv('t,y\na,0\nb,1', { kinds: { t: 'text' } });
    expect(() => tabular(table, { target: 'y', features: ['t'] })).toThrow('tabular: column "t" is text');
    const many = Array.from({ length: 20_000 }, (_, k) => `v${k},${k % 2}`);
    const wide = parseCsv(`c,y\n${many.join('\n')}`, { kinds: { c: 'category' } });
    expect(() => tabular(wide, { target: 'y' })).toThrow(
      /^tabular: 20000 rows of 20000 features are too many.*'index'/,
    );
  });
});

describe('trainTestSplit', () => {
  it('depends on its seed alone', () => {
    const split = (options: SplitOptions) => trainTestSplit(50, options);
    expect(split({ seed: 3 })).toEqual(split({ seed: 3 }));
    expect(split({ seed: 3 })).not.toEqual(split({ seed: 4 }));
    expect(split({ testSize: 0.2 }).test).toHaveLength(10);
  });

  it('has classes in the shares of the whole, within two examples, for any counts', () => {
    const random = new Random(9);
    for (let round = 0; round < 200; round++) {
      const classes = Array.from({ length: 3 + random.integer(100) }, () =>
        Math.min(random.integer(6), random.integer(6)),
      );
      const testSize = 0.1 + 0.8 * random.uniform();
      const wanted = Math.round(classes.length * testSize);
      if (wanted < 1 || wanted >= classes.length) continue;
      const { train, test } = trainTestSplit(classes.length, { testSize, seed: round, stratify: classes });
      expect(test).toHaveLength(wanted);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual(classes.map((_, k) => k));
      const count = (part: Int32Array, label: number): number => part.filter((k) => classes[k] === label).length;
      for (const label of new Set(classes)) {
        const size = classes.filter((k) => k === label).length;
        expect(Math.abs(count(test, label) - (size * wanted) / classes.length)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('trains on a class that has a single example', () => {
    for (let seed = 0; seed < 10; seed++)
      expect(trainTestSplit(5, { testSize: 0.4, seed, stratify: [0, 0, 0, 0, 1] }).train).toContain(4);
  });

  it('refuses classes of another number of examples', () => {
    expect(() => trainTestSplit(4, { stratify: [0, 1] })).toThrow(
      'trainTestSplit: stratify has 2 classes for 4 examples.',
    );
  });
});
