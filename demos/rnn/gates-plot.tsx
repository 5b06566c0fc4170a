/** Gates and states over the steps of a sequence, one below the other: lines, and the same numbers as a table. */
import type { JSX } from 'preact';

/** What each does, and whether it is a share from 0 to 1 or has a sign. */
const PARTS: Readonly<Record<string, { readonly does: string; readonly share: boolean }>> = {
  i: { does: 'lets in', share: true },
  f: { does: 'keeps', share: true },
  g: { does: 'candidate', share: false },
  o: { does: 'shows', share: true },
  c: { does: 'cell', share: false },
  r: { does: 'resets', share: true },
  z: { does: 'keeps', share: true },
  n: { does: 'candidate', share: false },
  h: { does: 'state', share: false },
};
export const COLORS = ['--series-1', '--series-2', '--series-3', '--series-4'] as const;

export interface Line {
  readonly name: string;
  readonly color: (typeof COLORS)[number];
  /** [steps] of each gate and state. */
  readonly values: ReadonlyMap<string, Float32Array>;
}

export function GatesPlot({ steps, lines }: { steps: readonly string[]; lines: readonly Line[] }): JSX.Element {
  // As many letters side by side as a narrow stage has room for.
  const longest = Math.max(...steps.map(({ length }) => length));
  const upright = longest > 1 && steps.length * longest > 60;
  const names = [...(lines[0]?.values.keys() ?? [])];
  return (
    <div class="gates">
      {names.map((name) => (
        <GateRow key={name} name={name} lines={lines} />
      ))}
      <ol class="gate-steps" data-upright={upright ? '' : undefined} aria-label="Steps">
        {steps.map((step, index) => (
          <li key={index}>
            <span>{step === ' ' ? '␣' : step}</span>
          </li>
        ))}
      </ol>
      {lines.length > 1 && (
        <ul class="chart-legend">
          {lines.map(({ name, color }) => (
            <li key={name}>
              <svg width="18" height="8" aria-hidden="true">
                <path d="M1 4h16" stroke={`var(${color})`} stroke-width="2.5" />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function GateRow({ name, lines }: { name: string; lines: readonly Line[] }): JSX.Element {
  const { does = '', share = false } = PARTS[name] ?? {};
  const own = lines.map(({ values, ...line }) => ({ ...line, values: values.get(name) ?? new Float32Array() }));
  const most = Math.max(...own.map(({ values }) => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0)));
  const top = share ? 1 : Math.max(1, most);
  const bottom = share ? 0 : -top;
  const path = (values: Float32Array): string =>
    Array.from(values, (value, step) => {
      const x = (100 * (step + 0.5)) / values.length;
      const y = (100 * (top - value)) / (top - bottom);
      return `${step > 0 ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`;
    }).join('');
  const said = own.map(
    ({ name, values }) => `${name} from ${least(values).toFixed(2)} to ${greatest(values).toFixed(2)}`,
  );
  return (
    <div class="gate">
      <span>
        <b>{name}</b> {does}
      </span>
      <span class="gate-axis" aria-hidden="true">
        <i>{round(top)}</i>
        <i>{round(bottom)}</i>
      </span>
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${does}: ${said.join('; ')}. The numbers are in the table.`}
      >
        {!share && <path class="gate-zero" d="M0 50H100" />}
        {own.map(({ name, color, values }) => (
          <path key={name} stroke={`var(${color})`} d={path(values)} />
        ))}
      </svg>
    </div>
  );
}

export const least = (values: Float32Array): number => values.reduce((low, value) => Math.min(low, value), Infinity);
export const greatest = (values: Float32Array): number =>
  values.reduce((high, value) => Math.max(high, value), -Infinity);

const round = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1)).replace('-', '−');

export function GatesTable({ steps, lines }: { steps: readonly string[]; lines: readonly Line[] }): JSX.Element {
  const names = [...(lines[0]?.values.keys() ?? [])];
  return (
    <div class="chart-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {lines.flatMap(({ name }) =>
              names.map((gate) => (
                <th key={name + gate} scope="col">
                  {lines.length > 1 ? `${name}, ${gate}` : gate}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, index) => (
            <tr key={index}>
              <th scope="row">{step}</th>
              {lines.flatMap(({ name, values }) =>
                names.map((gate) => <td key={name + gate}>{(values.get(gate)?.[index] ?? 0).toFixed(2)}</td>),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
