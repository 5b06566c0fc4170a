// attention-backward: the gradients of softmax(scale q k^T + mask) v, with the weights computed again.
// Maths:    p[i,j] = exp(scale q[i] . k[j] + mask[i,j] - lse[i]);  delta[i] = dy[i] . y[i]
//           ds[i,j] = scale p[i,j] (d[i,j] dy[i] . v[j] - delta[i]), d of the dropout as in attention.wgsl
//           dv[j] = sum_i d[i,j] p[i,j] dy[i];  dk[j] = sum_i ds[i,j] q[i];  dq[i] = sum_j ds[i,j] k[j]
// Shapes:   q, k, v, y, dy, lse, mask as in attention.wgsl; stats: [batch, heads, queries] of (lse, delta);
//           dx holds dq, dk and dv at the places of q, k and v, behind dq_first, dk_first and dv_first
// Bindings: 0 params, 1 q (read), 2 k (read), 3 v (read), 4 mask (read, words), 5 key (read, of the dropout), 6 dy (read),
//           7 stats (read), 8 dx (write), 9 y (read), 10 lse (read), 11 pairs (write, stats)
// Geometry: one invocation per query (attention_stats), per 8 keys of a head of k (attention_backward_keys) or one
//           (attention_backward_key), which goes through 16 queries at a time, or per 8 queries (attention_backward_queries)
//           or one (attention_backward_query), which goes through 16 keys at a time; x then y
// Source:   Dao et al. 2022, arXiv:2205.14135, algorithm 4, without its atomics: keys and queries each have a pass
// Accumulates in f32, in order of the rows. A WGSL matrix is a block of 4 x 4 with a column for each row that the invocation
// owns. Rows past the end are read as the last, and weigh 0.

struct Params {
  batches: u32,
  heads: u32,
  each: u32,
  queries: u32,
  keys: u32,
  features: u32,
  fours: u32,
  tiles: u32,
  width: u32,
  scale: f32,
  causal: u32,
  // 0 none, 1 true attends, 2 true does not, 3 f32 to be added
  masking: u32,
  q_first: u32,
  q_batch: u32,
  q_head: u32,
  q_row: u32,
  k_first: u32,
  k_batch: u32,
  k_head: u32,
  k_row: u32,
  v_first: u32,
  v_batch: u32,
  v_head: u32,
  v_row: u32,
  y_batch: u32,
  y_head: u32,
  y_row: u32,
  dq_first: u32,
  dk_first: u32,
  dv_first: u32,
  mask_batch: u32,
  mask_head: u32,
  mask_query: u32,
  mask_key: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4f>;
@group(0) @binding(2) var<storage, read> k: array<vec4f>;
@group(0) @binding(3) var<storage, read> v: array<vec4f>;
@group(0) @binding(4) var<storage, read> mask: array<u32>;
@group(0) @binding(5) var<storage, read> key: array<i32>;
@group(0) @binding(6) var<storage, read> dy: array<vec4f>;
@group(0) @binding(7) var<storage, read> stats: array<vec2f>;
@group(0) @binding(8) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(9) var<storage, read> y: array<vec4f>;
@group(0) @binding(10) var<storage, read> lse: array<f32>;
@group(0) @binding(11) var<storage, read_write> pairs: array<vec2f>;

override group: u32 = 64u;
override dropping: bool = false;
// Whether pairs are masked at all.
override masked: bool = false;
// Whether four invocations, of rows one behind another in a head, share what they load.
override quads: bool = false;

const LOWEST = -3.4028234e38;
const MASKED = -1e38;
const FOUR = vec4u(0u, 1u, 2u, 3u);

// What dropout multiplies the i-th four of weights with; the op puts the draw here, which keeps all here.
fn draw(i: u32) -> vec4f {
  return vec4f(1.0 / (1.0 - bitcast<f32>(key[2])));
}

// Where four rows begin; those past the end are the last.
fn rows(first: u32, row: u32, count: u32, step: u32) -> vec4u {
  return vec4u(first) + min(vec4u(row) + FOUR, vec4u(count - 1u)) * step;
}

// Which of its quad an invocation is; the op puts the answer here.
fn quad_lane() -> u32 {
  return 0u;
}

// What each invocation of the quad has; the op puts the exchange here.
fn quad_matrices(own: mat4x4f) -> array<mat4x4f, 4> {
  return array<mat4x4f, 4>(own, own, own, own);
}

// Where sixteen rows begin, in fours; in a quad each invocation loads four, which then are the first.
fn sixteen_rows(first: u32, row: u32, count: u32, step: u32) -> array<vec4u, 4> {
  if (quads) {
    let own = rows(first, row + 4u * quad_lane(), count, step);
    return array<vec4u, 4>(own, own, own, own);
  }
  return array<vec4u, 4>(
    rows(first, row, count, step), rows(first, row + 4u, count, step),
    rows(first, row + 8u, count, step), rows(first, row + 12u, count, step));
}

fn load_q(at: vec4u) -> mat4x4f {
  return mat4x4f(q[at.x], q[at.y], q[at.z], q[at.w]);
}

fn load_k(at: vec4u) -> mat4x4f {
  return mat4x4f(k[at.x], k[at.y], k[at.z], k[at.w]);
}

fn load_v(at: vec4u) -> mat4x4f {
  return mat4x4f(v[at.x], v[at.y], v[at.z], v[at.w]);
}

fn load_dy(at: vec4u) -> mat4x4f {
  return mat4x4f(dy[at.x], dy[at.y], dy[at.z], dy[at.w]);
}

fn q_first(batch: u32, head: u32) -> u32 {
  return params.q_first + batch * params.q_batch + head * params.q_head;
}

fn y_first(batch: u32, head: u32) -> u32 {
  return batch * params.y_batch + head * params.y_head;
}

fn q_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(q_first(batch, head), row, params.queries, params.q_row);
}

