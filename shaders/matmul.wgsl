// matmul: matrix product in register blocks, without workgroup memory.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
//           a WGSL matrix holds four rows of C, so with columns for rows: C^T += B^T * A^T
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n]
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           first is the batch that a dispatch begins with, where there are more than it can count
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: one invocation per 16x16, 8x8 or 4x4 outputs; x over columns, y over rows, z over batches
// Source:   register blocking after Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"
// Accumulates in f32, k in order. Reads past an edge stay inside the buffer or are clamped by WebGPU, and reach only
// outputs that are not stored.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_batch: u32,
  b_batch: u32,
  first: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override transpose_a: bool = false;
override transpose_b: bool = false;
override group_x: u32 = 8u;
override group_y: u32 = 8u;

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// Column j is A[row + j, k .. k + 3].
fn load_a(start: u32, row: u32, k: u32) -> mat4x4f {
  if (transpose_a) {
    let at = start + k * params.m + row;
    let m = params.m;
    return transpose(mat4x4f(
      vec4f(a[at], a[at + 1u], a[at + 2u], a[at + 3u]),
      vec4f(a[at + m], a[at + m + 1u], a[at + m + 2u], a[at + m + 3u]),
      vec4f(a[at + 2u * m], a[at + 2u * m + 1u], a[at + 2u * m + 2u], a[at + 2u * m + 3u]),
      vec4f(a[at + 3u * m], a[at + 3u * m + 1u], a[at + 3u * m + 2u], a[at + 3u * m + 3u]),
    ));
  }
  let at = start + row * params.k + k;
  let w = params.k;
  return mat4x4f(
    vec4f(a[at], a[at + 1u], a[at + 2u], a[at + 3u]),
    vec4f(a[at + w], a[at + w + 1u], a[at + w + 2u], a[at + w + 3u]),
    vec4f(a[at + 2u * w], a[at + 2u * w + 1u], a[at + 2u * w + 2u], a[at + 2u * w + 3u]),
    vec4f(a[at + 3u * w], a[at + 3u * w + 1u], a[at + 3u * w + 2u], a[at + 3u * w + 3u]),
  );
}

// Column j is B[k + j, col .. col + 3].
fn load_b(start: u32, k: u32, col: u32) -> mat4x4f {
  if (transpose_b) {
    let at = start + col * params.k + k;
    let w = params.k;
    return transpose(mat4x4f(
      vec4f(b[at], b[at + 1u], b[at + 2u], b[at + 3u]),
      vec4f(b[at + w], b[at + w + 1u], b[at + w + 2u], b[at + w + 3u]),
      vec4f(b[at + 2u * w], b[at + 2u * w + 1u], b[at + 2u * w + 2u], b[at + 2u * w + 3u]),
      vec4f(b[at + 3u * w], b[at + 3u * w + 1u], b[at + 3u * w + 2u], b[at + 3u * w + 3u]),
    ));
  }
  let at = start + k * params.n + col;
  let n = params.n;
  return mat4x4f(
    vec4f(b[at], b[at + 1u], b[at + 2u], b[at + 3u]),
    vec4f(b[at + n], b[at + n + 1u], b[at + n + 2u], b[at + n + 3u]),
    vec4f(b[at + 2u * n], b[at + 2u * n + 1u], b[at + 2u * n + 2u], b[at + 2u * n + 3u]),
    vec4f(b[at + 3u * n], b[at + 3u * n + 1u], b[at + 3u * n + 2u], b[at + 3u * n + 3u]),
  );
}

// For the last one to three k: one column of A, one row of B, and their outer product.
fn column_a(start: u32, row: u32, k: u32) -> vec4f {
  let at = start + select(row * params.k + k, k * params.m + row, transpose_a);
  let step = select(params.k, 1u, transpose_a);
  return vec4f(a[at], a[at + step], a[at + 2u * step], a[at + 3u * step]);
}

