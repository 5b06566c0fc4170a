/**
 * Completes the modules that tsc wrote to dist/: each shader that one of them imports becomes a module beside them.
 *
 * The package is not bundled, since bundlers leave out what an app does not use only from modules, not from one file.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { emitModule } from './emit.ts';
import { reflectFile, SHADERS } from './types.ts';

const DIST = path.resolve(SHADERS, '../dist');
const IMPORT = /'(?:\.\.\/)+shaders\/([\w-]+)\.wgsl'/g;

const shaders = new Set<string>();
for (const name of readdirSync(path.join(DIST, 'ops'))) {
  if (!name.endsWith('.js')) continue;
  const file = path.join(DIST, 'ops', name);
  const code = readFileSync(file, 'utf8');
  const rewritten = code.replace(IMPORT, (_, shader: string) => {
    shaders.add(shader);
    return `'../shaders/${shader}.js'`;
  });
  if (rewritten !== code) writeFileSync(file, rewritten);
}

mkdirSync(path.join(DIST, 'shaders'), { recursive: true });
for (const shader of shaders) {
  const code = emitModule(`${shader}.wgsl`, reflectFile(`${shader}.wgsl`), '../gpu/kernel.js');
  writeFileSync(path.join(DIST, `shaders/${shader}.js`), code);
}
