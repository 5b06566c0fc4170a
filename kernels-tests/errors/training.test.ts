import { describe, expect, test } from 'vitest';
import { describeMistakes } from './describe-mistakes.ts';
import type * as Module from './training.page.ts';
import { mistakes } from './training.page.ts';

const page = describeMistakes<typeof Module>('training', mistakes);

test.each([false, true])('a step that fails in the middle, compiled: %s', async (compiled) => {
  const { got, wanted, message } = await page().call('interrupted', compiled);
  expect(message).toContain('reshape:');
  expect(got).toEqual(wanted);
});

describe('a state dict with', () => {
  test.each([
    ['a missing key', ['"bias" [3] is missing']],
    ['an unexpected key', ['"scale" is not in the model']],
    ['a misshapen key', ['"weight" is [2, 3] and the model has [3, 2]']],
    ['a misshapen key, loosely', ['"bias" is [2] and the model has [3]']],
    ['all of them', ['"weight" is [3]', '"bias" [3] is missing', '"scale" is not in the model']],
    ['integers of a file', ['"weight" is int32 and the model has float32', '"bias" is int32', "of the model's dtype"]],
    ['data longer than its shape', ['"bias"', '40', '[3]']],
    ['data shorter than its shape', ['"weight"', '5', '[3, 2]']],
  ])('%s is refused, and nothing is changed', async (name, says) => {
    const { message, before, after, works } = await page().call('load', name);
    expect(message).toMatch(/^loadStateDict: .*Nothing was loaded\. .*\.$/);
    for (const part of says) expect(message).toContain(part);
    expect(after).toEqual(before);
    expect(works).toBe(true);
  });

  test('a missing and an unexpected key can be loaded where that is allowed', async () => {
    const { message, before, after } = await page().call('load', 'a missing key, loosely');
    expect(message).toBe('no error');
    expect(after).toEqual([[10, 11, 12, 13, 14, 15], ...before.slice(1)]);
  });
});
