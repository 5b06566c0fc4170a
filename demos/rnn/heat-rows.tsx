/**
 * Numbers over time as rows of cells in one colour scale, each row a layer: a picture, its legend, the number under the
 * pointer, and the same numbers as a table. Knows nothing of where they come from.
 */
import { useSignal } from '@preact/signals';
import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { theme, tokenRgb } from '../shared/theme.ts';
import './heat-rows.css';

export interface HeatRow {
  readonly label: string;
  readonly values: ArrayLike<number>;
}

export interface HeatGroup {
  readonly title: string;
  /** A number that sums the group up, and what it is. */
  readonly figure: JSX.Element;
  readonly rows: readonly HeatRow[];
}

export interface HeatRowsProps {
  readonly title: string;
  readonly groups: readonly HeatGroup[];
  readonly columnLabel: string;
  readonly format: (value: number) => string;
  /** Powers of ten that the colours go through, down from the greatest value. */
  readonly decades: number;
}

interface Spot {
  readonly row: string;
  readonly column: number;
  readonly value: number;
}

export function HeatRows(props: HeatRowsProps): JSX.Element {
  const { groups, format, columnLabel, decades } = props;
  const table = useSignal(false);
  const spot = useSignal<Spot | null>(null);
  const values = groups.flatMap(({ rows }) => rows.flatMap((row) => Array.from(row.values)));
  const top = Math.ceil(Math.log10(values.reduce((most, value) => Math.max(most, value), 1e-30)));
  const scale = { top, bottom: top - decades };
  const columns = groups[0]?.rows[0]?.values.length ?? 0;
  return (
    <section class="heat" aria-label={props.title}>
      <header class="stage-head">
        <h2>{props.title}</h2>
        <label class="chart-switch">
          <input
            type="checkbox"
            checked={table.value}
            onChange={(event) => (table.value = event.currentTarget.checked)}
          />
          table
        </label>
      </header>
      {table.value ? (
        <HeatTable {...props} />
      ) : (
        <div class="heat-picture" onPointerLeave={() => (spot.value = null)}>
          {groups.map(({ title, figure, rows }) => (
            <div key={title} class="heat-group">
              <p class="heat-title">
                <b>{title}</b>
                {figure}
              </p>
              {rows.map((row) => (
                <div key={row.label} class="heat-row">
                  <span>{row.label}</span>
                  <HeatStrip
                    row={row}
                    scale={scale}
                    label={spoken(title, row, format)}
                    onSpot={(column) =>
                      (spot.value = { row: `${title}, ${row.label}`, column, value: row.values[column] ?? 0 })
                    }
                  />
                </div>
              ))}
            </div>
          ))}
          <p class="heat-axis" aria-hidden="true">
            <span>{columnLabel} 1</span>
            <span>{Math.round(columns / 2)}</span>
            <span>{columns}</span>
          </p>
          <HeatLegend {...scale} />
          <p class="heat-spot" aria-live="off">
            {spot.value
              ? `${spot.value.row}, ${columnLabel.toLowerCase()} ${spot.value.column + 1}: ${format(spot.value.value)}`
              : 'Point at a cell for its number.'}
          </p>
        </div>
      )}
    </section>
  );
}

function spoken(title: string, { label, values }: HeatRow, format: (value: number) => string): string {
  return `${title}, ${label}: ${format(values[0] ?? 0)} at the first step, ${format(values[values.length - 1] ?? 0)} at the last. All numbers are in the table.`;
}

interface Scale {
  /** Exponents of ten. */
  readonly top: number;
  readonly bottom: number;
}

function HeatStrip(props: {
  row: HeatRow;
  scale: Scale;
  label: string;
  onSpot: (column: number) => void;
}): JSX.Element {
  const { row, scale } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = theme.value;
  const columns = row.values.length;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || columns === 0) return;
    const image = new ImageData(columns, 1);
    const colors = heatColors();
    for (let column = 0; column < columns; column++) {
      const share = (Math.log10(Math.max(row.values[column] ?? 0, 1e-38)) - scale.bottom) / (scale.top - scale.bottom);
      image.data.set([...heatColor(colors, share), 255], 4 * column);
    }
    context.putImageData(image, 0, 0);
  }, [row.values, scale.top, scale.bottom, scheme, columns]);
  const point = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    props.onSpot(Math.min(columns - 1, Math.max(0, column)));
  };
  return (
    <canvas
      ref={canvas}
      width={columns}
      height={1}
      role="img"
      aria-label={props.label}
      onPointerMove={point}
      onPointerDown={point}
    />
  );
}

type Rgb = readonly [number, number, number];

/** From nothing to everything: the ground, the accent, and the text's own colour. */
function heatColors(): readonly Rgb[] {
  return [tokenRgb('--sunken'), tokenRgb('--accent'), tokenRgb('--text')];
}

/** The accent stands at two thirds. */
function heatColor([low, middle, high]: readonly Rgb[], share: number): Rgb {
  const at = Math.min(1, Math.max(0, share));
  const [from, to, part] = at < 2 / 3 ? [low!, middle!, at * 1.5] : [middle!, high!, (at - 2 / 3) * 3];
  return [0, 1, 2].map((channel) => from[channel]! + part * (to[channel]! - from[channel]!)) as unknown as Rgb;
}

function HeatLegend({ top, bottom }: Scale): JSX.Element {
  const middle = Math.round((top + bottom) / 2);
  return (
    <div class="heat-legend" role="img" aria-label={`Colours from 10 to the ${bottom} and below to 10 to the ${top}`}>
      <span>
        ≤ 10<sup>{bottom}</sup>
      </span>
      <i aria-hidden="true" />
      <span>
        10<sup>{top}</sup>
      </span>
      <small>logarithmic; the middle is 10{<sup>{middle}</sup>}</small>
    </div>
  );
}

function HeatTable({ groups, columnLabel, format }: HeatRowsProps): JSX.Element {
  const heads = groups.flatMap(({ title, rows }) => rows.map(({ label }) => `${title}, ${label}`));
  const rows = groups.flatMap((group) => group.rows);
  const columns = rows[0]?.values.length ?? 0;
  return (
    <div class="chart-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{columnLabel}</th>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: columns }, (_, column) => (
            <tr key={column}>
              <th scope="row">{column + 1}</th>
              {rows.map(({ values }, at) => (
                <td key={heads[at]}>{format(values[column] ?? 0)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
