// conv2d: cross-correlation of images with filters, in register blocks, without workgroup memory.
// Maths:    y[n,o,p] = epilogue(sum_{c,u,v} w[o,c,u,v] * x[n, c, row(p) * stride_y + u * dilation_y, col(p) * stride_x + v * dilation_x])
//           c goes over the channels of o's group; a WGSL matrix holds four channels of four pixels, as in matmul.wgsl
// Shapes:   x: [n, groups * channels, height, width], padded already; y: [n, groups * outputs, pixels], pixels = rows * columns;
//           w: any order of [o, c, u, v], by the steps w_o, w_c, w_u, w_v from one to the next and w_group between groups,
//           starting at w_first: backwards through u and v and with o and c exchanged it is the transposed operation's
// Bindings: 0 params, 1 x (read), 2 w (read), 3 y (write)
// Geometry: one invocation per block of 8x12, 4x4 or 1x4 (outputs x pixels); x then y over pixels of all images,
//           z over blocks of outputs, group by group
// Source:   direct convolution as an implicit matrix product: Chetlur et al. 2014, arXiv:1410.0759, section 3
// Accumulates in f32 over c, u, v in order. Pixels and outputs past the last compute what an existing one does, or what
// is never stored.

struct Params {
  outputs: u32,
  pixels: u32,
  total: u32,
  columns: u32,
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
  w_first: u32,
  w_group: u32,
  w_o: u32,
  w_c: u32,
  w_u: u32,
  w_v: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override group: u32 = 64u;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// where in x the window of a pixel begins
fn corner(pixel: u32, channel: u32) -> u32 {
  let at = min(pixel, params.total - 1u);
  let n = at / params.pixels;
  let p = at % params.pixels;
  let window = (p / params.columns) * params.step_y + (p % params.columns) * params.step_x;
  return n * params.image + channel * params.plane + window;
}

fn corners(pixel: u32, channel: u32) -> vec4u {
  return vec4u(corner(pixel, channel), corner(pixel + 1u, channel), corner(pixel + 2u, channel), corner(pixel + 3u, channel));
}

fn four_x(at: vec4u, tap: u32) -> vec4f {
  return vec4f(x[at.x + tap], x[at.y + tap], x[at.z + tap], x[at.w + tap]);
}

fn four_w(at: u32) -> vec4f {
  return vec4f(w[at], w[at + params.w_o], w[at + 2u * params.w_o], w[at + 3u * params.w_o]);
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store_one(value: f32, g: u32, output: u32, pixel: u32) {
  let p = pixel % params.pixels;
  let plane = (pixel / params.pixels * params.groups + g) * params.outputs + output;
  let i = plane * params.pixels + p;
  y[i] = epilogue(value, i, plane, p);
}

fn store(block: ptr<function, mat4x4f>, g: u32, output: u32, pixel: u32) {
  for (var j = 0u; j < 4u && output + j < params.outputs; j++) {
    for (var l = 0u; l < 4u && pixel + l < params.total; l++) {
      store_one((*block)[j][l], g, output + j, pixel + l);
    }
  }
}

@compute @workgroup_size(group)
fn conv2d_8x12(@builtin(global_invocation_id) id: vec3u) {
  let pixel = (id.y * params.width + id.x) * 12u;
  if (pixel >= params.total) {
    return;
  }
  let blocks = (params.outputs + 7u) / 8u;
  let g = id.z / blocks;
  let output = id.z % blocks * 8u;
  let p0 = corners(pixel, g * params.channels);
  let p1 = corners(pixel + 4u, g * params.channels);
  let p2 = corners(pixel + 8u, g * params.channels);
  let filters = params.w_first + g * params.w_group + output * params.w_o;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c02 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  for (var c = 0u; c < params.channels; c++) {
    for (var u = 0u; u < params.kernel_y; u++) {
      for (var v = 0u; v < params.kernel_x; v++) {
        let tap = c * params.plane + u * params.tap_y + v * params.tap_x;
        let at = filters + c * params.w_c + u * params.w_u + v * params.w_v;
        let x0 = four_x(p0, tap);
        let x1 = four_x(p1, tap);
        let x2 = four_x(p2, tap);
        let w0 = four_w(at);
        c00 += outer(x0, w0);
        c01 += outer(x1, w0);
        c02 += outer(x2, w0);
        let w1 = four_w(at + 4u * params.w_o);
        c10 += outer(x0, w1);
        c11 += outer(x1, w1);
        c12 += outer(x2, w1);
      }
    }
  }
  var c = array<mat4x4f, 6>(c00, c01, c02, c10, c11, c12);
  for (var i = 0u; i < 6u; i++) {
    var block = c[i];
    store(&block, g, output + 4u * (i / 3u), pixel + 4u * (i % 3u));
  }
}

@compute @workgroup_size(group)
fn conv2d_4x4(@builtin(global_invocation_id) id: vec3u) {
  let pixel = (id.y * params.width + id.x) * 4u;
  if (pixel >= params.total) {
    return;
  }
  let blocks = (params.outputs + 3u) / 4u;
  let g = id.z / blocks;
  let output = id.z % blocks * 4u;
  let p0 = corners(pixel, g * params.channels);
  let filters = params.w_first + g * params.w_group + output * params.w_o;
  var c00 = mat4x4f();
  for (var c = 0u; c < params.channels; c++) {
    for (var u = 0u; u < params.kernel_y; u++) {
      for (var v = 0u; v < params.kernel_x; v++) {
        let x0 = four_x(p0, c * params.plane + u * params.tap_y + v * params.tap_x);
        c00 += outer(x0, four_w(filters + c * params.w_c + u * params.w_u + v * params.w_v));
      }
    }
  }
  store(&c00, g, output, pixel);
}

@compute @workgroup_size(group)
fn conv2d_1x4(@builtin(global_invocation_id) id: vec3u) {
  let pixel = (id.y * params.width + id.x) * 4u;
  if (pixel >= params.total) {
    return;
  }
  let g = id.z / params.outputs;
  let output = id.z % params.outputs;
  let p0 = corners(pixel, g * params.channels);
  let filters = params.w_first + g * params.w_group + output * params.w_o;
  var sums = vec4f();
  for (var c = 0u; c < params.channels; c++) {
    for (var u = 0u; u < params.kernel_y; u++) {
      for (var v = 0u; v < params.kernel_x; v++) {
        let x0 = four_x(p0, c * params.plane + u * params.tap_y + v * params.tap_x);
        sums += x0 * w[filters + c * params.w_c + u * params.w_u + v * params.w_v];
      }
    }
  }
  for (var l = 0u; l < 4u && pixel + l < params.total; l++) {
    store_one(sums[l], g, output, pixel + l);
  }
}
