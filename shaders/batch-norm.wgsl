// batch-norm: channels less their mean, over their standard deviation, times a weight, plus a bias; the gradient, and running statistics.
// Maths:    moments: mean[c] = sum_e x[c,e] / size, size = blocks * inner;  variance[c] = sum_e (x[c,e] - mean[c])^2 / size
//           y = (x - mean[c]) * rate[c] * weight[c] + bias[c],  rate[c] = 1 / sqrt(variance[c] + eps)
//           sums: total[c] = sum_e dy[c,e];  product[c] = rate[c] * sum_e dy[c,e] * (x[c,e] - mean[c]), the gradients of bias and weight
//           dx = weight[c] * rate[c] * (dy - total[c] / size - (x - mean[c]) * rate[c] * product[c] / size)
//           running: r = (1 - f) r + f value, f = momentum, or 1 / tracked if it is below 0; the variance times `unbias`
// Shapes:   x, y, dy, dx: [blocks, channels, inner]; mean, variance, weight, bias, total, product: [channels]; tracked: [1], which is counted up
// Bindings: 0 params, 1 x (read), 2 first (write: mean|total), 3 second (write: variance|product), 4 dy (read), 5 means (read), 6 variances (read),
//           7 running_mean, 8 running_variance, 9 tracked (read and write), 10 weight (read), 11 bias (read), 12 y|dx (write),
//           13 totals (read), 14 products (read)
// Geometry: moments, sums: one workgroup of LANES per channel, `across` of them side by side in a block; x then y.
//           batch_norm: one invocation per `span` neighbours of a block's channel, `spans` to each; x then y. A span is long on a
//           software adapter, where divisions cost most. running: one workgroup for all channels
// Source:   Ioffe & Szegedy 2015, arXiv:1502.03167; two passes over the numbers, as in Chan, Golub & LeVeque 1983,
//           "Algorithms for Computing the Sample Variance"
// Accumulates in f32, each lane in order, four numbers at a time, and the lanes as a tree. Squares are of deviations from
// the mean, so that a large mean costs no digits.

struct Params {
  channels: u32,
  inner: u32,
  blocks: u32,
  across: u32,
  width: u32,
  span: u32,
  spans: u32,
  total: u32,
  momentum: f32,
  unbias: f32,
  eps: f32,
}

const LANES = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> first: array<f32>;
@group(0) @binding(3) var<storage, read_write> second: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> means: array<f32>;
@group(0) @binding(6) var<storage, read> variances: array<f32>;
@group(0) @binding(7) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(8) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(9) var<storage, read_write> tracked: array<i32>;
@group(0) @binding(10) var<storage, read> weight: array<f32>;
@group(0) @binding(11) var<storage, read> bias: array<f32>;
@group(0) @binding(12) var<storage, read_write> y: array<f32>;
@group(0) @binding(13) var<storage, read> totals: array<f32>;
@group(0) @binding(14) var<storage, read> products: array<f32>;

override group: u32 = 64u;
override with_weight: bool = true;
override with_bias: bool = true;

var<workgroup> partial: array<vec2f, LANES>;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn size() -> f32 {
  return f32(params.inner * params.blocks);
}

fn rate(c: u32) -> f32 {
  return 1.0 / sqrt(variances[c] + params.eps);
}

// the sum of all lanes' values, in lane 0's place
fn gather(lane: u32, value: vec2f) -> vec2f {
  partial[lane] = value;
  // all lanes have written theirs
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
    // the lower half has taken in the upper
    workgroupBarrier();
  }
  let sum = partial[0];
  // all have read it; the next sum may be gathered
  workgroupBarrier();
  return sum;
}

// where a channel begins in a block
fn begin(block: u32, c: u32) -> u32 {
  return (block * params.channels + c) * params.inner;
}

fn four_x(at: u32) -> vec4f {
  let step = params.across;
  return vec4f(x[at], x[at + step], x[at + 2u * step], x[at + 3u * step]);
}

fn four_dy(at: u32) -> vec4f {
  let step = params.across;
  return vec4f(dy[at], dy[at + step], dy[at + 2u * step], dy[at + 3u * step]);
}

fn sum(four: vec4f) -> f32 {
  return dot(four, vec4f(1.0));
}

