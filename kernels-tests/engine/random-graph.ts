/**
 * Random graphs: the same seed traces the same ops on the same data, whatever engine runs them.
 *
 * In the `exact` family every value is a whole number small enough for float32 to hold, so that any order of
 * computation must give the same bits. In the `smooth` family gradients flow, and only rounding may differ. In the
 * `steps` family they reach an optimiser, whose updates the next graph reads.
 */
import { concat, F, matmul, nn, tensor, where, type Tensor } from '../../src/index.ts';
import { randomNumbers } from './random-numbers.ts';

export type Family = 'exact' | 'smooth' | 'steps';

export interface Traced {
  /** Some of the values. */
  readonly outputs: Tensor[];
  /** The loss and gradients. */
  readonly gradients: Tensor[];
  /** One line for each value, for a person who looks into a failure. */
  readonly text: string[];
}

/** Above this, sums of products of float32 whole numbers might round. */
const EXACT = 2 ** 22;
const LARGEST = 2048;
const SIZES = [1, 2, 3, 4, 5, 8, 64];

/** Data of the leaves, by seed and turn; shapes depend on the seed alone. */
export function leavesOf(seed: number, turn: number, family: Family): Tensor[] {
  const shapes = randomNumbers(seed);
  const numbers = randomNumbers(seed * 31 + turn);
  const leaf = (_: unknown, index: number): Tensor => {
    const shape = Array.from({ length: Math.floor(shapes() * 4) }, () => SIZES[Math.floor(shapes() * SIZES.length)]!);
    while (shape.reduce((product, size) => product * size, 1) > LARGEST) shape.pop();
    const length = shape.reduce((product, size) => product * size, 1);
    const value = (): number => (family === 'exact' ? Math.floor(numbers() * 7) - 3 : numbers() * 4 - 2);
    const isParameter = index === 2 || (family === 'steps' && index > 0 && index < 4);
    const values = tensor(Float32Array.from({ length }, value), { shape, requiresGrad: index === 1 && !isParameter });
    return isParameter ? new nn.Parameter(values) : values;
  };
  return Array.from({ length: 5 }, leaf);
}

export function traceRandom(seed: number, family: Family, leaves: readonly Tensor[]): Traced {
  return new Tracer(seed, family, leaves).run();
}

class Tracer {
  private readonly random: () => number;
  private readonly family: Family;
  private readonly values: Tensor[] = [];
  private readonly bounds = new Map<Tensor, number>();
  private readonly text: string[] = [];

  constructor(seed: number, family: Family, leaves: readonly Tensor[]) {
    this.random = randomNumbers(seed ^ 0x5bd1e995);
    this.family = family;
    for (const leaf of leaves) this.add(`leaf`, leaf, 3);
  }

  run(): Traced {
    const count = 6 + this.below(18);
    const first = this.values.length;
    for (let tries = 0; this.values.length < first + count && tries < 400; tries++) this.instruction();
    const made = this.values.slice(first);
    const outputs = made.filter((_, index) => index === made.length - 1 || this.random() < 0.35);
    const gradients = this.family === 'exact' ? [] : this.gradients();
    return { outputs, gradients, text: this.text };
  }

  /** Of a loss over a few of the values. */
  private gradients(): Tensor[] {
    const floats = this.values.filter(({ requiresGrad }) => requiresGrad);
    const parts = floats.slice(-3).map((value) => value.tanh().mean());
    // No parameter may be without a gradient.
    if (this.family === 'steps')
      for (const value of this.values) if (value instanceof nn.Parameter) parts.push(value.square().mean().mul(0.1));
    if (parts.length === 0) return [];
    const loss = parts.reduce((sum, part) => sum.add(part));
    loss.backward();
    return [loss, ...this.values.flatMap(({ grad }) => (grad ? [grad] : []))];
  }

