/** The graphs of the CNN lab's networks: nothing is missing, and what is switched off is gone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MODELS } from '../../demos/cnn/config.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './cnn-graph.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/cnn-graph.page.ts');
});
afterAll(async () => {
  expect(page.problems).toEqual([]);
  await page.close();
});

describe('the graph of a network', () => {
  test.each(MODELS)('has every parameter and fits a wide and a narrow page: %s', async (model) => {
    for (const width of [600, 350]) {
      const { parameters, misplaced, blocks } = await page.call('draw', { model }, width);
      expect(parameters[0]).toBe(parameters[1]);
      expect(misplaced).toBe(0);
      expect(blocks[0]).toBe('Image, 3x32x32');
      expect(blocks.at(-1)).toBe('Linear, 10');
    }
  });

  test('shows what LeNet does between its layers', async () => {
    expect((await page.call('draw', { model: 'lenet' }, 600)).blocks).toEqual([
      'Image, 3x32x32',
      'Convolution 5 × 5, ReLU, 6x28x28',
      'Pooling 2 × 2, 6x14x14',
      'Convolution 5 × 5, ReLU, 16x10x10',
      'Pooling 2 × 2, 400',
      'Linear, ReLU, 120',
      'Linear, ReLU, 84',
      'Linear, 10',
    ]);
  });

  test('has a sum and a skip for each block of ResNet-20, and none without them', async () => {
    const residual = await page.call('draw', { model: 'resnet-20' }, 600);
    expect([residual.joins, residual.skips]).toEqual([Array(9).fill('+'), 9]);
    expect(residual.blocks).toContain('Convolution 3 × 3, stride 2, batch norm, ReLU, 32x16x16');
    const plain = await page.call('draw', { model: 'plain-20' }, 600);
    expect([plain.joins, plain.skips]).toEqual([[], 0]);
    expect(plain.parameters).toEqual(residual.parameters);
  });

  test('loses the blocks of an inception branch that is switched off', async () => {
    const all = await page.call('draw', { model: 'googlenet' }, 600);
    const one = await page.call('draw', { model: 'googlenet', branches: [1] }, 600);
    const two = await page.call('draw', { model: 'googlenet', branches: [1, 4] }, 600);
    expect([all, two, one].map(({ blocks }) => blocks.length)).toEqual([6 + 2 + 9 * 7, 6 + 2 + 9 * 3, 6 + 2 + 9]);
    expect(all.joins[0]).toBe('joined: 32 × 32 × 32');
    expect(two.joins[0]).toBe('joined: 12 × 32 × 32');
  });

  test('has a line from each layer of a dense block to each that sees it', async () => {
    const skips = async (reach: 'all' | 'two' | 'one' | 'none'): Promise<number> =>
      (await page.call('draw', { model: 'densenet', reach }, 600)).skips;
    // A block of four: to the layers behind, and from all that came before the last into what comes out.
    expect(await skips('all')).toBe(3 * (6 + 4));
    expect(await skips('two')).toBe(3 * (5 + 4));
    expect(await skips('one')).toBe(3 * (3 + 4));
    expect(await skips('none')).toBe(3 * (3 + 4));
  });
});

test('every layer has a name, and those with ReLU a count of dead units', async () => {
  const { layers } = await page.call('draw', { model: 'lenet' }, 600);
  expect(layers).toEqual(['conv1', 'conv2', 'fc1', 'fc2', 'fc3']);
  expect(await page.call('rectified', { model: 'lenet' })).toEqual([
    ['conv1.weight', 6],
    ['conv2.weight', 16],
    ['fc1.weight', 120],
    ['fc2.weight', 84],
  ]);
  const residual = await page.call('draw', { model: 'resnet-20' }, 600);
  expect(residual.layers).toHaveLength(20);
  expect(await page.call('rectified', { model: 'resnet-20' })).toHaveLength(19);
});
