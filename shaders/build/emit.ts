/**
 * A reflected shader as text: the JavaScript module that a bundle gets and the types that the compiler sees.
 *
 * Both are written from the same reflection, so a name that type-checks exists at run time. Knows neither WGSL nor Vite.
 */
import type { EntryPoint, ShaderModule } from './reflect.ts';

/**
 * `export default { entry_point: Kernel }` and `export const source`, put together by `kernelsOf`.
 *
 * @param runtime the module that has it
 */
export function emitModule(file: string, { source, entryPoints }: ShaderModule, runtime: string): string {
  const bindings: string[] = [];
  let params = '';
  const entries = entryPoints.map((entry) => {
    const used = entry.bindings.map(({ name, binding, access, element }) => {
      const text = `${name} ${binding} ${access} ${element}`;
      if (!bindings.includes(text)) bindings.push(text);
      return String(bindings.indexOf(text));
    });
    if (entry.params) {
      const fields = Object.entries(entry.params.fields).map(([name, { offset, type }]) => `${name} ${offset} ${type}`);
      params = [entry.params.size, ...fields].join();
      used.push('p');
    }
    return [entry.entryPoint, used.join(' ')];
  });
  const given = [file, bindings.join(), params, Object.fromEntries(entries)].map((part) => JSON.stringify(part));
  return [
    `import { kernelsOf } from ${JSON.stringify(runtime)};\n`,
    `export const source = ${JSON.stringify(source)};\n`,
    `export default /* @__PURE__ */ kernelsOf(${given[0]}, source, ${given.slice(1).join(', ')});\n`,
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
