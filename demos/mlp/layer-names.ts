/** The layers of a network by the names that readers see. */
import type { MlpTask } from './recipe.ts';
import { ACTIVATION_LABELS } from './settings.ts';

export interface LayerName {
  readonly name: string;
  /** Its units. */
  readonly note: string;
  readonly color: `--${string}`;
}

/** Hidden layers from the input on, then the output. */
export function layerNames({ config, classes }: Pick<MlpTask, 'config' | 'classes'>): LayerName[] {
  const { hidden, activation } = config;
  const output = { name: 'Output', note: `${classes} classes`, color: '--layer-output' } as const;
  return [
    ...hidden.map((units, at) => ({
      name: `Hidden ${at + 1}`,
      note: `${units} ${ACTIVATION_LABELS[activation]}`,
      color: `--layer-${at + 1}` as const,
    })),
    output,
  ];
}

/** One sentence on what the gradients do between the output and the first layer; null where there is nothing to say. */
export function verdict(
  gradients: readonly (number | null)[],
): { readonly text: string; readonly bad: boolean } | null {
  const [first, last] = [gradients[0], gradients.at(-1)];
  if (gradients.length < 2 || typeof first !== 'number' || typeof last !== 'number') return null;
  if (last === 0) return { text: 'No gradient comes from the output: there is nothing left to learn.', bad: false };
  const shrinks = last / first;
  if (shrinks >= MUCH)
    return {
      text: `The gradient vanishes: at hidden 1 it is ${fold(shrinks)} times smaller than at the output.`,
      bad: true,
    };
  if (shrinks <= 1 / MUCH)
    return {
      text: `The gradient explodes: at hidden 1 it is ${fold(1 / shrinks)} times larger than at the output.`,
      bad: true,
    };
  return { text: 'The gradient reaches hidden 1: no layer is cut off.', bad: false };
}

const MUCH = 100;

function fold(times: number): string {
  if (!Number.isFinite(times)) return 'infinitely many';
  return times >= 1e6 ? times.toExponential(0).replace('e+', 'e') : Number(times.toPrecision(2)).toLocaleString('en');
}
