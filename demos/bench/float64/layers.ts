/** Layers and the loss of the reference, in float64. Knows no engine. */
import { linear, moved, node, permute, reshape, type Node } from './node.ts';

/** x [batch, in, side, side] under filters [out, in, kernel, kernel], without padding, and a bias for each output. */
export function conv2d(x: Node, w: Node, bias: Node): Node {
  const [batch = 0, inputs = 0, side = 0] = x.shape;
  const [outputs = 0, , kernel = 0] = w.shape;
  const out = side - kernel + 1;
  const taps = inputs * kernel ** 2;
  // What lies under the filter at each place, as rows of a matrix.
  const from = new Int32Array(batch * out ** 2 * taps);
  let at = 0;
  for (let image = 0; image < batch; image++)
    for (let row = 0; row < out; row++)
      for (let column = 0; column < out; column++)
        for (let plane = image * inputs; plane < (image + 1) * inputs; plane++)
          for (let down = 0; down < kernel; down++)
            for (let right = 0; right < kernel; right++)
              from[at++] = (plane * side + row + down) * side + column + right;
  const patches = moved(x, [batch * out ** 2, taps], from);
  const filters = permute(reshape(w, [outputs, taps]), [1, 0]);
  const y = linear(patches, filters, bias);
  return reshape(permute(reshape(y, [batch, out ** 2, outputs]), [0, 2, 1]), [batch, outputs, out, out]);
}

/** The largest of each 2x2 places; the first where several are. */
export function maxPool2d(x: Node): Node {
  const [batch = 0, channels = 0, side = 0] = x.shape;
  const out = side / 2;
  const chosen = Int32Array.from({ length: batch * channels * out * out }, (_, at) => {
    const corner = Math.floor(at / out ** 2) * side ** 2 + 2 * (Math.floor(at / out) % out) * side + 2 * (at % out);
    const places = [corner, corner + 1, corner + side, corner + side + 1];
    return places.reduce((best, place) => (x.data[place]! > x.data[best]! ? place : best));
  });
  return node(
    [batch, channels, out, out],
    [x],
    Float64Array.from(chosen, (at) => x.data[at]!),
    ({ gradient }) => {
      gradient.forEach((slope, at) => (x.gradient[chosen[at]!]! += slope));
    },
  );
}

/** Along the last axis. */
export function softmax(x: Node): Node {
  const columns = x.shape.at(-1)!;
  const y = node(x.shape, [x], undefined, ({ data, gradient }) => {
    for (let row = 0; row < data.length; row += columns) {
      let dot = 0;
      for (let at = row; at < row + columns; at++) dot += data[at]! * gradient[at]!;
      for (let at = row; at < row + columns; at++) x.gradient[at]! += data[at]! * (gradient[at]! - dot);
    }
  });
  for (let row = 0; row < y.data.length; row += columns) {
    const values = x.data.subarray(row, row + columns);
    const largest = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((all, power) => all + power, 0);
    y.data.set(
      powers.map((power) => power / sum),
      row,
    );
  }
  return y;
}

/** Mean 0 and variance 1 along the last axis. */
export function standardize(x: Node, epsilon: number): Node {
  const columns = x.shape.at(-1)!;
  const inverse = new Float64Array(x.data.length / columns);
  const y = node(x.shape, [x], undefined, ({ data, gradient }) => {
    for (let row = 0; row < data.length; row += columns) {
      let sum = 0;
      let dot = 0;
      for (let at = row; at < row + columns; at++) {
        sum += gradient[at]!;
        dot += gradient[at]! * data[at]!;
      }
      const factor = inverse[row / columns]! / columns;
      for (let at = row; at < row + columns; at++)
        x.gradient[at]! += factor * (columns * gradient[at]! - sum - data[at]! * dot);
    }
  });
  for (let row = 0; row < y.data.length; row += columns) {
    const values = x.data.subarray(row, row + columns);
    const mean = values.reduce((all, value) => all + value, 0) / columns;
    const variance = values.reduce((all, value) => all + (value - mean) ** 2, 0) / columns;
    const scale = 1 / Math.sqrt(variance + epsilon);
    inverse[row / columns] = scale;
    y.data.set(
      values.map((value) => (value - mean) * scale),
      row,
    );
  }
  return y;
}

/** x [batch, length, width] -> [batch, width], the mean of all places. */
export function meanOverTime(x: Node): Node {
  const [batch = 0, length = 0, width = 0] = x.shape;
  const to = (at: number): number => Math.floor(at / (length * width)) * width + (at % width);
  const y = node([batch, width], [x], undefined, ({ gradient }) => {
    x.gradient.forEach((_, at) => (x.gradient[at]! += gradient[to(at)]! / length));
  });
  x.data.forEach((value, at) => (y.data[to(at)]! += value / length));
  return y;
}

/** The mean over the batch; logits [batch, classes]. */
export function crossEntropy(logits: Node, labels: Int32Array): Node {
  const [batch = 0, classes = 0] = logits.shape;
  const shares = softmax(logits).data;
  const loss = node([], [logits], undefined, ({ gradient }) => {
    shares.forEach((share, at) => {
      const hit = at % classes === labels[Math.floor(at / classes)] ? 1 : 0;
      logits.gradient[at]! += (gradient[0]! * (share - hit)) / batch;
    });
  });
  labels.forEach((label, row) => (loss.data[0]! -= Math.log(shares[row * classes + label]!) / batch));
  return loss;
}