fn k_first(batch: u32, head: u32) -> u32 {
  return params.k_first + batch * params.k_batch + head / params.each * params.k_head;
}

fn v_first(batch: u32, head: u32) -> u32 {
  return params.v_first + batch * params.v_batch + head / params.each * params.v_head;
}

fn k_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(k_first(batch, head), row, params.keys, params.k_row);
}

fn v_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(v_first(batch, head), row, params.keys, params.v_row);
}

fn y_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(y_first(batch, head), row, params.queries, params.y_row);
}

fn sixteen_k(at: array<vec4u, 4>, c: u32) -> array<mat4x4f, 4> {
  let first = load_k(at[0] + c);
  if (quads) {
    return quad_matrices(first);
  }
  return array<mat4x4f, 4>(first, load_k(at[1] + c), load_k(at[2] + c), load_k(at[3] + c));
}

fn sixteen_v(at: array<vec4u, 4>, c: u32) -> array<mat4x4f, 4> {
  let first = load_v(at[0] + c);
  if (quads) {
    return quad_matrices(first);
  }
  return array<mat4x4f, 4>(first, load_v(at[1] + c), load_v(at[2] + c), load_v(at[3] + c));
}

fn sixteen_q(at: array<vec4u, 4>, c: u32) -> array<mat4x4f, 4> {
  let first = load_q(at[0] + c);
  if (quads) {
    return quad_matrices(first);
  }
  return array<mat4x4f, 4>(first, load_q(at[1] + c), load_q(at[2] + c), load_q(at[3] + c));
}

fn sixteen_dy(at: array<vec4u, 4>, c: u32) -> array<mat4x4f, 4> {
  let first = load_dy(at[0] + c);
  if (quads) {
    return quad_matrices(first);
  }
  return array<mat4x4f, 4>(first, load_dy(at[1] + c), load_dy(at[2] + c), load_dy(at[3] + c));
}

// Scores of four pairs from their products: scaled and masked.
fn scored(product: vec4f, batch: u32, head: u32, query: vec4u, place: vec4u) -> vec4f {
  var score = product * params.scale;
  var allowed = (query < vec4u(params.queries)) & (place < vec4u(params.keys));
  if (masked) {
    if (params.causal > 0u) {
      allowed &= place <= query;
    }
    if (params.masking > 0u) {
      let at = vec4u(batch * params.mask_batch + head * params.mask_head) + query * params.mask_query + place * params.mask_key;
      let words = vec4u(mask[at.x], mask[at.y], mask[at.z], mask[at.w]);
      if (params.masking == 3u) {
        score += bitcast<vec4f>(words);
        allowed &= bitcast<vec4f>(words) > vec4f(MASKED);
      } else {
        allowed &= (words != vec4u()) == vec4<bool>(params.masking == 1u);
      }
    }
  }
  return select(vec4f(LOWEST), score, allowed);
}