fn row_b(start: u32, k: u32, col: u32) -> vec4f {
  let at = start + select(k * params.n + col, col * params.k + k, transpose_b);
  let step = select(1u, params.k, transpose_b);
  return vec4f(b[at], b[at + step], b[at + 2u * step], b[at + 3u * step]);
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store(block: ptr<function, mat4x4f>, batch: u32, row: u32, col: u32) {
  for (var j = 0u; j < 4u && row + j < params.m; j++) {
    let line = batch * params.m + row + j;
    for (var l = 0u; l < 4u && col + l < params.n; l++) {
      let i = line * params.n + col + l;
      y[i] = epilogue((*block)[j][l], i, line, col + l);
    }
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_4x4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  let col = id.x * 4u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let batch = params.first + id.z;
  let from_a = batch * params.a_batch;
  let from_b = batch * params.b_batch;
  var c00 = mat4x4f();
  var k = 0u;
  for (; k + 4u <= params.k; k += 4u) {
    let b0 = load_b(from_b, k, col);
    let a0 = load_a(from_a, row, k);
    c00 += b0 * a0;
  }
  for (; k < params.k; k++) {
    let b0 = row_b(from_b, k, col);
    let a0 = column_a(from_a, row, k);
    c00 += outer(b0, a0);
  }
  store(&c00, batch, row, col);
}

@compute @workgroup_size(group_x, group_y)
fn matmul_8x8(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let col = id.x * 8u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let batch = params.first + id.z;
  let from_a = batch * params.a_batch;
  let from_b = batch * params.b_batch;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var k = 0u;
  for (; k + 4u <= params.k; k += 4u) {
    let b0 = load_b(from_b, k, col);
    let b1 = load_b(from_b, k, col + 4u);
    let a0 = load_a(from_a, row, k);
    c00 += b0 * a0;
    c01 += b1 * a0;
    let a1 = load_a(from_a, row + 4u, k);
    c10 += b0 * a1;
    c11 += b1 * a1;
  }
  for (; k < params.k; k++) {
    let b0 = row_b(from_b, k, col);
    let b1 = row_b(from_b, k, col + 4u);
    let a0 = column_a(from_a, row, k);
    c00 += outer(b0, a0);
    c01 += outer(b1, a0);
    let a1 = column_a(from_a, row + 4u, k);
    c10 += outer(b0, a1);
    c11 += outer(b1, a1);
  }
  var c = array<mat4x4f, 4>(c00, c01, c10, c11);
  for (var i = 0u; i < 4u; i++) {
    var block = c[i];
    store(&block, batch, row + 4u * (i / 2u), col + 4u * (i % 2u));
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_16x16(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 16u;
  let col = id.x * 16u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let batch = params.first + id.z;
  let from_a = batch * params.a_batch;
  let from_b = batch * params.b_batch;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c02 = mat4x4f();
  var c03 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  var c13 = mat4x4f();
  var c20 = mat4x4f();
  var c21 = mat4x4f();
  var c22 = mat4x4f();
  var c23 = mat4x4f();
  var c30 = mat4x4f();
  var c31 = mat4x4f();
  var c32 = mat4x4f();
  var c33 = mat4x4f();
  var k = 0u;
  for (; k + 4u <= params.k; k += 4u) {
    let b0 = load_b(from_b, k, col);
    let b1 = load_b(from_b, k, col + 4u);
    let b2 = load_b(from_b, k, col + 8u);
    let b3 = load_b(from_b, k, col + 12u);
    let a0 = load_a(from_a, row, k);
    c00 += b0 * a0;
    c01 += b1 * a0;
    c02 += b2 * a0;
    c03 += b3 * a0;
    let a1 = load_a(from_a, row + 4u, k);
    c10 += b0 * a1;
    c11 += b1 * a1;
    c12 += b2 * a1;
    c13 += b3 * a1;
    let a2 = load_a(from_a, row + 8u, k);
    c20 += b0 * a2;
    c21 += b1 * a2;
    c22 += b2 * a2;
    c23 += b3 * a2;
    let a3 = load_a(from_a, row + 12u, k);
    c30 += b0 * a3;
    c31 += b1 * a3;
    c32 += b2 * a3;
    c33 += b3 * a3;
  }
  for (; k < params.k; k++) {
    let b0 = row_b(from_b, k, col);
    let b1 = row_b(from_b, k, col + 4u);
    let b2 = row_b(from_b, k, col + 8u);
    let b3 = row_b(from_b, k, col + 12u);
    let a0 = column_a(from_a, row, k);
    c00 += outer(b0, a0);
    c01 += outer(b1, a0);
    c02 += outer(b2, a0);
    c03 += outer(b3, a0);
    let a1 = column_a(from_a, row + 4u, k);
    c10 += outer(b0, a1);
    c11 += outer(b1, a1);
    c12 += outer(b2, a1);
    c13 += outer(b3, a1);
    let a2 = column_a(from_a, row + 8u, k);
    c20 += outer(b0, a2);
    c21 += outer(b1, a2);
    c22 += outer(b2, a2);
    c23 += outer(b3, a2);
    let a3 = column_a(from_a, row + 12u, k);
    c30 += outer(b0, a3);
    c31 += outer(b1, a3);
    c32 += outer(b2, a3);
    c33 += outer(b3, a3);
  }
  var c = array<mat4x4f, 16>(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
  for (var i = 0u; i < 16u; i++) {
    var block = c[i];
    store(&block, batch, row + 4u * (i / 4u), col + 4u * (i % 4u));
  }
}
