/** Layers by the names that readers see, and what their gradients come to in words. */

export interface LayerName {
  readonly name: string;
  /** Its units. */
  readonly note: string;
  /** Of its curve; null of one of many layers that has none. */
  readonly color: `--${string}` | null;
}

/** Of up to six layers before the last one. */
const COLORS = ['--layer-1', '--layer-2', '--layer-3', '--layer-4', '--layer-5', '--layer-6'] as const;

/** A colour for each layer, or, where they are many, for some that are spread over all of them. */
export function layerColors(count: number): LayerName['color'][] {
  const inner = count - 1;
  const shown = Math.min(inner, COLORS.length);
  const colors = Array.from({ length: count }, (): LayerName['color'] => null);
  for (let at = 0; at < shown; at++) colors[Math.round((at * (inner - 1)) / Math.max(1, shown - 1))] = COLORS[at]!;
  if (count > 0) colors[inner] = '--layer-output';
  return colors;
}

/**
 * One sentence on what the gradients do between the output and the first layer; null where there is nothing to say.
 *
 * @param layer what the first layer is called
 */
export function verdict(
  gradients: readonly (number | null)[],
  layer: string,
): { readonly text: string; readonly bad: boolean } | null {
  const [first, last] = [gradients[0], gradients.at(-1)];
  if (gradients.length < 2 || typeof first !== 'number' || typeof last !== 'number') return null;
  if (last === 0) return { text: 'No gradient comes from the output: there is nothing left to learn.', bad: false };
  const shrinks = last / first;
  if (shrinks >= MUCH)
    return {
      text: `The gradient vanishes: at ${layer} it is ${fold(shrinks)} times smaller than at the output.`,
      bad: true,
    };
  if (shrinks <= 1 / MUCH)
    return {
      text: `The gradient explodes: at ${layer} it is ${fold(1 / shrinks)} times larger than at the output.`,
      bad: true,
    };
  return { text: `The gradient reaches ${layer}: no layer is cut off.`, bad: false };
}

const MUCH = 100;

function fold(times: number): string {
  if (!Number.isFinite(times)) return 'infinitely many';
  return times >= 1e6 ? times.toExponential(0).replace('e+', 'e') : Number(times.toPrecision(2)).toLocaleString('en');
}
