/**
 * Recurrent layers, with PyTorch's names, defaults, state-dict keys and initialisation.
 */
import { show, type Shape, type Tensor } from '../graph/index.ts';
import {
  checkProbability,
  concat,
  dropoutBy,
  gatesOf,
  rand,
  recurrent,
  squeeze,
  slice,
  stack,
  tensor,
  type CellKind,
  type CellWeights,
} from '../ops/index.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

export interface RecurrentOptions {
  /** Layers one above another (default 1). */
  numLayers?: number;
  /** Whether the gates have biases; they do unless said otherwise. */
  bias?: boolean;
  /** Sequences are [batch, steps, ...] rather than [steps, batch, ...]. States are [layers, batch, hidden] all the same. */
  batchFirst?: boolean;
  /** While training, probability of zeroes between the layers. */
  dropout?: number;
  /** A second set of weights reads from the end, and its outputs lie behind those of the first. */
  bidirectional?: boolean;
}

export interface RecurrentCall {
  /**
   * Steps of each row, int32 [batch]. Behind them the output is 0 and the state stands still; the other direction begins
   * at each row's own end.
   */
  lengths?: Tensor | readonly number[] | undefined;
}

/** h and c of an LSTM. */
export type LSTMState = [h: Tensor, c: Tensor];

type RecurrentInputs<State> = [x: Tensor, state?: State | null, options?: RecurrentCall];

export function checkSizes(name: string, sizes: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(sizes))
    if (!Number.isInteger(count) || count < 1)
      throw new Error(`${name}: ${what} must be a whole number from 1, got ${count}.`);
}

/** Both weights and biases, uniform within 1 / sqrt(hidden); `suffix` ends their names. */
export function drawWeights(kind: CellKind, inputs: number, hidden: number, bias: boolean, suffix = ''): object {
  const bound = 1 / Math.sqrt(hidden);
  const uniform = (...shape: number[]): Parameter =>
    new Parameter(
      rand(shape)
        .mul(2 * bound)
        .sub(bound),
    );
  const rows = gatesOf[kind] * hidden;
  return {
    [`weight_ih${suffix}`]: uniform(rows, inputs),
    [`weight_hh${suffix}`]: uniform(rows, hidden),
    ...(bias && { [`bias_ih${suffix}`]: uniform(rows), [`bias_hh${suffix}`]: uniform(rows) }),
  };
}

export function weightsOf(module: object, suffix = ''): CellWeights {
  const named = module as Record<string, Parameter>;
  return {
    ih: named[`weight_ih${suffix}`]!,
    hh: named[`weight_hh${suffix}`]!,
    biasIh: named[`bias_ih${suffix}`] ?? null,
    biasHh: named[`bias_hh${suffix}`] ?? null,
  };
}

abstract class Recurrent<State> extends Module<[output: Tensor, state: State], RecurrentInputs<State>> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly bidirectional: boolean;
  /** May be changed while training, also that of a compiled step. */
  dropout: number;
  private readonly kind: CellKind;

  constructor(kind: CellKind, inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    checkSizes(this.label, { inputSize, hiddenSize, numLayers });
    this.kind = kind;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.bidirectional = bidirectional;
    this.dropout = checkProbability(this.label, dropout);
    for (let layer = 0; layer < numLayers; layer++)
      for (const suffix of this.suffixes(layer)) {
        const inputs = layer === 0 ? inputSize : hiddenSize * (bidirectional ? 2 : 1);
        Object.assign(this, drawWeights(kind, inputs, hiddenSize, bias, suffix));
      }
  }

  /** Ends of the names of a layer's weights, one for each direction. */
  private suffixes(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }

  private get label(): string {
    return this.constructor.name;
  }

  protected run(
    x: Tensor,
    h0: Tensor | null,
    c0: Tensor | null,
    options: RecurrentCall,
  ): { output: Tensor; h: Tensor; c: Tensor | null } {
    const [steps, batch] = this.sizesOf(x);
    const lengths = lengthsOf(this.label, options.lengths, steps, batch);
    this.checkState('h', h0, batch);
    this.checkState('c', c0, batch);
    let sequence = x;
    const last: { h: Tensor[]; c: Tensor[] } = { h: [], c: [] };
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0 && this.training && this.dropout > 0)
        sequence = dropoutBy(sequence, () => [checkProbability(this.label, this.dropout)]);
      const outputs = this.suffixes(layer).map((suffix, direction) => {
        const row = last.h.length;
        const state = h0 && { h: part(h0, row), c: c0 ? part(c0, row) : undefined };
        const result = recurrent(this.kind, sequence, weightsOf(this, suffix), state, {
          lengths,
          fromEnd: direction === 1,
          batchFirst: this.batchFirst,
        });
        last.h.push(result.h);
        if (result.c) last.c.push(result.c);
        return result.y;
      });
      sequence = outputs.length === 1 ? outputs[0]! : concat(outputs, -1);
    }
    return { output: sequence, h: stack(last.h, 0), c: last.c.length ? stack(last.c, 0) : null };
  }

  private sizesOf(x: Tensor): [steps: number, batch: number] {
    const axes = this.batchFirst ? 'batch, steps' : 'steps, batch';
    if (x.ndim !== 3 || x.dtype !== 'float32' || x.shape[2] !== this.inputSize || x.numel === 0)
      throw new Error(
        `${this.label}: x must be float32 [${axes}, inputSize ${this.inputSize}] with at least one step and row, got ${x.dtype} ${show(x.shape)}. ` +
          (x.ndim === 2
            ? `Give one sequence a batch axis with unsqueeze(${this.batchFirst ? 0 : 1}).`
            : 'Reshape it, or change the layer.'),
      );
    const [first, second] = x.shape as [number, number];
    return this.batchFirst ? [second, first] : [first, second];
  }

  private checkState(name: 'h' | 'c', state: Tensor | null, batch: number): void {
    const { numLayers, hiddenSize, bidirectional } = this;
    const wanted: Shape = [numLayers * (bidirectional ? 2 : 1), batch, hiddenSize];
    if (!state || (show(state.shape) === show(wanted) && state.dtype === 'float32')) return;
    throw new Error(
      `${this.label}: the initial ${name} must be float32 [layers${bidirectional ? ' * 2 directions' : ''}, batch, hidden] = ${show(wanted)}, ` +
        `got ${state.dtype} ${show(state.shape)}. Leave it out to start from zeros.`,
    );
  }
}

