/** A thumbnail of each kind of points, for its control. Drawn by hand rather than from data, to be legible at 34 px. */
import type { JSX } from 'preact';
import type { MlpConfig } from './config.ts';

type Dot = readonly [x: number, y: number, label: number];

const SIZE = 34;

const spread = <T,>(count: number, make: (t: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i / count));
const ring = (radius: number, label: number, count: number, from = 0, turn = 1): Dot[] =>
  spread(count, (t) => {
    const angle = 2 * Math.PI * (from + turn * t);
    return [radius * Math.cos(angle), radius * Math.sin(angle), label];
  });
const cluster = (x: number, y: number, label: number): Dot[] => [
  [x, y, label],
  ...ring(0.22, label, 5).map(([dx, dy]): Dot => [x + dx, y + dy, label]),
];

const arm = (label: number): Dot[] =>
  spread(11, (t) => {
    const angle = Math.PI * (1.75 * t + label);
    const radius = 0.12 + 0.85 * t;
    return [radius * Math.sin(angle), radius * Math.cos(angle), label];
  });

const DOTS: { readonly [K in MlpConfig['plane']]: readonly Dot[] } = {
  spirals: [...arm(0), ...arm(1)],
  moons: [
    ...ring(0.6, 0, 9, 0, 0.53).map(([x, y]): Dot => [x - 0.3, 0.15 - y, 0]),
    ...ring(0.6, 1, 9, 0.5, 0.53).map(([x, y]): Dot => [x + 0.3, -0.15 - y, 1]),
  ],
  circles: [...ring(0.36, 0, 8), ...ring(0.85, 1, 17)],
  blobs: [...cluster(0.5, -0.45, 0), ...cluster(-0.55, -0.35, 1), ...cluster(0, 0.55, 2)],
  xor: [...cluster(0.5, 0.5, 0), ...cluster(-0.5, -0.5, 0), ...cluster(-0.5, 0.5, 1), ...cluster(0.5, -0.5, 1)],
};

export function PlanePicture({ plane }: { plane: MlpConfig['plane'] }): JSX.Element {
  return (
    <svg width={SIZE} height={SIZE} viewBox="-1.1 -1.1 2.2 2.2" aria-hidden="true">
      {DOTS[plane].map(([x, y, label], index) => (
        <circle key={index} cx={x} cy={y} r={0.1} fill={`var(--class-${label})`} />
      ))}
    </svg>
  );
}
