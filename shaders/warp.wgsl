// warp: images deformed by an affine map and, if wanted, a field of displacements.
// Maths:    y[n,c,i,j] = x[n,c] at (row, col), bilinear between the four pixels around it, the border repeated outside;
//           (col, row) = middle + A[n] (j - middle.x, i - middle.y) + t[n] + d[n,:,i,j]
// Shapes:   x, y: [n, channels, rows, cols], theta: [n, 2, 3] (A | t, x before y), d: [n, 2, rows, cols]; all in pixels
// Bindings: 0 params, 1 x (read), 2 theta (read), 3 y (write), 4 d (read, warp_field)
// Geometry: one invocation per element of y; x then y
// Source:   Jaderberg et al. 2015, arXiv:1506.02025; Simard, Steinkraus & Platt 2003 for the field
// A coordinate that is NaN or beyond all pixels reads the border.

struct Params {
  size: u32,
  channels: u32,
  rows: u32,
  cols: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> theta: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> d: array<f32>;

// Where output pixel (row, col) of image n comes from: (col, row).
fn affine(n: u32, row: u32, col: u32) -> vec2f {
  let middle = 0.5 * vec2f(f32(params.cols) - 1.0, f32(params.rows) - 1.0);
  let from_middle = vec2f(f32(col), f32(row)) - middle;
  let at = n * 6u;
  let mapped = vec2f(
    theta[at] * from_middle.x + theta[at + 1u] * from_middle.y + theta[at + 2u],
    theta[at + 3u] * from_middle.x + theta[at + 4u] * from_middle.y + theta[at + 5u],
  );
  return middle + mapped;
}

fn bilinear(image: u32, place: vec2f) -> f32 {
  let last = vec2f(f32(params.cols) - 1.0, f32(params.rows) - 1.0);
  let inside = clamp(place, vec2f(), last);
  let low = floor(inside);
  let part = inside - low;
  let near = vec2u(low);
  let far = min(near + 1u, vec2u(last));
  let start = image * params.rows * params.cols;
  let above = mix(x[start + near.y * params.cols + near.x], x[start + near.y * params.cols + far.x], part.x);
  let below = mix(x[start + far.y * params.cols + near.x], x[start + far.y * params.cols + far.x], part.x);
  return mix(above, below, part.y);
}

@compute @workgroup_size(64)
fn warp(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.size) {
    return;
  }
  let area = params.rows * params.cols;
  let image = at / area;
  let pixel = at - image * area;
  let row = pixel / params.cols;
  let col = pixel - row * params.cols;
  y[at] = bilinear(image, affine(image / params.channels, row, col));
}

@compute @workgroup_size(64)
fn warp_field(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.size) {
    return;
  }
  let area = params.rows * params.cols;
  let image = at / area;
  let n = image / params.channels;
  let pixel = at - image * area;
  let row = pixel / params.cols;
  let field = vec2f(d[2u * n * area + pixel], d[(2u * n + 1u) * area + pixel]);
  y[at] = bilinear(image, affine(n, row, pixel - row * params.cols) + field);
}
