/** What `npm run train -- rnn --data DIR` finds in a folder, and in the folders in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../demos/cli/lab.ts';
import { parseCommand } from '../../demos/cli/train-options.ts';
import { DEFAULTS } from '../../demos/rnn/config.ts';
import { addFiles, NO_FILES } from '../../demos/rnn/own-files.ts';
import { generatedPairs } from '../../demos/rnn/pairs.ts';
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
    const more = ['wikitext-2/valid.txt', 'wikitext-2/test.txt', 'wikitext-2/rt-polarity.pos'];
    for (const file of [...files, ...more]) writeFileSync(place(file), 'x');
    const pairs = { train: place(files[0]!), test: place(files[1]!) };
    expect(filesOf('lstm')).toEqual(pairs);
    expect(filesOf('lstm', place('mrpc'))).toEqual(pairs);
    expect(filesOf('char')).toEqual({ text: place(files[2]!) });
  });

  test('has more text for pre-training alone', () => {
    const found = filesOf('pretrained') as Record<string, string>;
    expect(Object.keys(found)).toEqual(['train', 'test', 'corpus0', 'corpus1', 'corpus2']);
    expect(new Set(['corpus0', 'corpus1', 'corpus2'].map((part) => found[part]))).toEqual(
      new Set(['test.txt', 'valid.txt', 'rt-polarity.pos'].map((name) => place('wikitext-2', name))),
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
  const bert = { task: 'pairs', model: 'bert', pretrain: 1, given: false } as const;
  const known = await addFiles(NO_FILES, [file('a.txt', 'one'), file('b.txt', 'two')], bert);
  const { corpus, text } = await addFiles(known, [file('a.txt', 'three')], bert);
  expect(corpus.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)])).toEqual([
    ['b.txt', 'two'],
    ['a.txt', 'three'],
  ]);
  expect(text).toBeNull();
  for (const other of [{ ...bert, pretrain: 0 }, { ...bert, given: true }, { ...bert, model: 'lstm' } as const])
    await expect(addFiles(known, [file('c.txt', 'four')], other)).rejects.toThrow('c.txt is text without labels');
});

describe('text to pre-train on', () => {
  const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const config = { ...DEFAULTS, model: 'bert', pretrain: 1, length: 23 } as const;
  const readOf = (text: string): ReturnType<typeof generatedPairs> =>
    generatedPairs(config, { corpus: [latin1(text)] });

  test('may be Latin-1 with a sentence a line, which is read as one running text', () => {
    const { unlabelled, train, vocabulary } = readOf('a clich\xe9d film of note .\nslight .\r\n'.repeat(20));
    expect(vocabulary.has('clichéd')).toBe(true);
    const [first, second] = unlabelled[train.labels.length]!;
    expect(first.join(' ')).toBe('a clichéd film of note . slight . a clichéd');
    expect(second.join(' ')).toBe('film of note . slight . a clichéd film of');
    // 160 words in pairs of 20.
    expect(unlabelled.length - train.labels.length).toBe(8);
  });

  test('keeps its paragraphs apart where they are long', () => {
    const { unlabelled, train } = readOf(['one', 'two'].map((word) => `${word} `.repeat(20)).join('\n'));
    expect(unlabelled.slice(train.labels.length).map((pair) => new Set(pair.flat()).size)).toEqual([1, 1]);
  });

  test('is dropped in Latin-1 for pairs, and in UTF-8 alone for the writer', async () => {
    const given = [new File([latin1('clich\xe9')], 'rt-polarity.pos')];
    const bert = { task: 'pairs', model: 'bert', pretrain: 1, given: false } as const;
    expect((await addFiles(NO_FILES, given, bert)).corpus.map(({ name }) => name)).toEqual(['rt-polarity.pos']);
    await expect(addFiles(NO_FILES, given, { ...bert, task: 'characters' })).rejects.toThrow('not text in UTF-8');
    const utf16 = [new File([Uint8Array.of(255, 254, 97, 0)], 'wide.txt')];
    await expect(addFiles(NO_FILES, utf16, bert)).rejects.toThrow('wide.txt: the file has bytes of 0');
  });
});
