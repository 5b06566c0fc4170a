/** The CNN lab: images answered, looked into, confused; its networks, and files that it cannot use. */
import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { WAIT, closeAfterEach, drop, openLab } from './driver.ts';

const SHAPES = '#model=lenet&optimizer=adam&lr=0.002&batch=64&epochs=1&pace=full&seed=2';

closeAfterEach();

/** Drops a picture of one's own. */
function dropPicture(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const canvas = new OffscreenCanvas(48, 40);
    const context = canvas.getContext('2d')!;
    context.fillStyle = 'orange';
    context.fillRect(8, 4, 20, 9);
    const transfer = new DataTransfer();
    transfer.items.add(new File([await canvas.convertToBlob()], 'own.png', { type: 'image/png' }));
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
  });
}

describe('the CNN lab', () => {
  test('trains on shapes, and shows what it makes of them in each of its views', async () => {
    const lab = await openLab({ lab: 'cnn', hash: SHAPES });
    await lab.untilState('Finished');
    // Ten classes: with this seed three times chance after one epoch, with others twice.
    expect(await lab.readout('Test accuracy')).toBeGreaterThan(20);
    expect(await lab.page.$$eval('.photos canvas', (photos) => photos.length)).toBe(32);
    expect(await lab.page.$$eval('.filters canvas', (filters) => filters.length)).toBe(6);
    expect(await lab.overflow()).toBe(0);

    await lab.tab('Feature maps');
    await lab.page.waitForSelector('.maps canvas');
    expect(await lab.page.$$eval('.maps', (layers) => layers.length)).toBe(2);
    const before = await lab.text('.formula p');
    expect(before).toMatch(/^5 × 5 × 3 products summed: .*\(red\).*\(bias\) = −?-?[\d.]+; ReLU makes it [\d.]+/);
    await lab.page.hover('.maps li:nth-child(3)');
    await expect.poll(() => lab.text('.formula figure:nth-of-type(2) figcaption'), WAIT).toBe('filter 3');
    await lab.page.focus('.maps');
    await lab.page.keyboard.press('PageDown');
    expect(await lab.text('.formula figure:nth-of-type(2) figcaption')).toBe('filter 4');

    await lab.tab('Where it looks');
    await expect.poll(() => lab.page.$$eval('.looks canvas', (pictures) => pictures.length), WAIT).toBe(2);
    const chances = await lab.page.$$eval('.chances b', (all) => all.map(({ textContent }) => textContent));
    expect(chances).toHaveLength(10);
    expect(chances.every((chance) => chance.endsWith('%'))).toBe(true);

    await lab.tab('Confusion');
    await lab.page.waitForSelector('.confusion tbody tr:nth-child(10)');
    await lab.page.locator('.confusion button[aria-label*="were disc and answered disc"]').click();
    expect(await lab.text('.confusion-view > section:last-child h2')).toBe('disc, answered right');

    await lab.tab('Architecture');
    expect(await lab.text('.cnn-counts dd b')).toBe('62,006');

    await lab.tab('Neighbours');
    await expect.poll(() => lab.page.$$eval('.neighbours li canvas', (all) => all.length), WAIT).toBe(24);
    const lists = await lab.page.$$eval('.neighbours section', (all) =>
      all.map((list) => [
        list.querySelector('h2')!.textContent,
        list.querySelector('header p')!.textContent,
        `${list.querySelectorAll('li:not([data-wrong])').length} of 12 of its class`,
      ]),
    );
    expect(lists.map(([title]) => title)).toEqual(['Nearest to the network', 'Nearest by pixels']);
    for (const [, said, counted] of lists) expect(said).toBe(counted);
    await dropPicture(lab.page);
    await expect.poll(() => lab.text('.neighbours header p'), WAIT).toMatch(/^most often [a-z]+, \d+ of 12$/);
    expect(await lab.setting('view')).toBe('neighbours');

    await lab.tab('Augmentation');
    await expect.poll(() => lab.page.$$eval('.variants li canvas', (all) => all.length), WAIT).toBe(15);
    expect(await lab.text('.variants-off')).toContain('Augmentation is off');
    expect(await lab.page.$$eval('.variants-alone h2', (all) => all.map((head) => head.textContent))).toEqual([
      'Shifted',
      'Mirrored',
    ]);
    const picture = (): Promise<string> =>
      lab.page.$eval('.variants li:nth-child(4) canvas', (canvas) => canvas.toDataURL());
    const drawn = await picture();
    await lab.press('New draw');
    await expect.poll(picture, WAIT).not.toBe(drawn);
    await lab.press('Switch it on and train anew');
    await expect.poll(() => lab.page.$('.variants-off'), WAIT).toBeNull();
    expect(await lab.setting('augment')).toBe('1');
  });

  test('answers an MLP in the place of the network, without filters or maps', async () => {
    const lab = await openLab({ lab: 'cnn', hash: `${SHAPES.replace('lenet', 'mlp')}&view=maps` });
    await lab.untilStep(1);
    await expect.poll(() => lab.text('.stage'), WAIT).toContain('no convolution');
  });

  test('says what is wrong with files that it cannot use, and goes on', async () => {
    const lab = await openLab({ lab: 'cnn', hash: `${SHAPES.replace('epochs=1', 'epochs=500')}&source=files` });
    await lab.untilStep(1);
    expect(await lab.page.$eval('body', (body) => body.textContent)).toContain('shapes, not CIFAR-10');
    await drop(lab.page, [['notes.txt', 'text/plain', 10]]);
    await expect.poll(() => lab.page.$eval('body', (body) => body.textContent), WAIT).toContain('notes.txt');
    await drop(lab.page, [['holiday.png', 'image/png', 10]]);
    await expect
      .poll(() => lab.page.$eval('body', (body) => body.textContent), WAIT)
      .toContain('holiday.png cannot be read as pictures');
    await drop(lab.page, [
      ['data_batch_1.bin', '', 3000],
      ['test_batch.bin', '', 3073],
    ]);
    await expect.poll(() => lab.page.$eval('body', (body) => body.textContent), WAIT).toContain('3000 bytes');
    const step = await lab.step();
    await lab.untilStep(step + 1);
    expect(await lab.setting('source')).not.toBe('files');
  });

  test('fits a narrow screen', async () => {
    const lab = await openLab({ lab: 'cnn', hash: `${SHAPES}&view=confusion`, width: 390, height: 844 });
    await lab.page.waitForSelector('.confusion table');
    expect(await lab.overflow()).toBe(0);
    await lab.tab('Neighbours');
    await lab.page.waitForSelector('.neighbours li', WAIT);
    expect(await lab.overflow()).toBe(0);
    await lab.page.evaluate(() => (location.hash = location.hash.replace('lenet', 'densenet')));
    await lab.tab('Architecture');
    await lab.page.waitForSelector('.graph-line[data-kind=skip]');
    expect(await lab.overflow()).toBe(0);
  });
});
