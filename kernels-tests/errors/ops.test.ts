import { expect, test } from 'vitest';
import { openPage } from '../harness/page.ts';
import { describeMistakes } from './describe-mistakes.ts';
import type * as Module from './ops.page.ts';
import { mistakes } from './ops.page.ts';

test('an op before init() says to call it', async () => {
  await using page = await openPage<typeof Module>('kernels-tests/errors/ops.page.ts');
  expect(await page.call('beforeInit')).toMatch(/not started.*await init\(\)/);
});

const page = describeMistakes<typeof Module>('ops', mistakes);

test('labels out of range that only the GPU knows make the loss NaN', async () => {
  const { loss, gradient } = await page().call('unknownLabels');
  expect(loss).toBe('NaN');
  expect(gradient).toHaveLength(2);
});
