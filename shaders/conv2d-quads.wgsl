// conv2d-quads: cross-correlation of images with filters in large register blocks that a quad shares, for software adapters.
// Maths:    y[n,o,p] = epilogue(sum_{c,u,v} w[o,c,u,v] * x[n, c, row(p) * stride_y + u * dilation_y, col(p) * stride_x + v * dilation_x])
//           c goes over the channels of o's group. An invocation loads its own pixels and the filters of four of sixteen
//           outputs, and has those of the other twelve from the rest of its quad. A WGSL matrix holds four pixels of four
//           outputs; four taps (c, u, v) at a time add the product of two matrices, so that the blocks, too many for the
//           registers, are fetched and put back a quarter as often
// Shapes:   x: [n, groups * channels, height, width], padded already, read from x_first on; y: [n, groups * outputs, y_plane],
//           of which p is at y_first + row(p) * y_row + col(p) * y_col, p of `pixels`, `columns` to a row, total = n * pixels;
//           w: any order of [o, c, u, v], by the steps w_o, w_c, w_u, w_v from one to the next and w_group between groups,
//           starting at w_first: backwards through u and v and with o and c exchanged it is the transposed operation's
// Bindings: 0 params, 1 x (read), 2 w (read), 3 y (write)
// Geometry: one quad, which is a workgroup, per block of 16x64 or 32x32 (outputs x pixels); x then y over pixels of all
//           images, z over blocks of outputs, group by group
// Source:   direct convolution as an implicit matrix product: Chetlur et al. 2014, arXiv:1410.0759, section 3
// Accumulates in f32 over c, u, v in order, four at a time; taps past the last repeat one with a weight of 0. Pixels and
// outputs past the last compute what an existing one does, or what is never stored. Without taps, y is 0.
enable subgroups;

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

// a tap, and where it lies in x from its window's corner and in w from its filter's beginning
struct Tap {
  u: u32,
  v: u32,
  x: u32,
  w: u32,
}

// from a tap to the one after it: in the same row of the filter, in the next row, in the next plane
struct Steps {
  last_u: u32,
  last_v: u32,
  x_v: u32,
  x_u: u32,
  x_c: u32,
  w_v: u32,
  w_u: u32,
  w_c: u32,
}

fn steps_of_taps() -> Steps {
  let last_u = params.kernel_y - 1u;
  let last_v = params.kernel_x - 1u;
  let back_x = last_v * params.tap_x;
  let back_w = last_v * params.w_v;
  return Steps(
    last_u,
    last_v,
    params.tap_x,
    params.tap_y - back_x,
    params.plane - last_u * params.tap_y - back_x,
    params.w_v,
    params.w_u - back_w,
    params.w_c - last_u * params.w_u - back_w,
  );
}

// the tap after one
fn next(tap: Tap, steps: Steps) -> Tap {
  let row_ends = tap.v == steps.last_v;
  let plane_ends = row_ends & (tap.u == steps.last_u);
  return Tap(
    select(tap.u + select(0u, 1u, row_ends), 0u, plane_ends),
    select(tap.v + 1u, 0u, row_ends),
    tap.x + select(select(steps.x_v, steps.x_u, row_ends), steps.x_c, plane_ends),
    tap.w + select(select(steps.w_v, steps.w_u, row_ends), steps.w_c, plane_ends),
  );
}

struct Taps {
  x: vec4u,
  w: vec4u,
  exists: vec4<bool>,
}

// the taps from the one numbered k, to which `tap` points; it moves on by four
fn four_taps(tap: ptr<function, Tap>, k: u32, steps: Steps) -> Taps {
  let a = *tap;
  let b = next(a, steps);
  let c = next(b, steps);
  let d = next(c, steps);
  *tap = next(d, steps);
  let exists = k + vec4u(0u, 1u, 2u, 3u) < vec4u(params.taps);
  return Taps(select(vec4u(a.x), vec4u(a.x, b.x, c.x, d.x), exists), vec4u(a.w, b.w, c.w, d.w), exists);
}

// four pixels under one tap
fn four_x(at: vec4u, tap: u32) -> vec4f {
  return vec4f(x[at.x + tap], x[at.y + tap], x[at.z + tap], x[at.w + tap]);
}

fn pixels_x(at: vec4u, taps: vec4u) -> mat4x4f {
  return mat4x4f(four_x(at, taps.x), four_x(at, taps.y), four_x(at, taps.z), four_x(at, taps.w));
}

// four taps of one filter
fn filter_w(at: u32, taps: Taps) -> vec4f {
  return select(vec4f(), vec4f(w[at + taps.w.x], w[at + taps.w.y], w[at + taps.w.z], w[at + taps.w.w]), taps.exists);
}

fn four_w(at: u32, taps: Taps) -> mat4x4f {
  let step = params.w_o;
  return mat4x4f(filter_w(at, taps), filter_w(at + step, taps), filter_w(at + 2u * step, taps), filter_w(at + 3u * step, taps));
}

