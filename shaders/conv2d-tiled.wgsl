// conv2d-tiled: cross-correlation of images with filters, through tiles in workgroup memory.
// Maths:    y[n,o,p] = epilogue(sum_{c,u,v} w[o,c,u,v] * x[n, c, row(p) * stride_y + u * dilation_y, col(p) * stride_x + v * dilation_x])
//           c goes over the channels of o's group. A WGSL matrix holds four pixels of four outputs; each tap (c, u, v) adds an
//           outer product
// Shapes:   x, w and y as in conv2d.wgsl
// Bindings: 0 params, 1 x (read), 2 w (read), 3 y (write)
// Geometry: GROUP x GROUP invocations per tile of 4 * ROW outputs x 4 * ROW pixels, FOURS x FOURS blocks of 4x4 each: 8 and 1
//           give 32x32, 8 and 2 give 64x64; x then y over pixels of all images, z over tiles of outputs, group by group
// Source:   direct convolution as an implicit matrix product: Chetlur et al. 2014, arXiv:1410.0759, section 3
// Accumulates in f32 over c, u, v in order. Where a tap lies takes divisions to find, so one invocation does it for all, for the
// next tiles while these are multiplied. Taps past the last count as 0. Pixels and outputs past the last compute what an
// existing one does, or what is never stored. Without taps, y is 0.

