/**
 * Containers and modules of shapes only, as torch.nn.
 */
import type { Shape, Tensor } from '../graph/index.ts';
import { reshape } from '../ops/index.ts';
import { Module, type AnyModule } from './module.ts';
import type { Parameter } from './parameter.ts';

abstract class Container extends Module {
  override forward(): Tensor {
    throw new Error(`${this.constructor.name}: has no forward. Call those of its modules.`);
  }
}

/** Modules in a list. Their names are their positions. */
export class ModuleList<M extends AnyModule = Module> extends Container {
  static override readonly name: string = 'ModuleList';

  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  get length(): number {
    return this.children().length;
  }

  append(module: M): this {
    return Object.assign(this, { [this.length]: module });
  }

  /** The module at a position; negative ones count from the end. */
  at(index: number): M | undefined {
    return ([...this] as M[]).at(index);
  }

  *[Symbol.iterator](): Generator<M> {
    for (const [, module] of this.children()) yield module as M;
  }
}

/** Modules by name. */
export class ModuleDict<M extends AnyModule = Module> extends Container {
  static override readonly name: string = 'ModuleDict';

  constructor(modules: Readonly<Record<string, M>> = {}) {
    super();
    for (const [name, module] of Object.entries(modules)) this.set(name, module);
  }

  /** @throws Error where a field or method of modules has that name. */
  set(name: string, module: M): this {
    if (name in this && !this.get(name))
      throw new Error(`ModuleDict: "${name}" is a name that modules have themselves. Choose another.`);
    return Object.assign(this, { [name]: module });
  }

  get(name: string): M | undefined {
    return this.children().find(([own]) => own === name)?.[1] as M | undefined;
  }

  *[Symbol.iterator](): Generator<[name: string, module: M]> {
    yield* this.children() as [string, M][];
  }
}

/** Parameters in a list. Their names are their positions. */
export class ParameterList extends Container {
  static override readonly name: string = 'ParameterList';

  readonly length: number;

  constructor(parameters: Iterable<Parameter> = []) {
    super();
    const list = [...parameters];
    this.length = list.length;
    list.forEach((parameter, index) => Object.assign(this, { [index]: parameter }));
  }

  *[Symbol.iterator](): Generator<Parameter> {
    yield* this.parameters();
  }
}

/** Gives back what it gets. */
export class Identity extends Module {
  static override readonly name: string = 'Identity';

  override forward(x: Tensor): Tensor {
    return x;
  }
}

/** One axis as several; one of their sizes may be -1. */
export class Unflatten extends Module {
  static override readonly name: string = 'Unflatten';

  readonly axis: number;
  readonly sizes: Shape;

  constructor(axis: number, sizes: Shape) {
    super();
    this.axis = axis;
    this.sizes = sizes;
  }

  override forward(x: Tensor): Tensor {
    const at = this.axis < 0 ? this.axis + x.ndim : this.axis;
    const known = this.sizes.reduce((product, size) => (size < 0 ? product : product * size), 1);
    const sizes = this.sizes.map((size) => (size < 0 ? x.shape[at]! / known : size));
    if (sizes.reduce((product, size) => product * size, 1) !== x.shape[at] || !sizes.every(Number.isInteger))
      throw new Error(
        `Unflatten: axis ${this.axis} of [${x.shape.join(', ')}] does not fall into [${this.sizes.join(', ')}]. The product must be its size.`,
      );
    return reshape(x, x.shape.toSpliced(at, 1, ...sizes));
  }
}
