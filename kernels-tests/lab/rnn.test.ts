/** The RNN lab: pairs told apart and looked into, gates, attention, memory, a writer; and files that it cannot use. */
import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { WAIT, closeAfterEach, isKept, openLab } from './driver.ts';

const TINY = 'embedding=16&hidden=16&layers=1&dropout=0&optimizer=adam&epochs=500&pace=full';
const PAIRS = `#task=pairs&model=lstm&length=16&batch=16&lr=0.003&${TINY}`;
const MEMORY = `#task=memory&length=16&batch=32&lr=0.005&clip=1&forgetBias=3&${TINY}`;
const WRITER = `#task=characters&model=lstm&length=16&batch=8&lr=0.01&${TINY}`;

closeAfterEach();

/** Drops files, each a name and its text, on the page. */
function drop(page: Page, files: readonly (readonly [name: string, text: string])[]): Promise<void> {
  return page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const [name, text] of given) transfer.items.add(new File([text], name, { type: 'text/plain' }));
    dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }));
  }, files);
}

const mrpc = (rows: readonly (readonly [label: number, first: string, second: string])[]): string =>
  ['Quality\t#1 ID\t#2 ID\t#1 String\t#2 String', ...rows.map(([label, a, b]) => `${label}\t1\t2\t${a}\t${b}`)].join(
    '\n',
  );

