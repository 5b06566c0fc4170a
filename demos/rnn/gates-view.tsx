/** What the gates and the cell of an LSTM do over a typed sequence: of chosen units, or of all of them on average. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Button, Select } from '../shared/controls.tsx';
import { createProbe } from '../shared/probe.ts';
import { GATES, readGates, type Gate, type GateTrace } from './gates-probe.ts';
import { firstOf, presetsOf } from './lab-presets.ts';
import { spellingOf } from './spelling.ts';
import type { ViewProps } from './views.tsx';

interface Gated {
  readonly steps: readonly string[];
  readonly traces: readonly GateTrace[];
}

const GATE_LABELS: { readonly [K in Gate]: { readonly name: string; readonly does: string } } = {
  i: { name: 'i', does: 'lets in' },
  f: { name: 'f', does: 'keeps' },
  g: { name: 'g', does: 'candidate' },
  o: { name: 'o', does: 'shows' },
  c: { name: 'c', does: 'cell' },
};
const COLORS = ['--series-1', '--series-2', '--series-3', '--series-4'] as const;

export function GatesView({ run, config, change }: ViewProps): JSX.Element {
  const typed = useSignal<string | null>(null);
  const at = useSignal(0);
  const chosen = useSignal<readonly number[]>([]);
  const table = useSignal(false);
  const probe = useMemo(
    () =>
      createProbe(run, 400, async (task): Promise<Gated | null> => {
        const spelling = spellingOf(task);
        const steps = spelling?.steps(typed.peek() ?? spelling.sample) ?? [];
        if (!spelling || steps.length === 0) return null;
        return { steps, traces: await readGates(task.model, spelling.input(steps), steps.length) };
      }),
    [run],
  );
  useEffect(() => probe.stop, [probe]);
  const task = run.task.value;
  // Another task has another alphabet.
  useEffect(() => {
    typed.value = null;
    chosen.value = [];
  }, [config.task]);
  const spelling = useMemo(() => task && spellingOf(task), [task]);
  if (!spelling) return <p class="view-empty">Building the network…</p>;
  const look = probe.result.value;
  const trace = look?.traces[Math.min(at.value, look.traces.length - 1)];
  const lines = trace ? linesOf(trace, chosen.value) : [];
  const turn = (unit: number): void => {
    const others = chosen.value.filter((each) => each !== unit);
    chosen.value = others.length < chosen.value.length ? others : [...others, unit].slice(-COLORS.length);
  };
  return (
    <div class="view">
      <section>
        <div class="field">
          <label for="gates-text">{spelling.label}</label>
          <textarea
            id="gates-text"
            class="sentence"
            rows={2}
            maxLength={400}
            spellcheck={false}
            value={typed.value ?? spelling.sample}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
              probe.again();
            }}
          />
        </div>
        <p class="field-note">{spelling.hint}</p>
      </section>
      {look && look.traces.length === 0 && (
        <p class="view-empty">
          This network has no LSTM, and so no such gates.{' '}
          <button
            type="button"
            class="link"
            onClick={() =>
              change(presetsOf(config.task).find(({ name }) => name === 'lstm')?.config ?? firstOf(config.task))
            }
          >
            Take one with an LSTM
          </button>
        </p>
      )}
      {look && trace && (
        <>
          <section>
            <header class="view-head">
              <h2>{chosen.value.length > 0 ? `Gates of ${unitsSaid(chosen.value)}` : 'Gates, all units on average'}</h2>
              <label class="chart-switch">
                <input
                  type="checkbox"
                  checked={table.value}
                  onChange={(event) => (table.value = event.currentTarget.checked)}
                />
                table
              </label>
            </header>
            {look.traces.length > 1 && (
              <Select
                label="Layer"
                value={String(look.traces.indexOf(trace))}
                options={look.traces.map(({ name }, index) => ({ value: String(index), label: name }))}
                onChange={(index) => (at.value = Number(index))}
              />
            )}
            {table.value ? (
              <GatesTable steps={look.steps} lines={lines} />
            ) : (
              <GatesPlot steps={look.steps} lines={lines} />
            )}
          </section>
          <Units trace={trace} chosen={chosen.value} onTurn={turn} onClear={() => (chosen.value = [])} />
          <p class="field-note">
            c′ = f · c + i · g: what the cell held is kept as far as f is open, and g is let in as far as i is. The
            state that others see is o · tanh(c′).
          </p>
        </>
      )}
    </div>
  );
}

function unitsSaid(units: readonly number[]): string {
  return `${units.length > 1 ? 'units' : 'unit'} ${units.map((unit) => unit + 1).join(', ')}`;
}

interface Line {
  readonly name: string;
  readonly color: (typeof COLORS)[number];
  /** [steps] of each gate. */
  readonly values: Readonly<Record<Gate, Float32Array>>;
}

