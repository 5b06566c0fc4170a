/**
 * The MLP lab, opened and used in the browser as a reader would: by itself, by mouse, by keyboard, by its address, in a
 * narrow window, and when things go wrong.
 */
import { describe, expect, test } from 'vitest';
import { SMALL, WAIT, closeAfterEach, openLab } from './driver.ts';

closeAfterEach();

describe('the MLP lab', () => {
  test('trains by itself, and the loss falls', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.untilStep(200);
    await expect.poll(() => lab.readout('Loss'), WAIT).toBeLessThan(0.3);
    await expect.poll(() => lab.readout('Test accuracy'), WAIT).toBeGreaterThan(80);
    await lab.page.waitForSelector('.plane-canvas[data-drawn=field]');
    expect(await lab.text('.adapter')).toMatch(
      /software adapter \(.+\): training on the CPU, expect it to be slow|Training on /i,
    );
    expect(await lab.text('.status-bar')).toMatch(/\d+ dispatches, 1 submit a step/);
  });

  test('pauses, steps, plays and resets by mouse', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.press('Pause');
    await lab.untilState('Paused');
    const paused = await lab.step();
    await lab.press('One step (S)');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 1);
    expect(await lab.state()).toBe('Paused');
    await lab.press('Reset (R)');
    await expect.poll(() => lab.step(), WAIT).toBe(0);
    await lab.untilState('Paused');
    await lab.press('Play');
    await lab.untilStep(5);
    expect(await lab.state()).toBe('Training');
  });

  test('pauses, steps, plays and resets by keyboard, and leaves keys to those who type', async () => {
    const lab = await openLab();
    await lab.untilStep(1);
    await lab.page.keyboard.press('Space');
    await lab.untilState('Paused');
    const paused = await lab.step();
    await lab.page.keyboard.press('s');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 1);
    await lab.page.keyboard.press('ArrowRight');
    await expect.poll(() => lab.step(), WAIT).toBe(paused + 2);
    await lab.page.focus('#seed');
    await lab.page.keyboard.type('s r');
    await lab.page.keyboard.press('Escape');
    expect(await lab.step()).toBe(paused + 2);
    await lab.page.$eval('input#seed', (input) => input.blur());
    await lab.page.keyboard.press('r');
    await expect.poll(() => lab.step(), WAIT).toBe(0);
    await lab.page.keyboard.press('?');
    await lab.page.waitForSelector('dialog[open]');
    expect(await lab.text('dialog[open]')).toContain('Play or pause');
    await lab.page.keyboard.press('Escape');
    await lab.page.waitForSelector('dialog:not([open])');
    const theme = (): Promise<string | undefined> => lab.page.evaluate(() => document.documentElement.dataset['theme']);
    const before = await theme();
    await lab.page.keyboard.press('d');
    expect(await theme()).not.toBe(before);
    await lab.page.keyboard.press('d');
  });

  test('restores the whole configuration from its address, and survives nonsense in it', async () => {
    const lab = await openLab({ hash: `${SMALL}&showTest=0` });
    await lab.untilStep(1);
    await lab.type('Seed', '41');
    await lab.page.reload();
    await lab.page.waitForSelector('.transport');
    await lab.untilStep(1);
    const shown = {
      seed: await lab.page.$eval('input#seed', (input) => input.value),
      plane: await lab.page.$eval('input[value=moons]', (input) => input.checked),
      test: await lab.page.$eval('input[role=switch]', (input) => input.checked),
      hidden: await lab.setting('hidden'),
    };
    expect(shown).toEqual({ seed: '41', plane: true, test: false, hidden: '8' });
    await lab.page.evaluate(
      () => (location.hash = '#mode=plane&plane=volcano&hidden=4,x&lr=-7&batch=&epochs=1e999&seed=2'),
    );
    await expect.poll(() => lab.setting('plane'), WAIT).toBe('spirals');
    expect(await lab.setting('hidden')).toBe('16,16');
    await lab.untilStep(1);
  });

  test('stops at a loss that is no number, says at which step, and goes on from the last good parameters', async () => {
    const hash = SMALL.replace('hidden=8', 'hidden=64,64,64,64').replace('activation=tanh', 'activation=relu');
    const lab = await openLab({
      hash: hash.replace('optimizer=adam', 'optimizer=momentum').replace('lr=0.03', 'lr=1000000'),
    });
    await lab.untilState('Stopped');
    expect(await lab.text('.problem')).toMatch(
      /The loss became (NaN|infinite) at step \d+.*the last good parameters, those of step \d+, are back/,
    );
    await lab.type('Learning rate, number', '0.01');
    await lab.press('Play');
    const stopped = await lab.step();
    await lab.untilStep(stopped + 30);
    expect(await lab.page.$('.problem')).toBeNull();
    expect(await lab.readout('Loss')).toBeLessThan(5);
  });

  test('shows each chart as a table too', async () => {
    const lab = await openLab();
    await lab.untilStep(40);
    await lab.page.locator('section[aria-label=Loss] .chart-switch:last-of-type input').click();
    await lab.page.waitForSelector('section[aria-label=Loss] table');
    const rows = await lab.page.$$eval('section[aria-label=Loss] tbody tr', (rows) => rows.length);
    expect(rows).toBeGreaterThan(3);
    expect(await lab.text('section[aria-label=Loss] thead')).toBe('Steptraintest');
    expect(await lab.text('[data-testid=summary]')).toMatch(/^Training: step/);
  });

  test.each(['plane', 'digits'])('fits a narrow window without scrolling sideways: %s', async (mode) => {
    const lab = await openLab({ hash: SMALL.replace('mode=plane', `mode=${mode}`), width: 390, height: 844 });
    await lab.untilStep(1);
    expect(await lab.overflow()).toBe(0);
    await lab.page.locator('.lab-panel summary').click();
    await lab.page.waitForSelector('.lab-panel[open] .slider');
    expect(await lab.overflow()).toBe(0);
    await lab.press('Pause');
    await lab.untilState('Paused');
  });

  test('says what to do where there is no WebGPU, and where there is no adapter', async () => {
    const missing = await openLab({ before: 'Reflect.deleteProperty(Navigator.prototype, "gpu")' });
    await missing.page.waitForSelector('.problem[data-kind=fatal]');
    expect(await missing.text('.problem')).toMatch(/no WebGPU.*Chrome or Edge 113.*Safari 26.*Firefox 141/s);
    await missing.page.close();
    const refused = await openLab({ before: 'GPU.prototype.requestAdapter = () => Promise.resolve(null)' });
    await refused.page.waitForSelector('.problem[data-kind=fatal]');
    expect(await refused.text('.problem')).toMatch(/No graphics adapter.*chrome:\/\/gpu.*swiftshader/s);
  });
});
