import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenize } from '../shaders/build/lex.ts';
import { reflect, type EntryPoint } from '../shaders/build/reflect.ts';
import { reflectFile, shaderFiles } from '../shaders/build/types.ts';
import { claims } from './harness/claims.ts';
import { openPage, type TestPage } from './harness/page.ts';
import { races, sharesMemory, shaderText } from './harness/races.ts';
import type * as Module from './shaders.page.ts';

const FIELDS = ['Maths', 'Shapes', 'Bindings', 'Geometry', 'Source'];
const files = shaderFiles();
/** What is declared at the top of a module. */
const declared = (file: string): string[] =>
  [...shaderText(file).matchAll(/^(?:fn|var(?:<\w+>)?|const|override|struct|alias) (\w+)/gm)].map(([, name]) => name!);
const FORMULAS = ['pointwise.wgsl', 'random.wgsl', 'trigonometry.wgsl'];
/** Kernels that formulas are fused into. */
const hosts = files.filter((file) => /^fn (?:chain|prologue|epilogue)\(/m.test(shaderText(file)));
const entries = files.flatMap((file) => reflectFile(file).entryPoints);

const namesOf = (text: string): string[] =>
  [...text.matchAll(/^(?:fn|const|override|alias|var\S*) (\w+)/gm)].map(([, name]) => name!);
const formulas = new Set(
  ['pointwise.wgsl', 'trigonometry.wgsl', 'random.wgsl'].flatMap((file) => namesOf(shaderText(file))),
);

function header(file: string): string[] {
  const lines = shaderText(file).split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('//')),
  );
}

/** Lines of the barriers in the body of the entry point itself; the detector does not step into what it calls. */
function barriers(text: string, { entryPoint }: EntryPoint): number[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`fn ${entryPoint}(`));
  const end = lines.findIndex((line, index) => index > start && line === '}');
  return lines.flatMap((line, index) =>
    index > start && index < end && line.includes('workgroupBarrier()') ? [index] : [],
  );
}

test.each(hosts)('%s declares no name of a formula that may be fused into it', (file) => {
  const formulas = new Set(FORMULAS.flatMap(declared));
  expect(formulas).toContain('is_nan');
  expect(declared(file).filter((name) => formulas.has(name))).toEqual([]);
});

describe.each(files)('%s', (file) => {
  const text = shaderText(file);
  const own = entries.filter((entry) => entry.file === file);

  test('opens with the six header fields, in order', () => {
    const lines = header(file);
    expect(lines[0]).toMatch(new RegExp(`^// ${file.replace('.wgsl', '')}: .+\\.$`));
    const named = lines.map((line) => /^\/\/ ([A-Z][a-z]+): +\S/.exec(line)?.[1]).filter((name) => name !== undefined);
    expect(named).toEqual(FIELDS);
  });

  test('names in its header every binding that it has', () => {
    const described = header(file).join('\n');
    const bound = [...new Set(own.flatMap(({ bindings }) => bindings.map(({ name }) => name)))];
    expect(bound.filter((name) => !new RegExp(`\\b${name}\\b`).test(described))).toEqual([]);
  });

  test('has no name of the formulas that may be fused into it', () => {
    const hooked = /^fn (?:prologue|epilogue|chain)\(/m.test(text);
    expect(hooked ? namesOf(text).filter((name) => formulas.has(name)) : []).toEqual([]);
  });

  test('keeps to the limits that every WebGPU device has', () => {
    for (const { bindings, workgroupSize, entryPoint } of own) {
      expect(entryPoint).toMatch(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
      expect(bindings.length).toBeLessThanOrEqual(8);
      expect(workgroupSize.reduce((a, b) => a * b, 1)).toBeLessThanOrEqual(256);
    }
  });

  test('says what each barrier makes visible', () => {
    const lines = text.split('\n');
    const silent = lines.flatMap((line, index) => {
      const commented = line.includes('//') || lines[index - 1]?.trim().startsWith('//');
      return line.includes('Barrier()') && !commented ? [index + 1] : [];
    });
    expect(silent).toEqual([]);
  });

  test('loses nothing but comments and whitespace when stripped', () => {
    const { source } = reflectFile(file);
    expect(tokenize(source).map((token) => token.text)).toEqual(tokenize(text).map((token) => token.text));
    expect(reflect(file, source).entryPoints).toEqual(own);
  });

  const shared = sharesMemory(text) ? own : [];
  test.each(shared.map((entry) => entry.entryPoint))('%s orders what its invocations share', (name) => {
    const entry = shared.find(({ entryPoint }) => entryPoint === name);
    expect(entry && races(text, entry)).toEqual([]);
  });

  const guarded = shared.flatMap((entry) => barriers(text, entry).map((line) => ({ entry, line, at: line + 1 })));
  test.each(guarded)('$entry.entryPoint needs its barrier on line $at', ({ entry, line }) => {
    const without = text.split('\n').with(line, '').join('\n');
    expect(races(without, entry)).not.toEqual([]);
  });
});

describe('in the browser', () => {
  let page: TestPage<typeof Module>;
  beforeAll(async () => {
    page = await openPage<typeof Module>('kernels-tests/shaders.page.ts');
  });
  afterAll(() => page.close());

  test.each(files)('%s compiles, and its bindings are those reflected', async (file) => {
    expect(await page.call('problemsOf', reflectFile(file))).toEqual([]);
  });
});

test('every entry point is used by an op', () => {
  const used = claims();
  const idle = entries.filter(({ file, entryPoint }) => !used.get(file)?.some((pattern) => pattern.test(entryPoint)));
  expect(idle.map(({ file, entryPoint }) => `${file}: ${entryPoint}`)).toEqual([]);
});

test('every shader is imported by an op', () => {
  const used = claims();
  expect(files.filter((file) => !used.has(file))).toEqual([]);
});
