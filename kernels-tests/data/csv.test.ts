/** Comma-separated text: what a table holds, and what each kind of damage is called. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCsv, readCsv, type CsvOptions, type CsvTable } from '../../src/data/csv.ts';

/** Rows of what the cells stand for, NaN and '' where they are missing. */
function rows({ columns, length }: CsvTable): (string | number)[][] {
  return Array.from({ length }, (_, row) =>
    columns.map((column) =>
      column.kind === 'category' ? (column.categories[column.values[row]!] ?? '') : column.values[row]!,
    ),
  );
}

const kinds = (table: CsvTable): string[] => table.columns.map(({ kind }) => kind);
const names = (table: CsvTable): string[] => table.columns.map(({ name }) => name);

describe('parseCsv', () => {
  it('finds names and kinds of columns', () => {
    const table = parseCsv('age,city,note\n30,Rome,a\n41.5,Oslo,b\n-2e1,Rome,c\n');
    expect(names(table)).toEqual(['age', 'city', 'note']);
    expect(rows(table)).toEqual([
      [30, 'Rome', 'a'],
      [41.5, 'Oslo', 'b'],
      [-20, 'Rome', 'c'],
    ]);
    expect(kinds(table)).toEqual(['number', 'category', 'category']);
    expect([...table.lines]).toEqual([2, 3, 4]);
  });

  it('tells categories, whose values repeat, from text', () => {
    const lines = Array.from({ length: 40 }, (_, k) => `${'abc'[k % 3]},name ${k},${k % 20}x`);
    expect(kinds(parseCsv(`c,t,r\n${lines.join('\n')}`))).toEqual(['category', 'text', 'category']);
  });

  it('sorts categories, so that their indices do not depend on the order of rows', () => {
    const [column] = parseCsv('x\nc\na\nb\na').columns;
    expect(column).toEqual({
      name: 'x',
      kind: 'category',
      values: Int32Array.of(2, 0, 1, 0),
      categories: ['a', 'b', 'c'],
    });
  });

  it.each<[string, string, CsvOptions, (string | number)[][]]>([
    ['semicolons', 'a;b\n1;2,5', { decimal: ',' }, [[1, 2.5]]],
    ['tabs', 'a\tb\n1\t2', {}, [[1, 2]]],
    ['semicolons, with commas in quotes', '"a,b,c";d\n1;2', {}, [[1, 2]]],
    ['a delimiter that is given', 'a;b,c\n1;2,3', { delimiter: ',', kinds: { 'a;b': 'text' } }, [['1;2', 3]]],
    [
      'CRLF',
      'a,b\r\n1,2\r\n3,4\r\n',
      {},
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'CR alone',
      'a,b\r1,2\r3,4',
      {},
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['a byte order mark', '\ufeffa,b\n1,2', {}, [[1, 2]]],
    [
      'empty lines',
      '\na,b\n\n1,2\n\n\n3,4\n\n',
      {},
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['spaces around cells', 'a, b\n 1 ,\t2\n', {}, [[1, 2]]],
    [
      'line ends in quotes',
      'a,b\n"x\ny",1\n"x\r\nz",2',
      {},
      [
        ['x\ny', 1],
        ['x\r\nz', 2],
      ],
    ],
    [
      'doubled quotes',
      'a,b\n"say ""hi"", twice",1\n"""",2',
      {},
      [
        ['say "hi", twice', 1],
        ['"', 2],
      ],
    ],
    ['quotes inside of plain cells', 'a,b\n5" disk,1', {}, [['5" disk', 1]]],
    ['spaces in quotes, which are kept', 'a,b\n" x ",1', {}, [[' x ', 1]]],
    ['spaces around quotes', 'a,b\n "x" ,1', {}, [['x', 1]]],
    ['an empty last cell', 'a,b\n1,', { header: true }, [[1, NaN]]],
    [
      'missing values',
      'a,b\n?,x\nNA,NaN\nnan,\n4,"null"',
      {},
      [
        [NaN, 'x'],
        [NaN, ''],
        [NaN, ''],
        [4, ''],
      ],
    ],
    [
      'missing values of its own',
      'a,b\n-,1\n?,-1',
      { missing: ['-'] },
      [
        ['', 1],
        ['?', -1],
      ],
    ],
    [
      'no header, told by its numbers',
      '5.1,x\n4.9,y',
      {},
      [
        [5.1, 'x'],
        [4.9, 'y'],
      ],
    ],
    [
      'no header, as told',
      'a,b\nc,d',
      { header: false },
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a header of numbers, as told', '2019,2020\n1,2', { header: true }, [[1, 2]]],
    ['one column', 'a\n1\n2', {}, [[1], [2]]],
    ['quoted empty lines of one column', 'a\n1\n""\n2', {}, [[1], [NaN], [2]]],
  ])('reads %s', (_, text, options, expected) => {
    expect(rows(parseCsv(text, options))).toEqual(expected);
  });

  it('names columns without name by their number', () => {
    expect(names(parseCsv(',b\n1,2'))).toEqual(['column 1', 'b']);
    expect(names(parseCsv('1,2\n3,4'))).toEqual(['column 1', 'column 2']);
  });

  it('takes no word for a number that only JavaScript takes for one', () => {
    for (const word of ['0x10', 'Infinity', '1_000', '1e', '.', '--1', '1 2', '0b1'])
      expect(kinds(parseCsv(`a\nx\n${word}`, { header: true }))).toEqual(['category']);
    expect(rows(parseCsv('a\n+1\n.5\n5.\n1E-2\n007', { header: true })).flat()).toEqual([1, 0.5, 5, 0.01, 7]);
  });

  it('takes a kind that is given', () => {
    expect(kinds(parseCsv('a,b\n1,x\n2,y', { kinds: { a: 'category', b: 'text' } }))).toEqual(['category', 'text']);
  });

  it('counts lines through quotes', () => {
    expect([...parseCsv('a,b\n"1\n2\n3",1\n\nx,2').lines]).toEqual([2, 6]);
  });

  it('decodes UTF-8, UTF-16 by its mark, and what is named', () => {
    const utf16 = new Uint8Array(Uint16Array.from('\ufeffn\nä\n', (c) => c.charCodeAt(0)).buffer);
    for (const [bytes, options] of [
      [new TextEncoder().encode('\ufeffn\nä\n'), {}],
      [utf16, {}],
      [Uint8Array.of(110, 10, 0xe4, 10), { encoding: 'windows-1252' }],
    ] as const) {
      const table = parseCsv(bytes, options);
      expect([names(table), rows(table)]).toEqual([['n'], [['ä']]]);
    }
  });

  it.each<[string, string, CsvOptions, string]>([
    ['an empty file', '', {}, 'parseCsv: the file is empty. '],
    ['a file of line ends', '\n\r\n\n', {}, 'parseCsv: the file is empty. '],
    ['a header alone', 'a,b\n', {}, 'parseCsv: the file has a header ("a", "b") and no rows.'],
    ['a short record', 'a,b,c\n1,2,3\n4,5\n', {}, 'parseCsv: line 3 has 2 cells and the first has 3: none for "c".'],
    ['a long record', 'a,b\n1,"2\n",3\n', {}, 'parseCsv: line 2 has 3 cells and the first has 2: "3" is one too many.'],
    ['an open quote', 'a,b\n1,2\n3,"4\n5,6\n', {}, 'parseCsv: line 3, column 2: a quote is opened and never closed.'],
    ['text behind a quote', 'a,b\n"x"y,1', {}, 'parseCsv: line 2, column 1: "y,1" follows a closing quote.'],
    ['names twice', 'a,b,a\n1,2,3', {}, 'parseCsv: line 1: columns 1 and 3 are both named "a".'],
    ['a name like a made-up one', 'column 2,\n1,2', {}, 'parseCsv: line 1: columns 1 and 2 are both named "column 2".'],
    [
      'a word where a number was asked for',
      'a,b\n1,2\nx,3',
      { kinds: { a: 'number' } },
      'parseCsv: line 3, column "a": "x" is no number.',
    ],
    [
      'kinds of no column',
      'a\n1',
      { kinds: { b: 'number' } },
      'parseCsv: kinds names "b", which is no column. There are "a".',
    ],
    [
      'a million columns',
      'x'.concat(',x'.repeat(999_999)),
      {},
      'parseCsv: line 1 has 1000000 columns, more than maxColumns (16384).',
    ],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => parseCsv(text, options)).toThrow(message);
  });

  it('refuses a word among many numbers, with its line and column', () => {
    const lines = Array.from({ length: 30 }, (_, k) => (k === 17 ? '12O' : String(k)));
    expect(() => parseCsv(`n\n${lines.join('\n')}`)).toThrow('parseCsv: line 19, column "n": "12O" is no number.');
    expect(kinds(parseCsv(`n\n${lines.join('\n')}`, { missing: ['12O'] }))).toEqual(['number']);
  });

  it('refuses bytes of another encoding', () => {
    expect(() => parseCsv(Uint8Array.of(110, 10, 0xe4, 10))).toThrow(/^parseCsv: the bytes are not utf-8 .*encoding:/);
  });

  // Whatever walks the rest of the text for each cell takes 10^12 steps for these.
  it.each([
    ['rows', '1.5,abc,-3e2\n'.repeat(80_000), ''],
    ['quoted rows', '"a ""b"" c\nd",1,2\n'.repeat(60_000), ''],
    ['a cell of doubled quotes', `1,2\n"${'""'.repeat(500_000)}`, 'line 2, column 1'],
    ['a cell of line ends', `"${'\n'.repeat(1_000_000)}`, 'line 1, column 1'],
    ['one plain cell', 'x'.repeat(1_000_000), ''],
    ['one row of cells', 'x,'.repeat(500_000), 'maxColumns'],
  ])('reads a million characters of %s in seconds', (_, text, message) => {
    const start = performance.now();
    if (message) expect(() => parseCsv(text)).toThrow(message);
    else expect(parseCsv(text, { header: false }).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

describe('readCsv', () => {
  it('takes bytes, blobs and gzip', async () => {
    const bytes = new TextEncoder().encode('a,b\n1,2\n');
    for (const source of [bytes, new Blob([bytes]), new Uint8Array(gzipSync(bytes))])
      expect(rows(await readCsv(source))).toEqual([[1, 2]]);
  });
});
