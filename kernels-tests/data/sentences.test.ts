/** Files of sentences, generated paraphrases, and what counting words says of them. */
import { describe, expect, test } from 'vitest';
import { mrpc } from '../../src/data/mrpc.ts';
import { majorityBaseline, overlapBaseline, wordOverlap } from '../../src/data/pair-baselines.ts';
import { sentencePolarity } from '../../src/data/polarity.ts';
import { paraphrases } from '../../src/data/synthetic/paraphrases.ts';
import { textWindows } from '../../src/data/text-windows.ts';

const HEADER = 'Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the Microsoft paraphrase corpus', () => {
  test('is read with its byte-order mark and its quotes as they stand', () => {
    const rows =
      '1\t702876\t702977\tHe called him "the witness", he said.\tOnly "the witness\n0\t1\t2\tIt\'s "so.\t"Yes"\n';
    const wanted = {
      first: ['He called him "the witness", he said.', 'It\'s "so.'],
      second: ['Only "the witness', '"Yes"'],
      labels: Int32Array.of(1, 0),
    };
    expect(mrpc(bytes('\uFEFF' + HEADER + rows))).toEqual(wanted);
    expect(mrpc('\uFEFF' + (HEADER + rows).replaceAll('\n', '\r\n'))).toEqual(wanted);
  });

  const utf16 = Uint8Array.from(HEADER, (letter) => letter.charCodeAt(0));
  test.each<[string, string | Uint8Array, string]>([
    ['a row with too few columns', HEADER + '1\ta\tb\tc\td\n0\tx y\n', 'mrpc: line 3 has 2 columns, not 5'],
    ['a row with too many columns', HEADER + '1\ta\tb\tc\td\te\n', 'mrpc: line 2 has 6 columns, not 5'],
    ['a row that a quote would have joined', HEADER + '1\ta\tb\t"c\td\n"\n', 'mrpc: line 3 has 1 columns'],
    ['another label', HEADER + '2\ta\tb\tc\td\n', 'mrpc: line 2 has the label "2", which must be 0 or 1.'],
    ['an empty sentence', HEADER + '1\ta\tb\tc\t \n', 'mrpc: line 2 has an empty sentence.'],
    ['another header', 'id,first,second\n', 'mrpc: line 1 is "id,first,second"'],
    ['an empty file', '', 'mrpc: line 1 is ""'],
    ['a header alone', HEADER, 'there is a header and no row'],
    [
      'Latin-1',
      Uint8Array.of(...bytes(HEADER), 0xe9, 65),
      `mrpc: the file is not text in UTF-8, from byte ${bytes(HEADER).length + 1}. Save it as UTF-8`,
    ],
    [
      'UTF-16',
      Uint8Array.from([...utf16].flatMap((letter) => [letter, 0])),
      'mrpc: the file is not text in UTF-8, from byte 1.',
    ],
  ])('refuses %s', (_, source, message) => {
    expect(() => mrpc(source)).toThrow(message);
  });
});

describe('sentence polarity', () => {
  test('is read from Latin-1 as from UTF-8, negative sentences first', () => {
    const latin = Uint8Array.from('caf\u00e9 \n\nbad film\n', (letter) => letter.charCodeAt(0));
    const wanted = { sentences: ['café', 'bad film', 'clichés — good'], labels: Int32Array.of(0, 0, 1) };
    expect(sentencePolarity({ negative: latin, positive: bytes('clichés — good\r\n') })).toEqual(wanted);
  });

  test('is refused where a file has no sentence or is no text', () => {
    expect(() => sentencePolarity({ negative: 'a', positive: '\n' })).toThrow(
      'sentencePolarity: the positive file has no sentence. Pass rt-polarity.pos.',
    );
    expect(() => sentencePolarity({ negative: Uint8Array.of(65, 0, 66, 0), positive: 'a' })).toThrow('bytes of 0');
  });
});

describe('generated paraphrases', () => {
  const [train, test_] = [paraphrases({ n: 4000, seed: 0 }), paraphrases({ n: 1000, seed: 1 })];

  test('cannot be told by their word overlap', () => {
    const { accuracy, mcc } = overlapBaseline(train, test_);
    expect(accuracy).toBeGreaterThan(0.46);
    expect(accuracy).toBeLessThan(0.54);
    expect(Math.abs(mcc)).toBeLessThan(0.08);
  });

  test('have overlaps of all sizes, among both kinds alike', () => {
    const overlaps = wordOverlap(train);
    const mean = (label: number): number => {
      const own = [...overlaps].filter((_, at) => train.labels[at] === label);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    expect(Math.abs(mean(0) - mean(1))).toBeLessThan(0.01);
    expect(Math.min(...overlaps)).toBeLessThan(0.25);
    expect(Math.max(...overlaps)).toBeGreaterThan(0.8);
  });

  test('are half of each kind, and the same for the same seed', () => {
    expect(train.labels.reduce((a, b) => a + b, 0)).toBe(2000);
    expect(paraphrases({ n: 50, seed: 7 })).toEqual(paraphrases({ n: 50, seed: 7 }));
    expect(paraphrases({ n: 50, seed: 7 }).first).not.toEqual(paraphrases({ n: 50, seed: 8 }).first);
    expect(train.first.every((sentence, at) => sentence !== train.second[at])).toBe(true);
  });

  test('need at least two', () => {
    expect(() => paraphrases({ n: 1 })).toThrow('paraphrases: n must be a whole number from 2, got 1.');
  });
});

describe('baselines of pairs', () => {
  const pairs = (rows: [string, string, number][]) => ({
    first: rows.map(([first]) => first),
    second: rows.map(([, second]) => second),
    labels: Int32Array.from(rows, ([, , label]) => label),
  });

  test('the threshold is the one that fits the training pairs', () => {
    const train = pairs([
      ['a b c', 'A, b; c!', 1],
      ['a b c', 'a b d', 1],
      ['a b c', 'a d e', 0],
      ['a', 'b', 0],
    ]);
    const test = pairs([
      ['x y', 'x y', 1],
      ['x y', 'x z', 0],
    ]);
    expect(overlapBaseline(train, test)).toEqual({ threshold: 0.21, accuracy: 0.5, f1: 2 / 3, mcc: 0 });
    expect(majorityBaseline(pairs([['a', 'b', 1]]), test)).toEqual({ accuracy: 0.5, f1: 2 / 3, mcc: 0 });
  });
});

describe('windows of a text', () => {
  test('have behind each token the next one', () => {
    const { inputs, targets } = textWindows(Int32Array.of(1, 2, 3, 4, 5, 6, 7), { length: 3 });
    expect(inputs).toEqual({ data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] });
    expect(targets).toEqual({ data: Int32Array.of(2, 3, 4, 5, 6, 7), shape: [2, 3] });
    expect(textWindows(Int32Array.of(1, 2, 3, 4), { length: 2, stride: 1 }).inputs.shape).toEqual([2, 2]);
    expect(textWindows(Int32Array.of(1, 2, 3), { length: 2 }).targets.data).toEqual(Int32Array.of(2, 3));
  });

  test.each<[string, () => unknown, string]>([
    ['a text that is too short', () => textWindows(new Int32Array(4), { length: 4 }), '4 tokens, and a window of 4'],
    ['a length of none', () => textWindows(new Int32Array(9), { length: 0 }), 'textWindows: length must be'],
    ['no stride', () => textWindows(new Int32Array(9), { length: 2, stride: 0.5 }), 'textWindows: stride must be'],
  ])('are refused for %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
