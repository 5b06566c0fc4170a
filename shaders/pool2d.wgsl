// pool2d: the greatest or the mean of each window of an image, and the gradients.
// Maths:    max: y[n,o] = max over the window of x[n], index = where in the plane it first is; dx[n,i] = sum of dy[n,o] with index[n,o] = i
//           avg: y[n,o] = sum over the window of x[n] / count(o);  dx[n,i] = sum of dy[n,o] / count(o) over windows o that hold i
//           count: pixels of the window, with the borders if INCLUDE_PAD, or `divisor` unless that is 0
//           adaptive: window o of an axis goes from floor(o * size / windows) to ceil((o + 1) * size / windows)
// Shapes:   x, dx: [planes, height, breadth], y, dy, index: [planes, rows, columns]; index counts within its plane
// Bindings: 0 params, 1 x (read), 2 y (write), 3 index (write), 4 dy (read), 5 places (read: index), 6 dx (write)
// Geometry: one invocation per `span` neighbours in a row of y, or of dx, `spans` to a row; x then y. Divisions cost a
//           software adapter much, so there a span is a whole row
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
  span: i32,
  spans: u32,
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
override group: u32 = 64u;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn value_is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

// An axis of the image and its windows: how many of each, and how windows lie.
struct Axis {
  size: i32,
  windows: i32,
  stride: i32,
  dilation: i32,
  // from the first element of a window to its last
  reach: i32,
  before: i32,
  after: i32,
}

fn vertical() -> Axis {
  let reach = (params.kernel_y - 1) * params.dilation_y;
  return Axis(params.height, params.rows, params.stride_y, params.dilation_y, reach, params.top, params.bottom);
}

fn horizontal() -> Axis {
  let reach = (params.kernel_x - 1) * params.dilation_x;
  return Axis(params.breadth, params.columns, params.stride_x, params.dilation_x, reach, params.left, params.right);
}

// where window o begins; before the image where it is padded
fn begin(axis: Axis, o: i32) -> i32 {
  if (adaptive) {
    return o * axis.size / axis.windows;
  }
  return o * axis.stride - axis.before;
}

fn end(axis: Axis, o: i32) -> i32 {
  if (adaptive) {
    return ((o + 1) * axis.size + axis.windows - 1) / axis.windows;
  }
  return begin(axis, o) + axis.reach + 1;
}

// the first element of window o that lies in the image
fn inside(axis: Axis, o: i32) -> i32 {
  let start = begin(axis, o);
  if (start >= 0) {
    return start;
  }
  return start + (axis.dilation - 1 - start) / axis.dilation * axis.dilation;
}

// how many elements of window o count in a mean
fn side(axis: Axis, o: i32) -> i32 {
  if (include_pad && !adaptive) {
    return min(end(axis, o), axis.size + axis.after) - begin(axis, o);
  }
  return min(end(axis, o), axis.size) - max(begin(axis, o), 0);
}

// the first window that may hold an element
fn first_window(axis: Axis, at: i32) -> i32 {
  if (adaptive) {
    return at * axis.windows / axis.size;
  }
  return max(0, (at + axis.before - axis.reach + axis.stride - 1) / axis.stride);
}

// the last window that begins at an element or before it
fn last_window(axis: Axis, at: i32) -> i32 {
  if (adaptive) {
    return min(axis.windows - 1, ((at + 1) * axis.windows - 1) / axis.size);
  }
  return min(axis.windows - 1, (at + axis.before) / axis.stride);
}

// the first window from `from_window` on that ends behind an element; the elements come in order
fn still_open(axis: Axis, from_window: i32, at: i32) -> i32 {
  var o = from_window;
  while (o < axis.windows && end(axis, o) <= at) {
    o++;
  }
  return o;
}

// What an invocation has to do: elements `start` to `stop` of a row of a plane.
struct Span {
  plane: i32,
  row: i32,
  start: i32,
  stop: i32,
}

fn span_of(at: u32, rows: i32, columns: i32) -> Span {
  let line = i32(at / params.spans);
  let start = (i32(at) - line * i32(params.spans)) * params.span;
  let plane = line / rows;
  return Span(plane, line - plane * rows, start, min(start + params.span, columns));
}

