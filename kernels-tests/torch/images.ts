/** The form of images.json, which make_images.py writes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plain, State } from './references.ts';

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
  const text = readFileSync(path.join(import.meta.dirname, 'images.json'), 'utf8');
  return (JSON.parse(text) as { layers: LayerReference[] }).layers;
}
