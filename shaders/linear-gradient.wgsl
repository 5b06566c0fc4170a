// linear-gradient: gradients of a linear layer's weight and bias in one pass over its inputs.
// Maths:    dw[z,i,j] = sum_k dy[z,k,i] * x[z,k,j];  db[z,i] = sum_k dy[z,k,i]
//           a WGSL matrix holds four rows of dw, so with columns for rows: dw^T += x^T * dy
// Shapes:   dy: [members, k, m] (rows, outputs), x: [members, k, n] (rows, inputs), dw: [members, m, n], db: [members, m]
//           x_member is elements of x from one member to the next, 0 to use the same for all;
//           first is the member that a dispatch begins with, where there are more than it can count
// Bindings: 0 params, 1 dy (read), 2 x|x4 (read), 3 dw|dw4 (write), 4 db (write); x4 and dw4 in fours, for n a multiple of 4
// Geometry: one invocation per 8x12 (rows x columns), 4x4 or single elements of dw; x over inputs, y over outputs, z over members
// Source:   register blocking after Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"
// Accumulates in f32, k in order. Reads past an edge stay inside the buffer or are clamped by WebGPU, and reach only
// outputs that are not stored.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  x_member: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<storage, read> x4: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dw4: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> db: array<f32>;

override group_x: u32 = 8u;
override group_y: u32 = 8u;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn four_dy(at: u32) -> vec4f {
  return vec4f(dy[at], dy[at + 1u], dy[at + 2u], dy[at + 3u]);
}

fn four_x(at: u32) -> vec4f {
  return vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store(value: f32, member: u32, row: u32, col: u32) {
  let line = member * params.m + row;
  let i = line * params.n + col;
  dw[i] = epilogue(value, i, line, col);
}

fn store_vec4(four: vec4f, member: u32, row: u32, col: u32) {
  let line = member * params.m + row;
  let i = line * params.n + col;
  dw4[i >> 2u] = vec4f(
    epilogue(four.x, i, line, col),
    epilogue(four.y, i + 1u, line, col + 1u),
    epilogue(four.z, i + 2u, line, col + 2u),
    epilogue(four.w, i + 3u, line, col + 3u),
  );
}

// The bias gradient of `fours` times four rows, in a loop of its own: in the product's it would cost every invocation,
// and only those of the first columns have it to do.
fn store_sums(member: u32, first: u32, fours: u32) {
  let m = params.m;
  let count = params.k;
  for (var row = first; row < first + 4u * fours; row += 4u) {
    var sums = vec4f();
    for (var k = 0u; k < count; k++) {
      sums += four_dy((member * count + k) * m + row);
    }
    for (var j = 0u; j < 4u && row + j < m; j++) {
      db[member * m + row + j] = sums[j];
    }
  }
}

@compute @workgroup_size(group_x, group_y)
fn linear_gradient_1x1(@builtin(global_invocation_id) id: vec3u) {
  let m = params.m;
  let n = params.n;
  if (id.y >= m || id.x >= n) {
    return;
  }
  let member = params.first + id.z;
  let count = params.k;
  let of_dy = member * count * m + id.y;
  let of_x = member * params.x_member + id.x;
  var product = 0.0;
  var sum = 0.0;
  for (var k = 0u; k < count; k++) {
    let g = dy[of_dy + k * m];
    product += g * x[of_x + k * n];
    sum += g;
  }
  store(product, member, id.y, id.x);
  if (id.x == 0u) {
    db[member * m + id.y] = sum;
  }
}

@compute @workgroup_size(group_x, group_y)
fn linear_gradient_4x4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  let col = id.x * 4u;
  let m = params.m;
  let n = params.n;
  if (row >= m || col >= n) {
    return;
  }
  let member = params.first + id.z;
  let count = params.k;
  let of_dy = member * count * m + row;
  let of_x = member * params.x_member + col;
  var c00 = mat4x4f();
  for (var k = 0u; k < count; k++) {
    let x0 = four_x(of_x + k * n);
    let g0 = four_dy(of_dy + k * m);
    c00 += outer(x0, g0);
  }
  for (var j = 0u; j < 4u && row + j < m; j++) {
    for (var l = 0u; l < 4u && col + l < n; l++) {
      store(c00[j][l], member, row + j, col + l);
    }
  }
  if (col == 0u) {
    store_sums(member, row, 1u);
  }
}

@compute @workgroup_size(group_x, group_y)
fn linear_gradient_8x12(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let col = id.x * 12u;
  let m = params.m;
  let n = params.n;
  if (row >= m || col >= n) {
    return;
  }
  let member = params.first + id.z;
  let count = params.k;
  let of_dy = member * count * m + row;
  let of_x = member * params.x_member + col;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c02 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  for (var k = 0u; k < count; k++) {
    let at = of_x + k * n;
    let x0 = four_x(at);
    let x1 = four_x(at + 4u);
    let x2 = four_x(at + 8u);
    let g0 = four_dy(of_dy + k * m);
    c00 += outer(x0, g0);
    c01 += outer(x1, g0);
    c02 += outer(x2, g0);
    let g1 = four_dy(of_dy + k * m + 4u);
    c10 += outer(x0, g1);
    c11 += outer(x1, g1);
    c12 += outer(x2, g1);
  }
  var c = array<mat4x4f, 6>(c00, c01, c02, c10, c11, c12);
  for (var j = 0u; j < 8u && row + j < m; j++) {
    for (var l = 0u; l < 12u && col + l < n; l++) {
      store(c[(j >> 2u) * 3u + (l >> 2u)][j & 3u][l & 3u], member, row + j, col + l);
    }
  }
  if (col == 0u) {
    store_sums(member, row, 2u);
  }
}

@compute @workgroup_size(group_x, group_y)
fn linear_gradient_8x12_vec4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let col = id.x * 12u;
  let m = params.m;
  let n = params.n;
  if (row >= m || col >= n) {
    return;
  }
  let member = params.first + id.z;
  let count = params.k;
  let of_dy = member * count * m + row;
  let of_x = member * params.x_member + col;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c02 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  for (var k = 0u; k < count; k++) {
    let at = (of_x + k * n) >> 2u;
    let x0 = x4[at];
    let x1 = x4[at + 1u];
    let x2 = x4[at + 2u];
    let g0 = four_dy(of_dy + k * m);
    c00 += outer(x0, g0);
    c01 += outer(x1, g0);
    c02 += outer(x2, g0);
    let g1 = four_dy(of_dy + k * m + 4u);
    c10 += outer(x0, g1);
    c11 += outer(x1, g1);
    c12 += outer(x2, g1);
  }
  var c = array<mat4x4f, 6>(c00, c01, c02, c10, c11, c12);
  for (var j = 0u; j < 8u && row + j < m; j++) {
    for (var l = 0u; l < 12u && col + l < n; l += 4u) {
      store_vec4(c[(j >> 2u) * 3u + (l >> 2u)][j & 3u], member, row + j, col + l);
    }
  }
  if (col == 0u) {
    store_sums(member, row, 2u);
  }
}
