// gather: elements of an array chosen by index along one axis, what adds them back, and which index came last.
// Maths:    y[o,j,i] = x[o, index[j], i];  dx[o,s,i] = sum over j with index[j] = s of dy[o,j,i];
//           last[o,s,i] = the greatest j with index[j] = s, or -1;  `each`: index[o,j,i] in place of index[j]
// Shapes:   x, dx, last: [outer, size, inner], index: [count] or [outer, count, inner], y, dy: [outer, count, inner];
//           gather copies words of 4 bytes
// Bindings: 0 params, 1 x (read), 2 index (read), 3 y (write), 4 dy (read), 5 dx (write), 6 last (write)
// Geometry: one invocation per element of y (gather), of dx (gather_backward) or of last (gather_last); x then y
// Source:   as torch.index_select and torch.gather; sums gather too, in order of j, so that they need no atomics
// An index outside 0..size-1 gives zero, and takes no gradient. Sums are in f32 or, with Element replaced, in i32.

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
@group(0) @binding(4) var<storage, read> dy: array<Element>;
@group(0) @binding(5) var<storage, read_write> dx: array<Element>;
@group(0) @binding(6) var<storage, read_write> last: array<i32>;

alias Element = f32;

override each: bool = false;

@compute @workgroup_size(64)
fn gather(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.count * params.inner) {
    return;
  }
  let line = at / params.inner;
  let i = at - line * params.inner;
  let o = line / params.count;
  let j = line - o * params.count;
  let s = index[select(j, at, each)];
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
  let line = at / params.inner;
  let i = at - line * params.inner;
  let o = line / params.size;
  let s = i32(line - o * params.size);
  var total = Element();
  for (var j = 0u; j < params.count; j++) {
    let from_here = (o * params.count + j) * params.inner + i;
    if (index[select(j, from_here, each)] == s) {
      total += dy[from_here];
    }
  }
  dx[at] = total;
}

@compute @workgroup_size(64)
fn gather_last(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.size * params.inner) {
    return;
  }
  let line = at / params.inner;
  let i = at - line * params.inner;
  let o = line / params.size;
  let s = i32(line - o * params.size);
  var found = -1;
  for (var j = 0u; j < params.count; j++) {
    let from_here = (o * params.count + j) * params.inner + i;
    if (index[select(j, from_here, each)] == s) {
      found = i32(j);
    }
  }
  last[at] = found;
}
