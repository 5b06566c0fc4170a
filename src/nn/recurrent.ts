/**
 * Recurrent layers, with PyTorch's names, defaults, state-dict keys and initialisation.
 */
import { noGrad, sameShape, show, type Shape, type Tensor } from '../graph/index.ts';
import {
  checkProbability,
  concat,
  dropoutBy,
  gru,
  lstm,
  permute,
  recurrent,
  rnn,
  slice,
  squeeze,
  stack,
  unsqueeze,
  zeros,
  type RecurrentKind,
  type SequenceResult,
} from '../ops/index.ts';
import { requireCount } from './layers.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';
import { checkState, drawWeights, lengthsOf, nonlinearityOf, weightsOf } from './recurrent-weights.ts';

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
  /** From `probes`: backward gives each the loss's gradient with respect to the h of every step. */
  probes?: readonly Tensor[] | undefined;
}

/** h and c of an LSTM, each [layers * directions, batch, hidden]. */
export type LSTMState = [h: Tensor, c: Tensor];

/** What a layer computed in one direction, by name: [steps, batch, hidden], or batch first; 0 behind a row's length. */
export type Trace<Name extends string> = Readonly<Record<Name, Tensor>>;

abstract class Recurrent<State, Name extends string> extends Module<
  [output: Tensor, state: State],
  [x: Tensor, state?: State | null, options?: RecurrentCall]
> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly batchFirst: boolean;
  readonly bidirectional: boolean;
  /** May be changed while training, also that of a compiled step unless it was 0. */
  dropout: number;
  private readonly kind: RecurrentKind;

  constructor(kind: RecurrentKind, inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super();
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    for (const [what, count] of Object.entries({ inputSize, hiddenSize, numLayers }))
      requireCount(this.label, what, count);
    this.kind = kind;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.batchFirst = batchFirst;
    this.bidirectional = bidirectional;
    this.dropout = checkProbability(this.label, dropout);
    for (let layer = 0; layer < numLayers; layer++)
      for (const suffix of this.suffixes(layer)) {
        const inputs = layer === 0 ? inputSize : hiddenSize * this.directions;
        Object.assign(this, drawWeights(kind.gates, inputs, hiddenSize, bias, suffix));
      }
  }

  /** The state's parts, h and perhaps c. */
  protected abstract parts(state: State): Tensor[];
  protected abstract join(h: Tensor, c: Tensor | null): State;
  protected abstract named(result: SequenceResult): Trace<Name>;

  override forward(x: Tensor, state?: State | null, options: RecurrentCall = {}): [output: Tensor, state: State] {
    const { output, results } = this.run(x, state ?? null, options);
    const c = results.flatMap((result) => result.c ?? []);
    return [output, this.join(rows(results.map(({ h }) => h)), c.length ? rows(c) : null)];
  }

  /**
   * Zeros for the option `probes` of a forward pass over `batch` rows of `steps` steps: one for each layer and direction,
   * in the order of the states. After backward the gradient of each, [steps, batch, hidden] (or batch first), is that of
   * the loss with respect to the layer's h at every step, by all ways through time.
   */
  probes(batch: number, steps: number): Tensor[] {
    const sizes = this.batchFirst ? [batch, steps] : [steps, batch];
    const count = this.numLayers * this.directions;
    return Array.from({ length: count }, () => zeros([...sizes, this.hiddenSize], { requiresGrad: true }));
  }

  /**
   * The gates and states of every step, without a gradient and without dropout: for each layer and direction, in the
   * order of the states.
   */
  trace(x: Tensor, state?: State | null, options: RecurrentCall = {}): Trace<Name>[] {
    const { training } = this;
    this.training = false;
    try {
      const traces = noGrad(() => this.run(x, state ?? null, options).results.map((result) => this.named(result)));
      for (const part of traces.flatMap((each) => Object.values<Tensor>(each))) part.value.keep = true;
      return traces;
    } finally {
      this.training = training;
    }
  }

  /** For `summary`: the products of one forward pass. */
  multAdds(outputShape: Shape): number {
    const weights = Object.values(this).filter(
      (value): value is Parameter => value instanceof Parameter && value.ndim === 2,
    );
    return outputShape[0]! * outputShape[1]! * weights.reduce((sum, { numel }) => sum + numel, 0);
  }

  /** One of what a layer saved. */
  protected saved({ saved }: SequenceResult, at: number): Tensor {
    const part = squeeze(slice(saved!, 2, at, at + 1), 2);
    return this.batchFirst ? permute(part, [1, 0, 2]) : part;
  }

  private get label(): string {
    return this.constructor.name;
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** Ends of the names of a layer's weights, one for each direction. */
  private suffixes(layer: number): string[] {
    return this.bidirectional ? [`_l${layer}`, `_l${layer}_reverse`] : [`_l${layer}`];
  }

  private run(
    x: Tensor,
    state: State | null,
    { lengths: given, probes }: RecurrentCall,
  ): { output: Tensor; results: SequenceResult[] } {
    const { batchFirst, label } = this;
    const [steps, batch] = this.sizesOf(x);
    const lengths = lengthsOf(label, given, steps, batch);
    const [h0, c0] = this.checkedState(state, batch);
    this.checkProbes(probes, steps, batch);
    const results: SequenceResult[] = [];
    let sequence = x;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0 && this.training && this.dropout > 0)
        sequence = dropoutBy(sequence, () => [checkProbability(label, this.dropout)]);
      const outputs = this.suffixes(layer).map((suffix, direction) => {
        const at = results.length;
        const initial = h0 ? { h: row(h0, at), c: c0 && row(c0, at) } : null;
        const probe = probes?.[at];
        const result = recurrent(this.kind, sequence, weightsOf(this, suffix), initial, {
          lengths,
          fromEnd: direction === 1,
          batchFirst,
          probe: probe && batchFirst ? permute(probe, [1, 0, 2]) : probe,
        });
        results.push(result);
        return result.y;
      });
      sequence = outputs.length === 1 ? outputs[0]! : concat(outputs, -1);
    }
    return { output: sequence, results };
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

  private checkedState(state: State | null, batch: number): [h?: Tensor, c?: Tensor] {
    if (!state) return [];
    const parts = this.parts(state);
    const { numLayers, directions, hiddenSize } = this;
    const axes = directions === 2 ? 'layers * 2 directions, batch, hidden' : 'layers, batch, hidden';
    const wanted = [numLayers * directions, batch, hiddenSize];
    parts.forEach((part, at) => checkState(this.label, `the initial ${at ? 'c' : 'h'}`, part, axes, wanted));
    return parts as [Tensor, Tensor?];
  }

  private checkProbes(probes: RecurrentCall['probes'], steps: number, batch: number): void {
    if (!probes) return;
    const wanted = [...(this.batchFirst ? [batch, steps] : [steps, batch]), this.hiddenSize];
    const count = this.numLayers * this.directions;
    if (probes.length !== count || probes.some(({ shape }) => !sameShape(shape, wanted)))
      throw new Error(
        `${this.label}: probes must be ${count} of ${show(wanted)}, got ${probes.map(({ shape }) => show(shape)).join(', ') || 'none'}. Make them with probes(${batch}, ${steps}).`,
      );
  }
}

