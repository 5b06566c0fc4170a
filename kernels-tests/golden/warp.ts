/** warp: images read at other places, bilinearly, with and without a field of displacements. */
import { warp } from '../../src/ops/index.ts';
import { Nd } from './nd.ts';
import { golden, normal, uniform, type Case } from './row.ts';

/** The value at a real place of a border-repeating image. */
function sampled(x: Nd, n: number, c: number, col: number, row: number): number {
  const [rows = 0, cols = 0] = x.shape.slice(2);
  const within = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);
  const [px, py] = [within(col, cols), within(row, rows)];
  let total = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++)
      total += x.get([n, c, i, j]) * Math.max(0, 1 - Math.abs(py - i)) * Math.max(0, 1 - Math.abs(px - j));
  return total;
}

export const warpCases: Case[] = golden<object>({
  op: 'warp',
  run: () => (x, theta, field) => warp(x, theta, field),
  reference: () => (x, theta, field) => {
    const [rows = 0, cols = 0] = x.shape.slice(2);
    return Nd.of(x.shape, ([n = 0, c = 0, i = 0, j = 0]) => {
      const [mx, my] = [(cols - 1) / 2, (rows - 1) / 2];
      const place = (axis: number): number =>
        theta.get([n, axis, 0]) * (j - mx) +
        theta.get([n, axis, 1]) * (i - my) +
        theta.get([n, axis, 2]) +
        (field?.get([n, axis, i, j]) ?? 0);
      return sampled(x, n, c, mx + place(0), my + place(1));
    });
  },
  tolerance: 2e-5,
  why: 'a place some 20 pixels out is known to 2e-6, and neighbours differ by a few',
  grad: false,
  rows: [
    { inputs: [normal(1, 1, 1, 1), normal(1, 2, 3)], attrs: {}, label: 'one pixel' },
    { inputs: [normal(3, 1, 7, 5), normal(3, 2, 3)], attrs: {} },
    { inputs: [normal(2, 3, 8, 13), uniform(0.5, 1.5, 2, 2, 3)], attrs: {}, label: 'channels' },
    { inputs: [normal(2, 1, 9, 9), normal(2, 2, 3), normal(2, 2, 9, 9)], attrs: {}, label: 'with a field' },
    { inputs: [normal(3, 2, 6, 11), normal(3, 2, 3), normal(3, 2, 6, 11)], attrs: {}, label: 'channels, with a field' },
    { inputs: [normal(2, 1, 5, 5), uniform(50, 90, 2, 2, 3)], attrs: {}, label: 'far outside' },
  ],
});
