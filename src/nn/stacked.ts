/**
 * Models of one structure trained side by side: their parameters lie stacked on a leading axis, so that a step of all
 * of them has as many dispatches as a step of one. After torch.func.stack_module_state, with layers instead of vmap.
 */
import { noGrad, show, type Shape, type Tensor } from '../graph/index.ts';
import { checkProbability, concat, dropoutBy, expand, linear, tensor, where } from '../ops/index.ts';
import { Dropout, Flatten, Linear, Sequential } from './layers.ts';
import { Module, type AnyModule, type Layer } from './module.ts';
import { Parameter } from './parameter.ts';

/**
 * One Linear for each member: weight [members, out, in], bias [members, out].
 * x: [batch, in] for all members, or [members, batch, in]; y: [members, batch, out].
 */
export class StackedLinear extends Module {
  static override readonly name: string = 'StackedLinear';

  readonly weight: Parameter;
  readonly bias: Parameter | null;

  /** @param members their parameters are copied */
  constructor(members: readonly Linear[]) {
    super();
    this.weight = stackParameters(members.map(({ weight }) => weight));
    const biases = members.map(({ bias }) => bias);
    const own = biases.filter((bias) => bias !== null);
    if (own.length !== 0 && own.length !== biases.length)
      throw new Error(
        `StackedLinear: ${own.length} of ${biases.length} members have a bias. Give it to all or to none.`,
      );
    this.bias = own.length ? stackParameters(own) : null;
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  /** For `summary`. */
  multAdds(outputShape: Shape): number {
    return outputShape.reduce((product, size) => product * size, 1) * this.weight.shape[2]!;
  }
}

function stackParameters(parameters: readonly Parameter[]): Parameter {
  const odd = parameters.find(({ shape }) => show(shape) !== show(parameters[0]!.shape));
  if (odd)
    throw new Error(
      `StackedLinear: members differ in size, ${show(parameters[0]!.shape)} and ${show(odd.shape)}. Stack models of equal sizes.`,
    );
  return new Parameter(noGrad(() => concat(parameters.map((parameter) => parameter.unsqueeze(0)))));
}

/** Dropout with a probability for each member. */
export class StackedDropout extends Module {
  static override readonly name: string = 'StackedDropout';

  /** May be changed while training, also those of a compiled step; 0 leaves a member as it is. */
  readonly p: number[];

  constructor(p: readonly number[]) {
    super();
    this.p = p.map((each) => checkProbability('StackedDropout', each));
  }

  override forward(x: Tensor): Tensor {
    if (!this.training) return x;
    const all = x.ndim === 2 ? expand(x, [this.p.length, ...x.shape]) : x;
    return dropoutBy(all, () => this.p.map((each) => checkProbability('StackedDropout', each)));
  }
}

/** Another layer without parameters for each member, such as ReLU for some and Sigmoid for others. */
export class StackedChoice extends Module {
  static override readonly name: string = 'StackedChoice';

  readonly choices: readonly Layer[];
  private readonly masks: readonly Tensor[];

  constructor(members: readonly Layer[]) {
    super();
    this.choices = members.filter((layer, index) => members.findIndex((other) => alike(other, layer)) === index);
    this.masks = this.choices.map((choice) =>
      tensor(
        members.map((layer) => alike(layer, choice)),
        { shape: [members.length, 1, 1], dtype: 'bool' },
      ),
    );
  }

  override forward(x: Tensor): Tensor {
    const [first, ...others] = this.choices.map((choice) => choice.forward(x));
    return others.reduce((y, other, index) => where(this.masks[index + 1]!, other, y), first!);
  }
}

/** The two do the same. */
function alike(a: AnyModule, b: AnyModule): boolean {
  return a.constructor === b.constructor && JSON.stringify(a) === JSON.stringify(b);
}

/**
 * One model that holds all the given ones, each a member of its own. They must have the same layers and sizes;
 * dropout probabilities and layers without parameters, such as activations, may differ.
 *
 * Its input is [batch, features] for all members, its output [members, batch, outputs]. Sum what is computed of the
 * members, such as `F.stackedCrossEntropy`, before `backward`: then each of them trains as it would alone.
 *
 * @throws Error where the models differ in structure, or have a layer that cannot be stacked.
 */
export function stack(models: readonly Sequential[]): Sequential {
  if (models.length === 0) throw new Error('stack: got no models. Give at least one.');
  const layers = models.map((model) => model.children().map(([, layer]) => layer as Layer));
  const counts = layers.map(({ length }) => length);
  if (counts.some((count) => count !== counts[0]))
    throw new Error(
      `stack: the models have ${counts.join(', ')} layers. They must have the same; a layer that does nothing is nn.Dropout(0).`,
    );
  let isStacked = false;
  const stacked = layers[0]!.map((_, at) => {
    const layer = stackLayer(
      layers.map((own) => own[at]!),
      at,
      isStacked,
    );
    isStacked ||= !(layer instanceof Flatten);
    return layer;
  });
  return new Sequential(...stacked);
}

function areAll<T extends Layer>(
  layers: readonly Layer[],
  kind: abstract new (...args: never[]) => T,
): layers is readonly T[] {
  return layers.every((layer) => layer instanceof kind);
}

function stackLayer(layers: readonly Layer[], at: number, isStacked: boolean): Layer {
  if (areAll(layers, Linear)) return new StackedLinear(layers);
  if (areAll(layers, Sequential)) return stack(layers);
  if (areAll(layers, Dropout)) return new StackedDropout(layers.map(({ p }) => p));
  const odd = layers.find((layer) => layer.parameters().length > 0 || (layer instanceof Flatten && isStacked));
  if (odd || layers.some((layer) => layer instanceof Dropout || layer instanceof Sequential)) {
    const names = [...new Set(layers.map((layer) => (layer.constructor as { name: string }).name))];
    throw new Error(
      `stack: layer ${at} is ${names.join(' and ')}, which cannot be stacked. Use Linear, Dropout, or layers that act on each element, at the same places.`,
    );
  }
  return layers.every((layer) => alike(layer, layers[0]!)) ? layers[0]! : new StackedChoice(layers);
}

/**
 * The parameters of one member, with the keys and shapes of a model by itself:
 * `model.loadStateDict(nn.unstack(stacked, 2))`.
 *
 * @throws Error where there is no such member.
 */
export function unstack(stacked: AnyModule, member: number): Record<string, Tensor> {
  return Object.fromEntries(
    [...stacked.namedParameters()].map(([key, parameter]) => {
      const [members = 0] = parameter.shape;
      if (!Number.isInteger(member) || member < 0 || member >= members)
        throw new Error(`unstack: member ${member} does not exist, "${key}" has ${members}. Use 0 to ${members - 1}.`);
      return [key, noGrad(() => parameter.slice(0, member, member + 1).squeeze(0))];
    }),
  );
}
