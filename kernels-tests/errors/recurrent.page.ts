/** Recurrent layers that cannot work, and sequences, states and lengths that do not fit them. */
import { init, nn, tensor, zeros, type Tensor } from '../../src/index.ts';
import { failureOf, mistake, wrong, type Failure, type Mistake } from './failures.ts';

const x = (...shape: number[]): Tensor => zeros(shape);
const lstm = (options: nn.RecurrentOptions = {}): nn.LSTM => new nn.LSTM(3, 4, options);
const gru = (options: nn.RecurrentOptions = {}): nn.GRU => new nn.GRU(3, 4, options);

export const mistakes: Record<string, Mistake> = {
  'an LSTM of no units': mistake(() => new nn.LSTM(3, 0), 'LSTM:', 'hiddenSize', '0'),
  'half a layer': mistake(() => gru({ numLayers: 0.5 }), 'GRU:', 'numLayers', '0.5'),
  'a dropout of everything': mistake(() => lstm({ dropout: 1 }), 'LSTM:', '1'),
  'an unknown nonlinearity': mistake(
    () => new nn.RNN(3, 4, { nonlinearity: wrong('sine') }),
    'RNN:',
    'sine',
    'tanh or relu',
  ),
  'too few features': mistake(() => lstm().forward(x(5, 2, 1)), 'LSTM:', 'inputSize 3', '[5, 2, 1]', '(in LSTM)'),
  'one sequence without a batch': mistake(() => gru().forward(x(5, 3)), 'GRU:', '[5, 3]', 'unsqueeze(1)'),
  'one sequence without a batch, batch first': mistake(
    () => gru({ batchFirst: true }).forward(x(5, 3)),
    'GRU:',
    'batch, steps',
    'unsqueeze(0)',
  ),
  'no steps': mistake(() => lstm().forward(x(0, 2, 3)), 'LSTM:', 'at least one step', '[0, 2, 3]'),
  'ids where features belong': mistake(
    () => lstm().forward(tensor(new Int32Array(6), { shape: [2, 1, 3] })),
    'LSTM:',
    'float32',
    'int32',
  ),
  'a state of another batch': mistake(
    () => gru().forward(x(5, 2, 3), x(1, 3, 4)),
    'GRU:',
    'initial h',
    '[1, 2, 4]',
    '[1, 3, 4]',
  ),
  'a state without the other direction': mistake(
    () => gru({ bidirectional: true }).forward(x(5, 2, 3), x(1, 2, 4)),
    'GRU:',
    'layers * 2 directions',
    '[2, 2, 4]',
  ),
  'a cell state of another size': mistake(
    () => lstm().forward(x(5, 2, 3), [x(1, 2, 4), x(1, 2, 5)]),
    'LSTM:',
    'initial c',
    '[1, 2, 4]',
    '[1, 2, 5]',
  ),
  'a list for a GRU': mistake(
    () => gru().forward(x(5, 2, 3), wrong([x(1, 2, 4)])),
    'GRU:',
    'initial h',
    '[1, 2, 4]',
    'no tensor',
  ),
  'a list for a cell of a GRU': mistake(
    () => new nn.GRUCell(3, 4).forward(x(2, 3), wrong([x(2, 4)])),
    'GRUCell:',
    'state h',
    '[2, 4]',
    'no tensor',
  ),
  'h alone for an LSTM': mistake(() => lstm().forward(x(5, 2, 3), wrong(x(1, 2, 4))), 'LSTM:', '[h, c]'),
  'a length of 0': mistake(
    () => lstm().forward(x(5, 2, 3), null, { lengths: [5, 0] }),
    'LSTM:',
    'from 0 to 5',
    '5 steps',
    'drop empty rows',
  ),
  'a length beyond the sequence': mistake(
    () => gru().forward(x(5, 2, 3), null, { lengths: [6, 1] }),
    'GRU:',
    'from 1 to 6',
    'Use 1 to 5',
  ),
  'lengths of too few rows': mistake(
    () => gru().forward(x(5, 2, 3), null, { lengths: [5] }),
    'GRU:',
    'int32 [2]',
    'int32 [1]',
  ),
  'lengths that are no whole numbers': mistake(
    () => gru().forward(x(5, 2, 3), null, { lengths: tensor([2.5, 1]) }),
    'GRU:',
    'int32 [2]',
    'float32 [2]',
  ),
  'probes of another length': mistake(
    () => lstm().forward(x(5, 2, 3), null, { probes: lstm().probes(2, 4) }),
    'LSTM:',
    '[5, 2, 4]',
    '[4, 2, 4]',
    'probes(2, 5)',
  ),
  'h alone for a cell of an LSTM': mistake(
    () => new nn.LSTMCell(3, 4).forward(x(2, 3), wrong(x(2, 4))),
    'LSTMCell:',
    '[h, c]',
  ),
  'a state of h alone in a list': mistake(
    () => new nn.LSTMCell(3, 4).forward(x(2, 3), wrong([x(2, 4)])),
    'LSTMCell:',
    '[h, c]',
  ),
  'a step of too few features': mistake(() => new nn.LSTMCell(3, 4).forward(x(2, 4)), 'LSTMCell:', 'inputSize 3'),
  'a state of another batch for a step': mistake(
    () => new nn.GRUCell(3, 4).forward(x(2, 3), x(3, 4)),
    'GRUCell:',
    'state h',
    '[2, 4]',
    '[3, 4]',
  ),
};

export async function fail(name: string): Promise<Failure> {
  await init();
  return failureOf(mistakes[name]!.make);
}
