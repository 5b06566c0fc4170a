// concat: one input of a concatenation copied to its place in the output.
// Maths:    y[o, start + j, i] = x[o, j, i]
// Shapes:   x: [outer, size, inner], y: [outer, total, inner]; elements are words of 4 bytes
// Bindings: 0 params, 1 x (read), 2 y (write)
// Geometry: one invocation per element of x; x then y
// Source:   as torch.cat; one dispatch per input

struct Params {
  outer: u32,
  size: u32,
  inner: u32,
  total: u32,
  start: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(64)
fn concat(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  let block = params.size * params.inner;
  if (at >= params.outer * block) {
    return;
  }
  let o = at / block;
  y[(o * params.total + params.start) * params.inner + at - o * block] = x[at];
}
