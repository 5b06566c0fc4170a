/**
 * How the kernels of recurrent layers are laid over rows, units and time: the same for each kind of cell.
 */
import type { Dispatch, LowerContext } from '../graph/define-op.ts';
import { noGrad } from '../graph/engine.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Spec } from '../graph/value.ts';
import { permute, reshape, slice, transpose } from './views.ts';

export interface SequenceAttrs {
  /** From the last step to the first. */
  readonly fromEnd: boolean;
  readonly withLengths: boolean;
  readonly withInitial: boolean;
  readonly withProbe: boolean;
  /** x is [batch, steps, ...] rather than [steps, batch, ...]. */
  readonly batchFirst: boolean;
}

export interface BackwardAttrs extends SequenceAttrs {
  readonly withDh: boolean;
}

/** What a kernel is given besides the input's part of the gates and the recurrent weights. */
export interface SequenceInputs extends Pick<SequenceAttrs, 'fromEnd' | 'batchFirst'> {
  readonly initial: Tensor | null;
  /** int32 [batch] */
  readonly lengths: Tensor | null;
  /** [steps, batch, hidden], whose gradient is what reaches each h. */
  readonly probe: Tensor | null;
}

/** A kind of recurrent layer, as the layers are given it, so that a program has the kernels of those that it uses. */
export interface RecurrentKind {
  /** Sets of hidden weights, one below another. */
  readonly gates: number;
  /**
   * @param sums [steps, batch, gates * hidden], or batch first: the input's part of the gates
   * @param weight [gates * hidden, hidden]; hidden is a multiple of 4
   * @param bias [gates * hidden] of the state's part, where `ownBias` says that it is not part of the sums
   * @returns the states [steps + 1, batch, hidden], what was saved [steps, batch, 5, hidden], the last c
   */
  walk(
    sums: Tensor,
    weight: Tensor,
    given: SequenceInputs,
    bias: Tensor | null,
  ): readonly [states: Tensor, saved?: Tensor, c?: Tensor];
  readonly ownBias?: boolean;
}

/**
 * Steps of one dispatch at most, and multiplications, so that none comes near the two seconds after which a system takes
 * a GPU for hung.
 */
const CHUNK = { steps: 64, work: 2 ** 31 };

/** On a GPU, layers this wide stream too many weights through one workgroup: each step spreads over many instead. */
const WIDE = 256;

interface Walk {
  readonly steps: number;
  readonly batch: number;
  /** Fours of units. */
  readonly units: number;
  /** Fours of gates that x holds for a row and step. */
  readonly gates: number;
  /** Fours of units that an invocation takes at once, at most. */
  readonly blocks: number;
  /** Turns of the loop: the steps, and what comes with them. */
  readonly turns: number;
  /** The first dispatch writes the initial state. */
  readonly fills: boolean;
}

export interface Geometry {
  readonly params: Readonly<Record<'steps' | 'batch' | 'units' | 'begin' | 'end' | 'x_step' | 'x_row', number>>;
  readonly overrides: Readonly<{ lanes: number; from_end: boolean; with_lengths: boolean }>;
  readonly rows: number;
  readonly blocks: number;
  readonly workgroups: readonly [number, number, number];
}

/** Rows that a workgroup takes, which need as many registers: on a GPU many would spill. */
const ROWS = { software: [4, 8, 16], hardware: [4, 8] };
/** Milliseconds that a kernel of so many rows takes to compile on SwiftShader. */
const COMPILE = { 4: 250, 8: 350, 16: 600 };
type Rows = keyof typeof COMPILE;

/**
 * The dispatches of one pass. By rule a software adapter takes as many rows at once as leave work for a second workgroup,
 * for registers are memory to it; a GPU takes four.
 */
export function walk(
  context: LowerContext<SequenceAttrs>,
  size: Walk,
  make: (geometry: Geometry) => Dispatch,
): readonly Dispatch[] {
  const { software, limits, choose } = context;
  const { batch, steps, units, gates } = size;
  const rule: Rows = software && batch > 8 ? (batch > 16 ? 16 : 8) : 4;
  const groups = (rows: number): number => Math.ceil(batch / rows);
  if (groups(rule) > limits.maxComputeWorkgroupsPerDimension)
    throw new Error(`recurrent: ${batch} rows are more than a device takes at once. Use smaller batches.`);
  const worth = ROWS[software ? 'software' : 'hardware'].filter(
    (rows) => rows < 2 * batch && groups(rows) <= limits.maxComputeWorkgroupsPerDimension,
  ) as Rows[];
  const by = (rows: Rows, blocks: number) => () => walkBy({ rows, blocks }, context, size, make);
  const all = [...new Set([rule, ...worth])];
  const early = all.filter((rows) => rows > 4 && worth.includes(4));
  return choose(`${rule} rows`, Object.fromEntries(all.map((rows) => [`${rows} rows`, by(rows, size.blocks)])), {
    kernels: Object.fromEntries(early.map((rows) => [`${rows} rows`, { lower: by(4, 1), compile: COMPILE[rows] }])),
    run: (steps * batch * gates * (4 * units) ** 2) / 6e5,
  });
}

