// moments: mean and variance of sets of numbers, the sums that gradients of a normalisation need, and running statistics.
// Maths:    mean[s] = sum_e x[s,e] / size, size = blocks * inner;  variance[s] = sum_e (x[s,e] - mean[s])^2 / size
//           sums: total[s] = sum_e dy[s,e];  product[s] = sum_e dy[s,e] * (x[s,e] - mean[s])
//           running: r = (1 - f) r + f value, f = momentum, or 1 / tracked if it is below 0; the variance times `unbias`
// Shapes:   x, dy: sets of `blocks` blocks of `inner` numbers, each block `outer` behind the last; set s begins at s * inner; mean, variance, total, product: [sets]; tracked: [1], which is counted up
// Bindings: 0 params, 1 x (read), 2 mean (write), 3 variance (write), 4 dy (read), 5 means (read), 6 total (write),
//           7 product (write), 8 variances (read), 9 running_mean, 10 running_variance, 11 tracked (read and write)
// Geometry: one workgroup of LANES per set, `across` of them side by side in a block; x then y. running: one workgroup for all sets
// Source:   two passes over the numbers, as in Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance";
//           batch statistics of Ioffe & Szegedy 2015, arXiv:1502.03167
// Accumulates in f32, each lane in order and the lanes as a tree. Squares are of deviations from the mean, so that a
// large mean costs no digits.

struct Params {
  sets: u32,
  inner: u32,
  blocks: u32,
  outer: u32,
  across: u32,
  width: u32,
  momentum: f32,
  unbias: f32,
}

const LANES = 64u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read> means: array<f32>;
@group(0) @binding(6) var<storage, read_write> total: array<f32>;
@group(0) @binding(7) var<storage, read_write> product: array<f32>;
@group(0) @binding(8) var<storage, read> variances: array<f32>;
@group(0) @binding(9) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(10) var<storage, read_write> running_variance: array<f32>;
@group(0) @binding(11) var<storage, read_write> tracked: array<i32>;

var<workgroup> partial: array<vec2f, LANES>;

fn size() -> f32 {
  return f32(params.inner * params.blocks);
}

// the sum of all lanes' values, in lane 0's place
fn gather(lane: u32, value: vec2f) -> vec2f {
  partial[lane] = value;
  // all lanes have written theirs
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
    // the lower half has taken in the upper
    workgroupBarrier();
  }
  let sum = partial[0];
  // all have read it; the next sum may be gathered
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(LANES)
fn moments(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let s = min(group.y * params.width + group.x, params.sets - 1u);
  var sum = 0.0;
  for (var b = lane / params.across; b < params.blocks; b += LANES / params.across) {
    let at = s * params.inner + b * params.outer;
    for (var e = lane % params.across; e < params.inner; e += params.across) {
      sum += x[at + e];
    }
  }
  let middle = gather(lane, vec2f(sum, 0.0)).x / size();
  var squares = vec2f();
  for (var b = lane / params.across; b < params.blocks; b += LANES / params.across) {
    let at = s * params.inner + b * params.outer;
    for (var e = lane % params.across; e < params.inner; e += params.across) {
      let deviation = x[at + e] - middle;
      squares += vec2f(deviation * deviation, deviation);
    }
  }
  let spread = gather(lane, squares) / size();
  if (lane == 0u) {
    // what the first pass has rounded away
    mean[s] = middle + spread.y;
    variance[s] = spread.x - spread.y * spread.y;
  }
}

@compute @workgroup_size(LANES)
fn moments_sums(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let s = min(group.y * params.width + group.x, params.sets - 1u);
  let middle = means[s];
  var sums = vec2f();
  for (var b = lane / params.across; b < params.blocks; b += LANES / params.across) {
    let at = s * params.inner + b * params.outer;
    for (var e = lane % params.across; e < params.inner; e += params.across) {
      sums += dy[at + e] * vec2f(1.0, x[at + e] - middle);
    }
  }
  let both = gather(lane, sums);
  if (lane == 0u) {
    total[s] = both.x;
    product[s] = both.y;
  }
}

@compute @workgroup_size(LANES)
fn moments_running(@builtin(local_invocation_index) lane: u32) {
  let count = tracked[0] + 1;
  let factor = select(params.momentum, 1.0 / f32(count), params.momentum < 0.0);
  for (var s = lane; s < params.sets; s += LANES) {
    running_mean[s] += factor * (means[s] - running_mean[s]);
    running_variance[s] += factor * (variances[s] * params.unbias - running_variance[s]);
  }
  // all have read the count
  workgroupBarrier();
  if (lane == 0u) {
    tracked[0] = count;
  }
}
