/** Stacking examples on the host: what comes out, and what examples that do not fit are told. */
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/data/collate.ts';

describe('assemble', () => {
  it('stacks arrays, shaped arrays and class indices along a new first axis', () => {
    const example = (k: number): unknown[] => [
      Float32Array.of(k, k + 0.5),
      { data: Uint8Array.of(k, k, k, k), shape: [2, 2] },
      Int32Array.of(-k),
      k,
    ];
    expect(assemble([example(1), example(2)])).toEqual([
      { data: Float32Array.of(1, 1.5, 2, 2.5), shape: [2, 2] },
      { data: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2), shape: [2, 2, 2] },
      { data: Int32Array.of(-1, -2), shape: [2, 1] },
      { data: Int32Array.of(1, 2), shape: [2] },
    ]);
  });

  it.each([
    ['no list', [7 as unknown as unknown[]], 'get() must return a list of the parts of an example'],
    ['an empty list', [[]], 'get() must return a list'],
    ['a missing part', [[1, 2], [1]], 'One has 2 parts and example 1 of the batch has 1.'],
    [
      'another length',
      [[Float32Array.of(1)], [Float32Array.of(1, 2)]],
      'Part 0 is Float32Array [1] in the first and Float32Array [2] in example 1',
    ],
    [
      'another type',
      [[Float32Array.of(1)], [Int32Array.of(1)]],
      'Float32Array [1] in the first and Int32Array [1] in example 1',
    ],
    [
      'a shape that is not its data',
      [[{ data: new Float32Array(5), shape: [2, 3] }]],
      'has 5 elements and shape [2, 3], which holds 6',
    ],
    ['a plain list of numbers', [[[1, 2, 3]]], 'part 0 of example 0 is no array that can be stacked'],
    ['doubles', [[new Float64Array(2)]], 'Return a Float32Array, Int32Array, Uint8Array'],
    [
      'a fraction as a class',
      [[1], [1.5]],
      'part 0 of example 1 is 1.5; a plain number must be a class index (int32). For a measured value return Float32Array.of(value).',
    ],
  ])('refuses %s', (_, examples, message) => {
    expect(() => assemble(examples)).toThrow(message);
  });
});
