/**
 * Phases: how the elements of an axis meet the taps of a filter that is spread over it by a stride.
 */

/**
 * Elements of an axis that lie `stride` apart, from `start` on, meet the same taps of a filter: `taps` of them, `step`
 * apart, the last one `last`. Element `start` meets `first` of x with tap `last`, and x `gap` on with the tap before.
 */
export interface Phase {
  start: number;
  count: number;
  taps: number;
  last: number;
  step: number;
  first: number;
  gap: number;
}

const commonDivisor = (a: number, b: number): number => (b ? commonDivisor(b, a % b) : a);

/** The phases of an axis of `size` elements behind a border of `before`. */
export function phasesOf(size: number, before: number, kernel: number, stride: number, dilation: number): Phase[] {
  const common = commonDivisor(stride, dilation);
  const [step, gap] = [stride / common, dilation / common];
  return Array.from({ length: Math.min(stride, size) }, (_, start) => {
    const count = Math.ceil((size - start) / stride);
    const meets = (tap: number): boolean => (start + before - tap * dilation) % stride === 0;
    const lowest = Array.from({ length: Math.min(kernel, step) }, (__, tap) => tap).find(meets);
    if (lowest === undefined) return { start, count, taps: 0, last: 0, step, first: 0, gap };
    const taps = Math.ceil((kernel - lowest) / step);
    const last = lowest + (taps - 1) * step;
    return { start, count, taps, last, step, first: (start + before - last * dilation) / stride, gap };
  });
}
