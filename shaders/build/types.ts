/**
 * Writes the type declarations of the shaders, beside nothing that git keeps.
 *
 * They go to shaders/.types, which tsconfig's rootDirs lays over shaders/, so `import softmax from
 * '../../shaders/softmax.wgsl'` finds them. Files are touched only when their text changes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { emitTypes } from './emit.ts';
import { reflect, type ShaderModule } from './reflect.ts';

export const SHADERS = fileURLToPath(new URL('..', import.meta.url));
const TYPES = path.join(SHADERS, '.types');

export function shaderFiles(): string[] {
  return readdirSync(SHADERS)
    .filter((name) => name.endsWith('.wgsl'))
    .toSorted();
}

export function reflectFile(file: string): ShaderModule {
  return reflect(file, readFileSync(path.join(SHADERS, file), 'utf8'));
}

export function writeTypes(file: string, module: ShaderModule): void {
  mkdirSync(TYPES, { recursive: true });
  const target = typesFile(file);
  const text = emitTypes(module, '../../src/gpu/kernel.ts');
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
}

/** Removes declarations whose shader is gone. */
export function removeStaleTypes(files: readonly string[]): void {
  if (!existsSync(TYPES)) return;
  const wanted = new Set(files.map((file) => path.basename(typesFile(file))));
  for (const name of readdirSync(TYPES)) if (!wanted.has(name)) rmSync(path.join(TYPES, name));
}

function typesFile(file: string): string {
  return path.join(TYPES, file.replace(/\.wgsl$/, '.d.wgsl.ts'));
}