  private below(count: number): number {
    return Math.floor(this.random() * count);
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** A value, late ones more often. */
  private any(fits: (x: Tensor) => boolean = () => true): Tensor | null {
    const found = this.values.filter(fits);
    if (found.length === 0) return null;
    return found[Math.max(this.below(found.length), this.below(found.length))]!;
  }

  private name(x: Tensor): string {
    return `v${this.values.indexOf(x)}`;
  }

  private add(what: string, value: Tensor, bound: number): void {
    if (value.numel > LARGEST || this.values.includes(value)) return;
    let kept = value;
    if (this.family === 'exact' && value.dtype !== 'bool' && bound > EXACT) return;
    if (this.family === 'exact' && bound > 4096 && value.dtype !== 'bool')
      kept = where(value.abs().lt(64), value, value.relu().gt(0).to(value.dtype));
    this.bounds.set(kept, Math.min(bound, 4096));
    this.text.push(`v${this.values.length} [${value.shape.join()}] ${value.dtype} = ${what}`);
    this.values.push(kept);
  }

  private bound(x: Tensor): number {
    return x.dtype === 'bool' ? 1 : (this.bounds.get(x) ?? 1);
  }

  private instruction(): void {
    const kinds = [
      () => this.unary(),
      () => this.binary(),
      () => this.binary(),
      () => this.compare(),
      () => this.choose(),
      () => this.reduce(),
      () => this.reduce(),
      () => this.product(),
      () => this.view(),
      () => this.view(),
      () => this.view(),
      () => this.join(),
      () => this.select(),
    ];
    this.pick(kinds)();
  }

  private unary(): void {
    const x = this.any();
    if (!x) return;
    const bound = this.bound(x);
    const exact: [string, () => Tensor, number][] = [
      ['neg', () => x.neg(), bound],
      ['abs', () => x.abs(), bound],
      ['relu', () => x.relu(), bound],
      ['square', () => x.square(), bound * bound],
      ['to int32', () => x.to('int32'), bound],
      ['to float32', () => x.to('float32'), bound],
      ['clone', () => x.clone(), bound],
      ['detach', () => x.detach(), bound],
      ['add 3', () => x.add(3), bound + 3],
      ['mul -2', () => x.mul(-2), bound * 2],
    ];
    const smooth: [string, () => Tensor, number][] = [
      ['tanh', () => x.tanh(), 1],
      ['sigmoid', () => x.sigmoid(), 1],
      ['exp of tanh', () => x.tanh().exp(), 3],
      ['power', () => x.abs().add(0.5).pow(1.5), 2 * bound + 3],
      ['logarithm', () => x.square().add(0.5).log(), bound + 1],
      ['root', () => x.square().add(1).sqrt(), bound + 1],
      ['dropout', () => F.dropout(x, { p: 0.3 }), bound * 1.5],
      ...(x.ndim > 0
        ? ([['softmax', () => x.softmax(this.below(x.ndim)), 1]] as [string, () => Tensor, number][])
        : []),
    ];
    const [name, make, limit] = this.pick(
      this.family === 'exact' ? exact : [...smooth, ...exact.filter((_, i) => i !== 3)],
    );
    this.add(`${name}(${this.name(x)})`, make(), limit);
  }

  private pair(fits: (a: Tensor, b: Tensor) => boolean): [Tensor, Tensor] | null {
    for (let tries = 0; tries < 20; tries++) {
      const [a, b] = [this.any(), this.any()];
      if (a && b && fits(a, b)) return [a, b];
    }
    return null;
  }

  private broadcastable(a: Tensor, b: Tensor): boolean {
    const count = Math.min(a.ndim, b.ndim);
    return Array.from({ length: count }, (_, i) => [a.shape.at(-1 - i), b.shape.at(-1 - i)]).every(
      ([m, n]) => m === n || m === 1 || n === 1,
    );
  }

  private binary(): void {
    const pair = this.pair((a, b) => this.broadcastable(a, b));
    if (!pair) return;
    const [a, b] = pair;
    const [m, n] = [this.bound(a), this.bound(b)];
    const [name, value, bound] = this.pick<[string, () => Tensor, number]>([
      ['add', () => a.add(b), m + n],
      ['sub', () => a.sub(b), m + n],
      ['mul', () => (this.family === 'smooth' ? a.tanh().mul(b) : a.mul(b)), this.family === 'smooth' ? n : m * n],
    ]);
    this.add(`${name}(${this.name(a)}, ${this.name(b)})`, value(), bound);
  }

  private compare(): void {
    // Rounding might turn a comparison of smooth values.
    const pair = this.family === 'exact' ? this.pair((a, b) => this.broadcastable(a, b)) : null;
    if (!pair) return;
    const name = this.pick(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const);
    this.add(`${name}(${pair.map((x) => this.name(x)).join()})`, pair[0][name](pair[1]), 1);
  }

  private choose(): void {
    const condition = this.any(({ dtype }) => dtype === 'bool');
    const pair = this.pair((a, b) => this.broadcastable(a, b));
    if (!condition || !pair || !pair.every((x) => this.broadcastable(condition, x))) return;
    const bound = Math.max(...pair.map((x) => this.bound(x)));
    this.add(`where(${[condition, ...pair].map((x) => this.name(x)).join()})`, where(condition, ...pair), bound);
  }

  private reduce(): void {
    const x = this.any(({ ndim, numel }) => ndim > 0 && numel > 0);
    if (!x) return;
    const axes = x.shape.map((_, axis) => axis).filter(() => this.random() < 0.5);
    const keepdim = this.random() < 0.5;
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
    const name = `${this.name(x)} over ${axes.join()}`;
    const kind = this.below(this.family === 'exact' ? 3 : 2);
    if (kind === 0) this.add(`sum of ${name}`, x.sum(axes, { keepdim }), count * this.bound(x));
    else if (this.family === 'smooth') this.add(`mean of ${name}`, x.mean(axes, { keepdim }), this.bound(x));
    else if (kind === 1) this.add(`max of ${name}`, x.max(axes, { keepdim }), this.bound(x));
    else this.add(`argmax of ${name}`, x.argmax(axes[0] ?? 0), 64);
  }

  private product(): void {
    const pair = this.pair((a, b) => a.ndim > 0 && b.ndim > 0);
    if (!pair) return;
    const [a, b] = pair.map((x) => x.to('float32')) as [Tensor, Tensor];
    const flip = b.ndim > 1 && a.shape.at(-1) === b.shape.at(-1);
    const right = flip ? b.transpose() : b;
    const inner = right.shape.at(right.ndim === 1 ? -1 : -2);
    const lead = (x: Tensor): readonly number[] => x.shape.slice(0, -2);
    const [p, q] = [lead(a), lead(right)];
    if (a.shape.at(-1) !== inner || (p.length > 0 && q.length > 0 && p.join() !== q.join())) return;
    const bound = inner! * this.bound(pair[0]) * this.bound(pair[1]);
    this.add(`matmul(${pair.map((x) => this.name(x)).join()}${flip ? ' transposed' : ''})`, matmul(a, right), bound);
  }

  private view(): void {
    const x = this.any();
    if (!x) return;
    const name = this.name(x);
    const axis = this.below(Math.max(1, x.ndim));
    const size = x.shape[axis] ?? 1;
    const order = x.shape.map((_, index) => ({ index, key: this.random() })).toSorted((a, b) => a.key - b.key);
    const start = this.below(size);
    const end = start + 1 + this.below(size - start);
    const step = 1 + this.below(3);
    const grown = [1 + this.below(3), ...x.shape];
    const [what, value] = this.pick<[string, () => Tensor]>([
      [`permute ${order.map(({ index }) => index).join()}`, () => x.permute(...order.map(({ index }) => index))],
      [`slice axis ${axis}, ${start} to ${end}, step ${step}`, () => (x.ndim ? x.slice(axis, start, end, step) : x)],
      [`slice axis ${axis} from ${start}`, () => (x.ndim ? x.slice(axis, start) : x)],
      ['flatten', () => x.flatten()],
      [`reshape`, () => this.reshaped(x)],
      [`expand to ${grown.join()}`, () => (x.ndim < 5 ? x.expand(grown) : x)],
      [`unsqueeze ${axis}`, () => (x.ndim < 5 ? x.unsqueeze(axis) : x)],
      ['squeeze', () => x.squeeze()],
    ]);
    this.add(`${what} of ${name}`, value(), this.bound(x));
  }

  private reshaped(x: Tensor): Tensor {
    const shape: number[] = [];
    let rest = x.numel;
    for (const factor of [2, 3, 5, 8])
      if (rest % factor === 0 && rest > 0 && this.random() < 0.5) {
        shape.push(factor);
        rest /= factor;
      }
    return x.reshape([...shape, rest]);
  }

  private join(): void {
    const x = this.any(({ ndim }) => ndim > 0);
    if (!x) return;
    const others = this.values.filter(({ shape }) => shape.join() === x.shape.join());
    const parts = [x, this.pick(others), ...(this.random() < 0.3 ? [x] : [])];
    const axis = this.below(x.ndim);
    const bound = Math.max(...parts.map((part) => this.bound(part)));
    this.add(`concat(${parts.map((part) => this.name(part)).join()}) along ${axis}`, concat(parts, axis), bound);
  }

  private select(): void {
    const x = this.any(({ ndim, numel }) => ndim > 0 && numel > 0);
    if (!x) return;
    const axis = this.below(x.ndim);
    const index = Int32Array.from({ length: 1 + this.below(4) }, () => this.below(x.shape[axis]!));
    this.add(
      `indexSelect ${index.join()} of ${this.name(x)} along ${axis}`,
      x.indexSelect(axis, tensor(index)),
      this.bound(x),
    );
  }
}
