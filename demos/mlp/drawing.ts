/**
 * What somebody draws: strokes, and the picture that a network is given, inked and centred as the digits it learned
 * from. Knows no canvas.
 */
import { data } from '../../src/index.ts';

/** x and y by turns, from 0 to 1; y points down. */
export type Stroke = readonly number[];

/** Half the width of the line in the picture, and how softly it ends: those of the digits that are generated. */
const PEN = { radius: 1.25, softness: 1.1 };

/** [784] from 0 (paper) to 1 (ink), in a 20 x 20 box with its mass in the middle; null where nothing is drawn. */
export function inkOf(strokes: readonly Stroke[]): Float32Array | null {
  const drawn = strokes.filter(({ length }) => length >= 2);
  return drawn.length > 0 ? data.inkStrokes(drawn, PEN) : null;
}

/** Draws the strokes as they were made, on a canvas of `size` pixels. */
export function paintStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly Stroke[],
  size: number,
  color: string,
): void {
  context.clearRect(0, 0, size, size);
  context.strokeStyle = context.fillStyle = color;
  context.lineWidth = size / 12;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    for (let i = 0; i < stroke.length; i += 2) context.lineTo(size * (stroke[i] ?? 0), size * (stroke[i + 1] ?? 0));
    // A dot is a line of no length.
    if (stroke.length === 2) context.lineTo(size * (stroke[0] ?? 0), size * (stroke[1] ?? 0));
    context.stroke();
  }
}
