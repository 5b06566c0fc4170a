// gru: one layer of gated recurrent units over a whole sequence, forwards or from its end.
// Maths:    r, z = sigmoid(x_r + R_r h + b_r, x_z + R_z h + b_z);  n = tanh(x_n + r (R_n h + b_n));  h' = n + z (h - n)
//           dh = R^T (da_r, da_z, r da_n)[t + 1] + dh' z + dy[t], and da by the chain rule
//           behind a row's length h stands still, and da is 0
// Shapes:   x, dx, da: [steps, batch, 3, units] or [batch, steps, 3, units]; gates r, z, n; dx has da_n where da has r da_n
//           w: R^T [units, 3, units] forward, R [3, units, units] backward; bias: [3, units]; lengths: [batch]
//           h, dh: [steps + 1, batch, units], whose slot before the first step is the initial state
//           saved: [steps, batch, 5, units]: r, z, n, R_n h + b_n and the h before; initial, dinitial: [batch, units]
//           all in fours of units; total: [steps, batch, units], the gradient that reaches each h
// Bindings: 0 params, 1 x|dh (read), 2 w (read), 3 initial (read) | dx (write), 4 lengths (read),
//           5 carried (h|da, write), 6 saved (write) | kept (read), 7 bias (read) | state (dinitial, write),
//           8 total (write, backward)
// Geometry: a workgroup owns ROWS rows for all steps from begin to end, and an invocation four units of each gate, or
//           BLOCKS times four units backward; y over rows. With one step a dispatch, x goes over units
// Source:   Cho et al. 2014, arXiv:1406.1078, with the reset gate behind the product; rows as in lstm.wgsl
// Accumulates in f32, four k at a time, in order. No invocation waits for another workgroup.

