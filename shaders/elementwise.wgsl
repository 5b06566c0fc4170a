// elementwise: one fused chain of pointwise ops over every element.
// Maths:    y[i] = chain(x[i], ...) for each element i; the planner puts the chain's formula in place of `fn chain`
// Shapes:   [size] elements, seen as a grid of rows with `cols` columns for operands that are rows or columns of it
// Bindings: 0 params; inputs (read) and outputs (write) are those of the chain
// Geometry: one invocation per element; x first, then y, so that size may exceed 65,535 workgroups
// Source:   formulas in pointwise.wgsl and in the ops

struct Params {
  size: u32,
  cols: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> params: Params;

fn chain(i: u32, row: u32, col: u32) {
}

@compute @workgroup_size(64)
fn elementwise(@builtin(global_invocation_id) id: vec3u) {
  let i = id.y * params.width + id.x;
  if (i >= params.size) {
    return;
  }
  let row = i / params.cols;
  chain(i, row, i - row * params.cols);
}
