/** Two logarithmic axes as SVG, with a grid at given values. Knows nothing of what is drawn between them. */
import type { JSX } from 'preact';
import './log-axes.css';

export type Range = readonly [low: number, high: number];

export interface Axis {
  readonly range: Range;
  readonly label: string;
  /** Where there is a line and a number; powers of ten unless given. */
  readonly ticks?: readonly number[];
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

const MARGIN = { left: 58, right: 16, top: 14, bottom: 42 };

/** In CSS pixels; less where the window has less, so that text keeps its size. */
export function frameOf(x: Range, y: Range, { width: most, height }: { width: number; height: number }): Frame {
  const width = Math.min(most, document.documentElement.clientWidth - 34);
  const along = (value: number, [low, high]: Range): number => Math.log(value / low) / Math.log(high / low);
  return {
    width,
    height,
    x: (value) => MARGIN.left + along(value, x) * (width - MARGIN.left - MARGIN.right),
    y: (value) => height - MARGIN.bottom - along(value, y) * (height - MARGIN.top - MARGIN.bottom),
  };
}

export function LogAxes({ frame, x, y }: { frame: Frame; x: Axis; y: Axis }): JSX.Element {
  const { width, height } = frame;
  const bottom = height - MARGIN.bottom;
  return (
    <g class="log-axes">
      {(x.ticks ?? decades(x.range)).map((value) => (
        <g key={value}>
          <line x1={frame.x(value)} x2={frame.x(value)} y1={MARGIN.top} y2={bottom} />
          <text x={frame.x(value)} y={bottom + 17} text-anchor="middle">
            {value}
          </text>
        </g>
      ))}
      {(y.ticks ?? decades(y.range)).map((value) => (
        <g key={value}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={frame.y(value)} y2={frame.y(value)} />
          <text x={MARGIN.left - 8} y={frame.y(value) + 4} text-anchor="end">
            {value}
          </text>
        </g>
      ))}
      <text x={(width + MARGIN.left) / 2} y={height - 6} text-anchor="middle">
        {x.label}
      </text>
      <text transform={`translate(13 ${height / 2}) rotate(-90)`} text-anchor="middle">
        {y.label}
      </text>
    </g>
  );
}

/** Powers of ten between two numbers; where there are fewer than two, also twice, three and five times each. */
export function decades([low, high]: Range): number[] {
  const values = (factors: readonly number[]): number[] => {
    const all: number[] = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
      all.push(...factors.map((factor) => Number(`${factor}e${power}`)));
    return all.filter((value) => value >= low && value <= high);
  };
  const tens = values([1]);
  return tens.length > 1 ? tens : values([1, 2, 3, 5]);
}
