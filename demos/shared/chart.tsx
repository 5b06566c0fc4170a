/**
 * A live line chart: the plot, and what uPlot leaves out of it, a legend with the newest or hovered values, an empty
 * state, and the same numbers as a table. It shows curves and knows nothing of where they come from.
 */
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './chart.css';
import { chartImage } from './chart-image.ts';
import { Button } from './controls.tsx';
import type { Curves } from './curves.ts';
import { formatCount } from './format.ts';
import { drawPlot } from './plot.ts';
import { saveFile } from './save-file.ts';
import { token } from './theme.ts';

export interface ChartSeries {
  /** A curve's name in `curves`. */
  readonly name: string;
  readonly label: string;
  readonly color: `--${string}`;
  /** Curves that are told apart by more than their colour. */
  readonly dashed?: boolean;
  /** A dot at each value, of which there are few. */
  readonly dots?: boolean;
  /** Not listed while it has no values. */
  readonly optional?: boolean;
}

export interface Guide {
  readonly at: number;
  readonly label: string;
}

export interface LineChartProps {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** How the numbers along the chart are written; as whole numbers unless given. */
  readonly xFormat?: (x: number) => string;
  readonly curves: ReadonlySignal<Curves>;
  readonly version: ReadonlySignal<number>;
  readonly series: readonly ChartSeries[];
  readonly format: (value: number | null) => string;
  /** How numbers on the axis are written; `format` unless given. */
  readonly axisFormat?: (value: number) => string;
  /** Ends of the vertical axis; values below the lower one move it. */
  readonly range?: readonly [number, number];
  readonly allowLog?: boolean;
  readonly logAtFirst?: boolean;
  /** Heights to compare the curves with. */
  readonly guides?: readonly Guide[] | undefined;
  readonly empty: string;
  /** The step that is looked back at. */
  readonly mark?: ReadonlySignal<number | null>;
}

const TABLE_ROWS = 20;

export function LineChart(props: LineChartProps): JSX.Element {
  const log = useSignal(props.logAtFirst ?? false);
  const hovered = useSignal<number | null>(null);
  const showTable = useSignal(false);
  const isEmpty = useComputed(() => (props.version.value, props.curves.value.size === 0));
  const host = useRef<HTMLDivElement>(null);

  const savePicture = async (): Promise<void> => {
    const plot = host.current?.querySelector('canvas');
    const { title, series, curves, format } = props;
    if (!plot) return;
    const shown = series.filter(({ name, optional }) => !optional || curves.value.last(name) !== null);
    const legend = shown.map(({ name, label, color, dashed = false }) => ({
      label,
      value: format(curves.value.last(name)),
      color: token(color),
      dashed,
    }));
    saveFile(`${title.toLowerCase()}.png`, await chartImage(plot, title, legend), 'image/png');
  };

  useEffect(() => (host.current ? drawPlot(host.current, props, log, hovered) : undefined), []);

  return (
    <section class="chart" aria-label={props.title}>
      <div class="chart-head">
        <h2>{props.title}</h2>
        {props.allowLog && (
          <label class="chart-switch">
            <input
              type="checkbox"
              checked={log.value}
              onChange={(event) => (log.value = event.currentTarget.checked)}
            />
            log
          </label>
        )}
        <label class="chart-switch">
          <input
            type="checkbox"
            checked={showTable.value}
            onChange={(event) => (showTable.value = event.currentTarget.checked)}
          />
          table
        </label>
        <Button
          label={`Save the picture of ${props.title.toLowerCase()} (PNG)`}
          icon="save"
          variant="quiet"
          disabled={showTable.value}
          onPress={() => void savePicture()}
        />
      </div>
      <Legend {...props} hovered={hovered} />
      <div class="chart-plot" hidden={showTable.value}>
        <div ref={host} class="chart-canvas" />
        {isEmpty.value && (
          <p class="chart-empty">
            <span>{props.empty}</span>
          </p>
        )}
      </div>
      {showTable.value && <DataTable {...props} />}
    </section>
  );
}

function Legend(props: LineChartProps & { hovered: ReadonlySignal<number | null> }): JSX.Element {
  void props.version.value;
  const curves = props.curves.value;
  const index = props.hovered.value;
  const columns = index === null ? null : curves.columns();
  return (
    <ul class="chart-legend">
      {props.series.map(({ name, label, color, dashed, optional }) => {
        if (optional && curves.last(name) === null) return null;
        const column = columns?.[curves.names.indexOf(name) + 1];
        const value = column ? (column[index ?? 0] ?? null) : curves.last(name);
        return (
          <li key={name}>
            <svg width="18" height="8" aria-hidden="true">
              <path
                d="M1 4h16"
                stroke={`var(${color})`}
                stroke-width="2.5"
                stroke-dasharray={dashed ? '4 2.5' : undefined}
              />
            </svg>
            {label} <b>{props.format(value)}</b>
          </li>
        );
      })}
      {columns && (
        <li class="muted">
          {props.xLabel.toLowerCase()} {(props.xFormat ?? formatCount)(columns[0][index ?? 0] ?? 0)}
        </li>
      )}
    </ul>
  );
}

function DataTable(props: LineChartProps): JSX.Element {
  void props.version.value;
  const curves = props.curves.value;
  const rows = curves.sample(TABLE_ROWS);
  const series = props.series.filter(({ name, optional }) => !optional || curves.last(name) !== null);
  return (
    <div class="chart-table" tabIndex={0}>
      <table>
        <caption class="visually-hidden">
          {props.title}, {rows.length} of {curves.size} points
        </caption>
        <thead>
          <tr>
            <th scope="col">{props.xLabel}</th>
            {series.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.toReversed().map(({ step, values }) => (
            <tr key={step}>
              <th scope="row">{(props.xFormat ?? formatCount)(step)}</th>
              {series.map(({ name }) => (
                <td key={name}>{props.format(values[curves.names.indexOf(name)] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
