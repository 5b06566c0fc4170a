// reduce: sum, mean, maximum or index of the maximum along one run of axes.
// Maths:    y[o,i] = scale * sum_r x[o,r,i];  y[o,i] = max_r x[o,r,i];  y[o,i] = argmax_r x[o,r,i], the first of equals
// Shapes:   x: [outer, size, inner], y: [outer, inner]; `prologue` may compute x from other arrays
// Bindings: 0 params, 1 x (read), 2 y (write), 3 index (write, argmax)
// Geometry: *_strided: one invocation per output, x then y over outputs;
//           *_rows: one workgroup per output for long rows (inner = 1), a tree of partial results in workgroup memory
// Source:   Harris 2007, "Optimizing Parallel Reduction in CUDA"
// Accumulates in f32 in a fixed order. A NaN anywhere makes a sum or a maximum NaN, and is what argmax finds.

struct Params {
  outer: u32,
  size: u32,
  inner: u32,
  width: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> index: array<i32>;

var<workgroup> partial: array<f32, 64>;

fn prologue(i: u32) -> f32 {
  return x[i];
}

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

fn exceeds(value: f32, best: f32) -> bool {
  return value > best || (is_nan(value) && !is_nan(best));
}

@compute @workgroup_size(64)
fn sum_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let start = (at / params.inner) * params.size * params.inner + at % params.inner;
  // four sums, so that neither the additions nor the loop wait for one another
  var sums = vec4f();
  var r = 0u;
  for (; r + 4u <= params.size; r += 4u) {
    let from_here = start + r * params.inner;
    sums += vec4f(
      prologue(from_here),
      prologue(from_here + params.inner),
      prologue(from_here + 2u * params.inner),
      prologue(from_here + 3u * params.inner),
    );
  }
  var total = (sums.x + sums.y) + (sums.z + sums.w);
  for (; r < params.size; r++) {
    total += prologue(start + r * params.inner);
  }
  y[at] = epilogue(total * params.scale, at, at / params.inner, at % params.inner);
}

@compute @workgroup_size(64)
fn sum_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * params.width + group.x;
  // 1. one partial sum per invocation
  var total = 0.0;
  if (row < params.outer) {
    for (var r = lane; r < params.size; r += 64u) {
      total += prologue(row * params.size + r);
    }
  }
  partial[lane] = total;
  // 2. the tree
  for (var half = 32u; half > 0u; half /= 2u) {
    // partial sums of the level below are visible
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane == 0u && row < params.outer) {
    y[row] = epilogue(partial[0] * params.scale, row, row, 0u);
  }
}

@compute @workgroup_size(64)
fn max_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let start = (at / params.inner) * params.size * params.inner + at % params.inner;
  var best = prologue(start);
  for (var r = 1u; r < params.size; r++) {
    let value = prologue(start + r * params.inner);
    if (exceeds(value, best)) {
      best = value;
    }
  }
  y[at] = epilogue(best * params.scale, at, at / params.inner, at % params.inner);
}

@compute @workgroup_size(64)
fn argmax_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let start = (at / params.inner) * params.size * params.inner + at % params.inner;
  var best = prologue(start);
  var found = 0u;
  for (var r = 1u; r < params.size; r++) {
    let value = prologue(start + r * params.inner);
    if (exceeds(value, best)) {
      best = value;
      found = r;
    }
  }
  index[at] = i32(found);
}
