/** Generated data: points in the plane, handwritten-looking digits, coloured shapes, and paraphrases. Re-exports only. */
export { digits, type DigitsOptions, type LabelledDigits } from './digits.ts';
export { paraphrases, type ParaphraseOptions } from './paraphrases.ts';
export { inkStrokes, type Frame, type Pen, type Polyline } from './pen.ts';
export {
  blobs,
  circles,
  moons,
  spirals,
  xor,
  type ClassPointsOptions,
  type LabelledPoints,
  type PointsOptions,
} from './points.ts';
export { shapes, type LabelledShapes, type ShapesOptions } from './shapes.ts';