@compute @workgroup_size(group)
fn max_pool2d(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let down = vertical();
  let across = horizontal();
  let span = span_of(own, down.windows, across.windows);
  let plane = span.plane * down.size * across.size;
  let from_row = inside(down, span.row);
  let to_row = min(end(down, span.row), down.size);
  let line = span.plane * down.windows + span.row;
  for (var o = span.start; o < span.stop; o++) {
    let from_column = inside(across, o);
    let to_column = min(end(across, o), across.size);
    var where_best = from_row * across.size + from_column;
    var best = x[plane + where_best];
    for (var row = from_row; row < to_row; row += down.dilation) {
      for (var column = from_column; column < to_column; column += across.dilation) {
        let at = row * across.size + column;
        let value = x[plane + at];
        if (value > best || (value_is_nan(value) && !value_is_nan(best))) {
          best = value;
          where_best = at;
        }
      }
    }
    let i = u32(line * across.windows + o);
    y[i] = epilogue(best, i, u32(line), u32(o));
    if (with_index) {
      index[i] = where_best;
    }
  }
}

@compute @workgroup_size(group)
fn max_pool2d_backward(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let down = vertical();
  let across = horizontal();
  let span = span_of(own, down.size, across.size);
  let plane = span.plane * down.windows * across.windows;
  let from_row = first_window(down, span.row);
  let to_row = last_window(down, span.row);
  let line = span.plane * down.size + span.row;
  var from_column = first_window(across, span.start);
  for (var at = span.start; at < span.stop; at++) {
    from_column = still_open(across, from_column, at);
    var sum = 0.0;
    for (var row = from_row; row <= to_row; row++) {
      for (var column = from_column; column < across.windows && begin(across, column) <= at; column++) {
        let o = plane + row * across.windows + column;
        if (places[o] == span.row * across.size + at) {
          sum += dy[o];
        }
      }
    }
    let i = u32(line * across.size + at);
    dx[i] = epilogue(sum, i, u32(line), u32(at));
  }
}

@compute @workgroup_size(group)
fn avg_pool2d(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let down = vertical();
  let across = horizontal();
  let span = span_of(own, down.windows, across.windows);
  let plane = span.plane * down.size * across.size;
  let from_row = max(begin(down, span.row), 0);
  let to_row = min(end(down, span.row), down.size);
  let tall = side(down, span.row);
  let line = span.plane * down.windows + span.row;
  for (var o = span.start; o < span.stop; o++) {
    let to_column = min(end(across, o), across.size);
    var sum = 0.0;
    for (var row = from_row; row < to_row; row++) {
      for (var column = max(begin(across, o), 0); column < to_column; column++) {
        sum += x[plane + row * across.size + column];
      }
    }
    let count = select(f32(tall * side(across, o)), params.divisor, params.divisor != 0.0);
    let i = u32(line * across.windows + o);
    y[i] = epilogue(sum / count, i, u32(line), u32(o));
  }
}

@compute @workgroup_size(group)
fn avg_pool2d_backward(@builtin(global_invocation_id) id: vec3u) {
  let own = id.y * params.width + id.x;
  if (own >= params.total) {
    return;
  }
  let down = vertical();
  let across = horizontal();
  let span = span_of(own, down.size, across.size);
  let plane = span.plane * down.windows * across.windows;
  let from_row = first_window(down, span.row);
  let to_row = last_window(down, span.row);
  let line = span.plane * down.size + span.row;
  var from_column = first_window(across, span.start);
  for (var at = span.start; at < span.stop; at++) {
    from_column = still_open(across, from_column, at);
    var sum = 0.0;
    for (var row = from_row; row <= to_row; row++) {
      for (var column = from_column; column < across.windows && begin(across, column) <= at; column++) {
        let count = select(f32(side(down, row) * side(across, column)), params.divisor, params.divisor != 0.0);
        sum += dy[plane + row * across.windows + column] / count;
      }
    }
    let i = u32(line * across.size + at);
    dx[i] = epilogue(sum, i, u32(line), u32(at));
  }
}
