/** The layers of the MLP lab, watched while they train. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, schema, type MlpConfig } from '../../demos/mlp/config.ts';
import { PRESETS } from '../../demos/mlp/presets.ts';
import { encode } from '../../demos/shared/address.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import { SMALL, WAIT, closeAfterEach, openLab, type Lab } from './driver.ts';
import type * as Module from './layers.page.ts';

let page: TestPage<typeof Module>;
beforeAll(async () => {
  page = await openPage<typeof Module>('kernels-tests/lab/layers.page.ts');
});
afterAll(() => page.close());

const norm = (values: readonly number[]): number => Math.hypot(...values);
const DEEP = { plane: 'circles', hidden: [16, 16, 16, 16, 16], optimizer: 'sgd', lr: 0.1 } as const;

describe('a step that is watched', () => {
  test.each([
    ['Adam, dropout', { hidden: [12, 12], activation: 'relu', dropout: 0.3, optimizer: 'adam', lr: 0.01 }],
    ['momentum, weight decay', { hidden: [16, 9], activation: 'tanh', optimizer: 'momentum', weightDecay: 0.01 }],
    ['no hidden layer', { hidden: [], optimizer: 'sgd', lr: 0.1 }],
  ] as const)('trains with the same bits as one that is not: %s', async (_, config) => {
    const plain = await page.call('parametersAfter', config, 12, []);
    expect(plain.every(Number.isFinite)).toBe(true);
    expect(await page.call('parametersAfter', config, 12, [1, 4, 5, 12])).toEqual(plain);
    expect(await page.call('parametersAfter', config, 11, [])).not.toEqual(plain);
  });

  test('tells the norm of each gradient and the share by which the weights move', async () => {
    const lr = 0.5;
    const { gradients, updates, before, after, paths } = await page.call('watchedStep', {
      hidden: [7, 5],
      optimizer: 'sgd',
      lr,
    });
    expect(paths).toEqual(['0.weight', '2.weight', '4.weight']);
    paths.forEach((_, layer) => {
      const moved = norm(after[layer]!.map((value, i) => value - before[layer]![i]!));
      expect(updates[layer]! / (moved / norm(before[layer]!))).toBeCloseTo(1, 4);
      // Plain SGD moves the weights by the gradient times the learning rate; float32 rounds the difference.
      expect(gradients[layer]! / (moved / lr)).toBeCloseTo(1, 3);
    });
  });

  test('sees the gradient vanish towards the input through sigmoid layers, and not through ReLU', async () => {
    const sigmoid = await page.call('watchedStep', { ...DEEP, activation: 'sigmoid' });
    sigmoid.gradients
      .slice(1)
      .forEach((gradient, layer) => expect(gradient).toBeGreaterThan(sigmoid.gradients[layer]!));
    expect(sigmoid.gradients.at(-1)! / sigmoid.gradients[0]!).toBeGreaterThan(1000);
    const relu = await page.call('watchedStep', { ...DEEP, activation: 'relu' });
    expect(relu.gradients.at(-1)! / relu.gradients[0]!).toBeLessThan(30);
  });
});

test('a unit is dead that is 0 for every example, and a channel that is 0 in every place', async () => {
  expect(await page.call('deadUnits', 0)).toEqual([
    ['0.weight', 0, 9],
    ['0.weight', 0, 6],
  ]);
  expect(await page.call('deadUnits', 4)).toEqual([
    ['0.weight', 4, 9],
    ['0.weight', 4, 6],
  ]);
});

describe('the lab', () => {
  closeAfterEach();

  test('shows the gradient vanish in the preset of deep sigmoid layers, and reach the first with ReLU', async () => {
    const lab = await openLab({ hash: `#${encode(schema, { ...DEFAULTS, ...preset('deep-sigmoid') })}` });
    await lab.tab('Layers');
    await expect.poll(() => lab.text('.layers-verdict'), WAIT).toMatch(/vanishes: at hidden 1 it is \S+ times smaller/);
    await lab.untilStep(100);
    const rows = await rowsOf(lab);
    expect(rows.map(([name]) => name)).toEqual(
      [1, 2, 3, 4, 5].map((at) => `Hidden ${at} 16 Sigmoid`).concat('Output 2 classes'),
    );
    const norms = rows.map(([, norm]) => Number(norm));
    expect(norms[5]! / norms[0]!).toBeGreaterThan(1000);
    expect(rows.every(([, , , dead]) => dead === '–')).toBe(true);
    expect(await lab.overflow()).toBe(0);
    await lab.page.select('.lab-panel [data-setting=activation] select', 'relu');
    await expect.poll(() => lab.text('.layers-verdict'), WAIT).toMatch(/no layer is cut off/);
    await expect.poll(async () => (await rowsOf(lab))[0]?.[3], WAIT).toMatch(/^\d+ of 16$/);
    // The figures are those of the moment that is looked back at.
    await lab.untilStep(300);
    await lab.press('Pause');
    await lab.untilState('Paused');
    const now = await rowsOf(lab);
    await lab.page.focus('.scrubber .slider');
    await lab.page.keyboard.press('Home');
    await expect.poll(() => lab.text('.layers-verdict'), WAIT).toMatch(/first steps/);
    await lab.page.keyboard.press('End');
    await expect.poll(() => rowsOf(lab), WAIT).toEqual(now);
  });

  test('counts the units that a far too large step has killed', async () => {
    const hash = '#view=layers&mode=plane&plane=moons&hidden=32&activation=relu&optimizer=sgd&lr=0.01&pace=full';
    const lab = await openLab({ hash });
    await lab.untilStep(5);
    await lab.type('Learning rate, number', '300');
    await expect.poll(async () => Number((await rowsOf(lab))[0]?.[3]?.split(' ')[0]), WAIT).toBeGreaterThan(16);
  });

  test('shows the plane as every unit answers it, and what a unit answers at the pointer', async () => {
    const lab = await openLab({ hash: `${SMALL.replace('hidden=8', 'hidden=8,40')}&view=neurons` });
    await lab.page.waitForSelector('.neurons section');
    const pictures = await lab.page.$$eval('.neurons section', (layers) =>
      layers.map((layer) => [layer.querySelector('h3')?.textContent, layer.querySelectorAll('canvas').length]),
    );
    expect(pictures).toEqual([
      ['Hidden 1 8 Tanh', 8],
      ['Hidden 2 40 Tanh, the first 32', 32],
      ['Output 2 classes', 2],
    ]);
    await lab.untilStep(100);
    await lab.page.hover('.neurons li:nth-child(3)');
    await expect.poll(() => lab.text('.neurons-key output'), WAIT).toMatch(/^Hidden 1, unit 3: −?[\d.]+ to −?[\d.]+$/);
    // A unit of the first layer divides the plane by a straight line, so its picture has two sides.
    const range = /: (\S+) to (\S+)$/.exec((await lab.text('.neurons-key output')).replaceAll('−', '-'));
    expect(Number(range?.[2]) - Number(range?.[1])).toBeGreaterThan(0.1);
  });
});

const preset = (name: string): Partial<MlpConfig> => PRESETS.find((each) => each.name === name)!.config;

/** Each row of the table of layers as its cells read. */
function rowsOf(lab: Lab): Promise<string[][]> {
  return lab.page.$$eval('.layer-table tbody tr', (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  );
}
