// resize: images of another size, by the nearest pixel or bilinearly, and the gradient.
// Maths:    y[n,r,c] = sum_ij v(r, i) h(c, j) x[n,i,j];  dx[n,i,j] = sum_rc v(r, i) h(c, j) dy[n,r,c]
//           nearest: v(r, i) = 1 for i = floor(r * scale), else 0
//           bilinear: v(r, i) = max(0, 1 - |s - i|), s = max(0, (r + 1/2) * scale - 1/2), or r * scale if ALIGNED
// Shapes:   x, dx: [planes, height, breadth]; y, dy: [planes, rows, columns]
// Bindings: 0 params, 1 x (read), 2 y (write), 3 dy (read), 4 dx (write)
// Geometry: one invocation per element of y, or of dx; x then y
// Source:   as torch.nn.functional.interpolate; the gradient gathers from the pixels that may have seen its own, and
//           needs no atomics
// Accumulates in f32, row by row.

struct Params {
  height: i32,
  breadth: i32,
  rows: i32,
  columns: i32,
  scale_y: f32,
  scale_x: f32,
  total: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

override bilinear: bool = false;
override aligned: bool = false;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// The two pixels between which an output lies, and how far it is from the first to the second.
struct Taps {
  low: i32,
  high: i32,
  part: f32,
}

fn taps(o: i32, scale: f32, size: i32) -> Taps {
  if (!bilinear) {
    let nearest = min(i32(f32(o) * scale), size - 1);
    return Taps(nearest, nearest, 0.0);
  }
  let place = select(max((f32(o) + 0.5) * scale - 0.5, 0.0), f32(o) * scale, aligned);
  let low = min(i32(place), size - 1);
  return Taps(low, min(low + 1, size - 1), place - f32(low));
}

fn weight(o: i32, i: i32, scale: f32, size: i32) -> f32 {
  let t = taps(o, scale, size);
  return select(0.0, 1.0 - t.part, t.low == i) + select(0.0, t.part, t.high == i);
}

// The first and the last output that may have seen pixel i, with one more on either side for rounding.
fn seen_by(i: i32, scale: f32, outputs: i32) -> vec2i {
  if (scale == 0.0) {
    return vec2i(0, outputs - 1);
  }
  let middle = select(0.0, 0.5, bilinear && !aligned);
  let first = floor((f32(i) - 1.0 + middle) / scale - middle) - 1.0;
  let last = ceil((f32(i) + 1.0 + middle) / scale - middle) + 1.0;
  return vec2i(max(i32(first), 0), min(i32(last), outputs - 1));
}

@compute @workgroup_size(64)
fn resize(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let line = i32(i) / params.columns;
  let column = i32(i) - line * params.columns;
  let image = line / params.rows;
  let down = taps(line - image * params.rows, params.scale_y, params.height);
  let across = taps(column, params.scale_x, params.breadth);
  let plane = image * params.height;
  let above = (plane + down.low) * params.breadth;
  var value = x[above + across.low];
  if (bilinear) {
    let below = (plane + down.high) * params.breadth;
    let top = mix(value, x[above + across.high], across.part);
    value = mix(top, mix(x[below + across.low], x[below + across.high], across.part), down.part);
  }
  y[i] = epilogue(value, i, u32(line), u32(column));
}

@compute @workgroup_size(64)
fn resize_backward(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let line = i32(i) / params.breadth;
  let column = i32(i) - line * params.breadth;
  let image = line / params.height;
  let own = line - image * params.height;
  let plane = image * params.rows;
  let down = seen_by(own, params.scale_y, params.rows);
  let across = seen_by(column, params.scale_x, params.columns);
  var total = 0.0;
  for (var row = down.x; row <= down.y; row++) {
    let share = weight(row, own, params.scale_y, params.height);
    if (share == 0.0) {
      continue;
    }
    var sum = 0.0;
    for (var o = across.x; o <= across.y; o++) {
      sum += weight(o, column, params.scale_x, params.breadth) * dy[(plane + row) * params.columns + o];
    }
    total += share * sum;
  }
  dx[i] = epilogue(total, i, u32(line), u32(column));
}
