// pointwise: the formulas of pointwise ops that are more than an operator, for fusion into other kernels.
// Maths:    beside each function
// Shapes:   one element each
// Bindings: none; rng keys are passed as the array that holds seed and offset
// Geometry: called from `fn chain`, `fn prologue` and `fn epilogue`
// Source:   Salmon et al. 2011 (Philox4x32-10), doi:10.1145/2063384.2063405; Box & Muller 1958
// NaN and infinity have no literals in WGSL, and compilers may assume that neither occurs: they are made from and
// tested by their bits. Nothing here branches (hence & and |, not && and ||): dozens of these functions may be inlined
// into one kernel several times, and compilers may take exponential time for that many branches.

var<private> quiet_nan: u32 = 0x7fc00000u;

var<private> infinity: u32 = 0x7f800000u;

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

// Keeps NaN, which max(x, 0) may lose.
fn relu(x: f32) -> f32 {
  return select(x, 0.0, x <= 0.0);
}

fn relu_backward(dy: f32, y: f32) -> f32 {
  return select(0.0, dy, (y > 0.0) | is_nan(y));
}

// 1 / (1 + e^-x), by the branch on the sign that cannot overflow.
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// WGSL's tanh may overflow for large |x| and lose all relative accuracy near 0; the Taylor polynomial serves there.
fn tanh_stable(x: f32) -> f32 {
  let s = x * x;
  let near = x * (1.0 + s * (-0.33333334 + s * (0.13333334 + s * (-0.05396825 + s * 0.021869488))));
  let e = exp(-2.0 * abs(x));
  let far = sign(x) * (1.0 - e) / (1.0 + e);
  return select(far, near, abs(x) < 0.3);
}

// log(0) = -inf and log(x < 0) = NaN, which WGSL leaves open.
fn log_exact(x: f32) -> f32 {
  let outside = bitcast<f32>(select(quiet_nan, infinity | 0x80000000u, x == 0.0));
  return select(outside, select(log(x), x, bitcast<u32>(x) == infinity), x > 0.0);
}

fn sqrt_exact(x: f32) -> f32 {
  return select(sqrt(x), bitcast<f32>(quiet_nan), x < 0.0);
}

// x^y with torch's signs: a negative base needs a whole exponent, an even one gives a positive result.
fn pow_exact(x: f32, y: f32) -> f32 {
  let size = exp2(y * log2(abs(x)));
  let signed = select(size, -size, (x < 0.0) & (abs(y % 2.0) == 1.0));
  let finite = select(signed, bitcast<f32>(quiet_nan), (x < 0.0) & (y != floor(y)));
  let at_zero = select(bitcast<f32>(infinity), 0.0, y > 0.0);
  return select(select(finite, at_zero, x == 0.0), 1.0, y == 0.0);
}

// The greater, or NaN if either is NaN.
fn maximum(a: f32, b: f32) -> f32 {
  return select(select(b, a, a >= b), bitcast<f32>(quiet_nan), is_nan(a) | is_nan(b));
}

// Upper 32 bits of the product, from 16-bit limbs.
fn mul_high(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

// Four words for counter (i, offset) under key (seed, 0).
fn philox(i: u32, offset: u32, seed: u32) -> vec4u {
  var counter = vec4u(i, offset, 0u, 0u);
  var key = vec2u(seed, 0u);
  for (var round = 0u; round < 10u; round++) {
    let high0 = mul_high(0xd2511f53u, counter.x);
    let high1 = mul_high(0xcd9e8d57u, counter.z);
    counter = vec4u(high1 ^ counter.y ^ key.x, 0xcd9e8d57u * counter.z, high0 ^ counter.w ^ key.y, 0xd2511f53u * counter.x);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

// Uniform on [0, 1), in steps of 2^-24.
fn uniform_unit(i: u32, offset: i32, seed: i32) -> f32 {
  return f32(philox(i, bitcast<u32>(offset), bitcast<u32>(seed)).x >> 8u) * 5.9604645e-8;
}

// Standard normal by Box and Muller; the radius takes its uniform from (0, 1], and the angle is brought to [-pi, pi),
// where WGSL's cosine is accurate to 2^-11.
fn normal_unit(i: u32, offset: i32, seed: i32) -> f32 {
  let words = philox(i, bitcast<u32>(offset), bitcast<u32>(seed));
  let radius = sqrt(-2.0 * log(f32((words.x >> 8u) + 1u) * 5.9604645e-8));
  return -radius * cos((f32(words.y >> 8u) - 8388608.0) * 3.7450703e-7);
}

// x / (1 - p) where the element is kept, which happens with probability 1 - p; 0 elsewhere.
fn dropout(x: f32, i: u32, seed: i32, offset: i32, p: f32) -> f32 {
  return select(0.0, x / (1.0 - p), uniform_unit(i, offset, seed) >= p);
}
