// conv2d-weight-narrow: the first pass of conv2d-weight.wgsl for six filters at a time, for software adapters.
// Maths:    part[s,o,k] = sum over the positions (n, row, column) of s of dy[n,o,row,column] * x[n, c, row * stride_y + u * dilation_y,
//           column * stride_x + v * dilation_x], with k = (c, u, v); part[s,bias,o] = the sums of dy
//           A WGSL matrix holds four taps of three outputs; four positions at a time, as in conv2d-narrow.wgsl
// Shapes:   dy: [n, groups * outputs, rows, columns]; x: [n, groups * channels, height, width], padded already;
//           part: [splits, groups * outputs * (taps + 1)], taps = channels * kernel_y * kernel_x
// Bindings: 0 params, 1 dy (read), 2 x (read), 3 part (write)
// Geometry: one invocation per 6x16 (outputs x taps) of a part; x over taps, split by split, y over outputs, z over groups
// Source:   split-K after cuBLAS; the parts are added in order, so that the same bits come out every time
// Accumulates in f32, four positions at a time; positions past the last repeat it with a gradient of 0. Outputs and taps
// past the last compute what is never stored.

struct Params {
  outputs: u32,
  rows: u32,
  columns: u32,
  total: u32,
  channels: u32,
  kernel_y: u32,
  kernel_x: u32,
  image: u32,
  plane: u32,
  step_y: u32,
  step_x: u32,
  tap_y: u32,
  tap_x: u32,
  groups: u32,
  splits: u32,
  taps: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> part: array<f32>;

override group: u32 = 8u;
override with_bias: bool = true;

// a position, where its window begins in x, and where it lies in dy
struct Position {
  row: u32,
  column: u32,
  x: u32,
  dy: u32,
}

struct Positions {
  x: vec4u,
  dy: vec4u,
  exists: vec4<bool>,
}

// where in x a tap lies from its window's corner
fn tap(k: u32, g: u32) -> u32 {
  let at = min(k, params.taps - 1u);
  let line = at / params.kernel_x;
  let v = at - line * params.kernel_x;
  let c = line / params.kernel_y;
  let u = line - c * params.kernel_y;
  return (g * params.channels + c) * params.plane + u * params.tap_y + v * params.tap_x;
}

// where dy's plane of an output begins, in the first image
fn planes_dy(output: u32, g: u32) -> u32 {
  return (g * params.outputs + output) * params.rows * params.columns;
}

fn position_of(q: u32) -> Position {
  let pixels = params.rows * params.columns;
  let n = q / pixels;
  let p = q - n * pixels;
  let row = p / params.columns;
  let column = p - row * params.columns;
  let window = n * params.image + row * params.step_y + column * params.step_x;
  return Position(row, column, window, n * params.groups * params.outputs * pixels + p);
}

// from a position to the one after it: in the same row of an image, in the next row, in the next image
struct Steps {
  last_row: u32,
  last_column: u32,
  x_column: u32,
  x_row: u32,
  x_image: u32,
  dy_image: u32,
}

fn steps_of_positions() -> Steps {
  let last_row = params.rows - 1u;
  let last_column = params.columns - 1u;
  let back = last_column * params.step_x;
  let x_row = params.step_y - back;
  let x_image = params.image - last_row * params.step_y - back;
  let dy_image = (params.groups * params.outputs - 1u) * params.rows * params.columns + 1u;
  return Steps(last_row, last_column, params.step_x, x_row, x_image, dy_image);
}

// the position after one
fn next(at: Position, steps: Steps) -> Position {
  let row_ends = at.column == steps.last_column;
  let image_ends = row_ends & (at.row == steps.last_row);
  return Position(
    select(at.row + select(0u, 1u, row_ends), 0u, image_ends),
    select(at.column + 1u, 0u, row_ends),
    at.x + select(select(steps.x_column, steps.x_row, row_ends), steps.x_image, image_ends),
    at.dy + select(1u, steps.dy_image, image_ends),
  );
}

// the positions from the one numbered q, to which `at` points; it moves on by four
fn four_positions(at: ptr<function, Position>, q: u32, steps: Steps) -> Positions {
  let a = *at;
  let b = next(a, steps);
  let c = next(b, steps);
  let d = next(c, steps);
  *at = next(d, steps);
  let exists = q + vec4u(0u, 1u, 2u, 3u) < vec4u(params.total);
  return Positions(select(vec4u(a.x), vec4u(a.x, b.x, c.x, d.x), exists), vec4u(a.dy, b.dy, c.dy, d.dy), exists);
}

// four taps at one position
fn four_x(taps: vec4u, at: u32) -> vec4f {
  return vec4f(x[taps.x + at], x[taps.y + at], x[taps.z + at], x[taps.w + at]);
}

fn taps_x(taps: vec4u, at: vec4u) -> mat4x4f {
  return mat4x4f(four_x(taps, at.x), four_x(taps, at.y), four_x(taps, at.z), four_x(taps, at.w));
}

// four positions of one output
fn output_dy(plane: u32, at: Positions) -> vec4f {
  let four = plane + at.dy;
  return select(vec4f(), vec4f(dy[four.x], dy[four.y], dy[four.z], dy[four.w]), at.exists);
}

fn three_dy(plane: u32, at: Positions) -> mat3x4f {
  let step = params.rows * params.columns;
  return mat3x4f(output_dy(plane, at), output_dy(plane + step, at), output_dy(plane + 2u * step, at));
}

// the first position of a split, a multiple of four
fn first(split: u32) -> u32 {
  let fours = (params.total + 3u) >> 2u;
  // fours * split / splits, where that product may not fit a word
  return 4u * (fours / params.splits * split + fours % params.splits * split / params.splits);
}

// numbers of one part
fn part_size() -> u32 {
  return params.groups * params.outputs * (params.taps + 1u);
}

fn store(value: f32, split: u32, g: u32, output: u32, k: u32) {
  part[split * part_size() + (g * params.outputs + output) * params.taps + k] = value;
}

fn store_sums(split: u32, g: u32, output: u32, count: u32) {
  let biases = split * part_size() + params.groups * params.outputs * params.taps;
  for (var o = output; o < min(output + count, params.outputs); o++) {
    var sum = vec4f();
    var position = position_of(first(split));
    let steps = steps_of_positions();
    let end = first(split + 1u);
    for (var q = first(split); q < end; q += 4u) {
      sum += output_dy(planes_dy(o, g), four_positions(&position, q, steps));
    }
    part[biases + g * params.outputs + o] = dot(sum, vec4f(1.0));
  }
}

@compute @workgroup_size(group)
fn conv2d_weight_6x16(@builtin(global_invocation_id) id: vec3u) {
  let blocks = (params.taps + 15u) >> 4u;
  let split = id.x / blocks;
  let k = id.x % blocks * 16u;
  if (split >= params.splits) {
    return;
  }
  let output = id.y * 6u;
  var at: array<u32, 16>;
  for (var i = 0u; i < 16u; i++) {
    at[i] = tap(k + i, id.z);
  }
  let k0 = vec4u(at[0], at[1], at[2], at[3]);
  let k1 = vec4u(at[4], at[5], at[6], at[7]);
  let k2 = vec4u(at[8], at[9], at[10], at[11]);
  let k3 = vec4u(at[12], at[13], at[14], at[15]);
  let d0 = planes_dy(output, id.z);
  let d1 = planes_dy(output + 3u, id.z);
  var c00 = mat3x4f();
  var c01 = mat3x4f();
  var c02 = mat3x4f();
  var c03 = mat3x4f();
  var c10 = mat3x4f();
  var c11 = mat3x4f();
  var c12 = mat3x4f();
  var c13 = mat3x4f();
  var position = position_of(first(split));
  let steps = steps_of_positions();
  let end = first(split + 1u);
  for (var q = first(split); q < end; q += 4u) {
    let p = four_positions(&position, q, steps);
    let x0 = taps_x(k0, p.x);
    let x1 = taps_x(k1, p.x);
    let x2 = taps_x(k2, p.x);
    let x3 = taps_x(k3, p.x);
    let dy0 = three_dy(d0, p);
    c00 += x0 * dy0;
    c01 += x1 * dy0;
    c02 += x2 * dy0;
    c03 += x3 * dy0;
    let dy1 = three_dy(d1, p);
    c10 += x0 * dy1;
    c11 += x1 * dy1;
    c12 += x2 * dy1;
    c13 += x3 * dy1;
  }
  var c = array<mat3x4f, 8>(c00, c01, c02, c03, c10, c11, c12, c13);
  for (var j = 0u; j < 6u && output + j < params.outputs; j++) {
    for (var l = 0u; l < 16u && k + l < params.taps; l++) {
      store(c[j / 3u * 4u + (l >> 2u)][j % 3u][l & 3u], split, id.z, output + j, k + l);
    }
  }
  if (with_bias && k == 0u) {
    store_sums(split, id.z, output, 6u);
  }
}
