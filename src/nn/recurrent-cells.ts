/**
 * Single steps of recurrent layers, for loops of one's own, with PyTorch's names, keys and initialisation.
 */
import { show, type Tensor } from '../graph/index.ts';
import { gruCell, lstmCell, rnnCell, zeros } from '../ops/index.ts';
import { requireCount } from './layers.ts';
import { Module } from './module.ts';
import type { Parameter } from './parameter.ts';
import { checkState, drawWeights, nonlinearityOf, weightsOf } from './recurrent-weights.ts';
import type { LSTMState } from './recurrent.ts';

interface CellOptions {
  /** Whether the gates have biases; they do unless said otherwise. */
  bias?: boolean;
}

abstract class Cell<Output> extends Module<Output, [x: Tensor, state?: Output | null]> {
  readonly inputSize: number;
  readonly hiddenSize: number;
  declare readonly weight_ih: Parameter;
  declare readonly weight_hh: Parameter;
  declare readonly bias_ih?: Parameter;
  declare readonly bias_hh?: Parameter;

  constructor(gates: number, inputSize: number, hiddenSize: number, { bias = true }: CellOptions = {}) {
    super();
    requireCount(this.constructor.name, 'inputSize', inputSize);
    requireCount(this.constructor.name, 'hiddenSize', hiddenSize);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    Object.assign(this, drawWeights(gates, inputSize, hiddenSize, bias));
  }

  /** The state, or zeros. */
  protected stateOf(name: 'h' | 'c', x: Tensor, state: Tensor | null | undefined): Tensor {
    const { inputSize, hiddenSize } = this;
    if (x.ndim !== 2 || x.shape[1] !== inputSize)
      throw new Error(
        `${this.constructor.name}: x must be [batch, inputSize ${inputSize}], got ${show(x.shape)}. Reshape it, or change the layer.`,
      );
    const wanted = [x.shape[0]!, hiddenSize];
    if (state) checkState(this.constructor.name, `the state ${name}`, state, 'batch, hidden', wanted);
    return state ?? zeros(wanted);
  }
}

/** One step of nn.RNN. forward(x [batch, inputSize], h [batch, hiddenSize]?) -> h. */
export class RNNCell extends Cell<Tensor> {
  static override readonly name: string = 'RNNCell';

  readonly nonlinearity: 'tanh' | 'relu';

  constructor(inputSize: number, hiddenSize: number, options: CellOptions & { nonlinearity?: 'tanh' | 'relu' } = {}) {
    super(1, inputSize, hiddenSize, options);
    this.nonlinearity = nonlinearityOf('RNNCell', options.nonlinearity);
  }

  override forward(x: Tensor, h?: Tensor | null): Tensor {
    return rnnCell(x, this.stateOf('h', x, h), weightsOf(this), this.nonlinearity);
  }
}

/** One step of nn.GRU. forward(x [batch, inputSize], h [batch, hiddenSize]?) -> h. */
export class GRUCell extends Cell<Tensor> {
  static override readonly name: string = 'GRUCell';

  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  override forward(x: Tensor, h?: Tensor | null): Tensor {
    return gruCell(x, this.stateOf('h', x, h), weightsOf(this));
  }
}

/** One step of nn.LSTM. forward(x [batch, inputSize], [h, c]?) -> [h, c], each [batch, hiddenSize]. */
export class LSTMCell extends Cell<LSTMState> {
  static override readonly name: string = 'LSTMCell';

  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  override forward(x: Tensor, state?: LSTMState | null): LSTMState {
    if (state && !(Array.isArray(state) && state.length === 2))
      throw new Error('LSTMCell: the state must be [h, c]. Leave it out to start from zeros.');
    return lstmCell(x, [this.stateOf('h', x, state?.[0]), this.stateOf('c', x, state?.[1])], weightsOf(this));
  }
}
