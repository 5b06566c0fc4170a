// index-lists: sums of the slices that an index repeats, by a list of places for each; and the rows of a table.
// Maths:    next[j] = the least k > j with index[k] = index[j];  head[s] = the least j with index[j] = s;  NONE if there is none
//           dx[s,i] = dy[j,i] summed over j = head[s], next[head[s]], ..., which is the order of the index
//           y[j,i] = x[index[j], i]
// Shapes:   index, next: [count], head: [size], dy: [count, inner], dx: [size, inner], x: [size, inner],
//           y: [count, inner]; sizes of slices count Elements, which are numbers or, with Element replaced, four of them
// Bindings: 0 params, 1 index (read), 2 head (write), 3 next (write), 4 heads (read: head), 5 nexts (read: next),
//           6 dy (read), 7 dx (write), 8 x (read), 9 y (write)
// Geometry: one invocation per place and slice (index_lists_clear), per place (index_lists_link), per element of dx
//           (index_lists_sum) or of y (index_lists_rows); x then y
// Source:   as torch.nn.functional.embedding; lists in place of atomics, so that sums are the same bits in every run
// A place outside 0..size-1 is in no list. index_lists_rows gives NaN for it.

struct Params {
  size: u32,
  inner: u32,
  count: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read_write> head: array<u32>;
@group(0) @binding(3) var<storage, read_write> next: array<u32>;
@group(0) @binding(4) var<storage, read> heads: array<u32>;
@group(0) @binding(5) var<storage, read> nexts: array<u32>;
@group(0) @binding(6) var<storage, read> dy: array<Element>;
@group(0) @binding(7) var<storage, read_write> dx: array<Element>;
@group(0) @binding(8) var<storage, read> x: array<Element>;
@group(0) @binding(9) var<storage, read_write> y: array<Element>;

alias Element = f32;

const NONE = 0xffffffffu;

var<private> quiet_nan: u32 = 0x7fc00000u;

@compute @workgroup_size(64)
fn index_lists_clear(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at < params.size) {
    head[at] = NONE;
  } else if (at < params.size + params.count) {
    next[at - params.size] = NONE;
  }
}

@compute @workgroup_size(64)
fn index_lists_link(@builtin(global_invocation_id) id: vec3u) {
  let j = id.y * params.width + id.x;
  if (j >= params.count) {
    return;
  }
  let s = index[j];
  // the nearest earlier place of the same slice, eight at a time and then one by one
  var k = j;
  for (; k >= 8u; k -= 8u) {
    let near = vec4i(index[k - 1u], index[k - 2u], index[k - 3u], index[k - 4u]) == vec4i(s);
    let far = vec4i(index[k - 5u], index[k - 6u], index[k - 7u], index[k - 8u]) == vec4i(s);
    if (any(near | far)) {
      break;
    }
  }
  for (; k > 0u; k--) {
    if (index[k - 1u] == s) {
      next[k - 1u] = j;
      return;
    }
  }
  if (s >= 0 && s < i32(params.size)) {
    head[s] = j;
  }
}

@compute @workgroup_size(64)
fn index_lists_sum(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.size * params.inner) {
    return;
  }
  let line = at / params.inner;
  let i = at - line * params.inner;
  let o = line / params.size;
  let from_here = o * params.count;
  var total = Element();
  for (var j = heads[line - o * params.size]; j != NONE; j = nexts[j]) {
    total += dy[(from_here + j) * params.inner + i];
  }
  dx[at] = total;
}

@compute @workgroup_size(64)
fn index_lists_rows(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.count * params.inner) {
    return;
  }
  let line = at / params.inner;
  let s = index[line];
  if (s < 0 || s >= i32(params.size)) {
    y[at] = Element(bitcast<f32>(quiet_nan));
    return;
  }
  y[at] = x[u32(s) * params.inner + at - line * params.inner];
}
