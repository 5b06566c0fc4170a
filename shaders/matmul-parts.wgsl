// matmul-parts: adds the parts of a matrix product whose k was split.
// Maths:    y[z,i,j] = epilogue(sum_p part[z,p,i,j])
// Shapes:   part: [batch, parts, m, n], y: [batch, m, n]
// Bindings: 0 params, 1 part (read), 2 y (write)
// Geometry: one invocation per output, x then y over outputs
// Source:   split-K after cuBLAS; the parts are added in order, so that the same bits come out every time

struct Params {
  batch: u32,
  parts: u32,
  m: u32,
  n: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> part: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

@compute @workgroup_size(64)
fn matmul_parts(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  let size = params.m * params.n;
  if (i >= params.batch * size) {
    return;
  }
  let first = i / size * params.parts * size + i % size;
  var sum = 0.0;
  for (var p = 0u; p < params.parts; p++) {
    sum += part[first + p * size];
  }
  y[i] = epilogue(sum, i, i / params.n, i % params.n);
}
