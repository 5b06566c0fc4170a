/**
 * Module: what layers and models are made of, with PyTorch's names, tree and state dict.
 *
 * `forward` is wrapped when a module is made: the output of the outermost module survives its step, so that it can be
 * read after optimizer.step(), and an error inside names the module it came from.
 */
import { isComputedAgain, Tensor, uncut, type DType, type Shape } from '../graph/index.ts';
import { Buffer } from './buffer.ts';
import { Parameter } from './parameter.ts';
import { applyState, type StateDict, type StateEntry, type UnmatchedKeys } from './state-dict.ts';
import { summarize, type Summary } from './summary.ts';

/** Modules whose forward is running, outermost first. */
const running: AnyModule[] = [];

/** Told of every call of a forward, for `summary`. */
type Observer = (module: AnyModule, output: unknown) => void;
let observer: Observer | null = null;

/** Told of the inputs of a forward. */
export type PreHook<Inputs extends unknown[]> = (module: AnyModule, inputs: Inputs) => Tensor | Inputs | void;
/** Told of the inputs and the output of a forward. */
export type ForwardHook<Output, Inputs extends unknown[]> = (
  module: AnyModule,
  inputs: Inputs,
  output: Output,
) => Output | void;

// Beside the modules, whose own fields are parameters and submodules.
const preHooks = new WeakMap<AnyModule, Set<PreHook<unknown[]>>>();
const hooks = new WeakMap<AnyModule, Set<ForwardHook<unknown, unknown[]>>>();

function register<H>(table: WeakMap<AnyModule, Set<H>>, module: AnyModule, hook: H): () => void {
  const set = table.get(module) ?? new Set();
  table.set(module, set.add(hook));
  return () => set.delete(hook);
}

/** What a forward takes: tensors, and of some modules a state or options. */
export type Input = Tensor | object | null | undefined;

/** A module, whatever its forward gives. */
export type AnyModule = Module<unknown, unknown[]>;

/**
 * @typeParam Output what `forward` gives; a tensor unless said otherwise
 * @typeParam Inputs what `forward` takes; tensors, a state or options unless said otherwise
 */
export abstract class Module<Output = Tensor, Inputs extends unknown[] = Input[]> {
  /** Set by `train()` and `eval()`; Dropout and the like differ by it. */
  training = true;

  constructor() {
    const forward = this.forward.bind(this);
    Object.defineProperty(this, 'forward', {
      value: (...inputs: Inputs) => call(this, forward, inputs),
      configurable: true,
      writable: true,
    });
  }

  abstract forward(...inputs: Inputs): Output;

  /** Runs `fn` for this module and all below it, the innermost first. */
  apply(fn: (module: AnyModule) => void): this {
    for (const [, child] of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /** Freezes all parameters with `false`, and takes that back with `true`. */
  requiresGrad_(wanted = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = wanted;
    return this;
  }

  /** Forgets all gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** How many numbers the parameters have, or those that are trained. */
  numParameters(options: { trainable?: boolean } = {}): number {
    const counted = this.parameters().filter(({ requiresGrad }) => requiresGrad || !options.trainable);
    return counted.reduce((sum, { numel }) => sum + numel, 0);
  }

  /** Calls `hook` before each forward; a tensor or list that it returns takes the inputs' place. Returns its remover. */
  registerForwardPreHook(hook: PreHook<Inputs>): () => void {
    return register(preHooks, this, hook as unknown as PreHook<unknown[]>);
  }

  /** Calls `hook` behind each forward; what it returns, unless nothing, takes the output's place. Returns its remover. */
  registerForwardHook(hook: ForwardHook<Output, Inputs>): () => void {
    return register(hooks, this, hook as ForwardHook<unknown, unknown[]>);
  }

  /** Makes `this[name]` a buffer, which the state dict holds and nothing trains. */
  registerBuffer(name: string, data: Tensor, options: { persistent?: boolean } = {}): Buffer {
    const buffer = new Buffer(data, options);
    Object.assign(this, { [name]: buffer });
    return buffer;
  }

  /** Direct submodules by name. */
  children(): [name: string, module: AnyModule][] {
    return Object.entries(this).filter((entry): entry is [string, AnyModule] => entry[1] instanceof Module);
  }

  /** This module and all below it, with their paths; its own path is ''. */
  *namedModules(prefix = ''): Generator<[path: string, module: AnyModule]> {
    yield [prefix, this];
    for (const [name, child] of this.children()) yield* child.namedModules(prefix ? `${prefix}.${name}` : name);
  }

  /** Direct submodules by name, as `children`. */
  namedChildren(): [name: string, module: AnyModule][] {
    return this.children();
  }

  /** All parameters with their paths, such as "0.weight". */
  *namedParameters(): Generator<[path: string, parameter: Parameter]> {
    for (const [path, value] of this.members(Parameter)) {
      value.name = path;
      yield [path, value];
    }
  }

  /** All buffers with their paths. */
  namedBuffers(): Generator<[path: string, buffer: Buffer]> {
    return this.members(Buffer);
  }

  private *members<T extends Tensor>(...kinds: (abstract new (...args: never[]) => T)[]): Generator<[string, T]> {
    const seen = new Set<unknown>();
    for (const [path, module] of this.namedModules())
      for (const [name, value] of Object.entries(module) as [string, T][]) {
        if (!kinds.some((kind) => value instanceof kind) || seen.has(value)) continue;
        seen.add(value);
        yield [path ? `${path}.${name}` : name, value];
      }
  }

  /** What a state dict holds. */
  private *state(): Generator<[path: string, value: Tensor]> {
    for (const entry of this.members<Tensor>(Parameter, Buffer))
      if (!(entry[1] instanceof Buffer) || entry[1].persistent) yield entry;
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

  /** Parameters and buffers by path, with PyTorch's keys. The tensors are the live ones: training goes on changing them. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.state());
  }

  /**
   * Copies values into the parameters and buffers.
   *
   * @param options.strict refuse missing and unexpected keys (default true)
   * @returns those keys, without `strict`; a key of both must have the model's shape in any case
   * @throws Error that names every missing, unexpected and misshapen key; then nothing has been changed.
   */
  loadStateDict(state: StateDict, options: { strict?: boolean } = {}): UnmatchedKeys {
    return applyState(
      new Map(this.state()),
      new Map<string, StateEntry>(Object.entries(state)),
      options.strict ?? true,
    );
  }

  /**
   * Layers, output shapes, parameters and multiply-adds for one input of the given shape, int32 for ids. `String()`
   * makes a table.
   */
  summary(inputShape: Shape, { dtype = 'float32' }: { dtype?: DType } = {}): Summary {
    return summarize(this, inputShape, dtype, (fn, observe) => {
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

function call<Output, Inputs extends unknown[]>(
  module: Module<Output, Inputs>,
  forward: (...inputs: Inputs) => Output,
  inputs: Inputs,
): Output {
  running.push(module);
  try {
    const output = uncut(() => {
      let given = inputs;
      for (const hook of preHooks.get(module) ?? []) {
        const changed = hook(module, given);
        if (changed) given = (changed instanceof Tensor ? [changed] : changed) as Inputs;
      }
      let result = forward(...given);
      for (const hook of hooks.get(module) ?? [])
        result = (hook(module, given, result) as Output | undefined) ?? result;
      return result;
    });
    if (!isComputedAgain()) {
      if (running.length === 1) keep(output);
      observer?.(module, output);
    }
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
