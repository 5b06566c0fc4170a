/** Looking back in the MLP lab: at moments of the run, at another run from one of them, at a run that was left. */
import { expect, test } from 'vitest';
import { SMALL, WAIT, closeAfterEach, isKept, openLab } from './driver.ts';

closeAfterEach();

test('a run can be looked back through, and gone on with from a moment of it', async () => {
  const lab = await openLab();
  await lab.untilStep(200);
  await lab.press('Pause');
  await lab.untilState('Paused');
  const end = await lab.step();
  await lab.page.waitForSelector('.scrubber .slider');
  await lab.page.focus('.scrubber .slider');
  await lab.page.keyboard.press('Home');
  await expect.poll(() => lab.text('.scrubber b'), WAIT).toBe('Step 0');
  expect(await lab.step()).toBe(end);
  await lab.page.keyboard.press('ArrowRight');
  await expect.poll(() => lab.text('.scrubber b'), WAIT).not.toBe('Step 0');
  await lab.press('Back to now');
  await expect.poll(() => lab.text('.scrubber b'), WAIT).toBe('Now');
  await lab.page.focus('.scrubber .slider');
  await lab.page.keyboard.press('Home');
  await lab.press('Go on from here');
  await expect.poll(() => lab.step(), WAIT).toBe(0);
  await expect.poll(() => lab.text('section[aria-label=Loss] .chart-legend'), WAIT).toContain('left behind');
  await lab.press('Play');
  await lab.untilStep(20);
});

test('a run that a reload ended is offered, and resumed', async () => {
  const lab = await openLab({ hash: SMALL.replace('seed=3', 'seed=77') });
  await lab.untilStep(30);
  await expect.poll(() => isKept(lab.page, 'mlp', 'seed=77&'), WAIT).toBe(true);
  await lab.page.reload();
  await lab.page.waitForSelector('.resume');
  const left = Number(/step ([\d,]+)/.exec(await lab.text('.resume'))?.[1]?.replace(',', ''));
  expect(left).toBeGreaterThan(0);
  await lab.press('Resume');
  await lab.untilStep(left);
  expect(await lab.page.$('.resume')).toBeNull();
});
