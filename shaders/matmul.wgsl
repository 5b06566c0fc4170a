// matmul: matrix product in register blocks, without workgroup memory.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
//           a WGSL matrix holds four rows of the product; each k adds an outer product
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n]
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           y is [batch, parts, m, n] where k is split, each part the sum over depth of k, which matmul-parts adds;
//           first is the z that a dispatch begins with, where there are more than it can count
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: one invocation per 8x12 (rows x columns), 4x4, 1x4 or single outputs; x over columns, y over rows, z over batches and their parts
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
  parts: u32,
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override transpose_a: bool = false;
override transpose_b: bool = false;
override group_x: u32 = 8u;
override group_y: u32 = 8u;

// Which batch a z is of, and the k that its part adds: from_k .. end - 1.
struct Part {
  batch: u32,
  from_k: u32,
  end: u32,
}

fn part_of(z: u32) -> Part {
  let batch = z / params.parts;
  let from_k = (z - batch * params.parts) * params.depth;
  return Part(batch, from_k, min(params.k, from_k + params.depth));
}

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// How an invocation goes through a matrix: where it begins, the way to the next row of A or column of B, and to the next k.
struct Walk {
  start: u32,
  to_line: u32,
  to_k: u32,
}

fn walk_a(batch: u32, row: u32) -> Walk {
  let start = batch * params.a_batch + row * select(params.k, 1u, transpose_a);
  return Walk(start, select(params.k, 1u, transpose_a), select(1u, params.m, transpose_a));
}

fn walk_b(batch: u32, col: u32) -> Walk {
  let start = batch * params.b_batch + col * select(1u, params.k, transpose_b);
  return Walk(start, select(1u, params.k, transpose_b), select(params.n, 1u, transpose_b));
}

// A[row .. row + 3, k] from the row that is `rows` behind the first
fn four_a(of_a: Walk, rows: u32, k: u32) -> vec4f {
  let at = of_a.start + rows * of_a.to_line + k * of_a.to_k;
  return vec4f(a[at], a[at + of_a.to_line], a[at + 2u * of_a.to_line], a[at + 3u * of_a.to_line]);
}

// B[k, col .. col + 3] from the column that is `cols` behind the first
fn four_b(of_b: Walk, cols: u32, k: u32) -> vec4f {
  let at = of_b.start + cols * of_b.to_line + k * of_b.to_k;
  return vec4f(b[at], b[at + of_b.to_line], b[at + 2u * of_b.to_line], b[at + 3u * of_b.to_line]);
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store(value: f32, z: u32, row: u32, col: u32) {
  let line = z * params.m + row;
  let i = line * params.n + col;
  y[i] = epilogue(value, i, line, col);
}

@compute @workgroup_size(group_x, group_y)
fn matmul_1x1(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= params.m || id.x >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, id.y);
  let of_b = walk_b(part.batch, id.x);
  var sum = 0.0;
  for (var k = part.from_k; k < part.end; k++) {
    sum += a[of_a.start + k * of_a.to_k] * b[of_b.start + k * of_b.to_k];
  }
  store(sum, z, id.y, id.x);
}

@compute @workgroup_size(group_x, group_y)
fn matmul_1x4(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x * 4u;
  if (id.y >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, id.y);
  let of_b = walk_b(part.batch, col);
  var sum = vec4f();
  for (var k = part.from_k; k < part.end; k++) {
    sum += a[of_a.start + k * of_a.to_k] * four_b(of_b, 0u, k);
  }
  for (var l = 0u; l < 4u && col + l < params.n; l++) {
    store(sum[l], z, id.y, col + l);
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_4x4(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4u;
  let col = id.x * 4u;
  if (row >= params.m || col >= params.n) {
    return;
  }
  let z = params.first + id.z;
  let part = part_of(z);
  let of_a = walk_a(part.batch, row);
  let of_b = walk_b(part.batch, col);
  var c00 = mat4x4f();
  for (var k = part.from_k; k < part.end; k++) {
    let b0 = four_b(of_b, 0u, k);
    let a0 = four_a(of_a, 0u, k);
    c00 += outer(b0, a0);
  }
  for (var j = 0u; j < 4u && row + j < params.m; j++) {
    for (var l = 0u; l < 4u && col + l < params.n; l++) {
      store(c00[j][l], z, row + j, col + l);
    }
  }
}

@compute @workgroup_size(group_x, group_y)
fn matmul_8x12(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 8u;
  let col = id.x * 12u;
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
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  var c12 = mat4x4f();
  for (var k = part.from_k; k < part.end; k++) {
    let b0 = four_b(of_b, 0u, k);
    let b1 = four_b(of_b, 4u, k);
    let b2 = four_b(of_b, 8u, k);
    let a0 = four_a(of_a, 0u, k);
    c00 += outer(b0, a0);
    c01 += outer(b1, a0);
    c02 += outer(b2, a0);
    let a1 = four_a(of_a, 4u, k);
    c10 += outer(b0, a1);
    c11 += outer(b1, a1);
    c12 += outer(b2, a1);
  }
  var c = array<mat4x4f, 6>(c00, c01, c02, c10, c11, c12);
  for (var j = 0u; j < 8u && row + j < params.m; j++) {
    for (var l = 0u; l < 12u && col + l < params.n; l++) {
      store(c[(j >> 2u) * 3u + (l >> 2u)][j & 3u][l & 3u], z, row + j, col + l);
    }
  }
}
