/** What happens to a running training when a setting of the MLP lab changes. */
import { describe, expect, test } from 'vitest';
import { SMALL, WAIT, closeAfterEach, openLab } from './driver.ts';

closeAfterEach();

describe('a change of a setting', () => {
  test('acts on the running training where it can', async () => {
    const lab = await openLab({ hash: SMALL.replace('adam', 'momentum').replace('tanh', 'relu&dropout=0.1') });
    await lab.untilStep(20);
    await lab.type('Learning rate, number', '0.02');
    await lab.type('Momentum, number', '0.5');
    await lab.type('Weight decay (L2), number', '0.0005');
    await lab.type('L1 penalty, number', '0.0002');
    await lab.type('Dropout, hidden layers, number', '0.2');
    await lab.type('Batch size, number', '7');
    const step = await lab.step();
    expect(step).toBeGreaterThanOrEqual(20);
    await lab.untilStep(step + 60);
    const names = ['lr', 'momentum', 'weightDecay', 'l1', 'dropout', 'batch'];
    expect(await Promise.all(names.map((name) => lab.setting(name)))).toEqual([
      '0.02',
      '0.5',
      '0.0005',
      '0.0002',
      '0.2',
      '7',
    ]);
    expect(await lab.page.$('.problem')).toBeNull();
  });

  test('shrinks the weights by a penalty that is set while it runs', async () => {
    const lab = await openLab();
    await lab.untilStep(60);
    await lab.type('L1 penalty, number', '1');
    const step = await lab.step();
    await lab.untilStep(step + 200);
    // Weights pushed to nothing answer the same everywhere: as unsure as one can be between two classes.
    await expect.poll(() => lab.readout('Loss'), WAIT).toBeGreaterThan(0.6);
    expect(await lab.step()).toBeGreaterThan(step);
  });

  test('counts epochs on when their steps become smaller, and ends where the epochs end', async () => {
    const lab = await openLab({ hash: SMALL.replace('epochs=5000', 'epochs=150') });
    await lab.untilStep(4);
    await lab.type('Batch size, number', '10');
    await lab.untilState('Finished');
    expect(await lab.readout('Epoch')).toBe(150);
    expect(await lab.step()).toBeGreaterThan(600);
  });

  test('starts the training anew where it must', async () => {
    const lab = await openLab();
    await lab.untilStep(30);
    const step = await lab.step();
    await lab.page.select('.lab-panel [data-setting=activation] select', 'gelu');
    await expect.poll(() => lab.step(), WAIT).toBeLessThan(step);
    await lab.untilStep(10);
    await lab.type('Units of hidden layer 1', '12');
    await expect.poll(() => lab.text('.lab-side .plain-table tbody'), WAIT).toContain('12');
    await lab.untilStep(10);
    expect(await lab.setting('hidden')).toBe('12');
  });
});