describe('the RNN lab', () => {
  test('tells pairs apart beside both rails, and answers anew without a word that is struck out', async () => {
    const lab = await openLab({ lab: 'rnn', hash: PAIRS });
    await lab.untilStep(20);
    expect(await lab.overflow()).toBe(0);
    const said = await lab.page.$eval('canvas[aria-label^="Test pairs told apart"]', (plot) => plot.ariaLabel);
    expect(said).toMatch(/Accuracy 0\.\d+, F1 0\.\d+, MCC -?\d\.\d+/);
    expect(await lab.page.$$eval('.mistakes-list li', (mistakes) => mistakes.length)).toBe(12);
    await lab.press('Pause');
    await lab.untilState('Paused');
    await expect.poll(() => lab.text('[data-testid=chance]'), WAIT).toMatch(/^[<>]?\d+ %$/);
    const words = await lab.page.$$eval('.words button', (buttons) => buttons.length);
    expect(words).toBeGreaterThan(10);
    await lab.page.click('.words li:nth-child(2) button');
    await expect.poll(() => lab.text('.pair-answer p'), WAIT).toMatch(/% with all words/);
    expect(await lab.page.$$eval('.words button[aria-pressed=true]', (struck) => struck.length)).toBe(1);
    await lab.press('All words back');
    expect(await lab.page.$$('.words [data-unknown]')).toEqual([]);
    await lab.page.$eval('.sentence', (field) => {
      (field as HTMLTextAreaElement).value = 'the xylophonist phoned';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await expect.poll(() => lab.page.$$eval('.words [data-unknown]', (all) => all.length), WAIT).toBe(1);
    expect(await lab.page.$$eval('.words button[aria-pressed=true]', (struck) => struck.length)).toBe(0);
    await lab.page.click('.mistakes-list li:nth-child(3) button');
    const [first] = await lab.page.$$eval('.mistakes-list li:nth-child(3) p:first-child span', (lines) =>
      lines.map(({ textContent }) => textContent),
    );
    expect(await lab.page.$eval('.sentence', (field) => (field as HTMLTextAreaElement).value)).toBe(first);

    await lab.tab('Gates');
    await lab.page.waitForSelector('.gate svg');
    expect(await lab.page.$$eval('.gate b', (names) => names.map(({ textContent }) => textContent).join(''))).toBe(
      'ifgoch',
    );
    await lab.page.click('.units li:nth-child(3) button');
    await expect.poll(() => lab.text('.stage h2'), WAIT).toContain('unit 3');

    await lab.tab('Attention');
    await expect.poll(() => lab.text('.stage-empty'), WAIT).toContain('no attention');
  });

  test('keeps the runs on the same pairs beside each other, and forgets them with the pairs', async () => {
    const lab = await openLab({ lab: 'rnn', hash: PAIRS });
    const rows = (): Promise<(string | null)[]> =>
      lab.page.$$eval('.runs tbody th', (cells) => cells.map(({ textContent }) => textContent));
    const go = (hash: string): Promise<void> => lab.page.evaluate((to) => void (location.hash = to), hash);
    await lab.untilStep(5);
    await go(`${PAIRS}&bidirectional=1&pooling=max&weightDecay=0.01`);
    await expect
      .poll(rows, WAIT)
      .toEqual([
        'LSTM, both directions, this run',
        'LSTMpooling last, weightDecay 0',
        'Always the greater class',
        'A threshold on the words that both share',
      ]);
    const scores = await lab.page.$$eval('.runs tbody tr:nth-child(2) td', (cells) =>
      cells.map(({ textContent }) => textContent),
    );
    expect(scores[1]).toMatch(/^\d+(\.\d+)? %$/);
    expect(await lab.overflow()).toBe(0);
    await lab.page.click('.runs a');
    await expect
      .poll(rows, WAIT)
      .toEqual([
        'LSTM, this run',
        'LSTM, both directionspooling max, weightDecay 0.01',
        expect.any(String),
        expect.any(String),
      ]);
    await go(`${PAIRS}&seed=8`);
    await expect.poll(() => lab.page.$('.runs'), WAIT).toBeNull();
  });

  test('shows what the words of each sentence look at in the other', async () => {
    const lab = await openLab({ lab: 'rnn', hash: `${PAIRS}&attention=1&pooling=max&view=attention` });
    await lab.page.waitForSelector('.attention tbody td[style]');
    const sums = await lab.page.$$eval('.attention tbody tr', (rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].reduce((sum, cell) => sum + Number(cell.textContent), 0)),
    );
    // Whole percents.
    for (const sum of sums) expect(Math.abs(sum - 100)).toBeLessThan(12);
    const columns = await lab.page.$$eval('.attention thead th', (words) => words.length);
    await lab.page.locator('::-p-aria([name="B → A"][role="radio"])').click();
    await expect.poll(() => lab.page.$$eval('.attention tbody tr', (rows) => rows.length), WAIT).toBe(columns);
  });

  test('measures the gradient that reaches each step of an RNN and an LSTM on the same batches', async () => {
    const lab = await openLab({ lab: 'rnn', hash: MEMORY });
    await lab.page.waitForSelector('.heat-row canvas');
    const ratio = async (twin: string): Promise<number> => Number(await lab.text(`[data-testid=ratio-${twin}] b`));
    // An LSTM whose forget gates begin open: its gradient gets back by orders of magnitude better.
    expect(await ratio('lstm')).toBeGreaterThan(100 * (await ratio('rnn')));
    expect(await lab.page.$$eval('.heat-row canvas', (strips) => strips.map(({ width }) => width))).toEqual([16, 16]);
    expect(await lab.page.$$eval('.reach tbody td', (cells) => cells.length)).toBe(16);
    await lab.untilStep(20);
    await lab.page.click('.heat .chart-switch input');
    expect(await lab.page.$$eval('.heat tbody tr', (rows) => rows.length)).toBe(16);
    expect(await lab.overflow()).toBe(0);
    await lab.tab('Gates');
    await lab.page.waitForSelector('.gate svg');
    expect(await lab.page.$$eval('.gate-steps li', (steps) => steps.length)).toBe(16);
  });

  test('writes as it learns, and learns from a text that is dropped', async () => {
    const lab = await openLab({ lab: 'rnn', hash: WRITER });
    const loss = (): Promise<number> => lab.readout('Loss');
    await lab.untilStep(5);
    const first = await loss();
    await expect.poll(async () => (await lab.text('.written')).length, WAIT).toBeGreaterThan(40);
    await expect.poll(loss, WAIT).toBeLessThan(first - 0.3);
    await drop(lab.page, [['song.txt', 'la la lo. '.repeat(400)]]);
    await expect.poll(() => lab.text('.lab-panel'), WAIT).toContain('song.txt');
    await expect.poll(() => lab.text('.written'), WAIT).toContain('la la lo');
  });

  test('takes the paraphrase corpus, and says what is wrong with files that it cannot use', async () => {
    const lab = await openLab({ lab: 'rnn', hash: PAIRS });
    await lab.untilStep(1);
    const said = (): Promise<string> => lab.page.$eval('body', (body) => body.textContent);
    await drop(lab.page, [['picture.png', '?']]);
    await expect.poll(said, WAIT).toContain('picture.png');
    await drop(lab.page, [['msr_paraphrase_train.txt', mrpc([[1, 'a b', 'b a']])]]);
    await expect.poll(said, WAIT).toContain('one half of MRPC');
    await drop(lab.page, [
      ['msr_paraphrase_train.txt', 'Quality\tnothing\n1\tx'],
      ['msr_paraphrase_test.txt', mrpc([[1, 'a b', 'b a']])],
    ]);
    await expect.poll(said, WAIT).toContain('has 2 columns, not 5');
    expect(await lab.setting('source')).not.toBe('files');
    const rows = Array.from(
      { length: 40 },
      (_, at) => [at % 2, `the cat saw dog ${at}`, `dog ${at} saw the cat`] as const,
    );
    await drop(lab.page, [
      ['msr_paraphrase_train.txt', mrpc(rows)],
      ['msr_paraphrase_test.txt', mrpc(rows.slice(0, 10))],
    ]);
    await expect.poll(said, WAIT).toContain('licence');
    await expect
      .poll(() => lab.page.$eval('.sentence', (field) => (field as HTMLTextAreaElement).value), WAIT)
      .toBe('the cat saw dog 0');
  });

  test('pre-trains on text of the reader beside generated pairs, until something else is asked for', async () => {
    const lab = await openLab({ lab: 'rnn', hash: PAIRS });
    await lab.untilStep(1);
    const said = (): Promise<string> => lab.page.$eval('body', (body) => body.textContent);
    const corpus = ['wiki.txt', 'an unheard-of zither was played by a very old man in the morning. '] as const;
    await drop(lab.page, [corpus]);
    await expect.poll(said, WAIT).toContain('wiki.txt is text without labels');
    await lab.page.evaluate((hash) => (location.hash = hash), `${PAIRS.replace('lstm', 'bert')}&pretrain=100&heads=3`);
    await expect.poll(said, WAIT).toContain('16 features of a word cannot be shared out among 3 heads');
    expect(await said()).toContain('Sentence pairs, LSTM, Adam');
    await lab.page.evaluate((hash) => (location.hash = hash), `${PAIRS.replace('lstm', 'bert')}&pretrain=100&heads=2`);
    await expect.poll(said, WAIT).toMatch(/step \d+ of 25,000/);
    await drop(lab.page, [[corpus[0], corpus[1].repeat(4).concat('\n').repeat(32)]]);
    // More pairs of neighbours, so more steps.
    await expect.poll(said, WAIT).toMatch(/step \d+ of 2[5-9],[1-9]/);
    expect(await lab.setting('source')).not.toBe('files');
    await lab.page.evaluate((hash) => (location.hash = hash), PAIRS);
    await expect.poll(said, WAIT).not.toContain('Pre-training: guessing');
    await lab.untilStep(1);
  });

  test('goes on with a pre-trained run that was left, without pre-training again', async () => {
    const hash = `${PAIRS.replace('lstm', 'bert')}&pretrain=100&heads=2&seed=77`;
    const lab = await openLab({ lab: 'rnn', hash });
    await expect.poll(() => lab.page.$eval('body', (body) => body.textContent), WAIT).toMatch(/step \d+ of 25,000/);
    await lab.press('That is enough');
    await lab.untilStep(1);
    await expect.poll(() => isKept(lab.page, 'rnn', 'seed=77'), WAIT).toBe(true);
    await lab.page.reload();
    await lab.page.waitForSelector('.resume');
    const left = Number(/step ([\d,]+)/.exec(await lab.text('.resume'))?.[1]?.replace(',', ''));
    expect(left).toBeGreaterThan(0);
    await lab.press('Resume');
    // It is offered until it goes on; pre-training again would take 25,000 steps.
    await expect.poll(() => lab.page.$('.resume'), WAIT).toBeNull();
    expect(await lab.step()).toBeGreaterThanOrEqual(left);
  });

  test('fits a narrow screen', async () => {
    const lab = await openLab({ lab: 'rnn', hash: `${PAIRS}&attention=1&pooling=max`, width: 390, height: 844 });
    await lab.page.waitForSelector('.words button');
    expect(await lab.overflow()).toBe(0);
    await lab.tab('Attention');
    await lab.page.waitForSelector('.attention tbody td[style]');
    expect(await lab.overflow()).toBe(0);
  });
});