const row = (state: Tensor, at: number): Tensor => squeeze(slice(state, 0, at, at + 1), 0);

const rows = (parts: readonly Tensor[]): Tensor => (parts.length === 1 ? unsqueeze(parts[0]!, 0) : stack(parts, 0));

/** RNN and GRU, whose state is h. */
abstract class SingleState<Name extends string> extends Recurrent<Tensor, Name> {
  protected parts(state: Tensor): Tensor[] {
    return [state];
  }

  protected join(h: Tensor): Tensor {
    return h;
  }
}

/**
 * h' = tanh(W x + b + R h + c), or relu. Elman 1990.
 *
 * forward(x, h?, { lengths? }) -> [output, h], with x: [steps, batch, inputSize], output: [steps, batch, directions *
 * hiddenSize] (both [batch, steps, ...] with `batchFirst`), h: [layers * directions, batch, hiddenSize], from zeros
 * unless given.
 *
 * @throws Error if x, the state or the lengths have other sizes, or a length is 0 or more than the steps.
 */
export class RNN extends SingleState<'h'> {
  static override readonly name: string = 'RNN';

  constructor(
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & { nonlinearity?: 'tanh' | 'relu' } = {},
  ) {
    super(rnn[nonlinearityOf('RNN', options.nonlinearity)], inputSize, hiddenSize, options);
  }

  protected named({ y }: SequenceResult): Trace<'h'> {
    return { h: y };
  }
}

/** Cho et al. 2014, arXiv:1406.1078, with torch's reset gate, r * (R h + c). Shapes as of RNN; gates r, z, n. */
export class GRU extends SingleState<'r' | 'z' | 'n' | 'h'> {
  static override readonly name: string = 'GRU';

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gru, inputSize, hiddenSize, options);
  }

  protected named(result: SequenceResult): Trace<'r' | 'z' | 'n' | 'h'> {
    const [r, z, n] = [0, 1, 2].map((at) => this.saved(result, at)) as [Tensor, Tensor, Tensor];
    return { r, z, n, h: result.y };
  }
}

/**
 * Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates i, f, g, o. Shapes as of RNN, and the
 * state is [h, c]: forward(x, [h, c]?, { lengths? }) -> [output, [h, c]].
 */
export class LSTM extends Recurrent<LSTMState, 'i' | 'f' | 'g' | 'o' | 'c' | 'h'> {
  static override readonly name: string = 'LSTM';

  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(lstm, inputSize, hiddenSize, options);
  }

  protected parts(state: LSTMState): Tensor[] {
    if (!Array.isArray(state) || state.length !== 2)
      throw new Error('LSTM: the initial state must be [h, c]. Leave it out to start from zeros.');
    return state;
  }

  protected join(h: Tensor, c: Tensor | null): LSTMState {
    return [h, c!];
  }

  protected named(result: SequenceResult): Trace<'i' | 'f' | 'g' | 'o' | 'c' | 'h'> {
    const parts = [0, 1, 2, 3, 4].map((at) => this.saved(result, at));
    const [i, f, g, o, before] = parts as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return { i, f, g, o, c: f.mul(before).add(i.mul(g)), h: result.y };
  }
}
