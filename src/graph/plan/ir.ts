/**
 * The planner's own form of a trace: canonical nodes with resolved inputs, and groups of nodes that run as one.
 */
import type { AnyOp, Dispatch } from '../define-op.ts';
import type { Layout } from '../layout.ts';
import type { Spec } from '../value.ts';

/** Memory that a dispatch can bind: something from outside, or an output of a node. */
export type Base = ExternalBase | ComputedBase;

export interface ExternalBase extends Spec {
  readonly kind: 'external';
  readonly index: number;
  /** Values of one class lie in the same buffer; -1 is host data. */
  readonly bufferClass: number;
  /** A result of an earlier run, kept for a while. */
  readonly kept: boolean;
}

export interface ComputedBase extends Spec {
  readonly kind: 'computed';
  readonly node: PlanNode;
  readonly output: number;
  /** Must survive: index among the results of the trace, or null. */
  result: number | null;
  /** The result goes to memory that the caller gave. */
  targeted: boolean;
  readonly readers: Set<PlanNode>;
}

/** What an input reads: memory, through a layout. */
export interface Source {
  readonly base: Base;
  readonly layout: Layout;
}

export interface PlanNode {
  readonly op: AnyOp;
  attrs: object;
  readonly index: number;
  readonly epoch: number;
  readonly sources: Source[];
  /** Spec of each input as the op sees it. */
  readonly inputs: Spec[];
  readonly outputs: ComputedBase[];
  group: Group | null;
}

/** Nodes that run together: a kernel with what is fused before and behind it, or a fused pointwise chain. */
export interface Group {
  readonly kind: 'kernel' | 'pointwise' | 'pack';
  /** The op that lowers to dispatches; null for a pointwise chain. */
  readonly root: PlanNode | null;
  /** Pointwise nodes behind the root, in order. */
  members: PlanNode[];
  /** Pointwise nodes before the root, fused as its prologue. */
  prologue: PlanNode[];
  readonly elements: number;
  epoch: number;
  /** Groups that must have run before, transitively. */
  readonly after: Set<Group>;
  merged: Group | null;
}

export interface LoweredDispatch {
  readonly dispatch: Dispatch;
  readonly group: Group;
}
