/** Whether names of the public surface exist. */
import * as wgrad from '../src/index.ts';

const NAMESPACES: Readonly<Record<string, object>> = {
  F: wgrad.F,
  nn: wgrad.nn,
  optim: wgrad.optim,
  data: wgrad.data,
  io: wgrad.io,
};

/** `x.sin()`, `F.gelu`, `nn.GELU`, `nn.init.zeros` or `where()`. */
function exists(name: string): boolean {
  const [, owner, member = ''] = /^(?:(\w+)\.)?([\w.]+)(?:\(\))?$/.exec(name) ?? [];
  const holder = owner === undefined ? wgrad : owner === 'x' ? wgrad.Tensor.prototype : NAMESPACES[owner];
  let at: unknown = holder;
  for (const part of member.split('.')) {
    if (typeof at !== 'object' || at === null || !(part in at)) return false;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return true;
}

/** Those that do not exist. */
export function missing(names: readonly string[]): string[] {
  return names.filter((name) => !exists(name));
}
