/**
 * The package as its users get it: packed, installed, and trained with, by a bundler and without one.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watch } from './harness/browser.ts';
import { sharedBrowser } from './harness/page.ts';
import { ROOT } from './harness/server.ts';
import { serveFolder, type StaticServer } from './harness/static-server.ts';

interface Trained {
  readonly first: number;
  readonly last: number;
  /** What the summary calls the layers, after minification. */
  readonly layers: string;
}

/** What a user would write: exclusive or, by a small MLP. */
const APP = `import { F, init, manualSeed, nn, optim, tensor } from 'wgrad';

async function train(): Promise<{ first: number; last: number; layers: string }> {
  await init();
  manualSeed(1);
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor(Int32Array.of(0, 1, 1, 0));
  const losses: number[] = [];
  for (let step = 0; step < 100; step++) {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    losses.push(await loss.item());
  }
  const layers = model.summary([1, 2]).rows.map(({ type }) => type).join();
  return { first: losses[0] ?? NaN, last: losses.at(-1) ?? NaN, layers };
}

Object.assign(globalThis, { trained: train() });
`;

const html = (script: string): string =>
  `<!doctype html><title>scratch</title><link rel="icon" href="data:,"><script type="module"${script}</script>`;

const scratch = mkdtempSync(path.join(os.tmpdir(), 'wgrad-package-'));
const installed = path.join(scratch, 'node_modules/wgrad');
let server: StaticServer;

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', shell: process.platform === 'win32', stdio: 'pipe' });
}

async function trainedAt(address: string): Promise<Trained> {
  const page = await (await sharedBrowser()).newPage();
  const problems = watch(page);
  try {
    await page.goto(`${server.origin}/${address}`);
    await page.waitForFunction('globalThis.trained', { timeout: 30_000 });
    const result = (await page.evaluate('trained')) as Trained;
    expect(problems).toEqual([]);
    return result;
  } catch (error) {
    throw new Error(`${address} did not train.\n${problems.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}

beforeAll(async () => {
  npm(['run', 'build'], ROOT);
  const packed = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], ROOT);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  writeFileSync(path.join(scratch, 'package.json'), JSON.stringify({ name: 'scratch', private: true, type: 'module' }));
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], scratch);
  server = await serveFolder(scratch);
});

afterAll(async () => {
  await server.close();
  rmSync(scratch, { recursive: true });
});

describe('the packed package', () => {
  test('brings no dependency and no source, and its licence', () => {
    const { dependencies } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
      dependencies?: object;
    };
    expect(dependencies).toBeUndefined();
    expect(readdirSync(path.join(scratch, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['wgrad']);
    expect(readdirSync(installed).toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json']);
  });

  test.each([
    ['wgrad/core', 62],
    ['wgrad', 69],
  ])('an MLP that trains takes at most this of %s: %d KB, minified and gzipped', async (entry, most) => {
    const app = path.join(scratch, 'weight.ts');
    writeFileSync(app, APP.replace("'wgrad'", `'${entry}'`));
    const result = await build({
      configFile: false,
      root: scratch,
      logLevel: 'silent',
      build: {
        write: false,
        target: 'es2022',
        lib: { entry: app, formats: ['es'] },
        rolldownOptions: { output: { minify: true } },
      },
    });
    const chunks = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
    const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('');
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(most * 1000);
  });

  test('is typed without further packages', () => {
    const folder = path.join(scratch, 'typed');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'app.ts'), APP);
    const options = {
      strict: true,
      target: 'es2023',
      module: 'esnext',
      moduleResolution: 'bundler',
      noEmit: true,
      types: [],
    };
    const lib = ['es2023', 'esnext.disposable', 'dom'];
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, lib } }));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    expect(() =>
      execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8', stdio: 'pipe' }),
    ).not.toThrow();
  });

  test.each(['wgrad', 'wgrad/core'])('trains in an app that Vite has bundled from %s', async (entry) => {
    const folder = entry.replace('/', '-');
    const app = path.join(scratch, folder);
    mkdirSync(app);
    writeFileSync(path.join(app, 'main.ts'), APP.replace("'wgrad'", `'${entry}'`));
    writeFileSync(path.join(app, 'index.html'), html(' src="./main.ts">'));
    await build({ configFile: false, root: app, base: './', logLevel: 'silent', build: { target: 'es2022' } });
    const { first, last, layers } = await trainedAt(`${folder}/dist/index.html`);
    expect(layers).toBe('Linear,Tanh,Linear');
    expect(first).toBeGreaterThan(0.3);
    expect(last).toBeLessThan(0.1 * first);
  });

  test('trains in a page with a bare module script', async () => {
    const bare = path.join(scratch, 'bare');
    cpSync(path.join(installed, 'dist'), path.join(bare, 'wgrad'), { recursive: true });
    const script = APP.replace("'wgrad'", "'./wgrad/wgrad.min.js'")
      .replace('): Promise<{ first: number; last: number; layers: string }>', ')')
      .replace(': number[]', '');
    writeFileSync(path.join(bare, 'index.html'), html(`>${script}`));
    const { first, last } = await trainedAt('bare/index.html');
    expect(last).toBeLessThan(0.1 * first);
  });
});
