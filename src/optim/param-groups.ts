/**
 * Parameter groups: which options hold for which parameters, and the checks of both.
 *
 * An option is a number, or a list with one number for each member of a stacked model, whose parameters then all have
 * the members as their first axis.
 */
import { show } from '../graph/index.ts';
import { Parameter } from '../nn/index.ts';

/** One number for all, or one for each member of a stacked model. */
export type PerMember = number | number[];

/** What every optimiser takes. */
export interface CommonOptions {
  lr?: PerMember;
  /** L2 penalty: weightDecay * p is added to the gradient. */
  weightDecay?: PerMember;
  /** L1 penalty: l1 * sign(p) is added to the gradient. */
  l1?: PerMember;
  /** Climb instead of descending. */
  maximize?: boolean;
}

/** Options that may be changed at any time, which plans nothing anew, and the parameters that they hold for. */
export type ParamGroup<O> = Required<O> & { readonly params: readonly Parameter[] };

/** Parameters, or groups of them with options of their own. */
export type Parameters<O> = Iterable<Parameter> | Iterable<O & { params: Iterable<Parameter> }>;

export const COMMON: Required<CommonOptions> = { lr: 1e-3, weightDecay: 0, l1: 0, maximize: false };

/** @throws Error where there are no parameters, one is no Parameter or given twice, or an option cannot be. */
export function paramGroups<O extends object>(
  name: string,
  parameters: Parameters<O>,
  options: O,
  defaults: Required<O>,
): ParamGroup<O>[] {
  const given: unknown[] = [...parameters];
  const groups = given.length > 0 && given.every(isGroup) ? given : [{ params: given }];
  const seen = new Set<unknown>();
  return groups.map(({ params, ...own }) => {
    const list = [...new Set(params)];
    if (list.length === 0)
      throw new Error(`${name}: got no parameters. Pass model.parameters() of a model that has some.`);
    list.forEach((parameter, index) => {
      if (!(parameter instanceof Parameter))
        throw new Error(`${name}: number ${index} of the parameters is no nn.Parameter. Pass model.parameters().`);
      if (seen.has(parameter))
        throw new Error(`${name}: parameter ${nameOf(parameter, index)} is in two groups. Name each in one.`);
      seen.add(parameter);
    });
    const group = { ...structuredClone({ ...defaults, ...options, ...own }), params: list } as ParamGroup<O>;
    checkOptions(name, group, defaults);
    return group;
  });
}

function isGroup(given: unknown): given is { params: Iterable<unknown> } {
  return !(given instanceof Parameter) && typeof given === 'object' && given !== null && 'params' in given;
}

/** @throws Error for options that the optimiser does not have, and numbers out of their range. */
export function checkOptions(name: string, group: object, defaults: object): void {
  for (const [key, option] of Object.entries(group)) {
    if (key === 'params') continue;
    if (!(key in defaults))
      throw new Error(`${name}: there is no option ${key}. It has ${Object.keys(defaults).join(', ')}.`);
    if (key === 'dampening') continue;
    const below = key === 'betas' ? 1 : Infinity;
    for (const [what, value] of numbersOf(key, option))
      if (!(Number(value) >= 0 && (Number(value) < below || below === Infinity)))
        throw new Error(
          `${name}: ${what} must be at least 0${below === 1 ? ' and below 1' : ''}, got ${value as string}.`,
        );
  }
}

/** The numbers of an option, each by where it stands. */
function numbersOf(what: string, option: unknown): [what: string, value: unknown][] {
  if (!Array.isArray(option)) return [[what, option]];
  return option.flatMap((each: unknown, index) => numbersOf(`${what}[${index}]`, each));
}

/**
 * How many members a group's lists have, 1 where there are none.
 *
 * @throws Error where lists differ in length, or a parameter does not have the members as its first axis.
 */
export function membersOf(name: string, group: ParamGroup<object>): number {
  let members = 0;
  for (const [key, option] of Object.entries(group)) {
    if (key === 'params' || !Array.isArray(option)) continue;
    for (const list of key === 'betas' ? option : [option]) {
      if (!Array.isArray(list)) continue;
      if (members && list.length !== members)
        throw new Error(`${name}: ${key} has ${list.length} members and another option ${members}. Give as many.`);
      members = list.length;
    }
  }
  if (!members) return 1;
  group.params.forEach((parameter, index) => {
    if (parameter.shape[0] !== members)
      throw new Error(
        `${name}: parameter ${nameOf(parameter, index)} is ${show(parameter.shape)}, and the options are for ${members} members. Its first axis must be ${members}.`,
      );
  });
  return members;
}

export function requireAtLeast(name: string, what: string, value: number, least = 0): void {
  if (!(value >= least)) throw new Error(`${name}: ${what} must be at least ${least}, got ${value}.`);
}

export function nameOf({ name }: Parameter, index: number): string {
  return name ? `"${name}"` : `number ${index}`;
}
