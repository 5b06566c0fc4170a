/**
 * Attention that never holds the matrix of weights: its memory grows with the length, not with its square. The
 * backward pass computes the weights again from the log of their sums.
 *
 * Queries, keys and values may lie anywhere in a tensor, such as beside one another in the product that projects all
 * three; so do their gradients.
 */
import kernels from '../../shaders/attention.wgsl';
import backwardKernels from '../../shaders/attention-backward.wgsl';
import { source as random } from '../../shaders/random.wgsl';
import { defineOp, type Dispatch, type LowerContext, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import { apply, applyAll } from '../graph/trace.ts';
import { numel, type Shape, type Spec } from '../graph/value.ts';
import { dispatch, entriesOf, isOfQuads, spreadGroups } from './dispatch.ts';
import { reshape, slice } from './views.ts';

/** Where rows of features lie in a tensor, in elements: steps from one batch, head and row to the next. */
export interface Place {
  readonly first: number;
  readonly batch: number;
  readonly head: number;
  readonly row: number;
}

/** Axes of the result besides the features. */
export type Order = 'batch heads rows' | 'batch rows heads' | 'rows batch heads';

export interface FlashAttrs {
  readonly batches: number;
  readonly heads: number;
  /** Heads of queries that a head of keys and values serves. */
  readonly each: number;
  readonly queries: number;
  readonly keys: number;
  readonly features: number;
  /** Features of the values. */
  readonly out: number;
  readonly q: Place;
  readonly k: Place;
  readonly v: Place;
  readonly order: Order;
  readonly causal: boolean;
  readonly scale: number;
  /** 0 none, 1 bool, true attends, 2 bool, true does not, 3 added. */
  readonly masking: number;
  /** [batch, heads, queries, keys], 0 where the mask has one for all */
  readonly maskSteps: readonly number[];
  readonly dropping: boolean;
  /** For each of the inputs q, k and v the first of those that lie beside one another in one tensor and fill it. */
  readonly sources: readonly [number, number, number];
}

function orderOf({ order, batches, heads, queries, out }: FlashAttrs): { shape: Shape; place: Place } {
  if (order === 'batch heads rows')
    return {
      shape: [batches, heads, queries, out],
      place: { first: 0, batch: heads * queries * out, head: queries * out, row: out },
    };
  const row = { head: out, first: 0 };
  return order === 'batch rows heads'
    ? {
        shape: [batches, queries, heads, out],
        place: { ...row, batch: queries * heads * out, row: heads * out },
      }
    : { shape: [queries, batches, heads, out], place: { ...row, batch: heads * out, row: batches * heads * out } };
}

/** Rows of an invocation; the kernels say so too. */
const ROWS = { 'eight rows quads': 8, 'eight rows': 8, 'one row': 1 } as const;
type RowKernel = keyof typeof ROWS;

/**
 * The kernels for eight rows and for one. On SwiftShader eight rows are two to three times as fast, and take ten times as
 * long to compile; quads that share what they load are a tenth faster still, where heads fill them. On a GPU invocations
 * share through caches.
 */
function byRows(
  { choose, attrs, software, quads }: LowerContext<FlashAttrs>,
  { compile, products }: { compile: Readonly<Record<'eight rows quads' | 'eight rows', number>>; products: number },
  lower: (name: RowKernel) => Dispatch[],
) {
  const { batches, heads, queries, keys, features } = attrs;
  const names = entriesOf(ROWS).map(([name]) => name);
  const offered = names.filter((name) => name !== 'eight rows quads' || (software && quads));
  const filled = [queries, keys].every(
    (rows) => tilesOf('eight rows quads', rows) <= 1.25 * tilesOf('eight rows', rows),
  );
  const lowerOne = (): Dispatch[] => lower('one row');
  return choose(
    filled ? offered[0]! : 'eight rows',
    Object.fromEntries(offered.map((name) => [name, () => lower(name)])),
    {
      kernels: Object.fromEntries(
        entriesOf(compile).map(([name, milliseconds]) => [name, { lower: lowerOne, compile: milliseconds }]),
      ),
      run: (products * batches * heads * queries * keys * features) / 5e5,
    },
  );
}

/** Invocations for so many rows of a head; quads keep to one head. */
function tilesOf(name: RowKernel, rows: number): number {
  const tiles = Math.ceil(rows / ROWS[name]);
  return isOfQuads(name) ? Math.ceil(tiles / 4) * 4 : tiles;
}

/** Sources' gradients lie one behind another from multiples of this, so that each can be bound. */
const ALIGNED = 64;

/** Where the gradient of each of q, k and v's tensors begins in that of all, and where all end. */
function starts({ sources }: FlashAttrs, inputs: readonly Spec[]): { of: number[]; end: number } {
  const of: number[] = [];
  let end = 0;
  inputs.slice(0, 3).forEach(({ shape }, index) => {
    if (sources[index] !== index) return of.push(of[sources[index]!]!);
    of.push(end);
    return (end = Math.ceil((end + numel(shape)) / ALIGNED) * ALIGNED);
  });
  return { of, end };
}

/** What all kernels of the family share, for so many invocations, of which `tiles` are of one head. */
function call({ attrs, limits, software }: LowerContext<FlashAttrs>, invocations: number, tiles: number) {
  const { batches, heads, each, queries, keys, features, out, q, k, v, scale, causal, masking, maskSteps } = attrs;
  const y = orderOf(attrs).place;
  const group = software ? 4 : 64;
  const { workgroups, width } = spreadGroups(Math.ceil(invocations / group), limits);
  const params = {
    batches,
    heads,
    each,
    queries,
    keys,
    features: features / 4,
    fours: out / 4,
    tiles,
    scale,
    masking,
    causal: Number(causal),
    width: width * group,
    q_first: q.first / 4,
    q_batch: q.batch / 4,
    q_head: q.head / 4,
    q_row: q.row / 4,
    k_first: k.first / 4,
    k_batch: k.batch / 4,
    k_head: k.head / 4,
    k_row: k.row / 4,
    v_first: v.first / 4,
    v_batch: v.batch / 4,
    v_head: v.head / 4,
    v_row: v.row / 4,
    y_batch: y.batch / 4,
    y_head: y.head / 4,
    y_row: y.row / 4,
    mask_batch: maskSteps[0]!,
    mask_head: maskSteps[1]!,
    mask_query: maskSteps[2]!,
    mask_key: maskSteps[3]!,
  };
  return { params, workgroups, overrides: { group } };
}

/** The draw of the dropout. */
const DRAWN = {
  name: 'draw',
  text: 'fn draw(i: u32) -> vec4f { return dropout_four(i, key[0], key[1], bitcast<f32>(key[2])); }\n',
  bindings: [],
  library: random,
};

/**
 * A workgroup is a quad and goes one way, which the compiler cannot tell from what the way depends on. Which lane it is, an
 * invocation counts, because no built-in value reaches a function.
 */
const SUBGROUPS = 'enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n';
const IN_QUADS = [
  {
    name: 'quad_lane',
    text: 'fn quad_lane() -> u32 { return subgroupExclusiveAdd(1u); }\n',
    bindings: [],
    library: '',
    directives: SUBGROUPS,
  },
  {
    name: 'quad_matrices',
    text: 'fn quad_matrices(own: mat4x4f) -> array<mat4x4f, 4> { return array<mat4x4f, 4>(of0(own), of1(own), of2(own), of3(own)); }\n',
    bindings: [],
    library: [0, 1, 2, 3]
      .map((lane) => {
        const columns = [0, 1, 2, 3].map((column) => `subgroupBroadcast(own[${column}], ${lane}u)`);
        return `fn of${lane}(own: mat4x4f) -> mat4x4f { return mat4x4f(${columns.join(', ')}); }`;
      })
      .join('\n'),
    directives: SUBGROUPS,
  },
] as const;

/** The same for the kernels that weigh pairs, of so many heads with so many rows each. */
function weighing(context: LowerContext<FlashAttrs>, name: RowKernel, heads: number, rows: number) {
  const { dropping, causal, masking } = context.attrs;
  const tiles = tilesOf(name, rows);
  const { overrides, ...rest } = call(context, heads * tiles, tiles);
  const quads = isOfQuads(name);
  return {
    ...rest,
    overrides: { ...overrides, dropping, masked: causal || masking > 0, quads },
    hooks: [...(dropping ? [DRAWN] : []), ...(quads ? IN_QUADS : [])],
  };
}

const attentionOp: OpDefinition<'q' | 'k' | 'v' | 'mask' | 'key' | 'out0' | 'out1', FlashAttrs> = defineOp<
  'q' | 'k' | 'v' | 'mask' | 'key' | 'out0' | 'out1',
  FlashAttrs
>({
  name: 'attention',
  inputs: ['q', 'k', 'v', 'mask', 'key'],
  saves: ['q', 'k', 'v', 'mask', 'key', 'out0', 'out1'],
  shape: (_, attrs) => [
    { shape: orderOf(attrs).shape, dtype: 'float32' },
    { shape: [attrs.batches, attrs.heads, attrs.queries], dtype: 'float32' },
  ],
  lower(context) {
    const { attrs, input, output } = context;
    const bind = {
      q: input(0),
      k: input(1),
      v: input(2),
      mask: input(3),
      key: input(4),
      y: output(0),
      lse: output(1),
    };
    return byRows(context, { compile: { 'eight rows quads': 360, 'eight rows': 510 }, products: 2 }, (name) => {
      const kernel = name === 'one row' ? kernels.attention_query : kernels.attention;
      return [dispatch(kernel, { bind, ...weighing(context, name, attrs.batches * attrs.heads, attrs.queries) })];
    });
  },
  backward({ grads: [dy], saved: { q, k, v, mask, key, out0, out1 }, attrs, inputs }) {
    const [all] = applyAll(attentionBackwardOp, [q, k, v, mask, key, dy!, out0, out1], attrs) as [Tensor];
    const { of } = starts(attrs, inputs);
    const grads = inputs
      .slice(0, 3)
      .map(({ shape }, index) =>
        attrs.sources[index] === index ? reshape(slice(all, 0, of[index]!, of[index]! + numel(shape)), shape) : null,
      );
    return [...grads, null, null];
  },
});

const attentionBackwardOp = defineOp<never, FlashAttrs>({
  name: 'attention_backward',
  inputs: ['q', 'k', 'v', 'mask', 'key', 'dy', 'y', 'lse'],
  shape: (inputs, attrs) => [{ shape: [starts(attrs, inputs).end], dtype: 'float32' }],
  lower(context) {
    const { attrs, inputs, input, output, scratch } = context;
    const { batches, heads, each, queries, keys } = attrs;
    const { of } = starts(attrs, inputs);
    const stats = scratch(8 * batches * heads * queries);
    const read = { q: input(0), k: input(1), v: input(2), mask: input(3), key: input(4), dy: input(5), stats };
    const starting = {
      dq_first: (of[0]! + attrs.q.first) / 4,
      dk_first: (of[1]! + attrs.k.first) / 4,
      dv_first: (of[2]! + attrs.v.first) / 4,
    };
    const places = <T extends { params: object }>(made: T) => ({ ...made, params: { ...made.params, ...starting } });
    const first = dispatch(backwardKernels.attention_stats, {
      bind: { dy: input(5), y: input(6), lse: input(7), pairs: stats },
      ...places(call(context, batches * heads * queries, 0)),
    });
    return byRows(context, { compile: { 'eight rows quads': 890, 'eight rows': 1380 }, products: 7 }, (name) => {
      const ofKeys = weighing(context, name, (batches * heads) / each, keys);
      const ofQueries = weighing(context, name, batches * heads, queries);
      const bind = { ...read, dx: output(0) };
      const [keyKernel, queryKernel] =
        name === 'one row'
          ? [backwardKernels.attention_backward_key, backwardKernels.attention_backward_query]
          : [backwardKernels.attention_backward_keys, backwardKernels.attention_backward_queries];
      return [
        first,
        dispatch(keyKernel, { bind, ...places(ofKeys) }),
        dispatch(queryKernel, { bind, ...places(ofQueries) }),
      ];
    });
  },
});

/**
 * @param inputs what q, k and v lie in, the mask and the key of the dropout; where there is none of these, any tensor
 * @returns of the shape that the order names
 */
export function flashAttention(inputs: readonly [Tensor, Tensor, Tensor, Tensor, Tensor], attrs: FlashAttrs): Tensor {
  return apply(attentionOp, inputs, attrs);
}
