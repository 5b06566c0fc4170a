/** What `npm run train -- rnn --data DIR` finds in a folder, and in the folders in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../demos/cli/lab.ts';
import { parseCommand } from '../../demos/cli/train-options.ts';
import { addFiles, NO_FILES } from '../../demos/rnn/own-files.ts';
import { PRESETS } from '../../demos/rnn/presets.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'wgrad-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (...parts: string[]): string => path.join(folder, ...parts);
const filesOf = (preset: string, at = folder): unknown =>
  parseCommand(['rnn', '--preset', preset, '--data', at])?.files;

describe('the data of the RNN lab in the terminal', () => {
  test('is named where it lacks', () => {
    expect(() => filesOf('lstm')).toThrow(UsageError);
    expect(() => filesOf('lstm')).toThrow(
      "lacks msr_paraphrase_train.txt, msr_paraphrase_test.txt. Give MRPC's two files.",
    );
    expect(() => filesOf('char')).toThrow('lacks input.txt. Give the text, input.txt.');
    expect(() => filesOf('lstm', place('none'))).toThrow('is not there');
  });

  test('is found in the folder or in one that is in it', () => {
    for (const name of ['mrpc', 'play', 'wikitext-2']) mkdirSync(place(name));
    const files = ['mrpc/msr_paraphrase_train.txt', 'mrpc/msr_paraphrase_test.txt', 'play/input.txt'];
    for (const file of [...files, 'wikitext-2/valid.txt', 'wikitext-2/test.txt']) writeFileSync(place(file), 'x');
    const pairs = { train: place(files[0]!), test: place(files[1]!) };
    expect(filesOf('lstm')).toEqual(pairs);
    expect(filesOf('lstm', place('mrpc'))).toEqual(pairs);
    expect(filesOf('char')).toEqual({ text: place(files[2]!) });
  });

  test('has more text for pre-training alone', () => {
    const found = filesOf('pretrained') as Record<string, string>;
    expect(Object.keys(found)).toEqual(['train', 'test', 'corpus0', 'corpus1']);
    expect(new Set([found['corpus0'], found['corpus1']])).toEqual(
      new Set([place('wikitext-2/test.txt'), place('wikitext-2/valid.txt')]),
    );
    expect(Object.keys(filesOf('pretrained', place('mrpc')) as object)).toEqual(['train', 'test']);
  });

  test('may be generated for every preset', () => {
    for (const { name } of PRESETS)
      expect(parseCommand(['rnn', '--preset', name])).toMatchObject({ lab: { name: 'rnn' }, files: null });
  });
});

test('text to pre-train on is taken where a model is pre-trained, the newest of one name', async () => {
  const file = (name: string, text: string): File => new File([text], name);
  const bert = { task: 'pairs', model: 'bert', pretrain: 1 } as const;
  const known = await addFiles(NO_FILES, [file('a.txt', 'one'), file('b.txt', 'two')], bert);
  const { corpus, text } = await addFiles(known, [file('a.txt', 'three')], bert);
  expect(corpus.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
    ['b.txt', 'two'],
    ['a.txt', 'three'],
  ]);
  expect(text).toBeNull();
  for (const other of [{ ...bert, pretrain: 0 }, { ...bert, model: 'lstm' } as const])
    await expect(addFiles(known, [file('c.txt', 'four')], other)).rejects.toThrow('c.txt is text without labels');
});
