// pad2d: images within borders of zeros.
// Maths:    y[p, r, c] = x[p, r - top, c - left] where that exists, and 0 elsewhere
// Shapes:   x: [planes, height, breadth]; y: [planes, rows, columns]
// Bindings: 0 params, 1 x (read), 2 y (write)
// Geometry: one invocation per `span` neighbours in a row of y, `spans` to a row; x then y. Divisions cost a software
//           adapter much, so there a span is a whole row
// Source:   none; borders at either end of a span, and what lies between copied four at a time

struct Params {
  height: u32,
  breadth: u32,
  rows: u32,
  columns: u32,
  top: u32,
  left: u32,
  span: u32,
  spans: u32,
  total: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override group: u32 = 64u;

@compute @workgroup_size(group)
fn pad2d(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let line = own / params.spans;
  let start = (own - line * params.spans) * params.span;
  let end = min(start + params.span, params.columns);
  // Above the image the difference wraps to a great number.
  let plane = line / params.rows;
  let row = line - plane * params.rows - params.top;
  let inside = row < params.height;
  let first = clamp(params.left, start, end);
  let last = select(first, clamp(params.left + params.breadth, first, end), inside);
  let to = line * params.columns;
  let origin = (plane * params.height + row) * params.breadth - params.left;
  var col = start;
  for (; col < first; col++) {
    y[to + col] = 0.0;
  }
  for (; col + 3u < last; col += 4u) {
    let at = origin + col;
    let four = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
    y[to + col] = four.x;
    y[to + col + 1u] = four.y;
    y[to + col + 2u] = four.z;
    y[to + col + 3u] = four.w;
  }
  for (; col < last; col++) {
    y[to + col] = x[origin + col];
  }
  for (; col < end; col++) {
    y[to + col] = 0.0;
  }
}
