// triad: what memory gives. Two reads and one write an element, next to no arithmetic.
// Maths:    a[i] = b[i] + s * c[i]
// Shapes:   a, b, c: [size], in vectors of 4
// Bindings: 1 b (read), 2 c (read), 3 a (write)
// Geometry: a thread an element; x and y span it
// Source:   McCalpin 1995, STREAM
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read> c: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> a: array<vec4f>;

@compute @workgroup_size(64)
fn triad(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = id.y * groups.x * 64u + id.x;
  a[at] = b[at] + 3.0 * c[at];
}