struct Params {
  outputs: u32,
  pixels: u32,
  total: u32,
  columns: u32,
  taps: u32,
  kernel_y: u32,
  kernel_x: u32,
  channels: u32,
  image: u32,
  plane: u32,
  step_y: u32,
  step_x: u32,
  tap_y: u32,
  tap_x: u32,
  groups: u32,
  x_first: u32,
  w_first: u32,
  w_group: u32,
  w_o: u32,
  w_c: u32,
  w_u: u32,
  w_v: u32,
  y_plane: u32,
  y_first: u32,
  y_row: u32,
  y_col: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

const GROUP = 8u;
const FOURS = 2u;
// fours in a row of a tile
const ROW = GROUP * FOURS;
const DEPTH = 16u;
const INVOCATIONS = GROUP * GROUP;
const FILLED = ROW * DEPTH;

var<workgroup> tile_x: array<array<vec4f, ROW>, DEPTH>;
// neighbours store one below another, so a row has one more, against bank conflicts
var<workgroup> tile_w: array<array<vec4f, ROW + 1u>, DEPTH>;
// where each tap of the tiles lies in x from its window's corner, and in w from its filter's beginning
var<workgroup> taps: array<vec2u, DEPTH>;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// where in x the window of a pixel begins
fn corner(pixel: u32, g: u32) -> u32 {
  let at = min(pixel, params.total - 1u);
  let n = at / params.pixels;
  let p = at - n * params.pixels;
  let row = p / params.columns;
  let window = row * params.step_y + (p - row * params.columns) * params.step_x;
  return params.x_first + n * params.image + g * params.channels * params.plane + window;
}

// where in w the filter of an output begins
fn filters(g: u32, output: u32) -> u32 {
  return params.w_first + g * params.w_group + output * params.w_o;
}

fn find_taps(lane: u32, k: u32) {
  if (lane < DEPTH) {
    let line = (k + lane) / params.kernel_x;
    let v = k + lane - line * params.kernel_x;
    let c = line / params.kernel_y;
    let u = line - c * params.kernel_y;
    taps[lane] = vec2u(
      c * params.plane + u * params.tap_y + v * params.tap_x,
      c * params.w_c + u * params.w_u + v * params.w_v,
    );
  }
}

// Both tiles of the taps k .. k + DEPTH - 1, each invocation its share: always the same four pixels, whose corners it knows,
// and taps beside one another of filters. The pixels of a four lie ROW apart, so that neighbours load and store neighbours.
fn load(lane: u32, k: u32, corners: vec4u, g: u32, output: u32) {
  for (var i = lane; i < FILLED; i += INVOCATIONS) {
    let l = i / ROW;
    let at = corners + taps[l].x;
    let pixels = vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
    tile_x[l][i % ROW] = select(vec4f(), pixels, k + l < params.taps);
  }
  for (var i = lane; i < FILLED; i += INVOCATIONS) {
    let l = i % DEPTH;
    let at = filters(g, output + i / DEPTH * 4u) + taps[l].y;
    let step = params.w_o;
    let four = vec4f(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]);
    tile_w[l][i / DEPTH] = select(vec4f(), four, k + l < params.taps);
  }
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store(value: f32, plane: u32, p: u32) {
  let i = plane * params.y_plane + p;
  y[i] = epilogue(value, i, plane, p);
}

fn store_block(block: mat4x4f, first: u32, g: u32, output: u32) {
  for (var l = 0u; l < 4u && first + l * ROW < params.total; l++) {
    let pixel = first + l * ROW;
    let n = pixel / params.pixels;
    let p = pixel - n * params.pixels;
    let row = p / params.columns;
    let at = params.y_first + row * params.y_row + (p - row * params.columns) * params.y_col;
    let plane = (n * params.groups + g) * params.outputs;
    for (var j = 0u; j < 4u && output + j < params.outputs; j++) {
      store(block[j][l], plane + output + j, at);
    }
  }
}

@compute @workgroup_size(GROUP, GROUP)
fn conv2d_tiled_4x4(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let pixel = (tile.y * params.width + tile.x) * 4u * ROW;
  let tiles = (params.outputs + 4u * ROW - 1u) / (4u * ROW);
  let g = tile.z / tiles;
  let output = tile.z % tiles * 4u * ROW;
  let own = pixel + lane % ROW;
  let corners = vec4u(corner(own, g), corner(own + ROW, g), corner(own + 2u * ROW, g), corner(own + 3u * ROW, g));
  var c = mat4x4f();
  find_taps(lane, 0u);
  for (var k = 0u; k < params.taps; k += DEPTH) {
    // it is known where the taps lie, and all have read the tiles, which may be overwritten
    workgroupBarrier();
    load(lane, k, corners, g, output);
    // the tiles are complete
    workgroupBarrier();
    find_taps(lane, k + DEPTH);
    for (var l = 0u; l < DEPTH; l++) {
      c += outer(tile_x[l][local.x], tile_w[l][local.y]);
    }
  }
  store_block(c, pixel + local.x, g, output + 4u * local.y);
}

@compute @workgroup_size(GROUP, GROUP)
fn conv2d_tiled_8x8(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let pixel = (tile.y * params.width + tile.x) * 4u * ROW;
  let tiles = (params.outputs + 4u * ROW - 1u) / (4u * ROW);
  let g = tile.z / tiles;
  let output = tile.z % tiles * 4u * ROW;
  let own = pixel + lane % ROW;
  let corners = vec4u(corner(own, g), corner(own + ROW, g), corner(own + 2u * ROW, g), corner(own + 3u * ROW, g));
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  find_taps(lane, 0u);
  for (var k = 0u; k < params.taps; k += DEPTH) {
    // it is known where the taps lie, and all have read the tiles, which may be overwritten
    workgroupBarrier();
    load(lane, k, corners, g, output);
    // the tiles are complete
    workgroupBarrier();
    find_taps(lane, k + DEPTH);
    for (var l = 0u; l < DEPTH; l++) {
      let x0 = tile_x[l][local.x];
      let x1 = tile_x[l][local.x + GROUP];
      let w0 = tile_w[l][local.y];
      c00 += outer(x0, w0);
      c01 += outer(x1, w0);
      let w1 = tile_w[l][local.y + GROUP];
      c10 += outer(x0, w1);
      c11 += outer(x1, w1);
    }
  }
  let beside = pixel + local.x + GROUP;
  let below = output + 4u * (local.y + GROUP);
  store_block(c00, pixel + local.x, g, output + 4u * local.y);
  store_block(c01, beside, g, output + 4u * local.y);
  store_block(c10, pixel + local.x, g, below);
  store_block(c11, beside, g, below);
}
