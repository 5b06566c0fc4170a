/**
 * A network as a graph of blocks, read off its modules and off one forward pass that is thrown away: what follows what,
 * what branches, what is added and what is joined. Knows no page.
 */
import { models, nn, type Tensor } from '../../src/index.ts';
import { relusOf } from '../shared/dead-units.ts';
import { rectifiedIn } from './layer-names.ts';

type Shape = readonly number[];

export interface Block {
  readonly kind: 'block';
  /** Of the module; empty for what the network does between its modules. */
  readonly path: string;
  readonly tone: 'convolution' | 'linear' | 'plain';
  readonly title: string;
  /** What goes with it, such as its normalisation. */
  readonly extras: readonly string[];
  /** What comes before it. */
  readonly first: readonly string[];
  /** Without the batch. */
  readonly output: Shape;
  readonly parameters: number;
}

/** Several ways from one place to another. A way without blocks passes on what came. */
export interface Fork {
  readonly kind: 'fork';
  readonly ways: readonly (readonly Part[])[];
  readonly join: 'added' | 'joined';
  readonly output: Shape;
}

/** Layers of which each sees what came in and what earlier ones gave; all of it comes out. */
export interface Dense {
  readonly kind: 'dense';
  readonly layers: readonly (readonly Part[])[];
  /** How many layers before it each sees. */
  readonly reach: number;
  readonly output: Shape;
}

export type Part = Block | Fork | Dense;

interface Seen {
  readonly input: Shape;
  readonly output: Shape;
}

type Unit = readonly [path: string, module: nn.Module];

/** Goes with the block before it. */
const WITH: Readonly<Record<string, string>> = {
  BatchNorm2d: 'batch norm',
  ReLU: 'ReLU',
  Dropout: 'dropout',
  Flatten: '',
  Identity: '',
};

export class NetworkGraph {
  readonly parts: readonly Part[];
  readonly #seen: ReadonlyMap<nn.Module, Seen>;
  readonly #rectified: ReadonlySet<string>;
  readonly #reach: number;

  /** @param reach of its dense blocks */
  constructor(model: nn.Module, input: Shape, reach: number = Infinity) {
    this.#seen = observe(model, input);
    this.#rectified = new Set([...relusOf(model), ...rectifiedIn(model)].map(([path]) => path));
    this.#reach = reach;
    const image = block('Image', input.slice(1), 'plain');
    this.parts = [image, ...this.#sequence(unitsOf(['', model]), image.output)];
  }

  #sequence(units: readonly Unit[], from: Shape | null): Part[] {
    const parts: Part[] = [];
    let shape = from;
    /** Comes before the next block. */
    let first: { extras: readonly string[]; parameters: number } = { extras: [], parameters: 0 };
    for (const [path, module] of units) {
      const seen = this.#seen.get(module);
      if (!seen) continue;
      const between = shape && stepBetween(shape, seen.input);
      shape = seen.output;
      if (between) {
        if (first.extras.length > 0)
          parts.push({ ...block(first.extras.join(', '), seen.input, 'plain'), parameters: first.parameters });
        first = { extras: [], parameters: 0 };
        parts.push(between);
      }
      const last = parts.at(-1);
      const extra = WITH[module.constructor.name];
      if (extra === undefined) {
        const made = this.#part(path, module, seen);
        const parameters = made.kind === 'block' ? made.parameters + first.parameters : 0;
        parts.push(made.kind === 'block' ? { ...made, first: first.extras, parameters } : made);
        first = { extras: [], parameters: 0 };
      } else if (last?.kind === 'block' && last.tone !== 'plain') {
        parts[parts.length - 1] = withExtra(last, extra, module.numParameters());
      } else {
        const parameters = first.parameters + module.numParameters();
        first = { extras: extra ? [...first.extras, extra] : first.extras, parameters };
      }
    }
    return parts;
  }