// exp(score - shift), and 0 for what is masked.
fn weight(score: vec4f, shift: vec4f) -> vec4f {
  return select(exp(score - shift), vec4f(), score <= vec4f(MASKED));
}

// What dropout multiplies the weights of the four keys with that this place is among.
fn drawn(batch: u32, head: u32, query: u32, place: u32) -> vec4f {
  let row = (batch * params.heads + head) * params.queries + query;
  return draw(row * ((params.keys + 3u) >> 2u) + (place >> 2u));
}

// The same of one key and four queries, which takes a draw for each.
fn drawn_of_queries(batch: u32, head: u32, query: u32, place: u32) -> vec4f {
  var four = vec4f();
  for (var i = 0u; i < 4u; i++) {
    four[i] = drawn(batch, head, query + i, place)[place & 3u];
  }
  return four;
}

// dx at four of `count` rows grows by `added`, or is that.
fn grow_dx(at: vec4u, row: u32, count: u32, added: mat4x4f, fresh: bool) {
  var sum = added;
  if (!fresh) {
    sum += mat4x4f(dx[at.x], dx[at.y], dx[at.z], dx[at.w]);
  }
  if (row < count) {
    dx[at.x] = sum[0];
  }
  if (row + 1u < count) {
    dx[at.y] = sum[1];
  }
  if (row + 2u < count) {
    dx[at.z] = sum[2];
  }
  if (row + 3u < count) {
    dx[at.w] = sum[3];
  }
}

@compute @workgroup_size(group)
fn attention_stats(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  if (line >= params.batches * params.heads * params.queries) {
    return;
  }
  let row = line % params.queries;
  let head = line / params.queries % params.heads;
  let at = line / (params.queries * params.heads) * params.y_batch + head * params.y_head + row * params.y_row;
  var delta = vec4f();
  for (var c = at; c < at + params.fours; c++) {
    delta += dy[c] * y[c];
  }
  pairs[line] = vec2f(lse[line], dot(delta, vec4f(1.0)));
}

// Of a block of pairs: the weights after dropout, and the slopes of the products q . k.
struct Block {
  p: mat4x4f,
  ds: mat4x4f,
}

fn slopes(s: mat4x4f, dp: mat4x4f, d: mat4x4f, batch: u32, head: u32, query: array<vec4u, 4>, place: array<vec4u, 4>, log: mat4x4f, delta: mat4x4f) -> Block {
  let p = mat4x4f(
    weight(scored(s[0], batch, head, query[0], place[0]), log[0]), weight(scored(s[1], batch, head, query[1], place[1]), log[1]),
    weight(scored(s[2], batch, head, query[2], place[2]), log[2]), weight(scored(s[3], batch, head, query[3], place[3]), log[3]));
  var kept = p;
  if (dropping) {
    kept = mat4x4f(p[0] * d[0], p[1] * d[1], p[2] * d[2], p[3] * d[3]);
  }
  let ds = mat4x4f(
    kept[0] * dp[0] - p[0] * delta[0], kept[1] * dp[1] - p[1] * delta[1],
    kept[2] * dp[2] - p[2] * delta[2], kept[3] * dp[3] - p[3] * delta[3]);
  return Block(kept, ds * params.scale);
}

// A column for each of four keys, but of d for each of four queries.
fn block_of_keys(s: mat4x4f, dp: mat4x4f, d: mat4x4f, batch: u32, head: u32, query: u32, place: u32) -> Block {
  let at = rows((batch * params.heads + head) * params.queries, query, params.queries, 1u);
  let four = mat4x2f(stats[at.x], stats[at.y], stats[at.z], stats[at.w]);
  let both = transpose(four);
  let queries = vec4u(query) + FOUR;
  return slopes(s, dp, transpose(d), batch, head, array<vec4u, 4>(queries, queries, queries, queries),
    array<vec4u, 4>(vec4u(place), vec4u(place + 1u), vec4u(place + 2u), vec4u(place + 3u)),
    mat4x4f(both[0], both[0], both[0], both[0]), mat4x4f(both[1], both[1], both[1], both[1]));
}

