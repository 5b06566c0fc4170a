// reduce: sum, mean, product, extreme or index of the extreme along one run of axes.
// Maths:    y[o,i] = scale * sum_r x[o,r,i];  y[o,i] = fold_r x[o,r,i], a product, maximum or minimum;
//           index[o,i] = the first r at which x[o,r,i] is the maximum or minimum
// Shapes:   x: [outer, size, inner], y: [outer, inner]; `prologue` may compute x from other arrays
// Bindings: 0 params, 1 x (read), 2 y (write), 3 index (write, arg)
// Geometry: *_strided: one invocation per output, x then y over outputs;
//           *_rows: one workgroup per output for long rows (inner = 1, size >= 64), a tree of partial results in
//           workgroup memory
// Source:   Harris 2007, "Optimizing Parallel Reduction in CUDA"
// Accumulates in a fixed order, in f32 or, with Element replaced, exactly in i32. A NaN anywhere makes a result NaN, and
// is what arg finds.

struct Params {
  outer: u32,
  size: u32,
  inner: u32,
  width: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;
@group(0) @binding(3) var<storage, read_write> index: array<i32>;

alias Element = f32;

// whether Element is f32
const FLOATS: u32 = 1u;

const PRODUCT: u32 = 0u;

const MINIMUM: u32 = 1u;

override operation: u32 = 2u;

var<workgroup> partial: array<Element, 64>;

var<workgroup> places: array<u32, 64>;

fn prologue(i: u32) -> Element {
  return x[i];
}

fn epilogue(value: Element, i: u32, row: u32, col: u32) -> Element {
  return value;
}

fn element_is_nan(value: Element) -> bool {
  return FLOATS == 1u && (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

fn exceeds(value: Element, best: Element) -> bool {
  let beyond = select(value > best, value < best, operation == MINIMUM);
  return beyond || (element_is_nan(value) && !element_is_nan(best));
}

fn fold(a: Element, b: Element) -> Element {
  return select(select(a, b, exceeds(b, a)), a * b, operation == PRODUCT);
}

@compute @workgroup_size(64)
fn sum_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let row = at / params.inner;
  let col = at - row * params.inner;
  let start = row * params.size * params.inner + col;
  // four sums, so that neither the additions nor the loop wait for one another
  var sums = vec4<Element>();
  var r = 0u;
  for (; r + 4u <= params.size; r += 4u) {
    let from_here = start + r * params.inner;
    sums += vec4<Element>(
      prologue(from_here),
      prologue(from_here + params.inner),
      prologue(from_here + 2u * params.inner),
      prologue(from_here + 3u * params.inner),
    );
  }
  var total = (sums.x + sums.y) + (sums.z + sums.w);
  for (; r < params.size; r++) {
    total += prologue(start + r * params.inner);
  }
  y[at] = epilogue(total * Element(params.scale), at, row, col);
}

@compute @workgroup_size(64)
fn sum_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * params.width + group.x;
  // 1. one partial sum per invocation
  var total = Element();
  if (row < params.outer) {
    for (var r = lane; r < params.size; r += 64u) {
      total += prologue(row * params.size + r);
    }
  }
  partial[lane] = total;
  // 2. the tree
  for (var half = 32u; half > 0u; half /= 2u) {
    // partial sums of the level below are visible
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  if (lane == 0u && row < params.outer) {
    y[row] = epilogue(partial[0] * Element(params.scale), row, row, 0u);
  }
}

@compute @workgroup_size(64)
fn fold_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let row = at / params.inner;
  let col = at - row * params.inner;
  let start = row * params.size * params.inner + col;
  var best = prologue(start);
  for (var r = 1u; r < params.size; r++) {
    best = fold(best, prologue(start + r * params.inner));
  }
  y[at] = epilogue(best * Element(params.scale), at, row, col);
}

@compute @workgroup_size(64)
fn fold_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = min(group.y * params.width + group.x, params.outer - 1u);
  // 1. one partial result per invocation
  var best = prologue(row * params.size + lane);
  for (var r = lane + 64u; r < params.size; r += 64u) {
    best = fold(best, prologue(row * params.size + r));
  }
  partial[lane] = best;
  // 2. the tree
  for (var half = 32u; half > 0u; half /= 2u) {
    // partial results of the level below are visible
    workgroupBarrier();
    if (lane < half) {
      partial[lane] = fold(partial[lane], partial[lane + half]);
    }
  }
  if (lane == 0u) {
    y[row] = epilogue(partial[0] * Element(params.scale), row, row, 0u);
  }
}

@compute @workgroup_size(64)
fn arg_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let row = at / params.inner;
  let col = at - row * params.inner;
  let start = row * params.size * params.inner + col;
  var best = prologue(start);
  var found = 0u;
  for (var r = 1u; r < params.size; r++) {
    let value = prologue(start + r * params.inner);
    if (exceeds(value, best)) {
      best = value;
      found = r;
    }
  }
  index[at] = i32(found);
}

@compute @workgroup_size(64)
fn arg_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = min(group.y * params.width + group.x, params.outer - 1u);
  // 1. one extreme per invocation
  var best = prologue(row * params.size + lane);
  var found = lane;
  for (var r = lane + 64u; r < params.size; r += 64u) {
    let value = prologue(row * params.size + r);
    if (exceeds(value, best)) {
      best = value;
      found = r;
    }
  }
  partial[lane] = best;
  places[lane] = found;
  // 2. the tree; of equals the first counts
  for (var half = 32u; half > 0u; half /= 2u) {
    // extremes of the level below are visible
    workgroupBarrier();
    if (lane < half) {
      let other = partial[lane + half];
      let ahead = places[lane + half] < places[lane] && !exceeds(partial[lane], other);
      if (exceeds(other, partial[lane]) || ahead) {
        partial[lane] = other;
        places[lane] = places[lane + half];
      }
    }
  }
  if (lane == 0u) {
    index[row] = i32(places[0]);
  }
}