struct Params {
  steps: u32,
  batch: u32,
  units: u32,
  begin: u32,
  end: u32,
  x_step: u32,
  x_row: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> dh: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<vec4f>;
@group(0) @binding(3) var<storage, read> initial: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(4) var<storage, read> lengths: array<u32>;
@group(0) @binding(5) var<storage, read_write> carried: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> saved: array<vec4f>;
@group(0) @binding(6) var<storage, read> kept: array<vec4f>;
@group(0) @binding(7) var<storage, read> bias: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> total: array<vec4f>;

// Rows of a workgroup, 4, 8 or 16, and blocks of four columns of an invocation, 1 to 4.
const ROWS = 8u;
const BLOCKS = 4u;

override lanes: u32 = 32u;
override from_end: bool = false;
override with_initial: bool = false;
override with_lengths: bool = false;
override with_dh: bool = true;
override with_bias: bool = false;
override with_total: bool = false;

fn sigmoid(a: vec4f) -> vec4f {
  let e = exp(-abs(a));
  return select(e, vec4f(1.0), a >= vec4f(0.0)) / (1.0 + e);
}

// Accurate near 0, where a polynomial serves, and finite everywhere.
fn tanh_stable(a: vec4f) -> vec4f {
  let s = a * a;
  let near = a * (1.0 + s * (-0.33333282 + s * (0.13331442 + s * (-0.053739716 + s * (0.020639089 - s * 5.7049887e-3)))));
  let e = exp(-2.0 * abs(a));
  return select(sign(a) * (1.0 - e) / (1.0 + e), near, abs(a) < vec4f(0.625));
}

// Blocks of the product: a of rows 0 to 3, b of 4 to 7, and so on; each column of a matrix is four columns of one row.
struct Panel {
  a0: mat4x4f, a1: mat4x4f, a2: mat4x4f, a3: mat4x4f,
  b0: mat4x4f, b1: mat4x4f, b2: mat4x4f, b3: mat4x4f,
  c0: mat4x4f, c1: mat4x4f, c2: mat4x4f, c3: mat4x4f,
  d0: mat4x4f, d1: mat4x4f, d2: mat4x4f, d3: mat4x4f,
}

// w[4 k .. 4 k + 3, four columns]
fn four_w(at: u32, width: u32) -> mat4x4f {
  return mat4x4f(w[at], w[at + width], w[at + 2u * width], w[at + 3u * width]);
}

fn four_rows(at: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(carried[at.x + k], carried[at.y + k], carried[at.z + k], carried[at.w + k]);
}

// carried[rows, k] * w[k, columns], summed over `inner` fours of k. Rows lie `stride` apart from `start` on, and blocks
// of columns `apart` from `col` on; the last row stands for those behind it.
fn product(start: u32, row: u32, stride: u32, inner: u32, col: u32, apart: u32, width: u32) -> Panel {
  let first = start + stride * min(row + vec4u(0u, 1u, 2u, 3u), vec4u(params.batch - 1u));
  let second = start + stride * min(row + vec4u(4u, 5u, 6u, 7u), vec4u(params.batch - 1u));
  let third = start + stride * min(row + vec4u(8u, 9u, 10u, 11u), vec4u(params.batch - 1u));
  let fourth = start + stride * min(row + vec4u(12u, 13u, 14u, 15u), vec4u(params.batch - 1u));
  var p = Panel();
  for (var k = 0u; k < inner; k++) {
    let at = 4u * k * width + col;
    let a = four_rows(first, k);
    let b = four_rows(second, k);
    let c = four_rows(third, k);
    let d = four_rows(fourth, k);
    let w0 = four_w(at, width);
    p.a0 += w0 * a;
    if (ROWS > 4u) { p.b0 += w0 * b; }
    if (ROWS > 8u) { p.c0 += w0 * c; p.d0 += w0 * d; }
    if (BLOCKS > 1u) {
      let w1 = four_w(at + apart, width);
      p.a1 += w1 * a;
      if (ROWS > 4u) { p.b1 += w1 * b; }
      if (ROWS > 8u) { p.c1 += w1 * c; p.d1 += w1 * d; }
    }
    if (BLOCKS > 2u) {
      let w2 = four_w(at + 2u * apart, width);
      p.a2 += w2 * a;
      if (ROWS > 4u) { p.b2 += w2 * b; }
      if (ROWS > 8u) { p.c2 += w2 * c; p.d2 += w2 * d; }
    }
    if (BLOCKS > 3u) {
      let w3 = four_w(at + 3u * apart, width);
      p.a3 += w3 * a;
      if (ROWS > 4u) { p.b3 += w3 * b; }
      if (ROWS > 8u) { p.c3 += w3 * c; p.d3 += w3 * d; }
    }
  }
  return p;
}

@compute @workgroup_size(lanes)
fn gru(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let units = params.units;
  let first = group.y * ROWS;
  let last = min(first + ROWS, params.batch);
  let mine = group.x * lanes + lane;
  let stride = groups.x * lanes;
  // 1. the initial state, in the slot before the first step
  if (params.begin == 0u && (groups.x == 1u || params.end == 0u)) {
    let slot = select(0u, params.steps, from_end) * params.batch;
    for (var unit = mine; unit < units; unit += stride) {
      for (var row = first; row < last; row++) {
        let own = row * units + unit;
        var h = vec4f();
        if (with_initial) {
          h = initial[own];
        }
        carried[slot * units + own] = h;
      }
    }
  }
  // the h before the first step is visible
  storageBarrier();
  // 2. the steps
  for (var step = params.begin; step < params.end; step++) {
    let t = select(step, params.steps - 1u - step, from_end);
    let before = select(t, t + 1u, from_end) * params.batch * units;
    let after = select(t + 1u, t, from_end) * params.batch * units;
    for (var unit = mine; unit < units; unit += stride) {
      let p = product(before, first, units, units, unit, units, 3u * units);
      var sums = array<mat4x4f, 16>(p.a0, p.a1, p.a2, p.a3, p.b0, p.b1, p.b2, p.b3, p.c0, p.c1, p.c2, p.c3, p.d0, p.d1, p.d2, p.d3);
      var shift = array<vec4f, 3>();
      if (with_bias) {
        shift = array<vec4f, 3>(bias[unit], bias[unit + units], bias[unit + 2u * units]);
      }
      for (var row = first; row < last; row++) {
        let own = row * units + unit;
        let keep = (t * params.batch + row) * 5u * units + unit;
        let at = t * params.x_step + row * params.x_row + unit;
        let block = ((row - first) >> 2u) * 4u;
        let column = (row - first) & 3u;
        let h = carried[before + own];
        var r = sigmoid(x[at] + sums[block][column] + shift[0]);
        var z = sigmoid(x[at + units] + sums[block + 1u][column] + shift[1]);
        var m = sums[block + 2u][column] + shift[2];
        var n = tanh_stable(x[at + 2u * units] + r * m);
        var next = n + z * (h - n);
        if (with_lengths && t >= lengths[row]) {
          r = vec4f();
          z = vec4f();
          n = vec4f();
          m = vec4f();
          next = h;
        }
        saved[keep] = r;
        saved[keep + units] = z;
        saved[keep + 2u * units] = n;
        saved[keep + 3u * units] = m;
        saved[keep + 4u * units] = h;
        carried[after + own] = next;
      }
    }
    // the h of this step is visible
    storageBarrier();
  }
}

@compute @workgroup_size(lanes)
fn gru_backward(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let units = params.units;
  let first = group.y * ROWS;
  let last = min(first + ROWS, params.batch);
  // Steps from the last one to the first, and one more, which leads to the initial state.
  for (var turn = params.begin; turn < params.end; turn++) {
    let step = params.steps - 1u - turn;
    let t = select(step, turn, from_end);
    let later = select(t + 1u, t - 1u, from_end);
    let slot = select(t + 1u, t, from_end) * params.batch * units;
    for (var unit = (group.x * lanes + lane) * BLOCKS; unit < units; unit += groups.x * lanes * BLOCKS) {
      // 1. what the gates of the next step pass back
      var p = Panel();
      if (turn > 0u) {
        p = product(later * params.x_step, first, params.x_row, 3u * units, unit, 1u, units);
      }
      var sums = array<mat4x4f, 16>(p.a0, p.a1, p.a2, p.a3, p.b0, p.b1, p.b2, p.b3, p.c0, p.c1, p.c2, p.c3, p.d0, p.d1, p.d2, p.d3);
      // 2. the gates of this step
      for (var each = 0u; each < BLOCKS * (last - first); each++) {
        let line = each / BLOCKS;
        let row = first + line;
        let block = each - line * BLOCKS;
        let here = unit + block;
        if (here >= units) {
          continue;
        }
        let own = row * units + here;
        var reached = sums[(line >> 2u) * 4u + block][line & 3u];
        if (turn > 0u) {
          reached += state[own];
        }
        if (turn == params.steps) {
          state[own] = reached;
          continue;
        }
        if (with_dh) {
          reached += dh[slot + own];
        }
        let at = t * params.x_step + row * params.x_row + here;
        let live = !with_lengths || t < lengths[row];
        if (with_total) {
          total[(t * params.batch + row) * units + here] = select(vec4f(), reached, live);
        }
        if (!live) {
          state[own] = reached;
          dx[at] = vec4f();
          dx[at + units] = vec4f();
          dx[at + 2u * units] = vec4f();
          carried[at] = vec4f();
          carried[at + units] = vec4f();
          carried[at + 2u * units] = vec4f();
          continue;
        }
        let keep = (t * params.batch + row) * 5u * units + here;
        let r = kept[keep];
        let z = kept[keep + units];
        let n = kept[keep + 2u * units];
        let dn = reached * (1.0 - z) * (1.0 - n * n);
        let dr = dn * kept[keep + 3u * units] * r * (1.0 - r);
        let dz = reached * (kept[keep + 4u * units] - n) * z * (1.0 - z);
        dx[at] = dr;
        dx[at + units] = dz;
        dx[at + 2u * units] = dn;
        carried[at] = dr;
        carried[at + units] = dz;
        carried[at + 2u * units] = dn * r;
        state[own] = reached * z;
      }
    }
    // the gates of this step are visible
    storageBarrier();
  }
}
