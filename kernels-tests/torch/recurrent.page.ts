/** Recurrent layers in the browser, on the numbers that PyTorch got. */
import { init, nn, type Tensor } from '../../src/index.ts';
import type { RecurrentReference, State } from './references.ts';
import { leaf, plain } from './run-module.ts';

type Nested = Tensor | readonly Nested[];

const flat = (value: Nested): Tensor[] => (Array.isArray(value) ? value.flatMap(flat) : [value as Tensor]);

/** Outputs by number, and gradients by name, of the sum of all outputs times their weights. */
export async function runRecurrent(
  reference: RecurrentReference,
): Promise<{ outputs: State; gradients: State; keys: string[] }> {
  await init();
  const { module: kind, sizes, options, state, lengths } = reference;
  const named = Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
  const module = new (nn[kind] as typeof nn.LSTM)(...sizes, named);
  module.loadStateDict(
    Object.fromEntries(
      Object.entries(state).map(([key, { data, shape }]) => [key, { data: Float32Array.from(data), shape }]),
    ),
  );
  const x = leaf(reference.x, true);
  const states = reference.states.map((each) => leaf(each, true));
  const given = states.length === 2 ? (states as [Tensor, Tensor]) : (states[0] as unknown as [Tensor, Tensor]);
  const outputs = flat(module.forward(x, given, lengths ? { lengths } : {}));
  outputs
    .map((y, at) => y.mul(leaf(reference.weights[at]!)).sum())
    .reduce((sum, part) => sum.add(part))
    .backward();
  const gradients: State = { x: await plain(x.grad!) };
  for (const [at, each] of states.entries()) gradients[`state ${at}`] = await plain(each.grad!);
  for (const [key, parameter] of module.namedParameters()) gradients[key] = await plain(parameter.grad!);
  const values: State = {};
  for (const [at, y] of outputs.entries()) values[`output ${at}`] = await plain(y);
  return { outputs: values, gradients, keys: Object.keys(module.stateDict()) };
}
