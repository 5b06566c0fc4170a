// softmax: softmax and log-softmax of rows, numerically stable, and their gradients.
// Maths:    y = exp(x - max x) / sum exp(x - max x);  log: y = x - max x - log sum exp(x - max x)
//           dx = y * (dy - sum(dy * y));              log: dx = dy - exp(y) * sum(dy)
// Shapes:   x, y, dy, dx: [rows, cols], row-major, contiguous
// Bindings: 0 params, 1 x (read), 2 y (write), 3 saved (read, y again), 4 dy (read), 5 dx (write),
//           6 x4 (read, x in fours), 7 y4 (write, y in fours)
// Geometry: LANES invocations per row, and 64 / LANES rows a workgroup; x then y over workgroups.
//           LANES = 1 needs no workgroup memory and serves short rows and software adapters;
//           softmax_vec4: one invocation per row, of a multiple of four columns
// Source:   Milakov & Gimelshein 2018, arXiv:1805.02867; three-pass variant
// Accumulates in f32. A NaN or +inf in a row makes the row NaN.

struct Params {
  rows: u32,
  cols: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;
@group(0) @binding(6) var<storage, read> x4: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> y4: array<vec4f>;

override logarithm: bool = false;

const LANES = 1u;

var<private> quiet_nan: u32 = 0x7fc00000u;

var<workgroup> partial: array<f32, 64>;

// The row's total or maximum from its lanes' parts. All invocations of the workgroup take part.
fn combine(part: f32, lane: u32, is_max: bool) -> f32 {
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
      let other = partial[lane + half];
      partial[lane] = select(partial[lane] + other, max(partial[lane], other), is_max);
    }
  }
  // the result is visible to the row
  workgroupBarrier();
  return partial[lane - lane % LANES];
}

// An element of y, of which the exponential is there already.
fn finish(i: u32, shift: f32, scale: f32) {
  if (logarithm) {
    y[i] = x[i] - shift;
  } else {
    y[i] *= scale;
  }
}

@compute @workgroup_size(64)
fn softmax(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * (64u / LANES) + lane / LANES;
  let exists = row < params.rows;
  let start = select(0u, row * params.cols, exists);
  let end = start + select(0u, params.cols, exists);
  let first = start + lane % LANES;
  // 1. row maximum
  var tops = vec4f(-3.4028234e38);
  var at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    tops = max(tops, vec4f(x[at], x[at + LANES], x[at + 2u * LANES], x[at + 3u * LANES]));
  }
  for (; at < end; at += LANES) {
    tops.x = max(tops.x, x[at]);
  }
  let top = combine(max(max(tops.x, tops.y), max(tops.z, tops.w)), lane, true);
  // 2. sum of exponentials, which are kept in y
  var totals = vec4f();
  at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    let four = exp(vec4f(x[at], x[at + LANES], x[at + 2u * LANES], x[at + 3u * LANES]) - top);
    totals += four;
    if (!logarithm) {
      y[at] = four.x;
      y[at + LANES] = four.y;
      y[at + 2u * LANES] = four.z;
      y[at + 3u * LANES] = four.w;
    }
  }
  for (; at < end; at += LANES) {
    let one = exp(x[at] - top);
    totals.x += one;
    if (!logarithm) {
      y[at] = one;
    }
  }
  let total = combine(dot(totals, vec4f(1.0)), lane, false);
  // 3. the row
  // not finite only if the row has a NaN or an infinity, which the exp and max of some backends lose
  let broken = (bitcast<u32>(total) & 0x7f800000u) == 0x7f800000u;
  let scale = select(1.0 / total, bitcast<f32>(quiet_nan), broken);
  let shift = select(top + log(total), bitcast<f32>(quiet_nan), broken);
  at = first;
  for (; at + 3u * LANES < end; at += 4u * LANES) {
    finish(at, shift, scale);
    finish(at + LANES, shift, scale);
    finish(at + 2u * LANES, shift, scale);
    finish(at + 3u * LANES, shift, scale);
  }
  for (; at < end; at += LANES) {
    finish(at, shift, scale);
  }
}

fn finish_vec4(at: u32, top: f32, shift: f32, scale: f32) {
  if (logarithm) {
    y4[at] = x4[at] - shift;
  } else {
    y4[at] = exp(x4[at] - top) * scale;
  }
}

@compute @workgroup_size(64)
fn softmax_vec4(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * 64u + lane;
  if (row >= params.rows) {
    return;
  }
  let start = row * (params.cols >> 2u);
  let end = start + (params.cols >> 2u);
  // 1. row maximum
  var tops = vec4f(-3.4028234e38);
  var at = start;
  for (; at + 3u < end; at += 4u) {
    tops = max(tops, max(max(x4[at], x4[at + 1u]), max(x4[at + 2u], x4[at + 3u])));
  }
  for (; at < end; at++) {
    tops = max(tops, x4[at]);
  }
  let top = max(max(tops.x, tops.y), max(tops.z, tops.w));
  // 2. sum of exponentials, which cost less to compute again than to keep
  var totals = vec4f();
  at = start;
  for (; at + 3u < end; at += 4u) {
    totals += (exp(x4[at] - top) + exp(x4[at + 1u] - top)) + (exp(x4[at + 2u] - top) + exp(x4[at + 3u] - top));
  }
  for (; at < end; at++) {
    totals += exp(x4[at] - top);
  }
  let total = dot(totals, vec4f(1.0));
  // 3. the row, with NaN as above
  let broken = (bitcast<u32>(total) & 0x7f800000u) == 0x7f800000u;
  let scale = select(1.0 / total, bitcast<f32>(quiet_nan), broken);
  let shift = select(top + log(total), bitcast<f32>(quiet_nan), broken);
  at = start;
  for (; at + 1u < end; at += 2u) {
    finish_vec4(at, top, shift, scale);
    finish_vec4(at + 1u, top, shift, scale);
  }
  for (; at < end; at++) {
    finish_vec4(at, top, shift, scale);
  }
}

@compute @workgroup_size(64)
fn softmax_backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = (group.y * params.width + group.x) * (64u / LANES) + lane / LANES;
  let start = row * params.cols;
  let end = select(0u, params.cols, row < params.rows);
  // 1. what softmax subtracts from every gradient of the row
  var total = 0.0;
  for (var c = lane % LANES; c < end; c += LANES) {
    total += dy[start + c] * select(saved[start + c], 1.0, logarithm);
  }
  total = combine(total, lane, false);
  // 2. the row
  for (var c = lane % LANES; c < end; c += LANES) {
    let i = start + c;
    if (logarithm) {
      let value = saved[i];
      dx[i] = dy[i] - select(exp(value), value, (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u) * total;
    } else {
      dx[i] = saved[i] * (dy[i] - total);
    }
  }
}
