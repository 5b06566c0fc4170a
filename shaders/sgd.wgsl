// sgd: stochastic gradient descent for all parameters of a model in one dispatch.
// Maths:    g = grad + weight_decay * p;  v = momentum * v + (1 - dampening) * g (v = g on the first step)
//           p -= lr * (nesterov ? g + momentum * v : v);  without momentum p -= lr * g
// Shapes:   p, grad, v: [4 * size], slabs in which every parameter has the same offset; hyper: [6]
// Bindings: 0 params, 1 p (read and write), 2 grad (read), 3 hyper (read), 4 v (read and write, sgd_momentum)
// Geometry: one invocation per four elements, so that the scalars are read a quarter as often; x then y
// Source:   Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"; as torch.optim.SGD
// hyper: lr, momentum, dampening, weight_decay, nesterov (0 or 1), first step (0 or 1)

struct Params {
  size: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad: array<vec4f>;
@group(0) @binding(3) var<storage, read> hyper: array<f32>;
@group(0) @binding(4) var<storage, read_write> v: array<vec4f>;

@compute @workgroup_size(64)
fn sgd(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let before = p[i];
  p[i] = before - hyper[0] * (grad[i] + hyper[3] * before);
}

@compute @workgroup_size(64)
fn sgd_momentum(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let momentum = hyper[1];
  let before = p[i];
  let g = grad[i] + hyper[3] * before;
  let velocity = select(momentum * v[i] + (1.0 - hyper[2]) * g, g, hyper[5] != 0.0);
  v[i] = velocity;
  p[i] = before - hyper[0] * select(velocity, g + momentum * velocity, hyper[4] != 0.0);
}
