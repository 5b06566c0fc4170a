/**
 * A reflected shader as text: the JavaScript module that a bundle gets and the types that the compiler sees.
 *
 * Both are written from the same reflection, so a name that type-checks exists at run time. Knows neither WGSL nor Vite.
 */
import type { EntryPoint, ShaderModule } from './reflect.ts';

/** `export default { entry_point: Kernel }` and `export const source`. What entry points share is written once. */
export function emitModule({ source, entryPoints }: ShaderModule): string {
  const shared: string[] = [];
  const share = (part: unknown): string => {
    const text = JSON.stringify(part);
    if (!shared.includes(text)) shared.push(text);
    return `part${shared.indexOf(text)}`;
  };
  const entries = entryPoints.map(({ file, entryPoint, bindings, params, overrides, workgroupSize }) => {
    const fields = [
      'source',
      `file: ${share(file)}`,
      `entryPoint: ${JSON.stringify(entryPoint)}`,
      `bindings: [${bindings.map(share).join()}]`,
      `params: ${share(params)}`,
      `overrides: ${share(overrides)}`,
      `workgroupSize: ${share(workgroupSize)}`,
    ];
    return `  ${entryPoint}: { ${fields.join(', ')} },\n`;
  });
  return [
    `export const source = ${JSON.stringify(source)};\n`,
    ...shared.map((text, index) => `const part${index} = ${text};\n`),
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
