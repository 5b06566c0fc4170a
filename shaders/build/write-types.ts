/** `npm run shaders`: reflects every shader and writes its types; fails with file and line where a shader is wrong. */
import { ShaderError } from './lex.ts';
import { reflectFile, removeStaleTypes, shaderFiles, writeTypes } from './types.ts';

const files = shaderFiles();
removeStaleTypes(files);
for (const file of files) {
  try {
    writeTypes(file, reflectFile(file));
  } catch (error) {
    if (!(error instanceof ShaderError)) throw error;
    console.error(`shaders/${file}:${error.line}:${error.column + 1}: ${error.message}`);
    process.exitCode = 1;
  }
}
