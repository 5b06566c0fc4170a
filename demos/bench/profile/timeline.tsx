/** The timeline of a step: JavaScript above, the GPU's dispatches below, on one axis of milliseconds. */
import type { JSX } from 'preact';
import type { StepProfile } from '../../../src/index.ts';
import { lengthOf } from './profiled.ts';
import { msText } from './units.ts';

const WIDTH = 1000;
const ROW = 26;
const LEFT = 84;
/** Of the spans that lie in each other. */
const HOST_ROWS: Readonly<Record<string, number>> = { trace: 0, plan: 1, encode: 1, read: 2 };
const ROWS = ['trace', 'plan, encode', 'read', 'GPU'];

export function Timeline(props: {
  profile: StepProfile;
  chosen: number | null;
  onChoose: (index: number) => void;
}): JSX.Element {
  const { host, dispatches, total } = props.profile;
  const end = Math.max(total, ...dispatches.map(({ gpu }) => gpu?.end ?? 0), ...host.map((span) => span.end));
  const x = (time: number): number => LEFT + (time / end) * (WIDTH - LEFT - 1);
  const files = [...new Set(dispatches.map(({ file }) => file))];
  const bottom = ROWS.length * ROW;
  return (
    <div class="profile-scroll" role="region" aria-label="Timeline" tabIndex={0}>
      <svg
        class="profile-picture"
        viewBox={`0 0 ${WIDTH} ${bottom + 24}`}
        width={WIDTH}
        role="img"
        aria-label={`Timeline of ${msText(end)}; the table below has the GPU's part as numbers.`}
      >
        {ROWS.map((name, row) => (
          <text key={name} x="4" y={row * ROW + 17}>
            {name}
          </text>
        ))}
        {ticks(end).map((time) => (
          <g key={time}>
            <line class="profile-grid" x1={x(time)} x2={x(time)} y1="0" y2={bottom} />
            <text x={x(time)} y={bottom + 17} text-anchor="middle">
              {Number(time.toPrecision(3))} ms
            </text>
          </g>
        ))}
        {host.map((span, index) => (
          <rect
            key={index}
            class="profile-host"
            x={x(span.start)}
            y={(HOST_ROWS[span.name] ?? 0) * ROW + 4}
            width={Math.max(1, x(span.end) - x(span.start))}
            height={ROW - 8}
          >
            <title>
              {span.name}: {msText(lengthOf(span))}
            </title>
          </rect>
        ))}
        {dispatches.map(({ gpu, label, file }, index) =>
          gpu ? (
            <rect
              key={index}
              class="profile-dispatch"
              data-colour={(files.indexOf(file) % 4) + 1}
              data-chosen={index === props.chosen ? '' : undefined}
              x={x(gpu.start)}
              y={3 * ROW + 2}
              width={Math.max(1.5, x(gpu.end) - x(gpu.start))}
              height={ROW - 4}
              onClick={() => props.onChoose(index)}
            >
              <title>
                {label}: {msText(lengthOf(gpu))}
              </title>
            </rect>
          ) : null,
        )}
      </svg>
    </div>
  );
}

/** About eight round times. */
function ticks(end: number): number[] {
  const rough = end / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step + 1e-9) }, (_, index) => (index + 1) * step).filter(
    (time) => time < 0.97 * end,
  );
}
