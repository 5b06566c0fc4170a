// conv2d-weight-tiled: parts of the gradients of a convolution's filters and bias, through tiles in workgroup memory.
// Maths:    part[s,o,k] = sum over the positions (n, row, column) of s of dy[n,o,row,column] * x[n, c, row * stride_y + u * dilation_y,
//           column * stride_x + v * dilation_x], with k = (c, u, v); part[s,bias,o] = the sums of dy
//           A WGSL matrix holds four taps of four outputs; each position adds an outer product
// Shapes:   dy: [n, groups * outputs, rows, columns]; x: [n, groups * channels, height, width], padded already;
//           part: [splits, groups * outputs * (taps + 1)], taps = channels * kernel_y * kernel_x, which conv2d-weight.wgsl adds
// Bindings: 0 params, 1 dy (read), 2 x (read), 3 part (write)
// Geometry: GROUP x GROUP invocations per tile of 4 * ROW outputs x 4 * ROW taps of a part, FOURS x FOURS blocks of 4x4 each: 8
//           and 1 give 32x32, 8 and 2 give 64x64; x over taps, split by split, y over outputs, z over groups
// Source:   split-K after cuBLAS; the parts are added in order, so that the same bits come out every time
// Accumulates in f32, position by position. Where a position lies takes divisions to find, so one invocation does it for all, for
// the next tiles while these are multiplied. Positions past the last of a part count as 0. Outputs and taps past the last
// compute what is never stored.

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

const GROUP = 8u;
const FOURS = 2u;
// fours in a row of a tile
const ROW = GROUP * FOURS;
const DEPTH = 16u;
const INVOCATIONS = GROUP * GROUP;
const FILLED = ROW * DEPTH;

var<workgroup> tile_x: array<array<vec4f, ROW>, DEPTH>;
// neighbours store one below another, so a row has one more, against bank conflicts
var<workgroup> tile_dy: array<array<vec4f, ROW + 1u>, DEPTH>;
// where the window of each position of the tiles begins in x, and where the position lies in dy
var<workgroup> positions: array<vec2u, DEPTH>;

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

fn find_positions(lane: u32, q: u32) {
  if (lane < DEPTH) {
    let pixels = params.rows * params.columns;
    let n = (q + lane) / pixels;
    let p = q + lane - n * pixels;
    let row = p / params.columns;
    let column = p - row * params.columns;
    positions[lane] = vec2u(
      n * params.image + row * params.step_y + column * params.step_x,
      n * params.groups * params.outputs * pixels + p,
    );
  }
}

// Both tiles of `count` positions, each invocation its share: always the same four taps, and positions of outputs that lie
// beside one another. The taps of a four lie ROW apart, so that neighbours load and store neighbours.
fn load(lane: u32, count: u32, taps: vec4u, g: u32, output: u32) {
  for (var i = lane; i < FILLED; i += INVOCATIONS) {
    let l = i / ROW;
    let at = taps + positions[l].x;
    tile_x[l][i % ROW] = select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), l < count);
  }
  for (var i = lane; i < FILLED; i += INVOCATIONS) {
    let l = i % DEPTH;
    let at = planes_dy(output + i / DEPTH * 4u, g) + positions[l].y;
    let step = params.rows * params.columns;
    let four = vec4f(dy[at], dy[at + step], dy[at + 2u * step], dy[at + 3u * step]);
    tile_dy[l][i / DEPTH] = select(vec4f(), four, l < count);
  }
}