@compute @workgroup_size(LANES)
fn batch_moments(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let c = min(group.y * params.width + group.x, params.channels - 1u);
  let step = params.across;
  var sums = vec4f();
  for (var b = lane / step; b < params.blocks; b += LANES / step) {
    let end = begin(b, c) + params.inner;
    var at = begin(b, c) + lane % step;
    for (; at + 3u * step < end; at += 4u * step) {
      sums += four_x(at);
    }
    for (; at < end; at += step) {
      sums.x += x[at];
    }
  }
  let middle = gather(lane, vec2f(sum(sums), 0.0)).x / size();
  var squares = vec4f();
  sums = vec4f();
  for (var b = lane / step; b < params.blocks; b += LANES / step) {
    let end = begin(b, c) + params.inner;
    var at = begin(b, c) + lane % step;
    for (; at + 3u * step < end; at += 4u * step) {
      let deviation = four_x(at) - middle;
      squares += deviation * deviation;
      sums += deviation;
    }
    for (; at < end; at += step) {
      let deviation = x[at] - middle;
      squares.x += deviation * deviation;
      sums.x += deviation;
    }
  }
  let spread = gather(lane, vec2f(sum(squares), sum(sums))) / size();
  if (lane == 0u) {
    // what the first pass has rounded away
    first[c] = middle + spread.y;
    second[c] = spread.x - spread.y * spread.y;
  }
}

@compute @workgroup_size(LANES)
fn batch_sums(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let c = min(group.y * params.width + group.x, params.channels - 1u);
  let step = params.across;
  let middle = means[c];
  var sums = vec4f();
  var slopes = vec4f();
  for (var b = lane / step; b < params.blocks; b += LANES / step) {
    let end = begin(b, c) + params.inner;
    var at = begin(b, c) + lane % step;
    for (; at + 3u * step < end; at += 4u * step) {
      let four = four_dy(at);
      sums += four;
      slopes += four * (four_x(at) - middle);
    }
    for (; at < end; at += step) {
      sums.x += dy[at];
      slopes.x += dy[at] * (x[at] - middle);
    }
  }
  let both = gather(lane, vec2f(sum(sums), sum(slopes)));
  if (lane == 0u) {
    first[c] = both.x;
    second[c] = both.y * rate(c);
  }
}

@compute @workgroup_size(LANES)
fn batch_running(@builtin(local_invocation_index) lane: u32) {
  let count = tracked[0] + 1;
  let factor = select(params.momentum, 1.0 / f32(count), params.momentum < 0.0);
  for (var c = lane; c < params.channels; c += LANES) {
    running_mean[c] += factor * (means[c] - running_mean[c]);
    running_variance[c] += factor * (variances[c] * params.unbias - running_variance[c]);
  }
  // all have read the count
  workgroupBarrier();
  if (lane == 0u) {
    tracked[0] = count;
  }
}

@compute @workgroup_size(group)
fn batch_norm(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let row = own / params.spans;
  let c = row % params.channels;
  let middle = means[c];
  let scale = rate(c) * select(1.0, weight[c], with_weight);
  let shift = select(0.0, bias[c], with_bias);
  let start = row * params.inner;
  var col = (own - row * params.spans) * params.span;
  let end = min(col + params.span, params.inner);
  for (; col + 3u < end; col += 4u) {
    let at = start + col;
    let four = (vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]) - middle) * scale + shift;
    y[at] = epilogue(four.x, at, row, col);
    y[at + 1u] = epilogue(four.y, at + 1u, row, col + 1u);
    y[at + 2u] = epilogue(four.z, at + 2u, row, col + 2u);
    y[at + 3u] = epilogue(four.w, at + 3u, row, col + 3u);
  }
  for (; col < end; col++) {
    y[start + col] = epilogue((x[start + col] - middle) * scale + shift, start + col, row, col);
  }
}

@compute @workgroup_size(group)
fn batch_norm_backward(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let row = own / params.spans;
  let c = row % params.channels;
  let middle = means[c];
  let scale = rate(c) * select(1.0, weight[c], with_weight);
  let rest = totals[c] / size();
  let slope = rate(c) * products[c] / size();
  let start = row * params.inner;
  var col = (own - row * params.spans) * params.span;
  let end = min(col + params.span, params.inner);
  for (; col + 3u < end; col += 4u) {
    let at = start + col;
    let deviation = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]) - middle;
    let four = (vec4f(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u]) - rest - deviation * slope) * scale;
    y[at] = epilogue(four.x, at, row, col);
    y[at + 1u] = epilogue(four.y, at + 1u, row, col + 1u);
    y[at + 2u] = epilogue(four.z, at + 2u, row, col + 2u);
    y[at + 3u] = epilogue(four.w, at + 3u, row, col + 3u);
  }
  for (; col < end; col++) {
    let at = start + col;
    y[at] = epilogue((dy[at] - rest - (x[at] - middle) * slope) * scale, at, row, col);
  }
}
