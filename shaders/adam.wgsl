// adam: Adam and AdamW for all parameters of a model in one dispatch.
// Maths:    Adam: g = grad + weight_decay * p;  AdamW: p -= lr * weight_decay * p, g = grad
//           m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//           p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
// Shapes:   p, grad, m, v: [4 * size], slabs in which every parameter has the same offset; hyper: [8]
// Bindings: 0 params, 1 p (read and write), 2 grad (read), 3 hyper (read), 4 m, 5 v (read and write)
// Geometry: one invocation per four elements, so that the scalars are read a quarter as often; x then y
// Source:   Kingma & Ba 2015, arXiv:1412.6980; Loshchilov & Hutter 2019, arXiv:1711.05101; as torch.optim
// hyper: lr / (1 - beta1^t), beta1, beta2, 1 / sqrt(1 - beta2^t), eps, coupled decay, decoupled lr * decay, unused

struct Params {
  size: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad: array<vec4f>;
@group(0) @binding(3) var<storage, read> hyper: array<f32>;
@group(0) @binding(4) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> v: array<vec4f>;

@compute @workgroup_size(64)
fn adam(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let before = p[i];
  let g = grad[i] + hyper[5] * before;
  let mean = m[i] + (1.0 - hyper[1]) * (g - m[i]);
  let square = hyper[2] * v[i] + (1.0 - hyper[2]) * g * g;
  m[i] = mean;
  v[i] = square;
  p[i] = before * (1.0 - hyper[6]) - hyper[0] * mean / (sqrt(square) * hyper[3] + hyper[4]);
}
