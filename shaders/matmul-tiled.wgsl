// matmul-tiled: matrix product through tiles in workgroup memory.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
//           a WGSL matrix holds four rows of the product; each k adds an outer product
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n]
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           y is [batch, parts, m, n] where k is split, each part the sum over depth of k, which matmul-parts adds;
//           first is the z that a dispatch begins with, where there are more than it can count;
//           fours_a, fours_b: lines of the matrix are multiples of 4, else its numbers are loaded one by one
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: GROUP x GROUP invocations per tile of 4 * ROW x 4 * ROW outputs, FOURS x FOURS blocks of 4x4 each: 8 and 1 give
//           32x32, 8 and 2 give 64x64, 16 and 2 give 128x128; x over columns, y over rows, z over batches and their parts
// Source:   the classic tiled product (NVIDIA, CUDA C++ Programming Guide, "Shared Memory"); sizes after ggml and TVM
// Accumulates in f32, k in order. Tiles hold fours of rows and of columns for each k, so that an invocation has what it
// multiplies in a load for each four, and neighbours load neighbours. What lies past the last k counts as 0; reads past an
// edge reach only outputs that are not stored. With Stored replaced by f16 a tile takes half the memory, and what is
// multiplied has 11 bits.

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
override fours_a: bool = true;
override fours_b: bool = true;

const GROUP = 8u;
const FOURS = 2u;
// fours in a row of a tile
const ROW = GROUP * FOURS;
const DEPTH = 16u;
const INVOCATIONS = GROUP * GROUP;
// 4x4 blocks of a tile down k, and all of them
const DOWN = DEPTH / 4u;
const BLOCKS = ROW * DOWN;

alias Stored = f32;

var<workgroup> tile_a: array<array<vec4<Stored>, ROW>, DEPTH>;
var<workgroup> tile_b: array<array<vec4<Stored>, ROW>, DEPTH>;

// Which batch a z is of, and the k that its part adds: from_k .. end - 1.
struct Part {
  batch: u32,
  from_k: u32,
  end: u32,
}

fn part_of(z: u32) -> Part {
  let from_k = z % params.parts * params.depth;
  return Part(z / params.parts, from_k, min(params.k, from_k + params.depth));
}

fn epilogue(value: f32, i: u32, row: u32, col: u32) -> f32 {
  return value;
}

fn one_a(at: u32) -> f32 {
  return a[at >> 2u][at & 3u];
}

fn four_a(at: u32) -> vec4f {
  if (fours_a) {
    return a[at >> 2u];
  }
  return vec4f(one_a(at), one_a(at + 1u), one_a(at + 2u), one_a(at + 3u));
}

fn one_b(at: u32) -> f32 {
  return b[at >> 2u][at & 3u];
}

fn four_b(at: u32) -> vec4f {
  if (fours_b) {
    return b[at >> 2u];
  }
  return vec4f(one_b(at), one_b(at + 1u), one_b(at + 2u), one_b(at + 3u));
}

// the columns that are of a k
fn known(four: mat4x4f, k: u32) -> mat4x4f {
  let exists = k + vec4u(0u, 1u, 2u, 3u) < vec4u(params.k);
  return mat4x4f(
    select(vec4f(), four[0], exists.x),
    select(vec4f(), four[1], exists.y),
    select(vec4f(), four[2], exists.z),
    select(vec4f(), four[3], exists.w)
  );
}

// A[row .. row + 3, k .. k + 3], a column for each k
fn block_a(batch: u32, row: u32, k: u32) -> mat4x4f {
  let at = batch * params.a_batch + select(row * params.k + k, k * params.m + row, transpose_a);
  let step = select(params.k, params.m, transpose_a);
  var four = mat4x4f(four_a(at), four_a(at + step), four_a(at + 2u * step), four_a(at + 3u * step));
  if (!transpose_a) {
    four = transpose(four);
  }
  return known(four, k);
}

// B[k .. k + 3, col .. col + 3], a column for each k
fn block_b(batch: u32, k: u32, col: u32) -> mat4x4f {
  let at = batch * params.b_batch + select(k * params.n + col, col * params.k + k, transpose_b);
  let step = select(params.n, params.k, transpose_b);
  var four = mat4x4f(four_b(at), four_b(at + step), four_b(at + 2u * step), four_b(at + 3u * step));
  if (transpose_b) {
    four = transpose(four);
  }
  return known(four, k);
}