const part = (state: Tensor, row: number): Tensor => squeeze(slice(state, 0, row, row + 1), 0);

function lengthsOf(name: string, given: RecurrentCall['lengths'], steps: number, batch: number): Tensor | null {
  if (!given) return null;
  const lengths = Array.isArray(given) ? tensor(given as number[], { dtype: 'int32' }) : (given as Tensor);
  if (lengths.dtype !== 'int32' || lengths.ndim !== 1 || lengths.numel !== batch)
    throw new Error(
      `${name}: lengths must be int32 [${batch}], one for each row, got ${lengths.dtype} ${show(lengths.shape)}.`,
    );
  const { bounds } = lengths.value;
  if (bounds && (bounds[0] < 1 || bounds[1] > steps))
    throw new Error(
      `${name}: lengths go from ${bounds[0]} to ${bounds[1]}, and the sequences have ${steps} steps. Use 1 to ${steps}; drop empty rows.`,
    );
  return lengths;
}

/** RNN and GRU, whose state is h. */
abstract class SingleState extends Recurrent<Tensor> {
  override forward(x: Tensor, state?: Tensor | null, options: RecurrentCall = {}): [output: Tensor, h: Tensor] {
    const { output, h } = this.run(x, state ?? null, null, options);
    return [output, h];
  }
}

/**
 * h_t = tanh(W x_t + b + R h_{t-1} + c), or relu. Elman 1990.
 *
 * forward(x, h?, { lengths? }) -> [output, h], with x: [steps, batch, inputSize], output: [steps, batch, directions *
 * hiddenSize] (both [batch, steps, ...] with `batchFirst`), h: [layers * directions, batch, hiddenSize], from zeros
 * unless given.
 *
 * @throws Error if x, the state or the lengths have other sizes, or a length is 0 or more than the steps.
 */
export class RNN extends SingleState {
  static override readonly name: string = 'RNN';

  constructor(
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & { nonlinearity?: 'tanh' | 'relu' } = {},
  ) {
    super(nonlinearityOf('RNN', options.nonlinearity), inputSize, hiddenSize, options);
  }
}

export function nonlinearityOf(name: string, nonlinearity: string = 'tanh'): 'tanh' | 'relu' {
  if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
    throw new Error(`${name}: unknown nonlinearity ${nonlinearity}. Use tanh or relu.`);
  return nonlinearity;
}

/** Cho et al. 2014, arXiv:1406.1078, with torch's reset gate, r * (R h + c). Shapes as of RNN; gates r, z, n. */
export class GRU extends SingleState {
  static override readonly name: string = 'GRU';

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super('gru', inputSize, hiddenSize, options);
  }
}

/**
 * Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates i, f, g, o. Shapes as of RNN, and the
 * state is [h, c]: forward(x, [h, c]?, { lengths? }) -> [output, [h, c]].
 */
export class LSTM extends Recurrent<LSTMState> {
  static override readonly name: string = 'LSTM';

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super('lstm', inputSize, hiddenSize, options);
  }

  override forward(
    x: Tensor,
    state?: LSTMState | null,
    options: RecurrentCall = {},
  ): [output: Tensor, state: LSTMState] {
    const { output, h, c } = this.run(x, state?.[0] ?? null, state?.[1] ?? null, options);
    return [output, [h, c!]];
  }
}
