/** Numbers that make_references.py makes by the same formula, so that no file need hold them. */
export function waves(phase: number, scale: number, ...shape: number[]): { shape: number[]; data: Float32Array } {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float32Array.from({ length }, (_, i) => scale * Math.sin(1.7 * i + 0.003 * i * i + phase)) };
}
