/** The RNN lab with an encoder that a reader brings: from files, from a server that fails, and from the lab itself. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { flakyServer } from '../io/flaky-server.ts';
import { CONFIG, TOKENS, bertFile } from './bert-files.ts';
import { WAIT, addressOf, closeAfterEach, drop, goTo, isKept, openLab, type Lab } from './driver.ts';

const QUICK = 'task=pairs&batch=16&dropout=0&lr=0.001&epochs=500&pace=full';
const GIVEN = `#${QUICK}&model=bert&given=1&length=24`;

closeAfterEach();

type Bytes = Uint8Array | string;

function give(page: Page, files: Readonly<Record<string, Bytes>>): Promise<void> {
  const bytes = (content: Bytes): number[] =>
    Array.from(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return drop(
    page,
    Object.entries(files).map(([name, content]) => [name, '', bytes(content)] as const),
  );
}

const said = (lab: Lab): Promise<string> => lab.page.$eval('body', (body) => body.textContent);
const untilSaid = (lab: Lab, text: string): Promise<void> => expect.poll(() => said(lab), WAIT).toContain(text);

const BERT = { 'vocab.txt': TOKENS.join('\n'), 'config.json': JSON.stringify(CONFIG) };

describe('the RNN lab', () => {
  test('begins from the files of a published BERT, and shows its pieces', async () => {
    const lab = await openLab({ lab: 'rnn', hash: GIVEN });
    await untilSaid(lab, 'an encoder that is not here yet');
    await give(lab.page, { ...BERT, 'model.safetensors': bertFile({ words: 90 }) });
    await untilSaid(lab, 'The vocabulary has 86 tokens, and model.safetensors has weights for 90');
    await give(lab.page, { 'vocab.txt': BERT['vocab.txt'] });
    await untilSaid(lab, 'This file is not known: vocab.txt');
    await give(lab.page, { 'model.safetensors': bertFile({ without: /^classifier/ }) });
    await untilSaid(lab, 'model.safetensors comes without its words');
    await give(lab.page, { ...BERT, 'model.safetensors': bertFile() });
    await lab.untilStep(2);
    expect(await lab.text('.encoder-sizes')).toMatch(/16.*Layers2.*Heads2.*Word pieces known86.*Read at most48/);
    await expect.poll(() => lab.page.$$eval('.words li', (words) => words.length), WAIT).toBeGreaterThan(10);
    const pieces = await lab.page.$$eval('.words button', (words) =>
      words.map(({ firstChild }) => firstChild!.textContent),
    );
    expect(pieces.some((piece) => piece!.startsWith('##'))).toBe(true);
    await lab.page.click('.words li:nth-child(2) button');
    await expect.poll(() => lab.text('.pair-answer p'), WAIT).toMatch(/% with all words/);
    await lab.tab('Attention');
    await lab.page.waitForSelector('.attention tbody td[style]');
    const columns = await lab.page.$$eval('.attention thead th', (words) =>
      words.map(({ textContent }) => textContent),
    );
    expect(columns.some((piece) => piece.startsWith('##'))).toBe(true);
    // Longer than it has places for: said, and the training goes on.
    const step = await lab.step();
    await lab.type('Words that are read, number', '64');
    await untilSaid(lab, 'model.safetensors reads at most 48 words of a pair, and 64 are asked for');
    expect(await lab.setting('length')).toBe('24');
    await lab.untilStep(step + 1);
    await give(lab.page, { ...BERT, 'model.safetensors': bertFile({ type: 'I8' }) });
    await untilSaid(lab, 'Give the model as it was before it was quantised');
    await lab.untilStep((await lab.step()) + 1);
  });

  test('takes one from an address: over a connection that breaks, once, and not where it was altered', async () => {
    const weights = bertFile();
    const sum = createHash('sha256').update(weights).digest('hex');
    const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
    await using server = await flakyServer({
      'small/model.safetensors': weights,
      'small/vocab.txt': bytes(BERT['vocab.txt']),
      'small/config.json': bytes(BERT['config.json']),
      'cut/model.safetensors': weights,
      'cut/vocab.txt': bytes(BERT['vocab.txt']),
    });
    server.become('small/model.safetensors', 'breaks=2');
    server.become('cut/model.safetensors', 'breaks=9');
    server.become('cut/config.json', 'status=404');
    const expected = /^request failed: http:\/\/127|Failed to load resource/;
    const lab = await openLab({ lab: 'rnn', hash: GIVEN, expected });
    const field = await lab.page.waitForSelector('.address');
    const ask = async (address: string): Promise<void> => {
      await field!.click({ count: 3 });
      await lab.page.keyboard.type(address);
      await lab.page.keyboard.press('Enter');
    };
    await ask('nothing');
    await untilSaid(lab, '"nothing" is no address of an encoder');
    await ask(`${server.origin}/cut`);
    await untilSaid(lab, 'broke off at byte');
    await ask(`${server.origin}/small#sha256=${'0'.repeat(64)}`);
    await untilSaid(lab, `gave ${weights.length} bytes with SHA-256 ${sum}, and not 000`);
    server.become('small/model.safetensors', 'breaks=0');
    await ask(`${server.origin}/small#sha256=${sum}`);
    await lab.untilStep(1);
    expect(await lab.text('.encoder-sizes p')).toBe('small');
    const asked = server.asked('small/model.safetensors').length;
    await lab.press('Pause');
    await lab.untilState('Paused');
    await lab.press('Take the kept one');
    await expect.poll(() => lab.step(), WAIT).toBe(0);
    expect(server.asked('small/model.safetensors')).toHaveLength(asked);
    await lab.press('Delete the kept one');
    await expect.poll(() => said(lab), WAIT).not.toContain('Take the kept one');
  });

  test('saves what it pre-trained, begins from it in another visit, and goes on once it is there again', async () => {
    const downloads = await mkdtemp(path.join(os.tmpdir(), 'wgrad-'));
    const hash = `#${QUICK}&model=bert&embedding=16&layers=1&heads=2&length=24&pretrain=50`;
    const lab = await openLab({ lab: 'rnn', hash });
    const client = await lab.page.createCDPSession();
    await client.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
    await expect.poll(() => said(lab), WAIT).toMatch(/step \d+ of 12,500/);
    await lab.press('That is enough');
    await expect.poll(() => said(lab), WAIT).not.toMatch(/step \d+ of 12,500/);
    await lab.press('Encoder');
    const saved = path.join(downloads, 'encoder.safetensors');
    await expect.poll(() => readdir(downloads), WAIT).toEqual(['encoder.safetensors']);
    await lab.page.goto('about:blank');
    await goTo(lab.page, addressOf('rnn', `#${QUICK}&model=lstm&seed=78`));
    await lab.page.waitForSelector('.transport');
    const files = { 'encoder.safetensors': readFileSync(saved) };
    await rm(downloads, { recursive: true });
    await give(lab.page, files);
    await untilSaid(lab, 'Words known');
    await lab.untilStep(1);
    expect(await lab.setting('model')).toBe('bert');
    expect(await lab.setting('given')).toBe('1');
    expect(await lab.setting('length')).toBe('24');
    expect(await said(lab)).not.toContain('Pre-training: guessing');

    await expect.poll(() => isKept(lab.page, 'rnn', 'seed=78'), WAIT).toBe(true);
    await lab.page.reload();
    await lab.page.waitForSelector('.resume');
    await lab.press('Resume');
    await untilSaid(lab, 'It began from an encoder that is not here. Drop the files of that one first');
    await lab.press('Close');
    await give(lab.page, files);
    await lab.page.waitForSelector('.words li');
    const left = Number(/step ([\d,]+)/.exec(await lab.text('.resume'))?.[1]?.replace(',', ''));
    await lab.press('Resume');
    await expect.poll(() => lab.page.$('.resume'), WAIT).toBeNull();
    await lab.untilStep(left);
  }, 240_000);
});
