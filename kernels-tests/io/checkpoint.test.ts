/** Runs that are killed and go on with the same bits; checkpoints that do not fit; files kept in the browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/data/random.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './checkpoint.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/io/checkpoint.page.ts');
});
afterAll(() => page.close());

/** Steps of the run: 3 epochs of 9 batches. */
const STEPS = 27;

describe('a run that is killed and goes on from its checkpoint', () => {
  const random = new Random(2);
  it.each(
    (['Adam', 'SGD'] as const).flatMap((kind) =>
      // The first step, the last of an epoch and the one after it; then some at random.
      [[1, 9, 10], ...Array.from({ length: 3 }, () => [1 + random.integer(13), 14 + random.integer(13)])].map(
        (kills): [string, number[]] => [kind, kills],
      ),
    ),
  )('has the bits of one that was not: %s, at steps %j', async (kind, kills) => {
    const { whole, resumed } = await page.call('killed', kind as 'Adam' | 'SGD', kills);
    expect(whole[0]).toHaveLength(STEPS);
    expect(new Set(whole[0]).size).toBeGreaterThan(20);
    expect(resumed).toEqual(whole);
  });

  it('may have trained on while it was saved', async () => {
    expect(await page.call('whileTraining')).toBe(true);
  });
});

describe('loadCheckpoint changes nothing and says what is wrong with', () => {
  it.each([
    ['another model', 'loadCheckpoint: the file is of another model: "0.weight" is [9, 4] and the model has [10, 4];'],
    [
      'another optimiser',
      'loadCheckpoint: the file is of optim.Adam, and the optimizer is optim.SGD. Nothing was loaded.',
    ],
    ['another loader', 'DataLoader: loadStateDict: batchSize was 4 and is 5 here.'],
    ['a file cut short', 'the file is cut short or damaged'],
    ['a file of nothing', 'the file is cut short: 0 bytes'],
    ['a later format', 'loadCheckpoint: the file has format 2, and this version reads up to 1. Nothing was loaded.'],
    ['metadata that is no JSON', 'loadCheckpoint: the file is damaged'],
    ['metadata without a generator', 'loadCheckpoint: the file is damaged'],
    ['optimiser steps that are no number', 'has made 1.5 steps. Nothing was loaded.'],
    ['a part that is not given', 'loadCheckpoint: the file has a loader and none is given to load it.'],
    ['a part that was not saved', 'loadCheckpoint: the file has no optimizer.'],
    ['weights alone', 'loadCheckpoint: the file holds tensors and is no checkpoint.'],
    ['extra with a function', 'saveCheckpoint: "draw" is a function, which JSON does not hold.'],
  ])('%s', async (what, message) => {
    const found = await page.call('misfit', what);
    expect(found.message).toContain(message);
    expect(found.unchanged).toBe(true);
  });
});

describe('browserStorage', () => {
  it('saves, replaces, lists and deletes', async () => {
    expect(await page.call('stored')).toEqual([null, false, [3, 3, 3], ['a.safetensors 3', 'b 3'], [true, ['b']]]);
  });

  it.each([
    ['QuotaExceededError', 'browserStorage: no room for "kept" of 9 bytes.'],
    ['InvalidStateError', 'browserStorage: "kept" could not be written (InvalidStateError: half-way).'],
  ])('loses nothing where writing fails half-way: %s', async (name, message) => {
    const found = await page.call('interrupted', name);
    expect(found.message).toContain(message);
    expect([found.left, found.files]).toEqual([[1, 2, 3], ['kept']]);
  });

  it.each([
    ['a name with a slash', 'browserStorage: "../x" is no name of a file.'],
    ['an empty name', 'browserStorage: "" is no name of a store.'],
    ['dots alone', 'browserStorage: ".." is no name of a file.'],
    ['a private window', 'browserStorage: "a" cannot be opened: the browser refuses private files'],
  ])('says what is wrong with %s', async (what, message) => {
    expect(await page.call('refused', what)).toContain(message);
  });
});
