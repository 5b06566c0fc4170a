/**
 * What all optimisers share: groups, gradients, and a step of one dispatch. What an optimiser adds is its `Rule`.
 *
 * Every parameter, and every member of a stacked one, has a row of hyper-parameters. Where all rows are equal the
 * kernel gets one; else it gets all and, for each element of the slab, the place of its row.
 */
import { flush, hostTensor, noGrad, type Tensor } from '../graph/index.ts';
import { ROW, update, type UpdateOp } from '../ops/update.ts';
import type { Parameter } from '../nn/index.ts';
import {
  membersOf,
  paramGroups,
  type CommonOptions,
  type ParamGroup,
  type Parameters,
  type PerMember,
} from './param-groups.ts';
import { Slab } from './slab.ts';
import { dumpState, loadState, type OptimizerState } from './state.ts';

/** A member's number of an option. */
export type Pick = (option: PerMember) => number;

/** What an optimiser is. */
export interface Rule<O> {
  readonly name: string;
  readonly defaults: Required<O>;
  /** The op, and the moments it takes in its order, by their keys in PyTorch's state dict, that a group asks for. */
  needs(group: ParamGroup<O>): { op: UpdateOp; moments: readonly string[] };
  /** What a moment is at first; 0 unless said otherwise. */
  start?(group: ParamGroup<O>): number;
  /** The row from its fourth column on, in step t, which counts from 1. */
  row(group: ParamGroup<O>, pick: Pick, t: number): readonly number[];
}

export abstract class Optimizer<O extends CommonOptions = CommonOptions> {
  /** Options may be changed at any time; that plans nothing anew, also in a compiled step. */
  readonly paramGroups: readonly ParamGroup<O>[];
  /** The parameters of all groups. */
  readonly parameters: readonly Parameter[];
  protected readonly rule: Rule<O>;
  private readonly slab: Slab;
  private readonly moments: ReadonlyMap<string, Tensor>;
  private readonly op: UpdateOp;
  /** Of each parameter: its group, the members it has, and the steps it has made. */
  private readonly entries: { readonly group: ParamGroup<O>; readonly members: number; steps: number }[];

  /** @throws Error where there are no parameters, one is no Parameter, or an option cannot be. */
  constructor(rule: Rule<O>, parameters: Parameters<O>, options: O) {
    this.rule = rule;
    this.paramGroups = paramGroups(rule.name, parameters, options, rule.defaults);
    this.parameters = this.paramGroups.flatMap(({ params }) => params);
    this.entries = this.paramGroups.flatMap((group) => {
      const members = membersOf(rule.name, group);
      return group.params.map(() => ({ group, members, steps: 0 }));
    });
    this.slab = new Slab(rule.name, this.parameters);
    // The op that serves the most serves all.
    const needs = this.paramGroups
      .map((group) => rule.needs(group))
      .toSorted((a, b) => b.moments.length - a.moments.length);
    const { op, moments } = needs[0]!;
    const start = this.entries.map(({ group }) => rule.start?.(group) ?? 0);
    this.op = op;
    this.moments = new Map(moments.map((key) => [key, this.slab.filled(`${rule.name}: ${key}`, start)]));
  }

  /** Its name in `optim`, whatever a minifier makes of the class's. */
  get name(): string {
    return this.rule.name;
  }

  /** The learning rate of the first group, and its first member. Setting it sets that of all groups. */
  get lr(): number {
    return [this.paramGroups[0]!.lr as PerMember].flat()[0]!;
  }

  set lr(value: PerMember) {
    for (const group of this.paramGroups) group.lr = value;
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters) parameter.grad = null;
  }

  /**
   * Moves every parameter by one step, but for frozen ones, and submits all that has been traced.
   *
   * @throws Error where a parameter has no gradient; then nothing has moved.
   */
  step(): void {
    noGrad(() => this.update());
    flush();
  }

  /** Steps, moments and options, in the form of PyTorch's. The tensors are the live ones: training goes on changing them. */
  stateDict(): OptimizerState {
    const steps = this.entries.map((entry) => entry.steps);
    return dumpState(this.slab, this.paramGroups, this.moments, steps);
  }

  /**
   * Goes on from what `stateDict` gave, with the same bits.
   *
   * @throws Error that names what does not fit; then nothing has been changed.
   */
  loadStateDict(state: OptimizerState): void {
    const { rule, slab, paramGroups, moments } = this;
    const steps = loadState(rule, slab, paramGroups, moments, state);
    this.entries.forEach((entry, index) => {
      entry.steps = steps[index]!;
    });
  }

  private update(): void {
    const { slab, rule, entries } = this;
    const { grad, scale, active } = slab.gradients(rule.name);
    if (!grad) return;
    const plain = this.parameters.length === active.length && this.paramGroups.length === 1 && this.isEven();
    const refresh = (): Float32Array => {
      if (plain && !this.isEven())
        throw new Error(
          `${rule.name}: parameters have made different numbers of steps since the step was compiled. Compile it again.`,
        );
      const rows = this.rows(plain, new Set(active));
      for (const index of active) entries[index]!.steps++;
      return rows;
    };
    const rows = refresh();
    const hyper = hostTensor(rows, [rows.length], 'float32', refresh);
    const group = plain ? null : slab.group(entries, ROW);
    update(this.op, { p: slab.tensor, grad, hyper, group, scale, moments: [...this.moments.values()] });
  }

  /** All parameters have the same row. */
  private isEven(): boolean {
    const [first] = this.entries;
    return this.entries.every(({ steps, members }) => steps === first!.steps && members === 1);
  }

  private rows(plain: boolean, active: ReadonlySet<number>): Float32Array {
    const { rule, moments } = this;
    const entries = plain ? this.entries.slice(0, 1) : this.entries;
    const rows = new Float32Array(ROW * entries.reduce((sum, { members }) => sum + members, 0));
    let at = 0;
    entries.forEach(({ group, members, steps }, index) => {
      const missing = rule.needs(group).moments.find((key) => !moments.has(key));
      if (missing)
        throw new Error(
          `${rule.name}: options that need ${missing} were set after the optimizer was made without. Make it with them.`,
        );
      for (let member = 0; member < members; member++, at += ROW) {
        const pick: Pick = (option) => {
          if (typeof option === 'number') return option;
          if (option.length !== members)
            throw new Error(
              `${rule.name}: an option has ${option.length} members and the optimizer was made for ${members}. Give as many.`,
            );
          return option[member]!;
        };
        rows.set([Number(active.has(index)), group.maximize ? -1 : 1, pick(group.l1!)], at);
        rows.set(rule.row(group, pick, steps + 1), at + 3);
      }
    });
    return rows;
  }
}
