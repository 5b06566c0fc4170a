// cross-entropy: negative log-likelihood of integer labels under the softmax of rows, with its gradient in one pass.
// Maths:    losses[r] = log(sum_c exp(x[r,c] - max_r)) + max_r - x[r, labels[r]];  loss = mean(losses)
//           dx[r,c] = (softmax(x)[r,c] - (c == labels[r])) / rows
// Shapes:   x, dx: [members, rows, cols], labels: [rows] or [members, rows], losses: [members, rows], loss: [members]
//           own_labels is 1 where each member has labels of its own, 0 where all have the same
// Bindings: 0 params, 1 x (read), 2 labels (read), 3 dx (write), 4 losses (write, *_rows), 5 loss (write, *_small)
// Geometry: cross_entropy_rows: one invocation per row of a member, x then y over them;
//           cross_entropy_small: one workgroup per member, so that the mean needs no second dispatch
// Source:   Goodfellow, Bengio & Courville 2016, Deep Learning, 6.2.2.3
// Accumulates in f32. A label outside 0..cols-1 makes the row's loss NaN; NaN or infinity in a row, its gradient too.

struct Params {
  members: u32,
  rows: u32,
  cols: u32,
  width: u32,
  own_labels: u32,
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
@group(0) @binding(5) var<storage, read_write> loss: array<f32>;

const LANES = 64u;

var<workgroup> partial: array<f32, LANES>;
var<private> quiet_nan: u32 = 0x7fc00000u;

// line counts the rows of all members
fn row_loss(line: u32) -> f32 {
  let start = line * params.cols;
  // 1. row maximum
  var top = -3.4028234e38;
  for (var c = 0u; c < params.cols; c++) {
    top = max(top, x[start + c]);
  }
  // 2. sum of exponentials
  var total = 0.0;
  for (var c = 0u; c < params.cols; c++) {
    // kept in dx, so that it is computed once
    let e = exp(x[start + c] - top);
    dx[start + c] = e;
    total += e;
  }
  // not finite only if the row has a NaN or an infinity, which the exp and max of some backends lose
  let broken = (bitcast<u32>(total) & 0x7f800000u) == 0x7f800000u;
  let divisor = select(total, bitcast<f32>(quiet_nan), broken);
  // 3. gradient and loss
  let label = labels[select(line % params.rows, line, params.own_labels != 0u)];
  for (var c = 0u; c < params.cols; c++) {
    let p = dx[start + c] / divisor;
    dx[start + c] = (p - select(0.0, 1.0, i32(c) == label)) * params.scale;
  }
  if (label < 0 || label >= i32(params.cols) || broken) {
    return bitcast<f32>(quiet_nan);
  }
  return log(total) + top - x[start + u32(label)];
}

@compute @workgroup_size(64)
fn cross_entropy_rows(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  if (line < params.members * params.rows) {
    losses[line] = row_loss(line);
  }
}

@compute @workgroup_size(LANES)
fn cross_entropy_small(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let member = group.x;
  // 1. one partial sum per invocation
  var total = 0.0;
  for (var row = lane; row < params.rows; row += LANES) {
    total += row_loss(member * params.rows + row);
  }
  partial[lane] = total;
  // all partial sums visible
  workgroupBarrier();
  // 2. the mean, in order
  if (lane == 0u) {
    var sum = 0.0;
    for (var i = 0u; i < min(LANES, params.rows); i++) {
      sum += partial[i];
    }
    loss[member] = sum * params.scale;
  }
}
