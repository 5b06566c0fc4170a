/**
 * The Vite plugin that makes `import kernels from './x.wgsl'` a typed kernel description.
 *
 * In development it also rewrites the shader's types as the file is saved. A shader that cannot be a kernel stops the
 * build with its file, line and column.
 */
import path from 'node:path';
import type { Plugin } from 'vite';
import { emitModule } from './emit.ts';
import { ShaderError } from './lex.ts';
import { reflect } from './reflect.ts';
import { SHADERS, writeTypes } from './types.ts';

const RUNTIME = path.resolve(SHADERS, '../src/gpu/kernel.ts');

export function wgsl(): Plugin {
  return {
    name: 'wgsl-kernels',
    transform: {
      filter: { id: /\.wgsl$/ },
      handler(code, id) {
        const file = path.basename(id);
        try {
          const module = reflect(file, code);
          if (path.resolve(path.dirname(id)) === path.resolve(SHADERS)) writeTypes(file, module);
          return { code: emitModule(file, module, RUNTIME), map: { mappings: '' }, moduleType: 'js' };
        } catch (error) {
          if (!(error instanceof ShaderError)) throw error;
          const { message, line, column } = error;
          return this.error({ message: `${file}:${line}: ${message}`, loc: { file: id, line, column } });
        }
      },
    },
  };
}
