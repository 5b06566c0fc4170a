/**
 * Default values of a shader's `override` declarations.
 *
 * Evaluates the constant arithmetic that a default is written in; whatever is richer than that is refused, so that a
 * default is readable at a glance. Knows the parser's nodes and nothing of kernels.
 */
import {
  BinaryOperator,
  CallExpr,
  Const,
  CreateExpr,
  LiteralExpr,
  Override,
  ScalarData,
  UnaryOperator,
  VariableExpr,
  type Node,
} from 'wgsl_reflect/wgsl_reflect.module.js';
import { ShaderError } from './lex.ts';

type Values = ReadonlyMap<string, number>;

const BINARY: Readonly<Record<string, (a: number, b: number, whole: boolean) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b, whole) => (whole ? Math.trunc(a / b) : a / b),
  '%': (a, b) => a % b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
};

/** Name -> default, in the order of the file. A bool stays a bool. */
export function overrideDefaults(ast: readonly Node[]): Map<string, number | boolean> {
  const values = new Map<string, number>();
  const defaults = new Map<string, number | boolean>();
  for (const node of ast) {
    if (node instanceof Const) {
      const value = evaluate(node.value, values);
      if (value !== null) values.set(node.name, value);
    }
    if (!(node instanceof Override)) continue;
    const value = node.value && evaluate(node.value, values);
    if (value === null) throw new ShaderError(`override ${node.name} needs a constant default value`, node.line);
    values.set(node.name, value);
    const bool = node.type?.name === 'bool' || (node.value instanceof LiteralExpr && node.value.type.name === 'bool');
    defaults.set(node.name, bool ? value !== 0 : value);
  }
  return defaults;
}

function evaluate(node: Node, values: Values): number | null {
  if (node instanceof LiteralExpr) return node.value instanceof ScalarData ? (node.value.data[0] ?? null) : null;
  if (node instanceof VariableExpr) return values.get(node.name) ?? null;
  if (node instanceof UnaryOperator) {
    const value = evaluate(node.right, values);
    return value === null || node.operator !== '-' ? null : -value;
  }
  if (node instanceof BinaryOperator) {
    const left = evaluate(node.left, values);
    const right = evaluate(node.right, values);
    const apply = BINARY[node.operator];
    if (left === null || right === null || !apply) return null;
    return apply(left, right, Number.isInteger(left) && Number.isInteger(right));
  }
  const argument = node instanceof CreateExpr || node instanceof CallExpr ? node.args : null;
  return argument?.length === 1 && argument[0] ? evaluate(argument[0], values) : null;
}
