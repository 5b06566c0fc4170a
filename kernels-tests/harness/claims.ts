/**
 * Which entry points the ops use, read from their source.
 *
 * An op names a kernel as a property of what it imports (`softmax.softmax_backward`), or by a template
 * (`` matmul[`matmul_${tile}`] ``), whose holes stand for anything.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './server.ts';

const IMPORT = /import\s+(\w+)?[^;]*from '[^']*\/shaders\/([\w-]+\.wgsl)'/g;

/** Patterns of entry-point names, by shader file. */
export function claims(): Map<string, RegExp[]> {
  const found = new Map<string, RegExp[]>();
  const folder = path.join(ROOT, 'src/ops');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, local, shader = ''] of text.matchAll(IMPORT)) {
      const patterns = found.get(shader) ?? [];
      found.set(shader, patterns);
      if (local) patterns.push(...uses(text, local));
    }
  }
  return found;
}

function uses(text: string, local: string): RegExp[] {
  const named = [...text.matchAll(new RegExp(`(?<!typeof )\\b${local}\\.(\\w+)`, 'g'))].map(([, name = '']) => name);
  const indexed = [...text.matchAll(new RegExp(`\\b${local}\\[[\`']([^\`']+)[\`']\\]`, 'g'))].map(
    ([, name = '']) => name,
  );
  return [...named, ...indexed].map((name) => new RegExp(`^${name.replace(/\$\{[^}]*\}/g, '\\w+')}$`));
}
