// conv2d-narrow: cross-correlation of images with six filters at a time, for software adapters.
// Maths:    y[n,o,p] = epilogue(sum_{c,u,v} w[o,c,u,v] * x[n, c, row(p) * stride_y + u * dilation_y, col(p) * stride_x + v * dilation_x])
//           c goes over the channels of o's group. A WGSL matrix holds four pixels of three outputs; four taps
//           (c, u, v) at a time add the product of two matrices, as in conv2d-quads.wgsl
// Shapes:   x: [n, groups * channels, height, width], padded already, read from x_first on; y: [n, groups * outputs, y_plane],
//           of which p is at y_first + row(p) * y_row + col(p) * y_col, p of `pixels`, `columns` to a row, total = n * pixels;
//           w: any order of [o, c, u, v], by the steps w_o, w_c, w_u, w_v from one to the next and w_group between groups,
//           starting at w_first: backwards through u and v and with o and c exchanged it is the transposed operation's
// Bindings: 0 params, 1 x (read), 2 w (read), 3 y (write)
// Geometry: one invocation per block of 6x24 (outputs x pixels); x then y over pixels of all images,
//           z over blocks of outputs, group by group
// Source:   direct convolution as an implicit matrix product: Chetlur et al. 2014, arXiv:1410.0759, section 3
// Accumulates in f32 over c, u, v in order, four at a time; taps past the last repeat one with a weight of 0. Pixels and
// outputs past the last compute what an existing one does, or what is never stored. Without taps, y is 0.

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

override group: u32 = 4u;

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

fn three_w(at: u32, taps: Taps) -> mat3x4f {
  return mat3x4f(filter_w(at, taps), filter_w(at + params.w_o, taps), filter_w(at + 2u * params.w_o, taps));
}

// the plane of a pixel's first output, and where the pixel lies in it
fn place(pixel: u32, g: u32) -> vec2u {
  let n = pixel / params.pixels;
  let p = pixel - n * params.pixels;
  let row = p / params.columns;
  let at = params.y_first + row * params.y_row + (p - row * params.columns) * params.y_col;
  return vec2u((n * params.groups + g) * params.outputs, at);
}

fn store(value: f32, plane: u32, p: u32) {
  let i = plane * params.y_plane + p;
  y[i] = epilogue(value, i, plane, p);
}

// four pixels of six outputs; software adapters read a matrix by a number that is not known at compile time slowly
fn store_four(first: mat3x4f, last: mat3x4f, pixel: u32, g: u32, output: u32) {
  let left = params.outputs - output;
  let a = first[0];
  let b = first[1];
  let c = first[2];
  let d = last[0];
  let e = last[1];
  let f = last[2];
  for (var l = 0u; l < 4u && pixel + l < params.total; l++) {
    let to = place(pixel + l, g);
    let plane = to.x + output;
    store(a[l], plane, to.y);
    if (left > 1u) {
      store(b[l], plane + 1u, to.y);
    }
    if (left > 2u) {
      store(c[l], plane + 2u, to.y);
    }
    if (left > 3u) {
      store(d[l], plane + 3u, to.y);
    }
    if (left > 4u) {
      store(e[l], plane + 4u, to.y);
    }
    if (left > 5u) {
      store(f[l], plane + 5u, to.y);
    }
  }
}

@compute @workgroup_size(group)
fn conv2d_6x24(@builtin(global_invocation_id) id: vec3u) {
  let pixel = (id.y * params.width + id.x) * 24u;
  if (pixel >= params.total) {
    return;
  }
  let blocks = (params.outputs + 5u) / 6u;
  let g = id.z / blocks;
  let output = id.z % blocks * 6u;
  var at: array<u32, 24>;
  for (var i = 0u; i < 24u; i++) {
    at[i] = corner(pixel + i, g);
  }
  let p0 = vec4u(at[0], at[1], at[2], at[3]);
  let p1 = vec4u(at[4], at[5], at[6], at[7]);
  let p2 = vec4u(at[8], at[9], at[10], at[11]);
  let p3 = vec4u(at[12], at[13], at[14], at[15]);
  let p4 = vec4u(at[16], at[17], at[18], at[19]);
  let p5 = vec4u(at[20], at[21], at[22], at[23]);
  let f0 = filters(g, output);
  let f1 = filters(g, output + 3u);
  var c00 = mat3x4f();
  var c01 = mat3x4f();
  var c02 = mat3x4f();
  var c03 = mat3x4f();
  var c04 = mat3x4f();
  var c05 = mat3x4f();
  var c10 = mat3x4f();
  var c11 = mat3x4f();
  var c12 = mat3x4f();
  var c13 = mat3x4f();
  var c14 = mat3x4f();
  var c15 = mat3x4f();
  var tap = Tap();
  let steps = steps_of_taps();
  for (var k = 0u; k < params.taps; k += 4u) {
    let t = four_taps(&tap, k, steps);
    let x0 = pixels_x(p0, t.x);
    let x1 = pixels_x(p1, t.x);
    let x2 = pixels_x(p2, t.x);
    let x3 = pixels_x(p3, t.x);
    let x4 = pixels_x(p4, t.x);
    let x5 = pixels_x(p5, t.x);
    let w0 = three_w(f0, t);
    c00 += x0 * w0;
    c01 += x1 * w0;
    c02 += x2 * w0;
    c03 += x3 * w0;
    c04 += x4 * w0;
    c05 += x5 * w0;
    let w1 = three_w(f1, t);
    c10 += x0 * w1;
    c11 += x1 * w1;
    c12 += x2 * w1;
    c13 += x3 * w1;
    c14 += x4 * w1;
    c15 += x5 * w1;
  }
  store_four(c00, c10, pixel, g, output);
  store_four(c01, c11, pixel + 4u, g, output);
  store_four(c02, c12, pixel + 8u, g, output);
  store_four(c03, c13, pixel + 12u, g, output);
  store_four(c04, c14, pixel + 16u, g, output);
  store_four(c05, c15, pixel + 20u, g, output);
}
