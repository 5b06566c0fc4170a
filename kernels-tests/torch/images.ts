/** The form of images.json, which make_images.py writes. */
import { read, type Plain, type State } from './references.ts';

export interface LayerReference {
  name: string;
  /** Of x. */
  shape: number[];
  before: State;
  /** The first of all in training and, if the layer keeps statistics, the last, in evaluation. */
  passes: { y: Plain; gradients: State }[];
  after: State;
}

export function layerReferences(): LayerReference[] {
  return (read('images.json') as { layers: LayerReference[] }).layers;
}