// A column for each of four queries.
fn block_of_queries(s: mat4x4f, dp: mat4x4f, d: mat4x4f, batch: u32, head: u32, query: u32, place: u32) -> Block {
  let at = rows((batch * params.heads + head) * params.queries, query, params.queries, 1u);
  let both = mat4x2f(stats[at.x], stats[at.y], stats[at.z], stats[at.w]);
  let places = vec4u(place) + FOUR;
  return slopes(s, dp, d, batch, head,
    array<vec4u, 4>(vec4u(query), vec4u(query + 1u), vec4u(query + 2u), vec4u(query + 3u)),
    array<vec4u, 4>(places, places, places, places),
    mat4x4f(vec4f(both[0].x), vec4f(both[1].x), vec4f(both[2].x), vec4f(both[3].x)),
    mat4x4f(vec4f(both[0].y), vec4f(both[1].y), vec4f(both[2].y), vec4f(both[3].y)));
}

@compute @workgroup_size(group)
fn attention_backward_keys(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let groups = params.heads / params.each;
  let place = line % params.tiles * 8u;
  let first_head = line / params.tiles % groups * params.each;
  let batch = line / (params.tiles * groups);
  if (batch >= params.batches) {
    return;
  }
  let k0 = k_rows(batch, first_head, place);
  let k1 = k_rows(batch, first_head, place + 4u);
  let v0 = v_rows(batch, first_head, place);
  let v1 = v_rows(batch, first_head, place + 4u);
  let dk0 = k0 + (params.dk_first - params.k_first);
  let dk1 = k1 + (params.dk_first - params.k_first);
  let dv0 = v0 + (params.dv_first - params.v_first);
  let dv1 = v1 + (params.dv_first - params.v_first);
  // A causal query looks back: those before the first key do not count, but of all at least the last are gone through.
  // A quad begins where the first of it does.
  let first_place = place - select(0u, 8u * quad_lane(), quads);
  let start = select(0u, min(first_place, params.queries - 1u) & ~15u, params.causal > 0u);
  let turns = (params.queries - start + 15u) >> 4u;
  for (var turn = 0u; turn < turns * params.each; turn++) {
    let of_head = turn / turns;
    let head = first_head + of_head;
    let query = start + (turn - of_head * turns) * 16u;
    let q_at = sixteen_rows(q_first(batch, head), query, params.queries, params.q_row);
    let y_at = sixteen_rows(y_first(batch, head), query, params.queries, params.y_row);
    // 1. products
    var s00 = mat4x4f();
    var s01 = mat4x4f();
    var s02 = mat4x4f();
    var s03 = mat4x4f();
    var s10 = mat4x4f();
    var s11 = mat4x4f();
    var s12 = mat4x4f();
    var s13 = mat4x4f();
    for (var c = 0u; c < params.features; c++) {
      let a0 = load_k(k0 + c);
      let a1 = load_k(k1 + c);
      let b = sixteen_q(q_at, c);
      let b0 = transpose(b[0]);
      s00 += b0 * a0;
      s10 += b0 * a1;
      let b1 = transpose(b[1]);
      s01 += b1 * a0;
      s11 += b1 * a1;
      let b2 = transpose(b[2]);
      s02 += b2 * a0;
      s12 += b2 * a1;
      let b3 = transpose(b[3]);
      s03 += b3 * a0;
      s13 += b3 * a1;
    }
    var t00 = mat4x4f();
    var t01 = mat4x4f();
    var t02 = mat4x4f();
    var t03 = mat4x4f();
    var t10 = mat4x4f();
    var t11 = mat4x4f();
    var t12 = mat4x4f();
    var t13 = mat4x4f();
    for (var c = 0u; c < params.fours; c++) {
      let a0 = load_v(v0 + c);
      let a1 = load_v(v1 + c);
      let b = sixteen_dy(y_at, c);
      let b0 = transpose(b[0]);
      t00 += b0 * a0;
      t10 += b0 * a1;
      let b1 = transpose(b[1]);
      t01 += b1 * a0;
      t11 += b1 * a1;
      let b2 = transpose(b[2]);
      t02 += b2 * a0;
      t12 += b2 * a1;
      let b3 = transpose(b[3]);
      t03 += b3 * a0;
      t13 += b3 * a1;
    }
    // 2. weights and slopes; the draws in a loop, because they are long: of query i % 4 of block i / 4, a column each
    var d = array<mat4x4f, 8>();
    if (dropping) {
      for (var i = 0u; i < 32u; i++) {
        d[i >> 2u][i & 3u] = drawn(batch, head, query + ((i >> 2u) & 3u) * 4u + (i & 3u), place + (i >> 4u) * 4u);
      }
    }
    let m00 = block_of_keys(s00, t00, d[0], batch, head, query, place);
    let m01 = block_of_keys(s01, t01, d[1], batch, head, query + 4u, place);
    let m02 = block_of_keys(s02, t02, d[2], batch, head, query + 8u, place);
    let m03 = block_of_keys(s03, t03, d[3], batch, head, query + 12u, place);
    let m10 = block_of_keys(s10, t10, d[4], batch, head, query, place + 4u);
    let m11 = block_of_keys(s11, t11, d[5], batch, head, query + 4u, place + 4u);
    let m12 = block_of_keys(s12, t12, d[6], batch, head, query + 8u, place + 4u);
    let m13 = block_of_keys(s13, t13, d[7], batch, head, query + 12u, place + 4u);
    // 3. the sums
    for (var c = 0u; c < params.fours; c++) {
      let b = sixteen_dy(y_at, c);
      grow_dx(dv0 + c, place, params.keys, b[0] * m00.p + b[1] * m01.p + b[2] * m02.p + b[3] * m03.p, turn == 0u);
      grow_dx(dv1 + c, place + 4u, params.keys, b[0] * m10.p + b[1] * m11.p + b[2] * m12.p + b[3] * m13.p, turn == 0u);
    }
    for (var c = 0u; c < params.features; c++) {
      let b = sixteen_q(q_at, c);
      grow_dx(dk0 + c, place, params.keys, b[0] * m00.ds + b[1] * m01.ds + b[2] * m02.ds + b[3] * m03.ds, turn == 0u);
      grow_dx(dk1 + c, place + 4u, params.keys, b[0] * m10.ds + b[1] * m11.ds + b[2] * m12.ds + b[3] * m13.ds, turn == 0u);
    }
  }
}