// the sums of four outputs over the positions of a tile
fn sum_tile(four: u32) -> vec4f {
  var sum = vec4f();
  for (var l = 0u; l < DEPTH; l++) {
    sum += tile_dy[l][four];
  }
  return sum;
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

// the first position of a split
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

fn store_block(block: mat4x4f, split: u32, g: u32, output: u32, k: u32) {
  for (var j = 0u; j < 4u && output + j < params.outputs; j++) {
    for (var l = 0u; l < 4u && k + l * ROW < params.taps; l++) {
      store(block[j][l], split, g, output + j, k + l * ROW);
    }
  }
}

fn store_sums(sums: vec4f, split: u32, g: u32, output: u32) {
  let biases = split * part_size() + params.groups * params.outputs * params.taps;
  for (var j = 0u; j < 4u && output + j < params.outputs; j++) {
    part[biases + g * params.outputs + output + j] = sums[j];
  }
}

@compute @workgroup_size(GROUP, GROUP)
fn conv2d_weight_tiled_4x4(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tiles = (params.taps + 4u * ROW - 1u) / (4u * ROW);
  let split = tile.x / tiles;
  let k = tile.x % tiles * 4u * ROW;
  let g = tile.z;
  let output = tile.y * 4u * ROW;
  let own = k + lane % ROW;
  let taps = vec4u(tap(own, g), tap(own + ROW, g), tap(own + 2u * ROW, g), tap(own + 3u * ROW, g));
  let sums_rows = with_bias && k == 0u && lane < ROW;
  let end = min(first(split + 1u), params.total);
  var sums = vec4f();
  var c = mat4x4f();
  find_positions(lane, first(split));
  for (var q = first(split); q < end; q += DEPTH) {
    // it is known where the positions lie, and all have read the tiles, which may be overwritten
    workgroupBarrier();
    load(lane, end - q, taps, g, output);
    // the tiles are complete
    workgroupBarrier();
    find_positions(lane, q + DEPTH);
    for (var l = 0u; l < DEPTH; l++) {
      c += outer(tile_x[l][local.x], tile_dy[l][local.y]);
    }
    if (sums_rows) {
      sums += sum_tile(lane);
    }
  }
  store_block(c, split, g, output + 4u * local.y, k + local.x);
  if (sums_rows) {
    store_sums(sums, split, g, output + 4u * lane);
  }
}

@compute @workgroup_size(GROUP, GROUP)
fn conv2d_weight_tiled_8x8(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tiles = (params.taps + 4u * ROW - 1u) / (4u * ROW);
  let split = tile.x / tiles;
  let k = tile.x % tiles * 4u * ROW;
  let g = tile.z;
  let output = tile.y * 4u * ROW;
  let own = k + lane % ROW;
  let taps = vec4u(tap(own, g), tap(own + ROW, g), tap(own + 2u * ROW, g), tap(own + 3u * ROW, g));
  let sums_rows = with_bias && k == 0u && lane < ROW;
  let end = min(first(split + 1u), params.total);
  var sums = vec4f();
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  find_positions(lane, first(split));
  for (var q = first(split); q < end; q += DEPTH) {
    // it is known where the positions lie, and all have read the tiles, which may be overwritten
    workgroupBarrier();
    load(lane, end - q, taps, g, output);
    // the tiles are complete
    workgroupBarrier();
    find_positions(lane, q + DEPTH);
    for (var l = 0u; l < DEPTH; l++) {
      let x0 = tile_x[l][local.x];
      let x1 = tile_x[l][local.x + GROUP];
      let dy0 = tile_dy[l][local.y];
      c00 += outer(x0, dy0);
      c01 += outer(x1, dy0);
      let dy1 = tile_dy[l][local.y + GROUP];
      c10 += outer(x0, dy1);
      c11 += outer(x1, dy1);
    }
    if (sums_rows) {
      sums += sum_tile(lane);
    }
  }
  let beside = k + local.x + GROUP;
  let below = output + 4u * (local.y + GROUP);
  store_block(c00, split, g, output + 4u * local.y, k + local.x);
  store_block(c01, split, g, output + 4u * local.y, beside);
  store_block(c10, split, g, below, k + local.x);
  store_block(c11, split, g, below, beside);
  if (sums_rows) {
    store_sums(sums, split, g, output + 4u * lane);
  }
}
