/**
 * summary: what a model is made of and what a forward pass costs, from a trace that is thrown away.
 */
import { dryRun, numel, show, Tensor, type DType, type Shape } from '../graph/index.ts';
import { getGeneratorState, setGeneratorState, zeros } from '../ops/index.ts';
import { Parameter } from './parameter.ts';
import type { AnyModule } from './module.ts';

export interface SummaryRow {
  readonly path: string;
  readonly type: string;
  readonly outputShape: Shape;
  /** Parameters of this layer itself. */
  readonly parameters: number;
  /** Multiplications with an addition of one forward pass. */
  readonly multAdds: number;
}

export interface Summary {
  readonly rows: readonly SummaryRow[];
  readonly parameters: number;
  readonly multAdds: number;
  toString(): string;
}

/** Layers that multiply say how much. */
interface Costed {
  multAdds(outputShape: Shape): number;
}

type Observed = <T>(fn: () => T, observe: (module: AnyModule, output: unknown) => void) => T;

export function summarize(model: AnyModule, inputShape: Shape, dtype: DType, observed: Observed): Summary {
  const outputs = new Map<AnyModule, Shape>();
  const observe = (module: AnyModule, output: unknown): void => {
    const first: unknown = Array.isArray(output) ? output[0] : output;
    if (first instanceof Tensor) outputs.set(module, first.shape);
  };
  const generator = getGeneratorState();
  dryRun(() => observed(() => model.forward(zeros(inputShape, { dtype })), observe));
  setGeneratorState(generator);
  const rows = [...model.namedModules()]
    .filter(([, module]) => module.children().length === 0 || parametersOf(module).length > 0)
    .map(([path, module]) => row(path, module, outputs.get(module) ?? []));
  const total = (of: (each: SummaryRow) => number): number => rows.reduce((sum, each) => sum + of(each), 0);
  const summary = {
    rows,
    parameters: model.parameters().reduce((sum, { numel: count }) => sum + count, 0),
    multAdds: total((each) => each.multAdds),
  };
  return { ...summary, toString: () => table(summary) };
}

const parametersOf = (module: AnyModule): Parameter[] =>
  Object.values(module).filter((value): value is Parameter => value instanceof Parameter);

function row(path: string, module: AnyModule, outputShape: Shape): SummaryRow {
  const parameters = parametersOf(module).reduce((sum, { shape }) => sum + numel(shape), 0);
  const multAdds = 'multAdds' in module ? (module as unknown as Costed).multAdds(outputShape) : 0;
  return { path, type: module.constructor.name, outputShape, parameters, multAdds };
}

function table({ rows, parameters, multAdds }: Omit<Summary, 'toString'>): string {
  const cells = [
    ['layer', 'type', 'output', 'parameters', 'mult-adds'],
    ...rows.map((each) => [
      each.path,
      each.type,
      show(each.outputShape),
      String(each.parameters),
      String(each.multAdds),
    ]),
    ['total', '', '', String(parameters), String(multAdds)],
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