  #part(path: string, module: nn.Module, { input, output }: Seen): Part {
    const within = (name: string): string => (path ? `${path}.${name}` : name);
    if (module instanceof models.BasicBlock) {
      const main = (['conv1', 'bn1', 'conv2', 'bn2'] as const).map((name): Unit => [within(name), module[name]]);
      const body = this.#sequence(main, input);
      const shortcut = module.downsample
        ? this.#sequence(unitsOf([within('downsample'), module.downsample]), input)
        : [];
      return { kind: 'fork', ways: [withoutRelu(body), shortcut], join: 'added', output };
    }
    if (module instanceof models.Inception) {
      const ways = childrenOf(path, module).map((unit) => this.#sequence(unitsOf(unit), input));
      return { kind: 'fork', ways, join: 'joined', output };
    }
    if (module instanceof models.DenseBlock) {
      const layers = childrenOf(path, module).map((unit) => this.#sequence(unitsOf(unit), null));
      return { kind: 'dense', layers, reach: this.#reach, output };
    }
    const extras = this.#rectified.has(`${path}.weight`) ? ['ReLU'] : [];
    const tone = module instanceof nn.Conv2d ? 'convolution' : module instanceof nn.Linear ? 'linear' : 'plain';
    return { ...block(titleOf(module), output, tone), path, extras, parameters: module.numParameters() };
  }
}

/** What a module is given and gives; the summary throws its forward pass away. */
function observe(model: nn.Module, input: Shape): ReadonlyMap<nn.Module, Seen> {
  const seen = new Map<nn.Module, Seen>();
  const removers = [...model.namedModules()].map(([, module]) =>
    (module as nn.Module).registerForwardHook((_, [given], output: Tensor) => {
      const x = given as Tensor | undefined;
      seen.set(module as nn.Module, { input: x?.shape.slice(1) ?? [], output: output.shape.slice(1) });
    }),
  );
  try {
    model.summary(input);
  } finally {
    for (const remove of removers) remove();
  }
  return seen;
}

/** Modules one behind another: what only holds others is opened. */
function unitsOf([path, module]: Unit): Unit[] {
  const skips = module instanceof models.BasicBlock && module.skip;
  const whole = skips || module instanceof models.Inception || module instanceof models.DenseBlock;
  const children = childrenOf(path, module);
  return whole || children.length === 0 ? [[path, module]] : children.flatMap(unitsOf);
}

function childrenOf(path: string, module: nn.Module): Unit[] {
  return module.children().map(([name, child]): Unit => [path ? `${path}.${name}` : name, child as nn.Module]);
}

function block(title: string, output: Shape, tone: Block['tone']): Block {
  return { kind: 'block', path: '', tone, title, extras: [], first: [], output, parameters: 0 };
}

/** What the network does as a function between two modules, by what it does to shapes. */
function stepBetween(from: Shape, to: Shape): Block | null {
  const numel = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
  if (numel(from) === numel(to)) return null;
  const [channels, rows = 1] = from;
  if (to.length === 3) {
    const times = rows / (to[1] ?? 1);
    return block(Number.isInteger(times) ? `Pooling ${times} × ${times}` : 'Pooling', to, 'plain');
  }
  return block(to[0] === channels ? 'Mean of each map' : 'Pooling 2 × 2', to, 'plain');
}

function titleOf(module: nn.Module): string {
  if (module instanceof nn.Conv2d) {
    const [, , rows, columns] = module.weight.shape;
    const stride = Number(module.options.stride ?? 1);
    return `Convolution ${rows} × ${columns}${stride > 1 ? `, stride ${stride}` : ''}`;
  }
  if (module instanceof nn.MaxPool2d) return `Maximum ${String(module.size)} × ${String(module.size)}`;
  if (module instanceof nn.AvgPool2d) return `Mean ${String(module.size)} × ${String(module.size)}`;
  if (module instanceof nn.AdaptiveAvgPool2d) return 'Mean pooling';
  return { Linear: 'Linear', PaddedShortcut: 'Every 2nd pixel' }[module.constructor.name] ?? module.constructor.name;
}

/** A normalisation comes before the ReLU that is known already. */
function withExtra(to: Block, extra: string, parameters: number): Block {
  const relu = to.extras.indexOf('ReLU');
  const at = extra === WITH['BatchNorm2d'] && relu >= 0 ? relu : to.extras.length;
  const extras = extra && !to.extras.includes(extra) ? to.extras.toSpliced(at, 0, extra) : to.extras;
  return { ...to, extras, parameters: to.parameters + parameters };
}

/** Of a way whose ReLU comes behind the sum. */
const withoutRelu = (parts: readonly Part[]): Part[] =>
  parts.map((part, at) =>
    at === parts.length - 1 && part.kind === 'block'
      ? { ...part, extras: part.extras.filter((extra) => extra !== 'ReLU') }
      : part,
  );