/** Chosen units, or the mean over all. */
function linesOf({ values, units }: GateTrace, chosen: readonly number[]): Line[] {
  const steps = values.c.length / units;
  const along = (pick: (gate: Float32Array, step: number) => number): Line['values'] =>
    Object.fromEntries(
      GATES.map((gate) => [gate, Float32Array.from({ length: steps }, (_, step) => pick(values[gate], step))]),
    ) as unknown as Line['values'];
  const fitting = chosen.filter((unit) => unit < units);
  if (fitting.length > 0) {
    return fitting.map((unit, index) => ({
      name: `Unit ${unit + 1}`,
      color: COLORS[index]!,
      values: along((gate, step) => gate[step * units + unit] ?? 0),
    }));
  }
  const mean = (gate: Float32Array, step: number): number =>
    gate.subarray(step * units, (step + 1) * units).reduce((sum, value) => sum + value, 0) / units;
  return [{ name: 'Mean', color: COLORS[0], values: along(mean) }];
}

function GatesPlot({ steps, lines }: { steps: readonly string[]; lines: readonly Line[] }): JSX.Element {
  const cell = Math.max(
    1,
    ...lines.map(({ values }) => values.c.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
  );
  // As many letters side by side as a narrow stage has room for.
  const upright =
    steps.length * Math.max(...steps.map(({ length }) => length)) > 60 && steps.some(({ length }) => length > 1);
  return (
    <div class="gates">
      {GATES.map((gate) => {
        const top = gate === 'c' ? cell : 1;
        const bottom = gate === 'g' || gate === 'c' ? -top : 0;
        const y = (value: number): number => (100 * (top - value)) / (top - bottom);
        const x = (step: number): number => (100 * (step + 0.5)) / steps.length;
        return (
          <div key={gate} class="gate">
            <span>
              <b>{GATE_LABELS[gate].name}</b> {GATE_LABELS[gate].does}
            </span>
            <span class="gate-axis" aria-hidden="true">
              <i>{round(top)}</i>
              <i>{round(bottom)}</i>
            </span>
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={spoken(gate, lines)}>
              {bottom < 0 && <path class="gate-zero" d="M0 50H100" />}
              {lines.map(({ name, color, values }) => (
                <path
                  key={name}
                  stroke={`var(${color})`}
                  d={Array.from(
                    values[gate],
                    (value, step) => `${step > 0 ? 'L' : 'M'}${x(step).toFixed(2)} ${y(value).toFixed(2)}`,
                  ).join('')}
                />
              ))}
            </svg>
          </div>
        );
      })}
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

const round = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1)).replace('-', '−');

function spoken(gate: Gate, lines: readonly Line[]): string {
  const said = lines.map(({ name, values }) => {
    const own = Array.from(values[gate]);
    return `${name} from ${Math.min(...own).toFixed(2)} to ${Math.max(...own).toFixed(2)}`;
  });
  return `${gate}, ${GATE_LABELS[gate].does}: ${said.join('; ')}. The numbers are in the table.`;
}

function GatesTable({ steps, lines }: { steps: readonly string[]; lines: readonly Line[] }): JSX.Element {
  return (
    <div class="chart-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            {lines.flatMap(({ name }) =>
              GATES.map((gate) => (
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
                GATES.map((gate) => <td key={name + gate}>{(values[gate][index] ?? 0).toFixed(2)}</td>),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Every unit, the darker the more its cell moves over the sequence. */
function Units(props: {
  trace: GateTrace;
  chosen: readonly number[];
  onTurn: (unit: number) => void;
  onClear: () => void;
}): JSX.Element {
  const { trace, chosen } = props;
  const { units, values } = trace;
  const moves = Array.from({ length: units }, (_, unit) => {
    const own = Array.from({ length: values.c.length / units }, (_, step) => values.c[step * units + unit] ?? 0);
    return Math.max(...own) - Math.min(...own);
  });
  const most = Math.max(...moves, 1e-6);
  return (
    <section>
      <header class="view-head">
        <h2>Units</h2>
        <Button label="All units on average" disabled={chosen.length === 0} onPress={props.onClear}>
          All units on average
        </Button>
      </header>
      <ul class="units" aria-label="Units, the darker the more their cells move">
        {moves.map((move, unit) => (
          <li key={unit}>
            <button
              type="button"
              aria-pressed={chosen.includes(unit)}
              title={`Unit ${unit + 1}: its cell moves by ${move.toFixed(2)}`}
              style={{ '--share': `${Math.round((100 * move) / most)}%` }}
              onClick={() => props.onTurn(unit)}
            >
              {unit + 1}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
