/** Milliseconds as a short text. */

export function msText(milliseconds: number): string {
  return milliseconds < 1 ? `${(1000 * milliseconds).toFixed(0)} µs` : `${milliseconds.toPrecision(3)} ms`;
}
