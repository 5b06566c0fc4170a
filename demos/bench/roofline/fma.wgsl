// fma: what arithmetic gives. Eight chains of multiply-adds that do not wait for each other, and next to no memory.
// Maths:    x_j = x_j * k + d, 16 times a turn, for j = 0..7, in vectors of 4
// Shapes:   a: [threads]
// Bindings: 1 a (read_write)
// Geometry: a thread each; 1,024 flops a turn of the loop
// Source:   as in mixbench, Konstantinidis & Cotronis 2017
@group(0) @binding(1) var<storage, read_write> a: array<f32>;

override turns: u32 = 64u;

fn step(x: array<vec4f, 8>, k: vec4f, d: vec4f) -> array<vec4f, 8> {
  return array<vec4f, 8>(
    fma(x[0], k, d), fma(x[1], k, d), fma(x[2], k, d), fma(x[3], k, d),
    fma(x[4], k, d), fma(x[5], k, d), fma(x[6], k, d), fma(x[7], k, d),
  );
}

@compute @workgroup_size(64)
fn multiply_add(@builtin(global_invocation_id) id: vec3u) {
  // What no compiler knows: else it would do the chains beforehand.
  let k = vec4f(a[0] * 0.5 + 0.999);
  let d = vec4f(a[1] * 0.5 + 0.001);
  let first = vec4f(f32(id.x), 1.0, 2.0, 3.0);
  var x = array<vec4f, 8>(first, first + 1.0, first + 2.0, first + 3.0, first + 4.0, first + 5.0, first + 6.0, first + 7.0);
  for (var turn = 0u; turn < turns; turn++) {
    x = step(step(step(step(x, k, d), k, d), k, d), k, d);
    x = step(step(step(step(x, k, d), k, d), k, d), k, d);
    x = step(step(step(step(x, k, d), k, d), k, d), k, d);
    x = step(step(step(step(x, k, d), k, d), k, d), k, d);
  }
  let sum = x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7];
  a[id.x] = sum.x + sum.y + sum.z + sum.w;
}
