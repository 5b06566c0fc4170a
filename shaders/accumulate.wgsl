// accumulate: adds counts to a tensor in place.
// Maths:    total[i] += x[i], modulo 2^32
// Shapes:   total, x: [size]
// Bindings: 0 params, 1 total (read and write), 2 x (read)
// Geometry: one invocation per element; x first, then y
// Source:   own

struct Params {
  size: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> total: array<i32>;
@group(0) @binding(2) var<storage, read> x: array<i32>;

@compute @workgroup_size(64)
fn accumulate(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i < params.size) {
    total[i] += x[i];
  }
}
