// gather: rows of an array chosen by index, and the gradient that adds them back.
// Maths:    y[o,j,i] = x[o, index[j], i];  dx[o,s,i] = sum over j with index[j] = s of dy[o,j,i]
// Shapes:   x, dx: [outer, size, inner], index: [count], y, dy: [outer, count, inner]; elements are words of 4 bytes
// Bindings: 0 params, 1 x (read), 2 index (read), 3 y (write), 4 dy (read), 5 dx (write)
// Geometry: one invocation per element of y (gather) or of dx (gather_backward); x then y
// Source:   as torch.index_select; the gradient gathers, in order of j, so that it needs no atomics
// An index outside 0..size-1 gives zero, and takes no gradient.

struct Params {
  outer: u32,
  size: u32,
  inner: u32,
  count: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.count * params.inner) {
    return;
  }
  let i = at % params.inner;
  let j = (at / params.inner) % params.count;
  let o = at / (params.inner * params.count);
  let s = index[j];
  if (s < 0 || s >= i32(params.size)) {
    y[at] = 0u;
    return;
  }
  y[at] = x[(o * params.size + u32(s)) * params.inner + i];
}

@compute @workgroup_size(64)
fn gather_backward(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.size * params.inner) {
    return;
  }
  let i = at % params.inner;
  let s = i32((at / params.inner) % params.size);
  let o = at / (params.inner * params.size);
  var total = 0.0;
  for (var j = 0u; j < params.count; j++) {
    if (index[j] == s) {
      total += dy[(o * params.count + j) * params.inner + i];
    }
  }
  dx[at] = total;
}
