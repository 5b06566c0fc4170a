// conv2d-weight-quads: the first pass of conv2d-weight.wgsl in large register blocks that a quad shares, for software adapters.
// Maths:    part[s,o,k] = sum over the positions (n, row, column) of s of dy[n,o,row,column] * x[n, c, row * stride_y + u * dilation_y,
//           column * stride_x + v * dilation_x], with k = (c, u, v); part[s,bias,o] = the sums of dy
//           An invocation loads its own taps of x, and shares dy of sixteen outputs with its quad. A WGSL matrix holds four
//           taps of four outputs; four positions at a time, as in conv2d-quads.wgsl
// Shapes:   dy: [n, groups * outputs, rows, columns]; x: [n, groups * channels, height, width], padded already;
//           part: [splits, groups * outputs * (taps + 1)], taps = channels * kernel_y * kernel_x
// Bindings: 0 params, 1 dy (read), 2 x (read), 3 part (write)
// Geometry: one quad, which is a workgroup, per 16x64 or 32x32 (outputs x taps) of a part; x over taps, split by split,
//           y over outputs, z over groups
// Source:   split-K after cuBLAS; the parts are added in order, so that the same bits come out every time
// Accumulates in f32. Positions past the last repeat it with a gradient of 0; outputs and taps past it are not stored.
enable subgroups;

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

// where in x four taps lie
fn four_taps(k: u32, g: u32) -> vec4u {
  return vec4u(tap(k, g), tap(k + 1u, g), tap(k + 2u, g), tap(k + 3u, g));
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

fn four_dy(plane: u32, at: Positions) -> mat4x4f {
  let step = params.rows * params.columns;
  return mat4x4f(output_dy(plane, at), output_dy(plane + step, at), output_dy(plane + 2u * step, at), output_dy(plane + 3u * step, at));
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

// sixteen of the rows of a block: an invocation's own four, and those of the ones beside, below and across it in the quad
struct Rows {
  own: mat4x4f,
  beside: mat4x4f,
  below: mat4x4f,
  across: mat4x4f,
}

fn quad_rows(own: mat4x4f) -> Rows {
  return Rows(
    own,
    mat4x4f(quadSwapX(own[0]), quadSwapX(own[1]), quadSwapX(own[2]), quadSwapX(own[3])),
    mat4x4f(quadSwapY(own[0]), quadSwapY(own[1]), quadSwapY(own[2]), quadSwapY(own[3])),
    mat4x4f(quadSwapDiagonal(own[0]), quadSwapDiagonal(own[1]), quadSwapDiagonal(own[2]), quadSwapDiagonal(own[3]))
  );
}

fn add(c: ptr<function, Rows>, rows: Rows, cols: mat4x4f) {
  (*c).own += cols * rows.own;
  (*c).beside += cols * rows.beside;
  (*c).below += cols * rows.below;
  (*c).across += cols * rows.across;
}

fn store(value: f32, at: u32, k: u32) {
  if (k < params.taps) {
    part[at + k] = value;
  }
}

// four taps of sixteen outputs
fn store_block(c: Rows, split: u32, g: u32, output: u32, k: u32, lane: u32) {
  let parts = array<mat4x4f, 4>(c.own, c.beside, c.below, c.across);
  for (var j = 0u; j < 16u; j++) {
    let o = output + 4u * (lane ^ (j >> 2u)) + (j & 3u);
    let at = split * part_size() + (g * params.outputs + o) * params.taps;
    let four = parts[j >> 2u][j & 3u];
    if (o < params.outputs) {
      store(four.x, at, k);
      store(four.y, at, k + 1u);
      store(four.z, at, k + 2u);
      store(four.w, at, k + 3u);
    }
  }
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

@compute @workgroup_size(4)
fn conv2d_weight_16x64(@builtin(workgroup_id) quad: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let blocks = (params.taps + 63u) >> 6u;
  let split = quad.x / blocks;
  let start = quad.x % blocks * 64u;
  let k = start + 4u * lane;
  let output = quad.y * 16u;
  let g = quad.z;
  let k0 = four_taps(k, g);
  let k1 = four_taps(k + 16u, g);
  let k2 = four_taps(k + 32u, g);
  let k3 = four_taps(k + 48u, g);
  let d0 = planes_dy(output + 4u * lane, g);
  var c00 = Rows();
  var c01 = Rows();
  var c02 = Rows();
  var c03 = Rows();
  var position = position_of(first(split));
  let steps = steps_of_positions();
  let end = first(split + 1u);
  for (var q = first(split); q < end; q += 4u) {
    let p = four_positions(&position, q, steps);
    let x0 = taps_x(k0, p.x);
    let x1 = taps_x(k1, p.x);
    let x2 = taps_x(k2, p.x);
    let x3 = taps_x(k3, p.x);
    let dy0 = quad_rows(four_dy(d0, p));
    add(&c00, dy0, x0);
    add(&c01, dy0, x1);
    add(&c02, dy0, x2);
    add(&c03, dy0, x3);
  }
  store_block(c00, split, g, output, k, lane);
  store_block(c01, split, g, output, k + 16u, lane);
  store_block(c02, split, g, output, k + 32u, lane);
  store_block(c03, split, g, output, k + 48u, lane);
  if (with_bias && start == 0u) {
    store_sums(split, g, output + 4u * lane, 4u);
  }
}

@compute @workgroup_size(4)
fn conv2d_weight_32x32(@builtin(workgroup_id) quad: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let blocks = (params.taps + 31u) >> 5u;
  let split = quad.x / blocks;
  let start = quad.x % blocks * 32u;
  let k = start + 4u * lane;
  let output = quad.y * 32u;
  let g = quad.z;
  let k0 = four_taps(k, g);
  let k1 = four_taps(k + 16u, g);
  let d0 = planes_dy(output + 4u * lane, g);
  let d1 = planes_dy(output + 16u + 4u * lane, g);
  var c00 = Rows();
  var c01 = Rows();
  var c10 = Rows();
  var c11 = Rows();
  var position = position_of(first(split));
  let steps = steps_of_positions();
  let end = first(split + 1u);
  for (var q = first(split); q < end; q += 4u) {
    let p = four_positions(&position, q, steps);
    let x0 = taps_x(k0, p.x);
    let x1 = taps_x(k1, p.x);
    let dy0 = quad_rows(four_dy(d0, p));
    add(&c00, dy0, x0);
    add(&c01, dy0, x1);
    let dy1 = quad_rows(four_dy(d1, p));
    add(&c10, dy1, x0);
    add(&c11, dy1, x1);
  }
  store_block(c00, split, g, output, k, lane);
  store_block(c01, split, g, output, k + 16u, lane);
  store_block(c10, split, g, output + 16u, k, lane);
  store_block(c11, split, g, output + 16u, k + 16u, lane);
  if (with_bias && start == 0u) {
    store_sums(split, g, output + 8u * lane, 8u);
  }
}
