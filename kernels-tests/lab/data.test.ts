/** Data and models from outside the MLP lab: tables, digits, models, and files that are none of these. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SMALL, WAIT, closeAfterEach, openLab, type Lab } from './driver.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'wgrad-lab-'));
afterAll(() => rmSync(folder, { recursive: true }));
closeAfterEach();

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

/** Two clouds that a line divides. */
function clouds(header: string, row: (x: number, y: number, right: boolean) => string): string {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const right = i % 2 === 0;
    return row((right ? 10 : 4) + (i % 7) * 0.3, 100 + (i % 5), right);
  });
  return [header, ...rows].join('\n');
}

async function give(lab: Lab, label: string, ...files: string[]): Promise<void> {
  const input = await lab.page.waitForSelector(`input[type=file][aria-label="${label}"]`);
  await (input as unknown as { uploadFile: (...files: string[]) => Promise<void> }).uploadFile(...files);
}

const HASH = '#mode=table&hidden=8&activation=tanh&optimizer=adam&lr=0.03&batch=8&epochs=60&pace=full';

describe('a table of one’s own', () => {
  test('of two columns shows the plane in its own units, and another target starts anew', async () => {
    const lab = await openLab({ hash: HASH });
    await lab.page.waitForSelector('.table-prompt');
    const table = clouds('size,height,side', (x, y, right) => `${x},${y},${right ? 'right' : 'left'}`);
    await give(lab, 'Choose a CSV file…', file('clouds.csv', table));
    await lab.untilState('Finished');
    expect(await lab.readout('Test accuracy')).toBe(100);
    await lab.page.waitForSelector('.plane-canvas[data-drawn=field]');
    expect(await lab.text('.plane-legend')).toMatch(/left.*right/);
    await lab.tab('Rows, answered');
    await lab.page.waitForSelector('.rows tbody tr:nth-child(10)');
    expect(await lab.text('.rows .stage-head')).toContain('0 of 15 wrong');
    expect(await lab.overflow()).toBe(0);
  });

  test('with a file that is none keeps the running training, and says what is wrong where', async () => {
    const lab = await openLab({ hash: HASH.replace('epochs=60', 'epochs=5000').replace('full', 'quick') });
    const table = clouds('a,b,c,side', (x, y, right) => `${x},${y},${x * y},${Number(right)}`);
    await give(lab, 'Choose a CSV file…', file('three.csv', table));
    await lab.untilStep(20);
    await give(lab, 'Another CSV file…', file('ragged.csv', 'a,b\n1,2\n3\n'));
    await expect.poll(() => lab.text('.problem'), WAIT).toMatch(/ragged\.csv was not taken.*line 3 has 1 cells/s);
    const step = await lab.step();
    await lab.untilStep(step + 10);
    await give(lab, 'Another CSV file…', file('train-images-idx3-ubyte', Uint8Array.of(0, 0, 8, 3, 0)));
    await expect.poll(() => lab.text('.problem'), WAIT).toMatch(/train-images-idx3-ubyte is no IDX file of digits/);
    await give(lab, 'Load a model…', file('broken.safetensors', Uint8Array.of(9, 9, 9)));
    await expect.poll(() => lab.text('.problem'), WAIT).toMatch(/broken\.safetensors was not taken/);
    await lab.press('Close');
    expect(await lab.page.$('.problem')).toBeNull();
    expect(await lab.state()).toBe('Training');
    expect(await lab.step()).toBeGreaterThan(step);
  });
});

describe('a model', () => {
  test('is saved with its settings, and comes back with both', async () => {
    const lab = await openLab({ hash: SMALL });
    await lab.untilStep(40);
    await lab.press('Pause');
    await lab.untilState('Paused');
    const session = await lab.page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
    await lab.press('Model');
    await lab.press('Curves (CSV)');
    await lab.press('Save the picture of loss (PNG)');
    const saved = (name: string): Uint8Array => {
      try {
        return readFileSync(path.join(folder, name));
      } catch {
        return new Uint8Array();
      }
    };
    await expect.poll(() => saved('model.safetensors').length, WAIT).toBeGreaterThan(100);
    await expect.poll(() => saved('curves.csv').length, WAIT).toBeGreaterThan(100);
    await expect.poll(() => saved('loss.png').length, WAIT).toBeGreaterThan(1000);
    expect(Buffer.from(saved('curves.csv')).toString()).toMatch(
      /^step,train loss,test loss,train accuracy,test accuracy,0\.weight gradient norm,2\.weight gradient norm,.*\r\n0,/,
    );
    const step = await lab.step();
    const accuracy = await lab.readout('Test accuracy');
    await lab.type('Units of hidden layer 1', '3');
    await lab.untilStep(0);
    await give(lab, 'Load a model…', path.join(folder, 'model.safetensors'));
    await expect.poll(() => lab.step(), WAIT).toBe(step);
    expect(await lab.setting('hidden')).toBe('8');
    await expect.poll(() => lab.readout('Test accuracy'), WAIT).toBe(accuracy);
  });
});
