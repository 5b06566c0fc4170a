/** Networks that train side by side, whatever they are: played on, hidden, or not to be made. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './contest.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/contest.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

test('what is finished can be played for as many steps again', async () => {
  expect(await page.call('playTwice')).toEqual([3, 6]);
});

test('where networks cannot be made, those before are gone', async () => {
  expect(await page.call('fail')).toEqual(['Thirteen is unlucky.', true]);
});

test('a hidden page waits, and goes on when it is seen', async () => {
  expect(await page.call('hide')).toEqual(['paused', 'playing']);
});
