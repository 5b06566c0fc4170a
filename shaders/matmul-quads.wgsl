// matmul-quads: matrix product in register blocks that a quad shares, for adapters with subgroups.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
//           An invocation owns four columns of sixteen rows. It loads its columns of B and a quarter of the rows of A, and
//           has the rest of these from its quad, which WGSL numbers 0 1 above 2 3: the one beside has lane ^ 1, the one below
//           lane ^ 2, the one across lane ^ 3. Blocks of single invocations load twice as much for as many outputs.
//           A WGSL matrix holds four rows of the product, so B's columns come first: four k at a time add cols * rows
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n]
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           y is [batch, parts, m, n] where k is split, each part the sum over depth of k, a multiple of 4, which matmul-parts adds;
//           first is the z that a dispatch begins with, where there are more than it can count;
//           fours: m, n and k are multiples of 4, else numbers are loaded one by one
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: a quad per 16x16 (rows x columns), 32x32 or 32x64 outputs, side x side quads in a workgroup; x over columns,
//           y over rows, z over batches and their parts
// Source:   register blocking after Goto & van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication"
// Accumulates in f32, four k at a time; what is missing of the last four counts as 0. Reads past an edge stay inside the
// buffer or are clamped by WebGPU, and reach only outputs that are not stored.
enable subgroups;

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
override fours: bool = true;
override side: u32 = 4u;
override group: u32 = 64u; // 4 * side * side invocations

// The fours of k that a part adds, from_k4 .. end_k4 - 1; apart from Place, because all of a quad must be seen to go through
// the same.
struct Part {
  from_k4: u32,
  end_k4: u32,
}

fn part_of(z: u32) -> Part {
  let from_k = z % params.parts * params.depth;
  return Part(from_k >> 2u, (min(params.k, from_k + params.depth) + 3u) >> 2u);
}

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

// Where the block of a quad begins, and which of the four an invocation is. All of a workgroup go through all k, those past
// an edge too: who exchanges numbers must go one way.
struct Place {
  row: u32,
  col: u32,
  batch: u32,
  z: u32,
  lane: u32,
}

// WGSL says which of its quad an invocation is, not that quads are of consecutive invocations. Where a workgroup has several,
// that is presumed, and tuning leaves the kernel out if it is not so.
fn place(tile: vec3u, invocation: u32, lane: u32, rows: u32, cols: u32) -> Place {
  let quad = invocation >> 2u;
  let row = (tile.y * side + quad / side) * rows;
  let col = (tile.x * side + quad % side) * cols;
  let z = params.first + tile.z;
  return Place(row, col, z / params.parts, z, lane & 3u);
}

// How an invocation goes through a matrix, in fours of numbers or singly: where it begins; the way between the four loads of
// a block of 4x4; the way to the next four of k; the way to the next four rows of A, or columns of B.
struct Walk {
  start: u32,
  to_load: u32,
  to_k: u32,
  to_lines: u32,
}

// line: the first row of A, or column of B, of `lines`; along_k: whether neighbours in memory are neighbours in k
fn walk(start: u32, line: u32, lines: u32, along_k: bool) -> Walk {
  let shift = select(0u, 2u, fours);
  let first = start + line * select(1u, params.k, along_k);
  let to_load = select(lines, params.k, along_k);
  let to_k = 4u * select(lines, 1u, along_k);
  let to_lines = 4u * select(1u, params.k, along_k);
  return Walk(first >> shift, to_load >> shift, to_k >> shift, to_lines >> shift);
}

fn walk_a(at: Place) -> Walk {
  return walk(at.batch * params.a_batch, at.row + 4u * at.lane, params.m, !transpose_a);
}

fn walk_b(at: Place) -> Walk {
  return walk(at.batch * params.b_batch, at.col + 4u * at.lane, params.n, transpose_b);
}

fn one_a(at: u32) -> f32 {
  return a[at >> 2u][at & 3u];
}

fn four_a(at: u32) -> vec4f {
  if (fours) {
    return a[at];
  }
  return vec4f(one_a(at), one_a(at + 1u), one_a(at + 2u), one_a(at + 3u));
}

fn one_b(at: u32) -> f32 {
  return b[at >> 2u][at & 3u];
}

fn four_b(at: u32) -> vec4f {
  if (fours) {
    return b[at];
  }
  return vec4f(one_b(at), one_b(at + 1u), one_b(at + 2u), one_b(at + 3u));
}

// which of the four of k with this number exist
fn exist(k4: u32) -> vec4<bool> {
  return 4u * k4 + vec4u(0u, 1u, 2u, 3u) < vec4u(params.k);
}

// A[row .. row + 3, k .. k + 3] for the four of rows and of k with these numbers, a column for each row
fn rows_a(of_a: Walk, row4: u32, k4: u32) -> mat4x4f {
  let at = of_a.start + row4 * of_a.to_lines + k4 * of_a.to_k;
  var four = mat4x4f(four_a(at), four_a(at + of_a.to_load), four_a(at + 2u * of_a.to_load), four_a(at + 3u * of_a.to_load));
  if (transpose_a) {
    four = transpose(four);
  }
  if (fours) {
    return four;
  }
  let known = exist(k4);
  return mat4x4f(
    select(vec4f(), four[0], known), select(vec4f(), four[1], known),
    select(vec4f(), four[2], known), select(vec4f(), four[3], known));
}

