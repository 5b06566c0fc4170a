import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './models.page.ts';
import { built, cases } from './models.page.ts';

/** Milliseconds: the first that reads waits until those weights are drawn, minutes on a busy software adapter. */
const WAIT = 400_000;

let page: TestPage<typeof Module>;
async function open(): Promise<void> {
  page = await openPage<typeof Module>('kernels-tests/models/models.page.ts');
}
async function close(): Promise<void> {
  expect(page.problems).toEqual([]);
  await page.close();
}

// Where models are built and never run; their weights are drawn all the same, 200 million numbers.
describe('as they are built,', () => {
  beforeAll(open);
  afterAll(close);

  describe('models have the published number of parameters:', () => {
    // torchvision's documentation gives those of its models to the digit; He et al. 2016 give 0.27, 0.46 and 0.85 million
    // for CIFAR, Huang et al. 2017 1.0 and 0.8 million. The tutorial's LeNet and the six convolutions are counted by hand.
    test.each([
      ['lenet', 62_006],
      ['sixConv', 307_946],
      ['alexnet', 61_100_840],
      ['googlenet', 6_624_904],
      ['googlenet with auxiliary heads', 13_004_888],
      ['resnet20', 269_722],
      ['resnet32', 464_154],
      ['resnet56', 853_018],
      ['resnet18', 11_689_512],
      ['resnet34', 21_797_672],
      ['resnet50', 25_557_032],
      ['densenet40', 1_019_722],
      ['densenetBC100', 769_162],
      ['densenet121', 7_978_856],
    ] as const)('%s', async (name, count) => {
      expect(await page.call('parametersOf', name)).toBe(count);
    });
  });

  describe('models:', () => {
    test.each(Object.keys(built))('%s', async (name) => {
      const { got, wanted } = await page.call('check', name);
      expect(got).toEqual(wanted);
    });
  });

  test('sizes and options that leave nothing are refused', async () => {
    expect(await page.call('refusals')).toEqual([
      'LeNet: size must be at least 16, got 12: two convolutions and poolings leave nothing.',
      'SixConv: size must be a multiple of 8, got 20.',
      'GoogLeNet: width must be above 0 and at most 4, got 0.',
      'Inception: branches are []. Name at least one, and each of 1 to 4 once.',
      'Inception: branches are [2, 2]. Name at least one, and each of 1 to 4 once.',
      'DenseNet: reach must be a whole number from 0, got -1. Leave it out for all layers.',
      expect.stringContaining('(in AlexNet.features.'),
    ]);
  });
});

describe('models:', () => {
  beforeAll(open);
  afterAll(close);

  test.each(Object.keys(cases))('%s', { timeout: WAIT }, async (name) => {
    const { got, wanted } = await page.call('check', name);
    expect(got).toEqual(wanted);
  });
});
