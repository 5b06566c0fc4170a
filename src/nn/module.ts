/**
 * Module: what layers and models are made of, with PyTorch's names, tree and state dict.
 *
 * `forward` is wrapped when a module is made: the output of the outermost module survives its step, so that it can be
 * read after optimizer.step(), and an error inside names the module it came from.
 */
import { Tensor, uncut, type Shape } from '../graph/index.ts';
import { Parameter } from './parameter.ts';
import { applyState, type StateDict, type StateEntry } from './state-dict.ts';
import { summarize, type Summary } from './summary.ts';

/** Modules whose forward is running, outermost first. */
const running: AnyModule[] = [];

/** Told of every call of a forward, for `summary`. */
type Observer = (module: AnyModule, output: unknown) => void;
let observer: Observer | null = null;

/** A module, whatever its forward gives. */
export type AnyModule = Module<unknown>;

/** @typeParam Output what `forward` gives; a tensor unless said otherwise */
export abstract class Module<Output = Tensor> {
  /** Set by `train()` and `eval()`; Dropout and the like differ by it. */
  training = true;

  constructor() {
    const forward = this.forward.bind(this);
    Object.defineProperty(this, 'forward', {
      value: (...inputs: Tensor[]) => call(this, forward, inputs),
      configurable: true,
      writable: true,
    });
  }

  abstract forward(...inputs: Tensor[]): Output;

  /** Direct submodules by name. */
  children(): [name: string, module: AnyModule][] {
    return Object.entries(this).filter((entry): entry is [string, AnyModule] => entry[1] instanceof Module);
  }

  /** This module and all below it, with their paths; its own path is ''. */
  *namedModules(prefix = ''): Generator<[path: string, module: AnyModule]> {
    yield [prefix, this];
    for (const [name, child] of this.children()) yield* child.namedModules(prefix ? `${prefix}.${name}` : name);
  }

  /** All parameters with their paths, such as "0.weight". */
  *namedParameters(): Generator<[path: string, parameter: Parameter]> {
    const seen = new Set<Parameter>();
    for (const [path, module] of this.namedModules())
      for (const [name, value] of Object.entries(module)) {
        if (!(value instanceof Parameter) || seen.has(value)) continue;
        seen.add(value);
        value.name = path ? `${path}.${name}` : name;
        yield [value.name, value];
      }
  }

  parameters(): Parameter[] {
    return [...this.namedParameters()].map(([, parameter]) => parameter);
  }

  /** Sets this module and all below it to training, or to evaluation with `false`. */
  train(mode = true): this {
    for (const [, module] of this.namedModules()) module.training = mode;
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Parameters by path, with PyTorch's keys. The tensors are the live ones: training goes on changing them. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.namedParameters());
  }

  /**
   * Copies values into the parameters.
   *
   * @param options.strict refuse missing and unexpected keys (default true)
   * @throws Error that names every missing, unexpected and misshapen key; then nothing has been changed.
   */
  loadStateDict(state: StateDict, options: { strict?: boolean } = {}): void {
    applyState(
      new Map(this.namedParameters()),
      new Map<string, StateEntry>(Object.entries(state)),
      options.strict ?? true,
    );
  }

  /** Layers, output shapes, parameters and multiply-adds for one input of the given shape. `String()` makes a table. */
  summary(inputShape: Shape): Summary {
    return summarize(this, inputShape, (fn, observe) => {
      observer = observe;
      try {
        return fn();
      } finally {
        observer = null;
      }
    });
  }
}

/** A module that maps one tensor to one tensor. */
export type Layer = Module;

function call<Output>(module: Module<Output>, forward: (...inputs: Tensor[]) => Output, inputs: Tensor[]): Output {
  running.push(module);
  try {
    const output = uncut(() => forward(...inputs));
    if (running.length === 1) keep(output);
    observer?.(module, output);
    return output;
  } catch (error) {
    if (error instanceof Error) place(error, module);
    throw error;
  } finally {
    running.pop();
  }
}

const placed = new WeakSet<Error>();

/** Names the module an error comes from. V8 keeps ten frames of a stack: the caller's line is added where they end before it. */
function place(error: Error, module: AnyModule): void {
  const { message, stack = '' } = error;
  if (!placed.has(error)) {
    placed.add(error);
    error.message = `${message} (in ${pathOf(running)})`;
    error.stack = stack.replace(message, error.message);
  }
  if (running.length > 1) return;
  const outside: { stack?: string } = {};
  (Error as { captureStackTrace?: (target: object, above: unknown) => void }).captureStackTrace?.(
    outside,
    module.forward,
  );
  for (const frame of outside.stack?.split('\n').slice(1) ?? [])
    if (!error.stack?.includes(frame)) error.stack += `\n${frame}`;
}

/** `Sequential.0`, from the modules that were running. */
function pathOf(modules: readonly AnyModule[]): string {
  const names = modules.slice(1).map((module, index) => {
    const name = modules[index]!.children().find(([, child]) => child === module)?.[0];
    return name ?? module.constructor.name;
  });
  return [modules[0]!.constructor.name, ...names].join('.');
}

function keep(output: unknown): void {
  if (output instanceof Tensor) output.value.keep = true;
  else if (Array.isArray(output)) output.forEach(keep);
}
