/**
 * What a digit may go through and still be the same digit.
 */
import { data, type Tensor } from '../../src/index.ts';

/** Simard, Steinkraus & Platt 2003, "Best Practices for Convolutional Neural Networks". */
const AUGMENT = new data.Augment({
  rotate: 12,
  scale: 0.12,
  shear: 0.12,
  shift: 1.5,
  elastic: { alpha: 34, sigma: 5 },
});

/** @param x digits [batch, side * side] */
export function deform(x: Tensor): Tensor {
  const side = Math.sqrt(x.shape[1]!);
  return AUGMENT.apply(x.reshape([-1, 1, side, side])).reshape(x.shape);
}
