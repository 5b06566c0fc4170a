// matmul-tiled: matrix product through tiles in workgroup memory.
// Maths:    y[z,i,j] = epilogue(sum_k A[z,i,k] * B[z,k,j]); A is a or its transpose, B is b or its transpose
// Shapes:   a: [batch, m, k] ([batch, k, m] if transpose_a), b: [batch, k, n] ([batch, n, k] if transpose_b), y: [batch, m, n]
//           a_batch and b_batch are elements from one batch to the next, 0 to use one matrix for all;
//           y is [batch, parts, m, n] where k is split, each part the sum over depth of k, which matmul-parts adds;
//           first is the z that a dispatch begins with, where there are more than it can count
// Bindings: 0 params, 1 a (read), 2 b (read), 3 y (write)
// Geometry: 8x8 invocations per tile of (8 * BLOCK) x (8 * BLOCK) outputs, BLOCK x BLOCK each: 4 gives 32x32, 8 gives 64x64;
//           x over columns, y over rows, z over batches and their parts
// Source:   the classic tiled product (NVIDIA, CUDA C++ Programming Guide, "Shared Memory"); sizes after ggml and TVM
// Accumulates in f32, k in order. Tile elements outside the matrices count as 0. Rows of a tile are padded by one element
// against bank conflicts. With Stored replaced by f16 a tile takes half the memory and half the loads from it, and what is
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
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

override transpose_a: bool = false;
override transpose_b: bool = false;

alias Stored = f32;

const BLOCK = 4u;
const SIDE = 8u * BLOCK;
const DEPTH = 16u;

var<workgroup> tile_a: array<array<Stored, SIDE + 1u>, DEPTH>;
var<workgroup> tile_b: array<array<Stored, SIDE + 1u>, DEPTH>;

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

fn element_a(start: u32, row: u32, k: u32) -> f32 {
  if (row >= params.m || k >= params.k) {
    return 0.0;
  }
  return a[start + select(row * params.k + k, k * params.m + row, transpose_a)];
}

fn element_b(start: u32, k: u32, col: u32) -> f32 {
  if (col >= params.n || k >= params.k) {
    return 0.0;
  }
  return b[start + select(k * params.n + col, col * params.k + k, transpose_b)];
}

@compute @workgroup_size(8, 8)
fn matmul_tiled(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let z = params.first + group.z;
  let part = part_of(z);
  let from_a = part.batch * params.a_batch;
  let from_b = part.batch * params.b_batch;
  let row = group.y * SIDE;
  let col = group.x * SIDE;
  var sums: array<array<f32, BLOCK>, BLOCK>;
  for (var k = part.from_k; k < part.end; k += DEPTH) {
    // 1. the tile's rows of A and columns of B; neighbours in a workgroup load neighbours in memory
    for (var i = lane; i < SIDE * DEPTH; i += 64u) {
      let along = select(vec2u(i / DEPTH, i % DEPTH), vec2u(i % SIDE, i / SIDE), transpose_a);
      tile_a[along.y][along.x] = Stored(element_a(from_a, row + along.x, k + along.y));
      let across = select(vec2u(i % SIDE, i / SIDE), vec2u(i / DEPTH, i % DEPTH), transpose_b);
      tile_b[across.y][across.x] = Stored(element_b(from_b, k + across.y, col + across.x));
    }
    // the tile is complete
    workgroupBarrier();
    // 2. outer products, one for each k of the tile
    for (var l = 0u; l < DEPTH; l++) {
      var right: array<f32, BLOCK>;
      for (var j = 0u; j < BLOCK; j++) {
        right[j] = f32(tile_b[l][local.x + 8u * j]);
      }
      for (var i = 0u; i < BLOCK; i++) {
        let left = f32(tile_a[l][local.y + 8u * i]);
        for (var j = 0u; j < BLOCK; j++) {
          sums[i][j] += left * right[j];
        }
      }
    }
    // all have read the tile; the next one may overwrite it
    workgroupBarrier();
  }
  for (var i = 0u; i < BLOCK; i++) {
    for (var j = 0u; j < BLOCK; j++) {
      let to = vec2u(row + local.y + 8u * i, col + local.x + 8u * j);
      if (to.x < params.m && to.y < params.n) {
        let line = z * params.m + to.x;
        let index = line * params.n + to.y;
        y[index] = epilogue(sums[i][j], index, line, to.y);
      }
    }
  }
}
