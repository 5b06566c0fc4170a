// sort: the order of each row's elements, stable, NaN counted as greatest.
// Maths:    index[r] = the permutation that brings x[r] into ascending order, or descending; equals keep theirs
// Shapes:   x: [rows, size] of float32 or int32 as words, index: [rows, size], pairs: [rows, size] of key and place
// Bindings: 0 params, 1 x (read), 2 index (write), 3 pairs (read and write, rows longer than CAPACITY)
// Geometry: sort_rank: one invocation per element, for short rows; sort_rows: one workgroup per row of at most CAPACITY;
//           sort_blocks, sort_near: one per CAPACITY elements of a row; sort_far: one invocation per pair
// Source:   Batcher 1968, "Sorting networks and their applications"; each merge begins with a mirrored step, so that all
//           comparisons go one way and a row of any length is sorted as if infinities followed it
// Comparing places after keys makes the order total, and the network stable.

struct Params {
  rows: u32,
  size: u32,
  width: u32,
  // workgroups or pairs a row
  parts: u32,
  // what is merged: runs of half this length
  span: u32,
  distance: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> pairs: array<vec2u>;

// a power of two
const CAPACITY: u32 = 64u;

override floats: bool = true;
override descending: bool = false;
override lanes: u32 = 32u;

var<workgroup> shared_pairs: array<vec2u, CAPACITY>;

// An unsigned integer for each element, in the order of the elements; -0 equals 0.
fn key_of(word: u32) -> u32 {
  let plain = select(word, 0u, word == 0x80000000u);
  let signed = select(plain | 0x80000000u, ~plain, plain > 0x7fffffffu);
  let number = select(signed, 0xffffffffu, (word & 0x7fffffffu) > 0x7f800000u);
  let key = select(word ^ 0x80000000u, number, floats);
  return select(key, ~key, descending);
}

@compute @workgroup_size(64)
fn sort_rank(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.rows * params.size) {
    return;
  }
  let row = at / params.size;
  let own = at - row * params.size;
  let key = key_of(x[at]);
  var rank = 0u;
  for (var r = 0u; r < params.size; r++) {
    let other = key_of(x[row * params.size + r]);
    rank += select(0u, 1u, key > other || (key == other && own > r));
  }
  index[row * params.size + rank] = i32(own);
}

@compute @workgroup_size(lanes)
fn sort_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = min(group.y * params.width + group.x, params.rows - 1u);
  for (var i = lane; i < CAPACITY; i += lanes) {
    shared_pairs[i] = vec2u(0xffffffffu, i);
    if (i < params.size) {
      shared_pairs[i].x = key_of(x[row * params.size + i]);
    }
  }
  for (var span = 2u; span <= CAPACITY; span *= 2u) {
    for (var distance = span >> 1u; distance > 0u; distance >>= 1u) {
      // the pairs as the step before left them are visible
      workgroupBarrier();
      for (var t = lane; t < CAPACITY / 2u; t += lanes) {
        // the lower of two places, distance being a power of two; the first step of a merge is mirrored
        let low = 2u * t - (t & (distance - 1u));
        let high = select(low + distance, low ^ (span - 1u), 2u * distance == span);
        let a = shared_pairs[low];
        let b = shared_pairs[high];
        if (a.x > b.x || (a.x == b.x && a.y > b.y)) {
          shared_pairs[low] = b;
          shared_pairs[high] = a;
        }
      }
    }
  }
  // the row in order is visible
  workgroupBarrier();
  for (var i = lane; i < min(CAPACITY, params.size); i += lanes) {
    index[row * params.size + i] = i32(shared_pairs[i].y);
  }
}

@compute @workgroup_size(lanes)
fn sort_blocks(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = min(group.y * params.width + group.x, params.rows * params.parts - 1u);
  let row = at / params.parts;
  let start = (at - row * params.parts) * CAPACITY;
  for (var i = lane; i < CAPACITY; i += lanes) {
    shared_pairs[i] = vec2u(0xffffffffu, start + i);
    if (start + i < params.size) {
      shared_pairs[i].x = key_of(x[row * params.size + start + i]);
    }
  }
  for (var span = 2u; span <= CAPACITY; span *= 2u) {
    for (var distance = span >> 1u; distance > 0u; distance >>= 1u) {
      // the pairs as the step before left them are visible
      workgroupBarrier();
      for (var t = lane; t < CAPACITY / 2u; t += lanes) {
        // the lower of two places, distance being a power of two; the first step of a merge is mirrored
        let low = 2u * t - (t & (distance - 1u));
        let high = select(low + distance, low ^ (span - 1u), 2u * distance == span);
        let a = shared_pairs[low];
        let b = shared_pairs[high];
        if (a.x > b.x || (a.x == b.x && a.y > b.y)) {
          shared_pairs[low] = b;
          shared_pairs[high] = a;
        }
      }
    }
  }
  // the block in order is visible
  workgroupBarrier();
  for (var i = lane; i < CAPACITY; i += lanes) {
    if (start + i < params.size) {
      pairs[row * params.size + start + i] = shared_pairs[i];
    }
  }
}

// One step of a merge whose pairs lie further apart than a block.
@compute @workgroup_size(64)
fn sort_far(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.rows * params.parts) {
    return;
  }
  let row = at / params.parts;
  let t = at - row * params.parts;
  let low = 2u * t - (t & (params.distance - 1u));
  let high = select(low + params.distance, low ^ (params.span - 1u), 2u * params.distance == params.span);
  let start = row * params.size;
  if (high >= params.size) {
    return;
  }
  let a = pairs[start + low];
  let b = pairs[start + high];
  if (a.x > b.x || (a.x == b.x && a.y > b.y)) {
    pairs[start + low] = b;
    pairs[start + high] = a;
  }
}

// The rest of the merge, within each block.
@compute @workgroup_size(lanes)
fn sort_near(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = min(group.y * params.width + group.x, params.rows * params.parts - 1u);
  let row = at / params.parts;
  let start = (at - row * params.parts) * CAPACITY;
  let from_here = row * params.size + start;
  let count = min(CAPACITY, params.size - start);
  for (var i = lane; i < CAPACITY; i += lanes) {
    shared_pairs[i] = vec2u(0xffffffffu, start + i);
    if (i < count) {
      shared_pairs[i] = pairs[from_here + i];
    }
  }
  for (var distance = CAPACITY / 2u; distance > 0u; distance >>= 1u) {
    // the pairs as the step before left them are visible
    workgroupBarrier();
    for (var t = lane; t < CAPACITY / 2u; t += lanes) {
      let low = 2u * t - (t & (distance - 1u));
      let a = shared_pairs[low];
      let b = shared_pairs[low + distance];
      if (a.x > b.x || (a.x == b.x && a.y > b.y)) {
        shared_pairs[low] = b;
        shared_pairs[low + distance] = a;
      }
    }
  }
  // the block in order is visible
  workgroupBarrier();
  for (var i = lane; i < count; i += lanes) {
    pairs[from_here + i] = shared_pairs[i];
    index[from_here + i] = i32(shared_pairs[i].y);
  }
}
