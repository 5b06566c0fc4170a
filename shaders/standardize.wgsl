// standardize: rows less their mean, over their standard deviation, and the gradient.
// Maths:    y[r,c] = (x[r,c] - mean_r) * rate_r,  rate_r = 1 / sqrt(sum_c (x[r,c] - mean_r)^2 / cols + eps)
//           dx = rate * (dy - sum_c(dy) / cols - y * sum_c(dy * y) / cols)
// Shapes:   x, y, dy, dx: [rows, cols], row-major, contiguous; rate: [rows]
// Bindings: 0 params, 1 x (read), 2 y (write), 3 rate (write), 4 saved (read, y again), 5 rates (read: rate), 6 dy (read), 7 dx (write),
//           8 x4 (read, x in fours)
// Geometry: LANES invocations per row, and 64 / LANES rows a workgroup; x then y over workgroups.
//           LANES = 1 needs no workgroup memory and serves short rows and software adapters;
//           standardize_vec4: one invocation per row, of a multiple of four columns
// Source:   Ba, Kiros & Hinton 2016, arXiv:1607.06450; the variance in two passes, as in moments.wgsl
// Accumulates in f32, four numbers at a time. What the first pass rounds away of the mean is found in the second and
// taken off apart, so that a large mean costs no digits. standardize_vec4 therefore begins with a part of the row.

struct Params {
  rows: u32,
  cols: u32,
  width: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> rate: array<f32>;
@group(0) @binding(4) var<storage, read> saved: array<f32>;
@group(0) @binding(5) var<storage, read> rates: array<f32>;
@group(0) @binding(6) var<storage, read> dy: array<f32>;
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;
@group(0) @binding(8) var<storage, read> x4: array<vec4f>;

override with_rate: bool = true;

const LANES = 1u;

var<workgroup> partial: array<vec2f, 64>;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// The row's total from its lanes' parts. All invocations of the workgroup take part.
fn combine(part: vec2f, lane: u32) -> vec2f {
  if (LANES == 1u) {
    return part;
  }
  // the last result has been read by all
  workgroupBarrier();
  partial[lane] = part;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    // parts of the level below are visible
    workgroupBarrier();
    if (lane % LANES < half) {
      partial[lane] += partial[lane + half];
    }
  }
  // the result is visible to the row
  workgroupBarrier();
  return partial[lane - lane % LANES];
}

@compute @workgroup_size(64)
fn standardize(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * (64u / LANES) + lane / LANES;
  let exists = row < params.rows;
  let start = select(0u, row * params.cols, exists);
  let end = start + select(0u, params.cols, exists);
  let first = start + lane % LANES;
  let size = f32(params.cols);
  // 1. mean
  var sums = vec4f();
  var at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    sums += vec4f(x[at], x[at + LANES], x[at + 2u * LANES], x[at + 3u * LANES]);
  }
  for (; at < end; at += LANES) {
    sums.x += x[at];
  }
  let middle = combine(vec2f(dot(sums, vec4f(1.0)), 0.0), lane).x / size;
  // 2. deviations from it and their squares
  var squares = vec4f();
  sums = vec4f();
  at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    let four = vec4f(x[at], x[at + LANES], x[at + 2u * LANES], x[at + 3u * LANES]) - middle;
    sums += four;
    squares += four * four;
  }
  for (; at < end; at += LANES) {
    let one = x[at] - middle;
    sums.x += one;
    squares.x += one * one;
  }
  let spread = combine(vec2f(dot(sums, vec4f(1.0)), dot(squares, vec4f(1.0))), lane) / size;
  let rest = spread.x;
  let scale = 1.0 / sqrt(spread.y - rest * rest + params.eps);
  if (with_rate && exists && lane % LANES == 0u) {
    rate[row] = scale;
  }
  // 3. the row
  at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    let four = (vec4f(x[at], x[at + LANES], x[at + 2u * LANES], x[at + 3u * LANES]) - middle - rest) * scale;
    y[at] = epilogue(four.x, at, row, at - start);
    y[at + LANES] = epilogue(four.y, at + LANES, row, at + LANES - start);
    y[at + 2u * LANES] = epilogue(four.z, at + 2u * LANES, row, at + 2u * LANES - start);
    y[at + 3u * LANES] = epilogue(four.w, at + 3u * LANES, row, at + 3u * LANES - start);
  }
  for (; at < end; at += LANES) {
    y[at] = epilogue((x[at] - middle - rest) * scale, at, row, at - start);
  }
}

@compute @workgroup_size(64)
fn standardize_vec4(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * 64u + lane;
  if (row >= params.rows) {
    return;
  }
  let fours = params.cols >> 2u;
  let start = row * fours;
  let size = f32(params.cols);
  let end = start + fours;
  // 1. a number near the mean: that of at most 32 elements, which is off by sqrt(cols / 32) deviations at the worst
  let count = min(fours, 8u);
  var sums = vec4f();
  for (var i = 0u; i < count; i++) {
    sums += x4[start + i * fours / count];
  }
  let middle = dot(sums, vec4f(1.0)) / f32(4u * count);
  // 2. deviations from it and their squares
  var squares = vec4f();
  sums = vec4f();
  var at = start;
  for (; at + 3u < end; at += 4u) {
    let a = x4[at] - middle;
    let b = x4[at + 1u] - middle;
    let c = x4[at + 2u] - middle;
    let d = x4[at + 3u] - middle;
    sums += (a + b) + (c + d);
    squares += (a * a + b * b) + (c * c + d * d);
  }
  for (; at < end; at++) {
    let a = x4[at] - middle;
    sums += a;
    squares += a * a;
  }
  let rest = dot(sums, vec4f(1.0)) / size;
  let scale = 1.0 / sqrt(max(dot(squares, vec4f(1.0)) / size - rest * rest, 0.0) + params.eps);
  if (with_rate) {
    rate[row] = scale;
  }
  // 3. the row
  for (var c = 0u; c < fours; c++) {
    let four = (x4[start + c] - middle - rest) * scale;
    let to = (start + c) * 4u;
    y[to] = epilogue(four.x, to, row, c * 4u);
    y[to + 1u] = epilogue(four.y, to + 1u, row, c * 4u + 1u);
    y[to + 2u] = epilogue(four.z, to + 2u, row, c * 4u + 2u);
    y[to + 3u] = epilogue(four.w, to + 3u, row, c * 4u + 3u);
  }
}

@compute @workgroup_size(64)
fn standardize_backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * (64u / LANES) + lane / LANES;
  let exists = row < params.rows;
  let start = select(0u, row * params.cols, exists);
  let end = start + select(0u, params.cols, exists);
  let first = start + lane % LANES;
  // 1. sums of dy and dy * y
  var sums = vec4f();
  var products = vec4f();
  var at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    let four = vec4f(dy[at], dy[at + LANES], dy[at + 2u * LANES], dy[at + 3u * LANES]);
    sums += four;
    products += four * vec4f(saved[at], saved[at + LANES], saved[at + 2u * LANES], saved[at + 3u * LANES]);
  }
  for (; at < end; at += LANES) {
    sums.x += dy[at];
    products.x += dy[at] * saved[at];
  }
  let both = combine(vec2f(dot(sums, vec4f(1.0)), dot(products, vec4f(1.0))), lane) / f32(params.cols);
  // 2. the row
  let scale = rates[select(0u, row, exists)];
  for (at = first; at < end; at += LANES) {
    dx[at] = epilogue((dy[at] - both.x - saved[at] * both.y) * scale, at, row, at - start);
  }
}
