/**
 * A reflected shader as text: the JavaScript module that a bundle gets and the types that the compiler sees.
 *
 * Both are written from the same reflection, so a name that type-checks exists at run time. Knows neither WGSL nor Vite.
 */
import type { EntryPoint, ShaderModule } from './reflect.ts';

/** `export default { entry_point: Kernel }` and `export const source`. */
export function emitModule({ source, entryPoints }: ShaderModule): string {
  const layouts = [...new Set(entryPoints.map(({ params }) => JSON.stringify(params)))];
  const entries = entryPoints.map((entry) => {
    const { params, ...rest } = entry;
    const body = JSON.stringify(rest).slice(1, -1);
    return `  ${entry.entryPoint}: { source, params: params${layouts.indexOf(JSON.stringify(params))}, ${body} },\n`;
  });
  return [
    `export const source = ${JSON.stringify(source)};\n`,
    ...layouts.map((layout, index) => `const params${index} = ${layout};\n`),
    `export default {\n${entries.join('')}};\n`,
  ].join('');
}

/** The `.d.wgsl.ts` of a shader. */
export function emitTypes({ entryPoints }: ShaderModule, kernelTypes: string): string {
  const entries = entryPoints.map((entry) => `  readonly ${entry.entryPoint}: ${kernelType(entry)};\n`);
  return [
    '// Written by `npm run shaders`.\n',
    entryPoints.length > 0 ? `import type { Kernel } from '${kernelTypes}';\n` : '',
    `declare const kernels: {\n${entries.join('')}};\n`,
    'export default kernels;\n',
    'export declare const source: string;\n',
  ].join('');
}

function kernelType({ bindings, params, overrides }: EntryPoint): string {
  const names = [bindings.map(({ name }) => name), Object.keys(params?.fields ?? {}), Object.keys(overrides)];
  return `Kernel<${names.map(union).join(', ')}>`;
}

function union(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' | ') || 'never';
}
