/** What the gates and the cell of an LSTM do over a typed sequence: of chosen units, or of all of them on average. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { Button, Select } from '../shared/controls.tsx';
import { createProbe } from '../shared/probe.ts';
import { readGates, type GateTrace } from './gates-probe.ts';
import { COLORS, GatesPlot, GatesTable, greatest, least, type Line } from './gates-plot.tsx';
import { firstOf, presetsOf } from './lab-presets.ts';
import { spellingOf } from './spelling.ts';
import type { ViewProps } from './views.tsx';
import './gates-view.css';

interface Gated {
  readonly steps: readonly string[];
  readonly traces: readonly GateTrace[];
}

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
  if (!spelling) return <p class="stage-empty">Building the network…</p>;
  const look = probe.result.value;
  const trace = look?.traces[Math.min(at.value, look.traces.length - 1)];
  const lines = trace ? linesOf(trace, chosen.value) : [];
  const turn = (unit: number): void => {
    const others = chosen.value.filter((each) => each !== unit);
    chosen.value = others.length < chosen.value.length ? others : [...others, unit].slice(-COLORS.length);
  };
  return (
    <div class="stage">
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
        <p class="stage-empty">
          This network has no recurrent layer, and so no gates.{' '}
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
            <header class="stage-head">
              <h2>
                {chosen.value.length > 0
                  ? `Gates and states of ${unitsSaid(chosen.value)}`
                  : 'Gates and states, all units on average'}
              </h2>
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
          <p class="field-note">{explained(trace)}</p>
        </>
      )}
    </div>
  );
}

function unitsSaid(units: readonly number[]): string {
  return `${units.length > 1 ? 'units' : 'unit'} ${units.map((unit) => unit + 1).join(', ')}`;
}

/** Chosen units, or the mean over all. */
function linesOf({ values, units }: GateTrace, chosen: readonly number[]): Line[] {
  const along = (pick: (part: Float32Array, step: number) => number): Line['values'] =>
    new Map(
      [...values].map(([name, part]) => [
        name,
        Float32Array.from({ length: part.length / units }, (_, step) => pick(part, step)),
      ]),
    );
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

function explained({ values }: GateTrace): string {
  if (values.has('f'))
    return 'c′ = f · c + i · g: what the cell held is kept as far as f is open, and g is let in as far as i is. The state that others see is h = o · tanh(c′).';
  if (values.has('z'))
    return 'h′ = z · h + (1 − z) · n: what the state held is kept as far as z is open, and n takes the rest; r says how much of the state n is made from.';
  return 'h′ = tanh(W x + R h): no gates, every step overwrites the state.';
}

/** Every unit, the darker the more what it remembers moves over the sequence. */
function Units(props: {
  trace: GateTrace;
  chosen: readonly number[];
  onTurn: (unit: number) => void;
  onClear: () => void;
}): JSX.Element {
  const { trace, chosen } = props;
  const { units, values } = trace;
  const memory = values.get('c') ?? values.get('h') ?? new Float32Array();
  const moves = Array.from({ length: units }, (_, unit) => {
    const own = memory.filter((_, at) => at % units === unit);
    return greatest(own) - least(own);
  });
  const most = Math.max(...moves, 1e-6);
  return (
    <section>
      <header class="stage-head">
        <h2>Units</h2>
        <Button label="All units on average" disabled={chosen.length === 0} onPress={props.onClear}>
          All units on average
        </Button>
      </header>
      <ul class="units" aria-label="Units, the darker the more what they remember moves">
        {moves.map((move, unit) => (
          <li key={unit}>
            <button
              type="button"
              aria-pressed={chosen.includes(unit)}
              title={`Unit ${unit + 1}: what it remembers moves by ${move.toFixed(2)}`}
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
