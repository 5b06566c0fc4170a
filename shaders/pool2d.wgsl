// pool2d: the greatest or the mean of each window of an image, and the gradients.
// Maths:    max: y[n,o] = max over the window of x[n], index = where in the plane it first is; dx[n,i] = sum of dy[n,o] with index[n,o] = i
//           avg: y[n,o] = sum over the window of x[n] / count(o);  dx[n,i] = sum of dy[n,o] / count(o) over windows o that hold i
//           count: pixels of the window, with the borders if INCLUDE_PAD, or `divisor` unless that is 0
//           adaptive: window o of an axis goes from floor(o * size / windows) to ceil((o + 1) * size / windows)
// Shapes:   x, dx: [planes, height, breadth], y, dy, index: [planes, rows, columns]; index counts within its plane
// Bindings: 0 params, 1 x (read), 2 y (write), 3 index (write), 4 dy (read), 5 places (read: index), 6 dx (write)
// Geometry: one invocation per element of y, or of dx; x then y
// Source:   as torch.nn.functional.max_pool2d and avg_pool2d; gradients gather, in order of windows, and need no atomics
// A NaN in a window is its maximum. Accumulates in f32, row by row.

struct Params {
  height: i32,
  breadth: i32,
  rows: i32,
  columns: i32,
  kernel_y: i32,
  kernel_x: i32,
  stride_y: i32,
  stride_x: i32,
  dilation_y: i32,
  dilation_x: i32,
  top: i32,
  left: i32,
  bottom: i32,
  right: i32,
  total: u32,
  width: u32,
  divisor: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> index: array<i32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> places: array<i32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

override adaptive: bool = false;
override include_pad: bool = true;
override with_index: bool = true;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn size() -> vec2i {
  return vec2i(params.height, params.breadth);
}

fn windows() -> vec2i {
  return vec2i(params.rows, params.columns);
}

fn stride() -> vec2i {
  return vec2i(params.stride_y, params.stride_x);
}

fn dilation() -> vec2i {
  return vec2i(params.dilation_y, params.dilation_x);
}

fn before() -> vec2i {
  return vec2i(params.top, params.left);
}

// from the first element of a window to its last
fn reach() -> vec2i {
  return vec2i(params.kernel_y - 1, params.kernel_x - 1) * dilation();
}

fn value_is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

// row and column of an element in a plane
fn place(i: u32, columns: i32) -> vec2i {
  let at = i32(i);
  return vec2i(at / columns, at % columns);
}

// where a window begins; before the image where it is padded
fn begin(o: vec2i) -> vec2i {
  if (adaptive) {
    return o * size() / windows();
  }
  return o * stride() - before();
}

fn end(o: vec2i) -> vec2i {
  if (adaptive) {
    return ((o + 1) * size() + windows() - 1) / windows();
  }
  return begin(o) + reach() + 1;
}

// the first element of a window that lies in the image
fn inside(from_window: vec2i) -> vec2i {
  let missing = max(vec2i(), (dilation() - 1 - from_window) / dilation());
  return from_window + missing * dilation();
}

fn count(o: vec2i) -> f32 {
  if (params.divisor != 0.0) {
    return params.divisor;
  }
  let from_window = begin(o);
  if (include_pad && !adaptive) {
    let sides = min(end(o), size() + vec2i(params.bottom, params.right)) - from_window;
    return f32(sides.x * sides.y);
  }
  let sides = min(end(o), size()) - max(from_window, vec2i());
  return f32(sides.x * sides.y);
}

// the first window that reaches a pixel, and the last
fn first_window(at: vec2i) -> vec2i {
  if (adaptive) {
    return at * windows() / size();
  }
  return max(vec2i(), (at + before() - reach() + stride() - 1) / stride());
}

fn last_window(at: vec2i) -> vec2i {
  if (adaptive) {
    return min(windows() - 1, ((at + 1) * windows() - 1) / size());
  }
  return min(windows() - 1, (at + before()) / stride());
}

@compute @workgroup_size(64)
fn max_pool2d(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let per_plane = u32(params.rows * params.columns);
  let plane = i32(i / per_plane) * params.height * params.breadth;
  let o = place(i % per_plane, params.columns);
  let from_window = inside(begin(o));
  let to_window = min(end(o), size());
  var where_best = from_window.x * params.breadth + from_window.y;
  var best = x[plane + where_best];
  for (var row = from_window.x; row < to_window.x; row += params.dilation_y) {
    for (var column = from_window.y; column < to_window.y; column += params.dilation_x) {
      let at = row * params.breadth + column;
      let value = x[plane + at];
      if (value > best || (value_is_nan(value) && !value_is_nan(best))) {
        best = value;
        where_best = at;
      }
    }
  }
  y[i] = epilogue(best, i, i / u32(params.columns), u32(o.y));
  if (with_index) {
    index[i] = where_best;
  }
}

@compute @workgroup_size(64)
fn max_pool2d_backward(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let pixels = u32(params.height * params.breadth);
  let plane = i32(i / pixels) * params.rows * params.columns;
  let own = i32(i % pixels);
  let at = place(i % pixels, params.breadth);
  let from_window = first_window(at);
  let to_window = last_window(at);
  var sum = 0.0;
  for (var row = from_window.x; row <= to_window.x; row++) {
    for (var column = from_window.y; column <= to_window.y; column++) {
      let o = plane + row * params.columns + column;
      sum += select(0.0, dy[o], places[o] == own);
    }
  }
  dx[i] = epilogue(sum, i, i / u32(params.breadth), u32(at.y));
}

@compute @workgroup_size(64)
fn avg_pool2d(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let per_plane = u32(params.rows * params.columns);
  let plane = i32(i / per_plane) * params.height * params.breadth;
  let o = place(i % per_plane, params.columns);
  let from_window = max(begin(o), vec2i());
  let to_window = min(end(o), size());
  var sum = 0.0;
  for (var row = from_window.x; row < to_window.x; row++) {
    for (var column = from_window.y; column < to_window.y; column++) {
      sum += x[plane + row * params.breadth + column];
    }
  }
  y[i] = epilogue(sum / count(o), i, i / u32(params.columns), u32(o.y));
}

@compute @workgroup_size(64)
fn avg_pool2d_backward(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.total) {
    return;
  }
  let pixels = u32(params.height * params.breadth);
  let plane = i32(i / pixels) * params.rows * params.columns;
  let at = place(i % pixels, params.breadth);
  let from_window = first_window(at);
  let to_window = last_window(at);
  var sum = 0.0;
  for (var row = from_window.x; row <= to_window.x; row++) {
    for (var column = from_window.y; column <= to_window.y; column++) {
      sum += dy[plane + row * params.columns + column] / count(vec2i(row, column));
    }
  }
  dx[i] = epilogue(sum, i, i / u32(params.breadth), u32(at.y));
}
