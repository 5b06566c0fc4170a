/**
 * The ops of structure.ts as methods of Tensor: `wgrad` has them, `wgrad/core` does not.
 */
import { addMethods, type Methods } from './add-methods.ts';
import * as structure from './structure.ts';

declare module '../graph/tensor.ts' {
  interface Tensor extends Methods<typeof structure> {}
}

addMethods(structure);
