// matmul-vec4: matrix product in register blocks, with loads of four numbers, for sizes that are multiples of four.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
//           a WGSL matrix holds four rows of the product; four k at a time add the product of two 4x4 matrices, so that
//           the blocks, too many for the registers, are fetched and put back a quarter as often
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n];
//           m, n and k are multiples of 4
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           y is [batch, parts, m, n] where k is split, each part the sum over depth of k, a multiple of 4, which matmul-parts adds;
//           first is the z that a dispatch begins with, where there are more than it can count
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: one invocation per 16x16 (rows x columns), 8x8, 4x4 or 1x4 outputs; x over columns, y over rows, z over batches
//           and their parts
// Source:   register blocking after Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"
// Accumulates in f32, four k at a time. Reads past an edge stay inside the buffer or are clamped by WebGPU, and reach
// only outputs that are not stored.

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_batch: u32,
  b_batch: u32,
  first: u32,
  parts: u32,
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override transpose_a: bool = false;
override transpose_b: bool = false;
override group_x: u32 = 8u;
override group_y: u32 = 8u;

// Which batch a z is of, and the fours of k that its part adds: from_k4 .. end_k4 - 1.
struct Part {
  batch: u32,
  from_k4: u32,
  end_k4: u32,
}

fn part_of(z: u32) -> Part {
  let batch = z / params.parts;
  let from_k = (z - batch * params.parts) * params.depth;
  return Part(batch, from_k >> 2u, min(params.k, from_k + params.depth) >> 2u);
}

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// How an invocation goes through a matrix, in fours of numbers: where it begins; the way between the four loads of a block
// of 4x4; the way to the next four of k; the way to the next four rows of A, or columns of B.
struct Walk {
  start: u32,
  to_load: u32,
  to_k: u32,
  to_lines: u32,
}

// line: the first row of A, or column of B, of `lines`; along_k: whether neighbours in memory are neighbours in k
fn walk(start: u32, line: u32, lines: u32, along_k: bool) -> Walk {
  let first = start + line * select(1u, params.k, along_k);
  let to_load = select(lines, params.k, along_k);
  let to_k = select(lines, 1u, along_k);
  let to_lines = select(1u, params.k, along_k);
  return Walk(first >> 2u, to_load >> 2u, to_k, to_lines);
}

fn walk_a(batch: u32, row: u32) -> Walk {
  return walk(batch * params.a_batch, row, params.m, !transpose_a);
}

fn walk_b(batch: u32, col: u32) -> Walk {
  return walk(batch * params.b_batch, col, params.n, transpose_b);
}

// A[row .. row + 3, k .. k + 3] for the four of rows and of k with these numbers, a column for each row
fn rows_a(of_a: Walk, row4: u32, k4: u32) -> mat4x4f {
  let at = of_a.start + row4 * of_a.to_lines + k4 * of_a.to_k;
  let four = mat4x4f(a[at], a[at + of_a.to_load], a[at + 2u * of_a.to_load], a[at + 3u * of_a.to_load]);
  if (transpose_a) {
    return transpose(four);
  }
  return four;
}

// B[k .. k + 3, col .. col + 3] for the four of columns and of k with these numbers, a column for each k
fn rows_b(of_b: Walk, col4: u32, k4: u32) -> mat4x4f {
  let at = of_b.start + col4 * of_b.to_lines + k4 * of_b.to_k;
  let four = mat4x4f(b[at], b[at + of_b.to_load], b[at + 2u * of_b.to_load], b[at + 3u * of_b.to_load]);
  if (transpose_b) {
    return transpose(four);
  }
  return four;
}

fn store(value: f32, z: u32, row: u32, col: u32) {
  let line = z * params.m + row;
  let i = line * params.n + col;
  y[i] = epilogue(value, i, line, col);
}

// A[row, k .. k + 3] for the four of k with this number
fn four_a(of_a: Walk, row: u32, k4: u32) -> vec4f {
  let at = of_a.start + k4 * of_a.to_k;
  if (transpose_a) {
    let own = row & 3u;
    return vec4f(a[at][own], a[at + of_a.to_load][own], a[at + 2u * of_a.to_load][own], a[at + 3u * of_a.to_load][own]);
  }
  return a[at];
}

@compute @workgroup_size(group_x, group_y)
fn matmul_1x4_vec4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x * 4u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, row);
  let of_b = walk_b(part.batch, col);
  var c = vec4f();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    c += rows_b(of_b, 0u, k4) * four_a(of_a, row, k4);
  }
  for (var l = 0u; l < 4u; l++) {
    store(c[l], z, row, col + l);
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_4x4_vec4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  let col = id.x * 4u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, row);
  let of_b = walk_b(part.batch, col);
  var c = mat4x4f();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    c += rows_b(of_b, 0u, k4) * rows_a(of_a, 0u, k4);
  }
  // one loop compiles sooner than two
  for (var i = 0u; i < 16u; i++) {
    store(c[i >> 2u][i & 3u], z, row + (i >> 2u), col + (i & 3u));
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_8x8_vec4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let col = id.x * 8u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, row);
  let of_b = walk_b(part.batch, col);
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    let b0 = rows_b(of_b, 0u, k4);
    let b1 = rows_b(of_b, 1u, k4);
    let a0 = rows_a(of_a, 0u, k4);
    c00 += b0 * a0;
    c01 += b1 * a0;
    let a1 = rows_a(of_a, 1u, k4);
    c10 += b0 * a1;
    c11 += b1 * a1;
  }
  var c = array<mat4x4f, 4>(c00, c01, c10, c11);
  for (var j = 0u; j < 8u && row + j < params.m; j++) {
    for (var l = 0u; l < 8u && col + l < params.n; l++) {
      store(c[(j >> 2u) * 2u + (l >> 2u)][j & 3u][l & 3u], z, row + j, col + l);
    }
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_16x16_vec4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 16u;
  let col = id.x * 16u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, row);
  let of_b = walk_b(part.batch, col);
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
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    let b0 = rows_b(of_b, 0u, k4);
    let b1 = rows_b(of_b, 1u, k4);
    let b2 = rows_b(of_b, 2u, k4);
    let b3 = rows_b(of_b, 3u, k4);
    let a0 = rows_a(of_a, 0u, k4);
    c00 += b0 * a0;
    c01 += b1 * a0;
    c02 += b2 * a0;
    c03 += b3 * a0;
    let a1 = rows_a(of_a, 1u, k4);
    c10 += b0 * a1;
    c11 += b1 * a1;
    c12 += b2 * a1;
    c13 += b3 * a1;
    let a2 = rows_a(of_a, 2u, k4);
    c20 += b0 * a2;
    c21 += b1 * a2;
    c22 += b2 * a2;
    c23 += b3 * a2;
    let a3 = rows_a(of_a, 3u, k4);
    c30 += b0 * a3;
    c31 += b1 * a3;
    c32 += b2 * a3;
    c33 += b3 * a3;
  }
  var c = array<mat4x4f, 16>(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
  for (var j = 0u; j < 16u && row + j < params.m; j++) {
    for (var l = 0u; l < 16u && col + l < params.n; l++) {
      store(c[(j >> 2u) * 4u + (l >> 2u)][j & 3u][l & 3u], z, row + j, col + l);
    }
  }
}
