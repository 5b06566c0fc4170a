// conv2d-weight: gradients of a convolution's filters and bias, in two passes without atomics.
// Maths:    part[s,o,k] = sum over the rows of s and their columns of dy[n,o,row,column] * x[n, c, row * stride_y + u * dilation_y,
//           column * stride_x + v * dilation_x], with k = (c, u, v); part[s,bias,o] = the sums of dy
//           dw = sum_s part[s,o,k];  db = sum_s part[s,bias,o]
// Shapes:   dy: [n, groups * outputs, rows, columns]; x: [n, groups * channels, height, width], padded already;
//           part: [splits, groups * outputs * (taps + 1)], taps = channels * kernel_y * kernel_x;
//           dw: [groups * outputs, taps], db: [groups * outputs]
// Bindings: 0 params, 1 dy (read), 2 x (read), 3 part (write), 4 parts (read), 5 dw (write), 6 db (write)
// Geometry: one invocation per 8x12 or 4x4 (outputs x taps) of a part; x over taps, y over outputs,
//           z over splits of the rows of all images, group by group;  sum: one invocation per number of dw and db, x then y
// Source:   split-K after cuBLAS; the parts are added in order, so that the same bits come out every time
// Accumulates in f32. Outputs and taps past the last compute what is never stored.

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
@group(0) @binding(4) var<storage, read> parts: array<f32>;
@group(0) @binding(5) var<storage, read_write> dw: array<f32>;
@group(0) @binding(6) var<storage, read_write> db: array<f32>;

override group: u32 = 8u;
override with_bias: bool = true;

// where in x a tap lies from its window's corner
fn tap(k: u32) -> u32 {
  let at = min(k, params.taps - 1u);
  let v = at % params.kernel_x;
  let u = at / params.kernel_x % params.kernel_y;
  return at / (params.kernel_x * params.kernel_y) * params.plane + u * params.tap_y + v * params.tap_x;
}

fn four_taps(k: u32) -> vec4u {
  return vec4u(tap(k), tap(k + 1u), tap(k + 2u), tap(k + 3u));
}

fn four_x(taps: vec4u, at: u32) -> vec4f {
  return vec4f(x[taps.x + at], x[taps.y + at], x[taps.z + at], x[taps.w + at]);
}

fn four_dy(at: u32) -> vec4f {
  let step = params.rows * params.columns;
  return vec4f(dy[at], dy[at + step], dy[at + 2u * step], dy[at + 3u * step]);
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

// numbers of one part
fn part_size() -> u32 {
  return params.groups * params.outputs * (params.taps + 1u);
}

// where dy's row begins, for an output counted over all groups
fn row_of_dy(row: u32, output: u32) -> u32 {
  let n = row / params.rows;
  return ((n * params.groups * params.outputs + output) * params.rows + row % params.rows) * params.columns;
}

fn row_of_x(row: u32, g: u32) -> u32 {
  return row / params.rows * params.image + row % params.rows * params.step_y + g * params.channels * params.plane;
}

fn store(block: ptr<function, mat4x4f>, split: u32, g: u32, output: u32, k: u32) {
  for (var j = 0u; j < 4u && output + j < params.outputs; j++) {
    let line = split * part_size() + (g * params.outputs + output + j) * params.taps;
    for (var l = 0u; l < 4u && k + l < params.taps; l++) {
      part[line + k + l] = (*block)[j][l];
    }
  }
}

fn store_sums(split: u32, g: u32, output: u32, count: u32, from_row: u32, to_row: u32) {
  let biases = split * part_size() + params.groups * params.outputs * params.taps;
  for (var o = g * params.outputs + output; o < g * params.outputs + min(output + count, params.outputs); o++) {
    var sum = 0.0;
    for (var row = from_row; row < to_row; row++) {
      let at = row_of_dy(row, o);
      for (var column = 0u; column < params.columns; column++) {
        sum += dy[at + column];
      }
    }
    part[biases + o] = sum;
  }
}

@compute @workgroup_size(group)
fn conv2d_weight_8x12(@builtin(global_invocation_id) id: vec3u) {
  let k = id.x * 12u;
  let output = id.y * 8u;
  if (k >= params.taps) {
    return;
  }
  let g = id.z / params.splits;
  let split = id.z % params.splits;
  let from_row = split * params.total / params.splits;
  let to_row = (split + 1u) * params.total / params.splits;
  let k0 = four_taps(k);
  let k1 = four_taps(k + 4u);
  let k2 = four_taps(k + 8u);
  let four = 4u * params.rows * params.columns;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c02 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  for (var row = from_row; row < to_row; row++) {
    let from_dy = row_of_dy(row, g * params.outputs + output);
    let from_x = row_of_x(row, g);
    for (var column = 0u; column < params.columns; column++) {
      let at = from_x + column * params.step_x;
      let x0 = four_x(k0, at);
      let x1 = four_x(k1, at);
      let x2 = four_x(k2, at);
      let g0 = four_dy(from_dy + column);
      c00 += outer(x0, g0);
      c01 += outer(x1, g0);
      c02 += outer(x2, g0);
      let g1 = four_dy(from_dy + column + four);
      c10 += outer(x0, g1);
      c11 += outer(x1, g1);
      c12 += outer(x2, g1);
    }
  }
  var c = array<mat4x4f, 6>(c00, c01, c02, c10, c11, c12);
  for (var i = 0u; i < 6u; i++) {
    var block = c[i];
    store(&block, split, g, output + 4u * (i / 3u), k + 4u * (i % 3u));
  }
  if (with_bias && k == 0u) {
    store_sums(split, g, output, 8u, from_row, to_row);
  }
}

@compute @workgroup_size(group)
fn conv2d_weight_4x4(@builtin(global_invocation_id) id: vec3u) {
  let k = id.x * 4u;
  let output = id.y * 4u;
  if (k >= params.taps) {
    return;
  }
  let g = id.z / params.splits;
  let split = id.z % params.splits;
  let from_row = split * params.total / params.splits;
  let to_row = (split + 1u) * params.total / params.splits;
  let k0 = four_taps(k);
  var c00 = mat4x4f();
  for (var row = from_row; row < to_row; row++) {
    let from_dy = row_of_dy(row, g * params.outputs + output);
    let from_x = row_of_x(row, g);
    for (var column = 0u; column < params.columns; column++) {
      c00 += outer(four_x(k0, from_x + column * params.step_x), four_dy(from_dy + column));
    }
  }
  store(&c00, split, g, output, k);
  if (with_bias && k == 0u) {
    store_sums(split, g, output, 4u, from_row, to_row);
  }
}

@compute @workgroup_size(64)
fn conv2d_weight_sum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  let weights = params.groups * params.outputs * params.taps;
  if (i >= select(weights, part_size(), with_bias)) {
    return;
  }
  var sum = 0.0;
  for (var split = 0u; split < params.splits; split++) {
    sum += parts[split * part_size() + i];
  }
  if (i < weights) {
    dw[i] = sum;
  } else {
    db[i - weights] = sum;
  }
}
