/**
 * Ink on a small grid: strokes become grey levels from the distance of each pixel to the nearest of them.
 *
 * The same code inks generated digits and what somebody draws on a page, so that a model sees both alike. It knows
 * nothing of digits.
 */

/** Points of a stroke, x and y by turns. */
export type Polyline = Float32Array | readonly number[];

export interface Pen {
  /** Half the width of the line, in pixels. */
  readonly radius: number;
  /** Pixels over which the ink fades at the edge. */
  readonly softness: number;
}

export interface Frame {
  /** Width and height of the image, in pixels. Default 28. */
  readonly size?: number;
  /** The longer side of the writing, ink included, in pixels. Default 20. */
  readonly box?: number;
}

/**
 * Inks strokes as MNIST was prepared: scaled to fit a box with their proportions kept, and centred by the mass of the
 * ink as far as all of it stays in the picture. Strokes may be in any unit; y points down.
 *
 * @returns size * size grey levels from 0 (paper) to 1 (ink), row by row.
 */
export function inkStrokes(strokes: readonly Polyline[], pen: Pen, frame: Frame = {}): Float32Array {
  const { size = 28, box = 20 } = frame;
  const [left, right, top, bottom] = boundsOf(strokes);
  const extent = Math.max(right - left, bottom - top);
  if (!(pen.radius > 0 && pen.softness > 0)) {
    throw new Error(`inkStrokes: pen radius and softness must be positive, got ${pen.radius} and ${pen.softness}.`);
  }
  if (!(2 * pen.radius < box && box + pen.softness <= size)) {
    throw new Error(
      `inkStrokes: the writing does not fit. box ${box} must be wider than the pen and leave room for its softness in ` +
        `size ${size}.`,
    );
  }
  if (!Number.isFinite(extent) || strokes.some((stroke) => stroke.length % 2 === 1)) {
    throw new Error('inkStrokes: there is nothing to ink. Pass strokes of finite x, y pairs, at least one point.');
  }
  const scale = extent > 0 ? (box - 2 * pen.radius) / extent : 1;
  const mass = centreOfMass(strokes);
  const half = size / 2;
  const reach = (half - pen.radius - pen.softness / 2) / scale;
  const centreX = Math.min(Math.max(mass.x, right - reach), left + reach);
  const centreY = Math.min(Math.max(mass.y, bottom - reach), top + reach);
  const distances = new Float32Array(size * size).fill(Infinity);
  for (const stroke of strokes) {
    const place = (i: number): number => half + scale * ((stroke[i] ?? 0) - (i % 2 === 0 ? centreX : centreY));
    for (let i = 0; i < stroke.length; i += 2) {
      const next = Math.min(i + 2, stroke.length - 2);
      nearSegment(distances, size, place(i), place(i + 1), place(next), place(next + 1), pen.radius + pen.softness);
    }
  }
  return distances.map((squared) => {
    const ink = (pen.radius - Math.sqrt(squared)) / pen.softness + 0.5;
    return Math.min(Math.max(ink, 0), 1);
  });
}

/** Lowers squared distances of the pixels within `reach` of a segment. */
function nearSegment(
  distances: Float32Array,
  size: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  reach: number,
): void {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const perLength = 1 / Math.max(dx * dx + dy * dy, 1e-12);
  const left = Math.max(Math.floor(Math.min(x0, x1) - reach), 0);
  const right = Math.min(Math.ceil(Math.max(x0, x1) + reach), size);
  const top = Math.max(Math.floor(Math.min(y0, y1) - reach), 0);
  const bottom = Math.min(Math.ceil(Math.max(y0, y1) + reach), size);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const along = Math.min(Math.max((px * dx + py * dy) * perLength, 0), 1);
      const ex = px - along * dx;
      const ey = py - along * dy;
      const squared = ex * ex + ey * ey;
      const at = row * size + column;
      if (squared < (distances[at] ?? 0)) distances[at] = squared;
    }
  }
}

/** Left, right, top and bottom; not finite where there is no point or one is not. */
function boundsOf(strokes: readonly Polyline[]): [number, number, number, number] {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const stroke of strokes) {
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      const [x = NaN, y = NaN] = [stroke[i], stroke[i + 1]];
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return [left, right, top, bottom];
}

/** Centre of the lines, each weighted by its length; of a lone dot, the dot. */
function centreOfMass(strokes: readonly Polyline[]): { x: number; y: number } {
  let [mass, x, y] = [0, 0, 0];
  for (const stroke of strokes) {
    for (let i = 0; i + 1 < stroke.length; i += 2) {
      const next = Math.min(i + 2, stroke.length - 2);
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [stroke[i], stroke[i + 1], stroke[next], stroke[next + 1]];
      // The small constant lets a dot, which has no length, have a place.
      const weight = Math.hypot(x1 - x0, y1 - y0) + 1e-9;
      mass += weight;
      x += (weight * (x0 + x1)) / 2;
      y += (weight * (y0 + y1)) / 2;
    }
  }
  return { x: x / mass, y: y / mass };
}
