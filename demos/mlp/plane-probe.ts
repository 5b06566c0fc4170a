/**
 * What the plane stage shows of a task: its points, read back once, and the network's answers on a grid over the
 * plane. Knows no canvas.
 */
import { tensor, type Tensor } from '../../src/index.ts';
import { evaluating, type LabelledSet } from '../shared/task.ts';
import { EXTENT } from './extent.ts';
import type { MlpTask } from './recipe.ts';

export const GRID = 72;

export interface Field {
  /** [GRID * GRID, classes], rows from top to bottom. Logits, because between cells they are nearly straight. */
  readonly logits: Float32Array;
  readonly classes: number;
}

export interface Points {
  readonly places: Float32Array;
  readonly labels: Int32Array;
}

export async function readPoints({ x, y, size }: LabelledSet): Promise<Points> {
  const [places, labels] = await Promise.all([x.slice(0, 0, size).data(), y.slice(0, 0, size).data()]);
  return { places: Float32Array.from(places), labels: Int32Array.from(labels) };
}

let grid: Tensor | null = null;

/** The device that it lies on is gone. */
export function forgetGrid(): void {
  grid = null;
}

export async function readField(task: MlpTask): Promise<Field> {
  const places = (grid ??= tensor(gridPlaces(GRID), { shape: [GRID * GRID, 2] }));
  const logits = evaluating(task.model, () => task.model.forward(places).data());
  return { logits: Float32Array.from(await logits), classes: task.classes };
}

/** [side * side, 2]: the middles of the cells that the plane is divided into, rows from top to bottom. */
export function gridPlaces(side: number): Float32Array {
  const places = new Float32Array(2 * side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column);
      places[at] = EXTENT * ((2 * (column + 0.5)) / side - 1);
      places[at + 1] = EXTENT * (1 - (2 * (row + 0.5)) / side);
    }
  }
  return places;
}

/**
 * Writes the class probabilities at a place between -EXTENT and EXTENT into `chances`, from the four cells around it.
 * Into a given array, because a picture asks for tens of thousands of places.
 */
export function chancesAt({ logits, classes }: Field, x: number, y: number, chances: Float32Array): void {
  const column = clampCell(((x / EXTENT + 1) / 2) * GRID - 0.5);
  const row = clampCell(((1 - y / EXTENT) / 2) * GRID - 0.5);
  const left = Math.min(GRID - 2, Math.floor(column));
  const top = Math.min(GRID - 2, Math.floor(row));
  const across = column - left;
  const down = row - top;
  const upper = (top * GRID + left) * classes;
  const lower = upper + GRID * classes;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) {
    const above = mix(logits[upper + k] ?? 0, logits[upper + classes + k] ?? 0, across);
    const below = mix(logits[lower + k] ?? 0, logits[lower + classes + k] ?? 0, across);
    const logit = mix(above, below, down);
    chances[k] = logit;
    most = Math.max(most, logit);
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const weight = Math.exp((chances[k] ?? 0) - most);
    chances[k] = weight;
    sum += weight;
  }
  for (let k = 0; k < classes; k++) chances[k] = (chances[k] ?? 0) / sum;
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}

function clampCell(cell: number): number {
  return Math.min(GRID - 1, Math.max(0, cell));
}