// B[k .. k + 3, col .. col + 3] for the four of columns and of k with these numbers, a column for each k
fn rows_b(of_b: Walk, col4: u32, k4: u32) -> mat4x4f {
  let at = of_b.start + col4 * of_b.to_lines + k4 * of_b.to_k;
  var four = mat4x4f(four_b(at), four_b(at + of_b.to_load), four_b(at + 2u * of_b.to_load), four_b(at + 3u * of_b.to_load));
  if (transpose_b) {
    four = transpose(four);
  }
  if (fours) {
    return four;
  }
  let known = exist(k4);
  return mat4x4f(
    select(vec4f(), four[0], known.x), select(vec4f(), four[1], known.y),
    select(vec4f(), four[2], known.z), select(vec4f(), four[3], known.w));
}

// sixteen rows: an invocation's own four, and those of the ones beside, below and across it in the quad
struct Rows {
  own: mat4x4f,
  beside: mat4x4f,
  below: mat4x4f,
  across: mat4x4f,
}

fn quad_rows(of_a: Walk, row4: u32, k4: u32) -> Rows {
  let own = rows_a(of_a, row4, k4);
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

fn store(value: f32, line: u32, col: u32) {
  if (col < params.n) {
    let i = line * params.n + col;
    y[i] = epilogue(value, i, line, col);
  }
}

// the block of a quad whose first row and column these are
fn store_block(c: Rows, at: Place, row: u32, col: u32) {
  let parts = array<mat4x4f, 4>(c.own, c.beside, c.below, c.across);
  let first = at.col + col + 4u * at.lane;
  for (var i = 0u; i < 16u; i++) {
    let own_row = at.row + row + 4u * (at.lane ^ (i >> 2u)) + (i & 3u);
    if (own_row < params.m) {
      let line = at.z * params.m + own_row;
      let four = parts[i >> 2u][i & 3u];
      store(four.x, line, first);
      store(four.y, line, first + 1u);
      store(four.z, line, first + 2u);
      store(four.w, line, first + 3u);
    }
  }
}

@compute @workgroup_size(group)
fn matmul_16x16_quads(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(subgroup_invocation_id) lane: u32
) {
  let at = place(tile, invocation, lane, 16u, 16u);
  let part = part_of(params.first + tile.z);
  let of_a = walk_a(at);
  let of_b = walk_b(at);
  var c = Rows();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    add(&c, quad_rows(of_a, 0u, k4), rows_b(of_b, 0u, k4));
  }
  store_block(c, at, 0u, 0u);
}

@compute @workgroup_size(group)
fn matmul_32x32_quads(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(subgroup_invocation_id) lane: u32
) {
  let at = place(tile, invocation, lane, 32u, 32u);
  let part = part_of(params.first + tile.z);
  let of_a = walk_a(at);
  let of_b = walk_b(at);
  var c00 = Rows();
  var c01 = Rows();
  var c10 = Rows();
  var c11 = Rows();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    let b0 = rows_b(of_b, 0u, k4);
    let b1 = rows_b(of_b, 4u, k4);
    let a0 = quad_rows(of_a, 0u, k4);
    add(&c00, a0, b0);
    add(&c01, a0, b1);
    let a1 = quad_rows(of_a, 4u, k4);
    add(&c10, a1, b0);
    add(&c11, a1, b1);
  }
  let c = array<Rows, 4>(c00, c01, c10, c11);
  for (var i = 0u; i < 4u; i++) {
    store_block(c[i], at, (i >> 1u) * 16u, (i & 1u) * 16u);
  }
}

@compute @workgroup_size(group)
fn matmul_32x64_quads(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_index) invocation: u32,
  @builtin(subgroup_invocation_id) lane: u32
) {
  let at = place(tile, invocation, lane, 32u, 64u);
  let part = part_of(params.first + tile.z);
  let of_a = walk_a(at);
  let of_b = walk_b(at);
  var c00 = Rows();
  var c01 = Rows();
  var c02 = Rows();
  var c03 = Rows();
  var c10 = Rows();
  var c11 = Rows();
  var c12 = Rows();
  var c13 = Rows();
  for (var k4 = part.from_k4; k4 < part.end_k4; k4++) {
    let b0 = rows_b(of_b, 0u, k4);
    let b1 = rows_b(of_b, 4u, k4);
    let b2 = rows_b(of_b, 8u, k4);
    let b3 = rows_b(of_b, 12u, k4);
    let a0 = quad_rows(of_a, 0u, k4);
    add(&c00, a0, b0);
    add(&c01, a0, b1);
    add(&c02, a0, b2);
    add(&c03, a0, b3);
    let a1 = quad_rows(of_a, 4u, k4);
    add(&c10, a1, b0);
    add(&c11, a1, b1);
    add(&c12, a1, b2);
    add(&c13, a1, b3);
  }
  let c = array<Rows, 8>(c00, c01, c02, c03, c10, c11, c12, c13);
  for (var i = 0u; i < 8u; i++) {
    store_block(c[i], at, (i >> 2u) * 16u, (i & 3u) * 16u);
  }
}
