// pool2d-2x2: the greatest of each window of 2x2, and the gradient, for images of even size that such windows cover.
// Maths:    y[n,o] = max over the window of x[n], index = where in the plane it first is; dx[n,i] = dy[n,o] if index[n,o] = i, or 0
// Shapes:   x, dx: [planes, 2 rows, 2 columns], y, dy, index: [planes, rows, columns]; index counts within its plane
// Bindings: 0 params, 1 x|x4 (read), 2 y (write), 3 index (write), 4 dy (read), 5 places (read: index), 6 dx (write);
//           x4 in fours, for an even number of columns and of all rows
// Geometry: one invocation per window, or per 2x2 windows, x then y, without loops, which cost a software adapter most
// Source:   as pool2d.wgsl
// A NaN in a window is its maximum.

struct Params {
  rows: u32,
  columns: u32,
  total: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> x4: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> index: array<i32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> places: array<i32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

override with_index: bool = true;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn value_is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

// row: which one of its plane the line of windows is
fn store(value: f32, corner: u32, line: u32, row: u32, column: u32) {
  let i = line * params.columns + column;
  y[i] = epilogue(value, i, line, column);
  if (with_index) {
    index[i] = i32((row * 2u * params.columns + column) * 2u + corner);
  }
}

@compute @workgroup_size(64)
fn max_pool2d_2x2(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let columns = params.columns;
  let line = i / columns;
  let column = i - line * columns;
  // Rows of windows follow one another through all planes as pairs of rows of pixels do.
  let at = (line * 2u * columns + column) * 2u;
  var best = x[at];
  var corner = 0u;
  let right = x[at + 1u];
  if (right > best || (value_is_nan(right) && !value_is_nan(best))) {
    best = right;
    corner = 1u;
  }
  let below = x[at + 2u * columns];
  if (below > best || (value_is_nan(below) && !value_is_nan(best))) {
    best = below;
    corner = 2u * columns;
  }
  let across = x[at + 2u * columns + 1u];
  if (across > best || (value_is_nan(across) && !value_is_nan(best))) {
    best = across;
    corner = 2u * columns + 1u;
  }
  store(best, corner, line, line % params.rows, column);
}

// Where a pixel takes the place of what was the greatest until then.
fn beats(pixel: vec4f, best: vec4f) -> vec4<bool> {
  let pixel_is_nan = (bitcast<vec4u>(pixel) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  let best_is_nan = (bitcast<vec4u>(best) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  return (pixel > best) | (pixel_is_nan & !best_is_nan);
}

// Of two rows of windows, two neighbours each: each component has a window.
@compute @workgroup_size(64)
fn max_pool2d_2x2_fours(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (4u * i >= params.total) {
    return;
  }
  let breadth = params.columns >> 1u;
  let pair = i / breadth;
  let column = i - pair * breadth;
  let line = 2u * pair;
  let at = line * 2u * breadth + column;
  let above0 = x4[at];
  let below0 = x4[at + breadth];
  let above1 = x4[at + 2u * breadth];
  let below1 = x4[at + 3u * breadth];
  var best = vec4f(above0.xz, above1.xz);
  var corner = vec4u();
  let right = vec4f(above0.yw, above1.yw);
  corner = select(corner, vec4u(1u), beats(right, best));
  best = select(best, right, beats(right, best));
  let below = vec4f(below0.xz, below1.xz);
  corner = select(corner, vec4u(4u * breadth), beats(below, best));
  best = select(best, below, beats(below, best));
  let across = vec4f(below0.yw, below1.yw);
  corner = select(corner, vec4u(4u * breadth + 1u), beats(across, best));
  best = select(best, across, beats(across, best));
  let row = line % params.rows;
  let next_row = select(row + 1u, 0u, row + 1u == params.rows);
  store(best.x, corner.x, line, row, 2u * column);
  store(best.y, corner.y, line, row, 2u * column + 1u);
  store(best.z, corner.z, line + 1u, next_row, 2u * column);
  store(best.w, corner.w, line + 1u, next_row, 2u * column + 1u);
}

@compute @workgroup_size(64)
fn max_pool2d_2x2_backward(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let columns = params.columns;
  let line = i / columns;
  let column = 2u * (i - line * columns);
  let breadth = 2u * columns;
  let at = 2u * line * breadth + column;
  let gradient = dy[i];
  let best = u32(places[i]) - 2u * (line % params.rows) * breadth - column;
  dx[at] = epilogue(select(0.0, gradient, best == 0u), at, 2u * line, column);
  dx[at + 1u] = epilogue(select(0.0, gradient, best == 1u), at + 1u, 2u * line, column + 1u);
  let under = at + breadth;
  dx[under] = epilogue(select(0.0, gradient, best == breadth), under, 2u * line + 1u, column);
  dx[under + 1u] = epilogue(select(0.0, gradient, best == breadth + 1u), under + 1u, 2u * line + 1u, column + 1u);
}