@compute @workgroup_size(group)
fn attention_backward_queries(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let query = line % params.tiles * 8u;
  let head = line / params.tiles % params.heads;
  let batch = line / (params.tiles * params.heads);
  if (batch >= params.batches) {
    return;
  }
  let q0 = q_rows(batch, head, query);
  let q1 = q_rows(batch, head, query + 4u);
  let y0 = y_rows(batch, head, query);
  let y1 = y_rows(batch, head, query + 4u);
  let dq0 = q0 + (params.dq_first - params.q_first);
  let dq1 = q1 + (params.dq_first - params.q_first);
  // A quad goes as far as the last of it.
  let last = query + select(0u, 8u * (3u - quad_lane()), quads);
  let end = select(params.keys, min(params.keys, last + 8u), params.causal > 0u);
  for (var place = 0u; place < end; place += 16u) {
    let k_at = sixteen_rows(k_first(batch, head), place, params.keys, params.k_row);
    let v_at = sixteen_rows(v_first(batch, head), place, params.keys, params.v_row);
    // 1. products
    var s00 = mat4x4f();
    var s01 = mat4x4f();
    var s02 = mat4x4f();
    var s03 = mat4x4f();
    var s10 = mat4x4f();
    var s11 = mat4x4f();
    var s12 = mat4x4f();
    var s13 = mat4x4f();
    for (var c = 0u; c < params.features; c++) {
      let a0 = load_q(q0 + c);
      let a1 = load_q(q1 + c);
      let b = sixteen_k(k_at, c);
      let b0 = transpose(b[0]);
      s00 += b0 * a0;
      s10 += b0 * a1;
      let b1 = transpose(b[1]);
      s01 += b1 * a0;
      s11 += b1 * a1;
      let b2 = transpose(b[2]);
      s02 += b2 * a0;
      s12 += b2 * a1;
      let b3 = transpose(b[3]);
      s03 += b3 * a0;
      s13 += b3 * a1;
    }
    var t00 = mat4x4f();
    var t01 = mat4x4f();
    var t02 = mat4x4f();
    var t03 = mat4x4f();
    var t10 = mat4x4f();
    var t11 = mat4x4f();
    var t12 = mat4x4f();
    var t13 = mat4x4f();
    for (var c = 0u; c < params.fours; c++) {
      let a0 = load_dy(y0 + c);
      let a1 = load_dy(y1 + c);
      let b = sixteen_v(v_at, c);
      let b0 = transpose(b[0]);
      t00 += b0 * a0;
      t10 += b0 * a1;
      let b1 = transpose(b[1]);
      t01 += b1 * a0;
      t11 += b1 * a1;
      let b2 = transpose(b[2]);
      t02 += b2 * a0;
      t12 += b2 * a1;
      let b3 = transpose(b[3]);
      t03 += b3 * a0;
      t13 += b3 * a1;
    }
    // 2. weights and slopes; the draws in a loop, because they are long: column i % 4 of block i / 4
    var d = array<mat4x4f, 8>();
    if (dropping) {
      for (var i = 0u; i < 32u; i++) {
        d[i >> 2u][i & 3u] = drawn(batch, head, query + (i >> 4u) * 4u + (i & 3u), place + ((i >> 2u) & 3u) * 4u);
      }
    }
    let m00 = block_of_queries(s00, t00, d[0], batch, head, query, place);
    let m01 = block_of_queries(s01, t01, d[1], batch, head, query, place + 4u);
    let m02 = block_of_queries(s02, t02, d[2], batch, head, query, place + 8u);
    let m03 = block_of_queries(s03, t03, d[3], batch, head, query, place + 12u);
    let m10 = block_of_queries(s10, t10, d[4], batch, head, query + 4u, place);
    let m11 = block_of_queries(s11, t11, d[5], batch, head, query + 4u, place + 4u);
    let m12 = block_of_queries(s12, t12, d[6], batch, head, query + 4u, place + 8u);
    let m13 = block_of_queries(s13, t13, d[7], batch, head, query + 4u, place + 12u);
    // 3. the sums
    for (var c = 0u; c < params.features; c++) {
      let b = sixteen_k(k_at, c);
      grow_dx(dq0 + c, query, params.queries, b[0] * m00.ds + b[1] * m01.ds + b[2] * m02.ds + b[3] * m03.ds, place == 0u);
      grow_dx(dq1 + c, query + 4u, params.queries, b[0] * m10.ds + b[1] * m11.ds + b[2] * m12.ds + b[3] * m13.ds, place == 0u);
    }
  }
}