/** By a kernel of so many rows, and blocks where it may have several. */
function walkBy(
  { rows, blocks }: Pick<Geometry, 'rows' | 'blocks'>,
  { attrs, software }: Pick<LowerContext<SequenceAttrs>, 'attrs' | 'software'>,
  { steps, batch, units, gates, turns, fills }: Walk,
  make: (geometry: Geometry) => Dispatch,
): Dispatch[] {
  const wanted = Math.ceil(units / blocks);
  const wide = !software && units * 4 > WIDE;
  const lanes = software ? Math.min(wanted, 64) : Math.min(32 * Math.ceil(wanted / 32), wide ? 64 : 256);
  const width = units * gates;
  const [x_step, x_row] = attrs.batchFirst ? [width, steps * width] : [batch * width, width];
  const overrides = { lanes, from_end: attrs.fromEnd, with_lengths: attrs.withLengths };
  const across = wide ? Math.ceil(wanted / lanes) : 1;
  const groups = Math.ceil(batch / rows);
  const work = batch * gates * (4 * units) ** 2;
  const chunk = wide ? 1 : Math.max(1, Math.min(CHUNK.steps, Math.floor(CHUNK.work / work)));
  const dispatches: Dispatch[] = [];
  const add = (begin: number, end: number): void => {
    const params = { steps, batch, units, begin, end, x_step, x_row };
    dispatches.push(make({ params, overrides, rows, blocks, workgroups: [across, groups, 1] }));
  };
  // Only a dispatch's end makes what it writes visible to other workgroups, the initial state too.
  if (wide && fills) add(0, 0);
  for (let begin = 0; begin < turns; begin += chunk) add(begin, Math.min(turns, begin + chunk));
  return dispatches;
}

/** Steps, rows and fours of hidden units of [steps, batch, gates * hidden]. */
export function sizesOf(
  { shape }: Spec,
  { batchFirst }: Pick<SequenceAttrs, 'batchFirst'>,
  gates: number,
): Record<'steps' | 'batch' | 'hidden' | 'units', number> {
  const [first, second, width] = shape as [number, number, number];
  const hidden = width / gates;
  return { steps: batchFirst ? second : first, batch: batchFirst ? first : second, hidden, units: hidden / 4 };
}

/** Blocks of four units that an invocation takes where gates do not share one. */
export const blocksOf = (units: number, software: boolean): number => (software && units >= 4 ? 4 : 1);

/** The states [steps + 1, batch, hidden] before each step, as rows in the order of x's. */
export function statesBefore(states: Tensor, { fromEnd, batchFirst }: SequenceAttrs): Tensor {
  const before = fromEnd ? slice(states, 0, 1) : slice(states, 0, 0, -1);
  return reshape(batchFirst ? permute(before, [1, 0, 2]) : before, [-1, states.shape[2]!]);
}

/** The states after each step. */
export const statesAfter = (states: Tensor, { fromEnd }: Pick<SequenceAttrs, 'fromEnd'>): Tensor =>
  fromEnd ? slice(states, 0, 0, -1) : slice(states, 0, 1);

/** [steps, batch], or batch first. */
export const rowsOf = (steps: number, batch: number, { batchFirst }: SequenceAttrs): [number, number] =>
  batchFirst ? [batch, steps] : [steps, batch];

export const float = (...shape: number[]): Spec => ({ shape, dtype: 'float32' });

export function attrsOf({ initial, lengths, probe, fromEnd, batchFirst }: SequenceInputs): SequenceAttrs {
  const [withInitial, withLengths, withProbe] = [initial !== null, lengths !== null, probe !== null];
  return { fromEnd, batchFirst, withInitial, withLengths, withProbe };
}

/** Inputs of an op; the weight stands for what is not given, and is not read there. */
export function inputsOf(x: Tensor, weight: Tensor, { initial, lengths, probe }: SequenceInputs): Tensor[] {
  const across = noGrad(() => transpose(weight));
  return [x, weight, across, initial ?? weight, lengths ?? weight, probe ?? weight];
}

/** Large outputs that are no results by themselves: they last only where something reads them. */
export function unasked<T extends Tensor[]>(tensors: T): T {
  for (const { value } of tensors) value.exposed = false;
  return tensors;
}
