// scan: running sums and products along one axis, forwards or from the end.
// Maths:    y[o,r,i] = sum_{q<=r} x[o,q,i], or the product; from the end: q >= r
// Shapes:   x, y: [outer, size, inner]
// Bindings: 0 params, 1 x (read), 2 y (write)
// Geometry: scan_strided: one invocation per line, x then y over lines;
//           scan_rows: one workgroup per line for long rows (inner = 1), each invocation a stretch of it
// Source:   Blelloch 1990, "Prefix Sums and Their Applications"; two passes over stretches, for few barriers
// Accumulates in a fixed order, in f32 or, with Element replaced, exactly in i32. Running sums of numbers from 0 never
// fall, also from one stretch to the next.

struct Params {
  outer: u32,
  size: u32,
  inner: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Element>;
@group(0) @binding(2) var<storage, read_write> y: array<Element>;

alias Element = f32;

override product: bool = false;
override from_end: bool = false;

var<workgroup> totals: array<Element, 64>;

fn join(a: Element, b: Element) -> Element {
  return select(a + b, a * b, product);
}

@compute @workgroup_size(64)
fn scan_strided(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * params.width + id.x;
  if (at >= params.outer * params.inner) {
    return;
  }
  let start = (at / params.inner) * params.size * params.inner + at % params.inner;
  var total = Element(select(0, 1, product));
  for (var r = 0u; r < params.size; r++) {
    let here = start + select(r, params.size - 1u - r, from_end) * params.inner;
    total = join(total, x[here]);
    y[here] = total;
  }
}

@compute @workgroup_size(64)
fn scan_rows(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = min(group.y * params.width + group.x, params.outer - 1u);
  let start = row * params.size;
  let stretch = (params.size + 63u) >> 6u;
  let first = min(lane * stretch, params.size);
  let end = min(first + stretch, params.size);
  // 1. the total of each stretch
  var total = Element(select(0, 1, product));
  for (var r = first; r < end; r++) {
    total = join(total, x[start + select(r, params.size - 1u - r, from_end) * params.inner]);
  }
  totals[lane] = total;
  // all totals are visible
  workgroupBarrier();
  // 2. what comes before this stretch
  var before = Element(select(0, 1, product));
  for (var other = 0u; other < lane; other++) {
    before = join(before, totals[other]);
  }
  // 3. the stretch again
  total = Element(select(0, 1, product));
  for (var r = first; r < end; r++) {
    let here = start + select(r, params.size - 1u - r, from_end) * params.inner;
    total = join(total, x[here]);
    y[here] = join(before, total);
  }
}