// The weights after dropout, which multiplies them with d, and the slopes of the products, of four pairs.
fn four_slopes(s: vec4f, dp: vec4f, d: vec4f, batch: u32, head: u32, query: vec4u, place: vec4u, log: vec4f, delta: vec4f) -> mat2x4f {
  let p = weight(scored(s, batch, head, query, place), log);
  let kept = p * d;
  return mat2x4f(kept, (kept * dp - p * delta) * params.scale);
}

@compute @workgroup_size(group)
fn attention_backward_key(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let groups = params.heads / params.each;
  let place = line % params.tiles;
  let first_head = line / params.tiles % groups * params.each;
  let batch = line / (params.tiles * groups);
  if (batch >= params.batches) {
    return;
  }
  let k0 = k_rows(batch, first_head, place).x;
  let v0 = v_rows(batch, first_head, place).x;
  let dk0 = k0 + (params.dk_first - params.k_first);
  let dv0 = v0 + (params.dv_first - params.v_first);
  let queries = params.queries;
  let q_row = params.q_row;
  let y_row = params.y_row;
  let features = params.features;
  let fours = params.fours;
  // as with 8 keys at a time
  let start = select(0u, min(place & ~7u, queries - 1u) & ~15u, params.causal > 0u);
  let turns = (queries - start + 15u) >> 4u;
  for (var turn = 0u; turn < turns * params.each; turn++) {
    let of_head = turn / turns;
    let head = first_head + of_head;
    let query = start + (turn - of_head * turns) * 16u;
    let q0 = q_first(batch, head);
    let y0 = y_first(batch, head);
    var both = array<mat2x4f, 4>();
    for (var i = 0u; i < 4u; i++) {
      let four = query + 4u * i;
      let q_at = rows(q0, four, queries, q_row);
      var s = vec4f();
      for (var c = 0u; c < features; c++) {
        s += transpose(load_q(q_at + c)) * k[k0 + c];
      }
      let y_at = rows(y0, four, queries, y_row);
      var t = vec4f();
      for (var c = 0u; c < fours; c++) {
        t += transpose(load_dy(y_at + c)) * v[v0 + c];
      }
      let lines = rows((batch * params.heads + head) * queries, four, queries, 1u);
      let known = transpose(mat4x2f(stats[lines.x], stats[lines.y], stats[lines.z], stats[lines.w]));
      var d = vec4f(1.0);
      if (dropping) {
        d = drawn_of_queries(batch, head, four, place);
      }
      both[i] = four_slopes(s, t, d, batch, head, vec4u(four) + FOUR, vec4u(place), known[0], known[1]);
    }
    for (var c = 0u; c < fours; c++) {
      var sum = vec4f();
      for (var i = 0u; i < 4u; i++) {
        sum += load_dy(rows(y0 + c, query + 4u * i, queries, y_row)) * both[i][0];
      }
      if (turn > 0u) {
        sum += dx[dv0 + c];
      }
      dx[dv0 + c] = sum;
    }
    for (var c = 0u; c < features; c++) {
      var sum = vec4f();
      for (var i = 0u; i < 4u; i++) {
        sum += load_q(rows(q0 + c, query + 4u * i, queries, q_row)) * both[i][1];
      }
      if (turn > 0u) {
        sum += dx[dk0 + c];
      }
      dx[dk0 + c] = sum;
    }
  }
}

