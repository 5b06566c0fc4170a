// update: the optimisers' steps, for all parameters of a model in one dispatch.
// Maths:    g = sign * scale * grad + l1 * sign(p) + decay * p
//           sgd:      m = momentum m + (1 - dampening) g (m = g at first);  p -= lr * (nesterov ? g + momentum m : m)
//           adam:     m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  amsgrad: w = max(w, v) stands for v
//                     p -= lr * shrink * p;  p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//           rmsprop:  v = alpha v + (1 - alpha) g^2;  centered: w = alpha w + (1 - alpha) g, and v - w^2 stands for v
//                     m = momentum m + g / (sqrt(v) + eps);  p -= lr m
//           adagrad:  v += g^2;  p -= lr / (1 + (t - 1) lr_decay) * g / (sqrt(v) + eps)
// Shapes:   p, grad, m, v, w: [4 * size], slabs in which every parameter has the same offset; hyper: [rows, ROW]; scale: [1]
//           group: [4 * size], where the row of each element starts; without GROUPED all take the first row
// Bindings: 0 params, 1 p (read and write), 2 grad (read), 3 hyper (read), 4 group (read), 5 scale (read, if SCALED),
//           6 m, 7 v, 8 w (read and write)
// Geometry: one invocation per four elements, so that the scalars are read a quarter as often; x then y
// Source:   Sutskever et al. 2013; Kingma & Ba 2015, arXiv:1412.6980; Loshchilov & Hutter 2019, arXiv:1711.05101;
//           Reddi et al. 2018 (amsgrad); Hinton 2012, lecture 6e (rmsprop); Duchi et al. 2011 (adagrad); as torch.optim
// A row is: active (0 leaves the parameter alone), sign, l1, decay, learning rate, and what the entry point reads.

struct Params {
  size: u32,
  width: u32,
}

const GROUPED = 0u;
const NUMBERS = 12u;
const SCALED = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad: array<vec4f>;
@group(0) @binding(3) var<storage, read> hyper: array<f32, NUMBERS>;
@group(0) @binding(4) var<storage, read> group: array<vec4u>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> w: array<vec4f>;

// where the rows of four elements start
fn rows_of(i: u32) -> vec4u {
  if (GROUPED == 0u) {
    return vec4u();
  }
  return group[i];
}

fn column(rows: vec4u, at: u32) -> vec4f {
  if (GROUPED == 0u) {
    return vec4f(hyper[at]);
  }
  return vec4f(hyper[rows.x + at], hyper[rows.y + at], hyper[rows.z + at], hyper[rows.w + at]);
}

// Four elements never lie in two parameters, so they are active together.
fn is_idle(rows: vec4u) -> bool {
  return GROUPED != 0u && hyper[rows.x] == 0.0;
}

fn gradient(i: u32, rows: vec4u, before: vec4f) -> vec4f {
  var g = column(rows, 1u) * grad[i];
  if (SCALED != 0u) {
    g *= scale[0];
  }
  return g + column(rows, 2u) * sign(before) + column(rows, 3u) * before;
}

@compute @workgroup_size(64)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  p[i] = before - column(rows, 4u) * gradient(i, rows, before);
}

// 5 momentum, 6 dampening, 7 nesterov (0 or 1), 8 first step (0 or 1)
@compute @workgroup_size(64)
fn sgd_momentum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let momentum = column(rows, 5u);
  let before = p[i];
  let g = gradient(i, rows, before);
  let velocity = select(momentum * m[i] + (1.0 - column(rows, 6u)) * g, g, column(rows, 8u) != vec4f());
  m[i] = velocity;
  p[i] = before - column(rows, 4u) * select(velocity, g + momentum * velocity, column(rows, 7u) != vec4f());
}

// 4 lr / (1 - beta1^t), 5 beta1, 6 beta2, 7 1 / sqrt(1 - beta2^t), 8 eps, 9 lr * shrink
@compute @workgroup_size(64)
fn adam(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  let g = gradient(i, rows, before);
  let beta2 = column(rows, 6u);
  let last = m[i];
  let mean = last + (1.0 - column(rows, 5u)) * (g - last);
  let square = beta2 * v[i] + (1.0 - beta2) * g * g;
  m[i] = mean;
  v[i] = square;
  let root = sqrt(square) * column(rows, 7u) + column(rows, 8u);
  p[i] = before * (1.0 - column(rows, 9u)) - column(rows, 4u) * mean / root;
}

// as adam; 10 amsgrad (0 or 1)
@compute @workgroup_size(64)
fn adam_amsgrad(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  let g = gradient(i, rows, before);
  let beta2 = column(rows, 6u);
  let last = m[i];
  let mean = last + (1.0 - column(rows, 5u)) * (g - last);
  let square = beta2 * v[i] + (1.0 - beta2) * g * g;
  let greatest = max(w[i], square);
  m[i] = mean;
  v[i] = square;
  w[i] = greatest;
  let root = sqrt(select(square, greatest, column(rows, 10u) != vec4f())) * column(rows, 7u) + column(rows, 8u);
  p[i] = before * (1.0 - column(rows, 9u)) - column(rows, 4u) * mean / root;
}

// 5 alpha, 6 eps
@compute @workgroup_size(64)
fn rmsprop(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  let g = gradient(i, rows, before);
  let alpha = column(rows, 5u);
  let square = alpha * v[i] + (1.0 - alpha) * g * g;
  v[i] = square;
  p[i] = before - column(rows, 4u) * g / (sqrt(square) + column(rows, 6u));
}

// as rmsprop; 7 momentum, 8 centered (0 or 1)
@compute @workgroup_size(64)
fn rmsprop_momentum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  let g = gradient(i, rows, before);
  let alpha = column(rows, 5u);
  let square = alpha * v[i] + (1.0 - alpha) * g * g;
  let mean = alpha * w[i] + (1.0 - alpha) * g;
  let spread = square - column(rows, 8u) * mean * mean;
  let velocity = column(rows, 7u) * m[i] + g / (sqrt(spread) + column(rows, 6u));
  v[i] = square;
  w[i] = mean;
  m[i] = velocity;
  p[i] = before - column(rows, 4u) * velocity;
}

// 4 lr / (1 + (t - 1) lr_decay), 5 eps
@compute @workgroup_size(64)
fn adagrad(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let rows = rows_of(i);
  if (is_idle(rows)) {
    return;
  }
  let before = p[i];
  let g = gradient(i, rows, before);
  let total = v[i] + g * g;
  v[i] = total;
  p[i] = before - column(rows, 4u) * g / (sqrt(total) + column(rows, 5u));
}