// Both tiles of k .. k + DEPTH - 1, each invocation its share. Neighbours have blocks that lie beside one another in memory:
// down k, if that is how a line of the matrix runs. Fours change places from one four of k to the next, so that neighbours
// that store one below another meet no bank conflicts.
fn load(lane: u32, batch: u32, row: u32, col: u32, k: u32) {
  for (var i = lane; i < 2u * BLOCKS; i += INVOCATIONS) {
    if (i < BLOCKS) {
      let at = select(vec2u(i / DOWN, i % DOWN), vec2u(i % ROW, i / ROW), transpose_a);
      let four = block_a(batch, row + 4u * at.x, k + 4u * at.y);
      for (var l = 0u; l < 4u; l++) {
        tile_a[4u * at.y + l][at.x ^ (2u * at.y)] = vec4<Stored>(four[l]);
      }
    } else {
      let j = i - BLOCKS;
      let at = select(vec2u(j % ROW, j / ROW), vec2u(j / DOWN, j % DOWN), transpose_b);
      let four = block_b(batch, k + 4u * at.y, col + 4u * at.x);
      for (var l = 0u; l < 4u; l++) {
        tile_b[4u * at.y + l][at.x ^ (2u * at.y)] = vec4<Stored>(four[l]);
      }
    }
  }
}

fn outer(row: vec4f, column: vec4f) -> mat4x4f {
  return mat4x4f(row * column.x, row * column.y, row * column.z, row * column.w);
}

fn store(block: mat4x4f, z: u32, row: u32, col: u32) {
  for (var j = 0u; j < 4u && row + j < params.m; j++) {
    let line = z * params.m + row + j;
    for (var l = 0u; l < 4u && col + l < params.n; l++) {
      let i = line * params.n + col + l;
      y[i] = epilogue(block[j][l], i, line, col + l);
    }
  }
}

@compute @workgroup_size(GROUP, GROUP)
fn matmul_tiled_4x4(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let z = params.first + group.z;
  let part = part_of(z);
  let row = group.y * 4u * ROW;
  let col = group.x * 4u * ROW;
  var c = mat4x4f();
  for (var k = part.from_k; k < part.end; k += DEPTH) {
    load(lane, part.batch, row, col, k);
    // the tiles are complete
    workgroupBarrier();
    for (var l = 0u; l < DEPTH; l++) {
      let turn = 2u * (l >> 2u);
      c += outer(vec4f(tile_b[l][local.x ^ turn]), vec4f(tile_a[l][local.y ^ turn]));
    }
    // all have read the tiles; the next ones may overwrite them
    workgroupBarrier();
  }
  store(c, z, row + 4u * local.y, col + 4u * local.x);
}

@compute @workgroup_size(GROUP, GROUP)
fn matmul_tiled_8x8(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let z = params.first + group.z;
  let part = part_of(z);
  let row = group.y * 4u * ROW;
  let col = group.x * 4u * ROW;
  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var k = part.from_k; k < part.end; k += DEPTH) {
    load(lane, part.batch, row, col, k);
    // the tiles are complete
    workgroupBarrier();
    for (var l = 0u; l < DEPTH; l++) {
      let turn = 2u * (l >> 2u);
      let b0 = vec4f(tile_b[l][local.x ^ turn]);
      let b1 = vec4f(tile_b[l][(local.x + GROUP) ^ turn]);
      let a0 = vec4f(tile_a[l][local.y ^ turn]);
      c00 += outer(b0, a0);
      c01 += outer(b1, a0);
      let a1 = vec4f(tile_a[l][(local.y + GROUP) ^ turn]);
      c10 += outer(b0, a1);
      c11 += outer(b1, a1);
    }
    // all have read the tiles; the next ones may overwrite them
    workgroupBarrier();
  }
  let below = row + 4u * (local.y + GROUP);
  let beside = col + 4u * (local.x + GROUP);
  store(c00, z, row + 4u * local.y, col + 4u * local.x);
  store(c01, z, row + 4u * local.y, beside);
  store(c10, z, below, col + 4u * local.x);
  store(c11, z, below, beside);
}