@compute @workgroup_size(group)
fn attention_backward_query(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let query = line % params.tiles;
  let head = line / params.tiles % params.heads;
  let batch = line / (params.tiles * params.heads);
  if (batch >= params.batches) {
    return;
  }
  let q0 = q_rows(batch, head, query).x;
  let y0 = y_rows(batch, head, query).x;
  let dq0 = q0 + (params.dq_first - params.q_first);
  let known = stats[(batch * params.heads + head) * params.queries + query];
  let k0 = k_first(batch, head);
  let v0 = v_first(batch, head);
  let keys = params.keys;
  let k_row = params.k_row;
  let v_row = params.v_row;
  let features = params.features;
  let fours = params.fours;
  // as with 8 queries at a time
  let end = select(keys, min(keys, (query & ~7u) + 8u), params.causal > 0u);
  for (var place = 0u; place < end; place += 16u) {
    var ds = array<vec4f, 4>();
    for (var i = 0u; i < 4u; i++) {
      let four = place + 4u * i;
      let k_at = rows(k0, four, keys, k_row);
      var s = vec4f();
      for (var c = 0u; c < features; c++) {
        s += transpose(load_k(k_at + c)) * q[q0 + c];
      }
      let v_at = rows(v0, four, keys, v_row);
      var t = vec4f();
      for (var c = 0u; c < fours; c++) {
        t += transpose(load_v(v_at + c)) * dy[y0 + c];
      }
      var d = vec4f(1.0);
      if (dropping) {
        d = drawn(batch, head, query, four);
      }
      ds[i] = four_slopes(s, t, d, batch, head, vec4u(query), vec4u(four) + FOUR, vec4f(known.x), vec4f(known.y))[1];
    }
    for (var c = 0u; c < features; c++) {
      var sum = vec4f();
      for (var i = 0u; i < 4u; i++) {
        sum += load_k(rows(k0 + c, place + 4u * i, keys, k_row)) * ds[i];
      }
      if (place > 0u) {
        sum += dx[dq0 + c];
      }
      dx[dq0 + c] = sum;
    }
  }
}
