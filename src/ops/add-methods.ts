/**
 * Functions of a tensor as methods of Tensor.
 */
import { Tensor } from '../graph/tensor.ts';

type Op = (x: Tensor, ...rest: never[]) => unknown;

/** What each function is as a method. */
export type Methods<Ops> = {
  [Name in keyof Ops]: Ops[Name] extends (x: Tensor, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

export function addMethods(ops: Readonly<Record<string, Op>>): void {
  for (const [name, op] of Object.entries(ops)) {
    Object.defineProperty(Tensor.prototype, name, {
      value(this: Tensor, ...rest: never[]) {
        return op(this, ...rest);
      },
      writable: true,
      configurable: true,
    });
  }
}