// where the windows of four pixels begin
fn corners(pixel: u32, g: u32) -> vec4u {
  return vec4u(corner(pixel, g), corner(pixel + 1u, g), corner(pixel + 2u, g), corner(pixel + 3u, g));
}

// the plane of a pixel's first output, and where the pixel lies in it
fn place(pixel: u32, g: u32) -> vec2u {
  let n = pixel / params.pixels;
  let p = pixel - n * params.pixels;
  let row = p / params.columns;
  let at = params.y_first + row * params.y_row + (p - row * params.columns) * params.y_col;
  return vec2u((n * params.groups + g) * params.outputs, at);
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

fn store(value: f32, plane: u32, p: u32) {
  let i = plane * params.y_plane + p;
  y[i] = epilogue(value, i, plane, p);
}

// four pixels of sixteen outputs
fn store_block(c: Rows, g: u32, output: u32, pixel: u32, lane: u32) {
  let parts = array<mat4x4f, 4>(c.own, c.beside, c.below, c.across);
  let exists = pixel + vec4u(0u, 1u, 2u, 3u) < vec4u(params.total);
  let to0 = place(pixel, g);
  let to1 = place(pixel + 1u, g);
  let to2 = place(pixel + 2u, g);
  let to3 = place(pixel + 3u, g);
  for (var j = 0u; j < 16u; j++) {
    let o = output + 4u * (lane ^ (j >> 2u)) + (j & 3u);
    let four = parts[j >> 2u][j & 3u];
    let known = exists & vec4<bool>(o < params.outputs);
    if (known.x) {
      store(four.x, to0.x + o, to0.y);
    }
    if (known.y) {
      store(four.y, to1.x + o, to1.y);
    }
    if (known.z) {
      store(four.z, to2.x + o, to2.y);
    }
    if (known.w) {
      store(four.w, to3.x + o, to3.y);
    }
  }
}

@compute @workgroup_size(4)
fn conv2d_16x64(@builtin(workgroup_id) quad: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let pixel = (quad.y * params.width + quad.x) * 64u + 4u * lane;
  let blocks = (params.outputs + 15u) >> 4u;
  let g = quad.z / blocks;
  let output = quad.z % blocks * 16u;
  let p0 = corners(pixel, g);
  let p1 = corners(pixel + 16u, g);
  let p2 = corners(pixel + 32u, g);
  let p3 = corners(pixel + 48u, g);
  let f0 = filters(g, output + 4u * lane);
  var c00 = Rows();
  var c01 = Rows();
  var c02 = Rows();
  var c03 = Rows();
  var tap = Tap();
  let steps = steps_of_taps();
  for (var k = 0u; k < params.taps; k += 4u) {
    let t = four_taps(&tap, k, steps);
    let x0 = pixels_x(p0, t.x);
    let x1 = pixels_x(p1, t.x);
    let x2 = pixels_x(p2, t.x);
    let x3 = pixels_x(p3, t.x);
    let w0 = quad_rows(four_w(f0, t));
    add(&c00, w0, x0);
    add(&c01, w0, x1);
    add(&c02, w0, x2);
    add(&c03, w0, x3);
  }
  store_block(c00, g, output, pixel, lane);
  store_block(c01, g, output, pixel + 16u, lane);
  store_block(c02, g, output, pixel + 32u, lane);
  store_block(c03, g, output, pixel + 48u, lane);
}

@compute @workgroup_size(4)
fn conv2d_32x32(@builtin(workgroup_id) quad: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let pixel = (quad.y * params.width + quad.x) * 32u + 4u * lane;
  let blocks = (params.outputs + 31u) >> 5u;
  let g = quad.z / blocks;
  let output = quad.z % blocks * 32u;
  let p0 = corners(pixel, g);
  let p1 = corners(pixel + 16u, g);
  let f0 = filters(g, output + 4u * lane);
  let f1 = filters(g, output + 16u + 4u * lane);
  var c00 = Rows();
  var c01 = Rows();
  var c10 = Rows();
  var c11 = Rows();
  var tap = Tap();
  let steps = steps_of_taps();
  for (var k = 0u; k < params.taps; k += 4u) {
    let t = four_taps(&tap, k, steps);
    let x0 = pixels_x(p0, t.x);
    let x1 = pixels_x(p1, t.x);
    let w0 = quad_rows(four_w(f0, t));
    add(&c00, w0, x0);
    add(&c01, w0, x1);
    let w1 = quad_rows(four_w(f1, t));
    add(&c10, w1, x0);
    add(&c11, w1, x1);
  }
  store_block(c00, g, output, pixel, lane);
  store_block(c01, g, output, pixel + 16u, lane);
  store_block(c10, g, output + 16u, pixel, lane);
  store_block(c11, g, output + 16u, pixel + 16u, lane);
}
