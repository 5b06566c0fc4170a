// random: numbers drawn by counter, for fusion into other kernels.
// Maths:    beside each function
// Shapes:   one element each, four in dropout_four
// Bindings: none; keys are passed as the array that holds seed and offset
// Geometry: called from `fn chain`, `fn prologue` and `fn epilogue`
// Source:   Salmon et al. 2011 (Philox4x32-10), doi:10.1145/2063384.2063405; Box & Muller 1958

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

// Radius and angle of a point whose coordinates are standard normal, by Box and Muller. The radius takes its uniform
// from (0, 1]; the angle lies in [-pi, pi).
fn normal_polar(i: u32, offset: i32, seed: i32) -> vec2f {
  let words = philox(i, bitcast<u32>(offset), bitcast<u32>(seed));
  let radius = sqrt(-2.0 * log(f32((words.x >> 8u) + 1u) * 5.9604645e-8));
  return vec2f(-radius, (f32(words.y >> 8u) - 8388608.0) * 3.7450703e-7);
}

// x / (1 - p) where the element is kept, which happens with probability 1 - p; 0 elsewhere.
fn dropout(x: f32, i: u32, seed: i32, offset: i32, p: f32) -> f32 {
  return select(0.0, x / (1.0 - p), uniform_unit(i, offset, seed) >= p);
}

// What dropout multiplies four elements with, which share a draw: 1 / (1 - p) where one is kept, 0 elsewhere.
fn dropout_four(i: u32, seed: i32, offset: i32, p: f32) -> vec4f {
  let words = philox(i, bitcast<u32>(offset), bitcast<u32>(seed));
  return select(vec4f(), vec4f(1.0 / (1.0 - p)), vec4f(words >> vec4u(8u)) * 5.9604645e-8 >= vec4f(p));
}

// A whole number from low to high - 1, each with probability 1 / (high - low) to within 2^-32.
fn uniform_int(i: u32, offset: i32, seed: i32, low: i32, high: i32) -> i32 {
  return low + i32(mul_high(philox(i, bitcast<u32>(offset), bitcast<u32>(seed)).x, u32(high - low)));
}
