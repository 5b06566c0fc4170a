import { build, type Rollup } from 'vite';
import { describe, expect, test } from 'vitest';
import { ShaderError } from '../shaders/build/lex.ts';
import { emitTypes } from '../shaders/build/emit.ts';
import { wgsl } from '../shaders/build/plugin.ts';
import { reflect } from '../shaders/build/reflect.ts';

const SHADER = `// two: an example.
override group: u32 = 32u;
override twice: u32 = group * 2u;
override flag = true;
override idle: f32 = -1.5;
const TILE: u32 = 4u;
/* a /* nested */ comment */
struct Params { rows: u32, shape: vec4<u32>, scale: f32, shift: i32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> count: array<atomic<u32>>;
fn load(i: u32) -> f32 { return x[i].x - -params.scale; } // shifts
fn epilogue(value: f32) -> f32 { return select(value, 0.0, flag); }
@compute @workgroup_size(group, TILE)
fn two(@builtin(global_invocation_id) id: vec3u) { y[id.x] = epilogue(load(id.x)); }
@compute @workgroup_size(twice)
fn two_count(@builtin(local_invocation_index) lane: u32) { atomicAdd(&count[lane], TILE); }
`;

function errorOf(text: string): { line: number; message: string } {
  try {
    reflect('bad.wgsl', text);
  } catch (error) {
    if (error instanceof ShaderError) return { line: error.line, message: error.message };
    throw error;
  }
  return { line: 0, message: 'no error' };
}

describe('a reflected shader', () => {
  const { entryPoints, source } = reflect('two.wgsl', SHADER);
  const [two, count] = entryPoints;

  test('lists the bindings that an entry point reaches, in binding order', () => {
    expect(two?.bindings).toEqual([
      { name: 'x', binding: 1, access: 'read', element: 'vec4f' },
      { name: 'y', binding: 3, access: 'read_write', element: 'f32' },
    ]);
    expect(count?.bindings).toEqual([{ name: 'count', binding: 2, access: 'read_write', element: 'u32' }]);
  });

  test('lays out Params where a called function uses it, and gives null where none does', () => {
    expect(two?.params).toEqual({
      size: 48,
      fields: {
        rows: { offset: 0, type: 'u32' },
        shape: { offset: 16, type: 'vec4u' },
        scale: { offset: 32, type: 'f32' },
        shift: { offset: 36, type: 'i32' },
      },
    });
    expect(count?.params).toBeNull();
  });

  test('resolves overrides, and lists those that an entry point depends on', () => {
    expect(two?.overrides).toEqual({ group: 32, flag: true });
    expect(two?.workgroupSize).toEqual([32, 4, 1]);
    expect(count?.overrides).toEqual({ group: 32, twice: 64 });
    expect(count?.workgroupSize).toEqual([64, 1, 1]);
  });

  test('is stripped to one line for each declaration', () => {
    const lines = source.split('\n');
    expect(lines).toHaveLength(14);
    expect(lines[4]).toBe('const TILE:u32=4u;');
    expect(lines[10]).toBe('fn load(i:u32)->f32{return x[i].x- -params.scale;}');
  });

  test('is typed by its names', () => {
    expect(emitTypes({ entryPoints, source }, './kernel.ts')).toContain(
      "readonly two: Kernel<'x' | 'y', 'rows' | 'shape' | 'scale' | 'shift', 'group' | 'flag'>;",
    );
  });

  test('may be a library of functions', () => {
    expect(reflect('library.wgsl', 'fn twice(x: f32) -> f32 { return 2.0 * x; }').entryPoints).toEqual([]);
  });
});

describe('a shader that cannot be a kernel is refused with its line', () => {
  const at = (binding: number, name: string): string =>
    `@group(0) @binding(${binding}) var<storage, read_write> ${name}: array<f32>;`;
  test.each<[what: string, text: string, line: number, message: RegExp]>([
    ['an unknown attribute', '\n@compue @workgroup_size(1)\nfn a() {}', 2, /unknown attribute @compue/],
    ['no workgroup size', '\n\n@compute\nfn a() {}', 3, /a needs @workgroup_size/],
    ['a parse failure', 'fn a() {\n  let x = max(1, 2;\n}', 2, /"\(" is not closed before "}"/],
    ['a missing operand', 'fn a() {\n  let x = ;\n}', 2, /operand is missing between "=" and ";"/],
    ['a stray character', 'fn a() {\n  let x = 1 § 2;\n}', 2, /unexpected character "§"/],
    ['an open brace', 'fn a() {\n  if (true) {\n}\n', 1, /"\{" is not closed/],
    ['a comment without end', '\n/* a', 2, /comment does not end/],
    ['two bindings of one name', `${at(1, 'x')}\n${at(2, 'x')}`, 2, /"x" is declared twice/],
    [
      'two bindings of one index in one entry point',
      `${at(1, 'x')}\n${at(1, 'y')}\n@compute @workgroup_size(1)\nfn a() { x[0] = y[0]; }`,
      2,
      /"y" and "x" share binding 1 in a|"x" and "y" share binding 1 in a/,
    ],
    ['another group', '\n@group(1) @binding(1) var<storage, read> x: array<f32>;', 2, /"x" is in group 1/],
    [
      'Params elsewhere',
      'struct Params { n: u32 }\n@group(0) @binding(1) var<uniform> params: Params;',
      2,
      /binding 0, got 1/,
    ],
    [
      'another uniform',
      'struct P { n: u32 }\n@group(0) @binding(0) var<uniform> p: P;',
      2,
      /var<uniform> params: Params/,
    ],
    [
      'a field of another type',
      '\nstruct Params { n: vec2f }\n@group(0) @binding(0) var<uniform> params: Params;',
      2,
      /Params.n is vec2f; use u32, i32, f32, vec4u/,
    ],
    ['an override without default', '\noverride n: u32;', 2, /override n needs a constant default/],
    ['a hidden binding', `${at(1, 'x')}\nfn f(x: f32) -> f32 { return x; }`, 2, /parameter "x" of f hides/],
    ['a texture', '\n@group(0) @binding(1) var t: texture_2d<f32>;', 2, /"t" is a texture/],
  ])('%s', (_, text, line, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error.line).toBe(line);
  });
});

describe('the Vite plugin', () => {
  const bundle = async (code: string): Promise<string> => {
    const result = await build({
      configFile: false,
      logLevel: 'silent',
      plugins: [
        {
          name: 'fixture',
          enforce: 'pre',
          resolveId: (id) => (id.startsWith('/fixture/') ? id : null),
          load: (id) =>
            id === '/fixture/in.ts'
              ? "export { default } from '/fixture/two.wgsl';"
              : id === '/fixture/two.wgsl'
                ? code
                : null,
        },
        wgsl(),
      ],
      build: { write: false, minify: false, lib: { entry: '/fixture/in.ts', formats: ['es'] } },
    });
    const [output] = [result].flat() as Rollup.RollupOutput[];
    return output?.output[0].code ?? '';
  };

  test('inlines the source once for all entry points', async () => {
    const code = await bundle(SHADER);
    expect(code.split('fn epilogue(').length - 1).toBe(1);
    expect(code).not.toContain('shifts');
  });

  test('stops the build with file, line and column', async () => {
    await expect(bundle('\n@compue fn a() {}')).rejects.toThrow(
      /\/fixture\/two\.wgsl:2:1[^]*two\.wgsl:2: unknown attribute @compue/,
    );
  });
});
