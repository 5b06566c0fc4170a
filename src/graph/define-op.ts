/**
 * `defineOp`: all that the engine knows of an op, in one object beside its forward function.
 *
 * A node carries its definition, so nothing in `graph/` lists or switches over ops. An op is one of three kinds: it
 * lowers to dispatches (`lower`), it is a formula per element that can be fused (`pointwise`), or it moves no data
 * (`view`).
 */
import type { Kernel } from '../gpu/kernel.ts';
import type { Hook } from '../gpu/pipelines.ts';
import type { Layout } from './layout.ts';
import type { Tensor } from './tensor.ts';
import type { Spec } from './value.ts';

/** A buffer of the dispatch being lowered: an input, an output, or scratch memory. */
export type Operand =
  | { readonly role: 'input'; readonly index: number }
  | { readonly role: 'output'; readonly index: number }
  | { readonly role: 'scratch'; readonly index: number };

export interface Dispatch {
  readonly kernel: Kernel;
  readonly bind: Readonly<Record<string, Operand>>;
  readonly params: Readonly<Record<string, number>>;
  readonly overrides?: Readonly<Record<string, number | boolean>>;
  /** Replaced `const` numbers and `alias` types of the shader. */
  readonly constants?: Readonly<Record<string, number | string>>;
  /** Functions of the kernel that the op replaces itself. */
  readonly hooks?: readonly Hook[];
  readonly workgroups: readonly [number, number, number];
  /** Pointwise ops behind this op are fused into this dispatch's `fn epilogue`, which writes output 0. */
  readonly epilogue?: boolean;
  /** Pointwise ops before this op are fused into this dispatch's `fn prologue`, in place of this binding. */
  readonly prologue?: string;
}

/** Kernels that compute the same, by name. */
export type Variants = Readonly<Record<string, () => readonly Dispatch[]>>;

/**
 * Kernels in place of others while those compile, by the others' names. They compile quickly, and add in the same order,
 * so that results keep their bits.
 */
export interface Early {
  readonly kernels: Readonly<Record<string, EarlyKernel>>;
  /** Milliseconds of a run meanwhile, on SwiftShader. */
  readonly run: number;
}

export interface EarlyKernel {
  readonly lower: () => readonly Dispatch[];
  /** Milliseconds that the kernel whose place it takes needs to compile, on SwiftShader. */
  readonly compile: number;
}

export interface LowerContext<Attrs> {
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  readonly attrs: Attrs;
  readonly limits: GPUSupportedLimits;
  readonly software: boolean;
  /** Whether the four invocations of a quad can exchange numbers. */
  readonly quads: boolean;
  /** Whether products may round what they multiply to 16 bits. */
  readonly half: boolean;
  input(index: number): Operand;
  output(index: number): Operand;
  /** Whether anything reads this output; a kernel may leave the others unwritten. */
  needed(index: number): boolean;
  /** Memory for the time of this op, in bytes. */
  scratch(bytes: number): Operand;
  /**
   * The dispatches of one of several kernels that compute the same: the one that was measured to be the fastest on this
   * adapter, or `otherwise` until one was.
   */
  choose(otherwise: string, variants: Variants, early?: Early): readonly Dispatch[];
}

export interface BackwardContext<Saved extends string, Attrs> {
  /** Gradient of each output; null where none arrived. */
  readonly grads: readonly (Tensor | null)[];
  /** What the op declared in `saves`. */
  readonly saved: Readonly<Record<Saved, Tensor>>;
  readonly attrs: Attrs;
  /** Shape and dtype of each input. */
  readonly inputs: readonly Spec[];
  /** Whether each input wants a gradient. */
  readonly needs: readonly boolean[];
}

/** How a pointwise op computes one element. */
export interface Pointwise<Attrs> {
  /** WGSL of one element; `args` are WGSL expressions of the inputs' elements, typed f32, i32 or bool. */
  expression(args: readonly string[], attrs: Attrs, inputs: readonly Spec[]): string;
  /** The kernel whose `fn chain` the fused formula replaces. */
  readonly kernel: Kernel;
  /** WGSL functions that expressions may call. */
  readonly library: string;
  /** Inputs that the expression takes whole, as the name of their array, rather than an element of. */
  readonly whole?: readonly number[];
}

export interface OpDefinition<Saved extends string = string, Attrs extends object = object> {
  readonly name: string;
  /** Names of the inputs, in order; null for any number of them. */
  readonly inputs: readonly string[] | null;
  /** What `backward` reads: names of inputs, or `out` (`out0`, `out1`, ...). */
  readonly saves?: readonly Saved[];
  /** Shapes and dtypes of the outputs. */
  shape(inputs: readonly Spec[], attrs: Attrs): readonly Spec[];
  readonly lower?: (context: LowerContext<Attrs>) => readonly Dispatch[];
  readonly pointwise?: Pointwise<Attrs>;
  /** The output as another reading of input 0's memory, or null where that cannot be. */
  readonly view?: (input: Layout, attrs: Attrs, output: Spec) => Layout | null;
  /** This op copies its input; with it a view becomes memory of its own. One op does. */
  readonly copies?: boolean;
  /** Attributes with a view of an input taken in (matmul takes a transpose), or null. */
  readonly absorb?: (index: number, layout: Layout, attrs: Attrs) => { attrs: Attrs; input: Spec } | null;
  /** Every element of the output is one of input 0, so that the host's knowledge of its range carries over. */
  readonly selects?: boolean;
  /** Inputs written in place. */
  readonly writes?: readonly number[];
  /** The inputs lie one behind another in one buffer, each at `offsets[i]` bytes: no kernel runs for it. */
  readonly pack?: (attrs: Attrs) => { readonly offsets: readonly number[]; readonly bytes: number };
  /** Gradient of each input, null for none. */
  readonly backward?: (context: BackwardContext<Saved, Attrs>) => readonly (Tensor | null)[];
  /** The formula's epilogue or prologue may be fused. */
  readonly fuses?: { readonly epilogue?: boolean; readonly prologue?: number };
}

export type AnyOp = OpDefinition;

const defined = new Map<string, AnyOp>();

/**
 * Registers nothing but the name, which labels, errors and the profiler use, and which must be unique. Bundlers may drop
 * an op that nobody applies.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<const Saved extends string = never, Attrs extends object = object>(
  definition: OpDefinition<Saved, Attrs>,
): OpDefinition<Saved, Attrs> {
  if (defined.has(definition.name)) throw new Error(`internal: op ${definition.name} is defined twice.`);
  defined.set(definition.name, definition as unknown as AnyOp);
  return definition;
}

/** Names of all ops, for the test that each has a row in the golden table. */
export function definedOps(): readonly AnyOp[] {
  return [...defined.values()];
}
