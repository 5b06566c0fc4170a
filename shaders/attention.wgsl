// attention: softmax(scale q k^T + mask) v without the matrix of weights.
// Maths:    s[i,j] = scale q[i] . k[j] + mask[i,j];  lse[i] = log sum_j exp s[i,j];  y[i] = sum_j d[i,j] exp(s[i,j] - lse[i]) v[j]
//           d[i,j] is 1, or with dropout 0 or 1 / (1 - rate)
// Shapes:   q, k, v: [batch, heads, rows, fours] of vec4f, each with places of its own: first, and the steps from one
//           batch, head and row to the next; y: the same from 0; lse: [batch, heads, queries]; mask: any, by its steps;
//           a head of k and v serves `each` heads of q
// Bindings: 0 params, 1 q (read), 2 k (read), 3 v (read), 4 mask (read, words), 5 key (read, of the dropout), 6 y (write), 7 lse (write)
// Geometry: one invocation per 8 queries of a head (attention) or per query (attention_query), which goes through 16 keys
//           at a time; x then y over them
// Source:   Dao et al. 2022, arXiv:2205.14135; Milakov & Gimelshein 2018, arXiv:1805.02867
// Accumulates in f32, in order of the keys. A WGSL matrix is a block of 4 x 4 with a column for each query. What is masked
// scores LOWEST, which is finite; a query with nothing else gets 0. Rows past the end are read as the last.

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
@group(0) @binding(6) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> lse: array<f32>;

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

fn q_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(params.q_first + batch * params.q_batch + head * params.q_head, row, params.queries, params.q_row);
}

fn k_first(batch: u32, head: u32) -> u32 {
  return params.k_first + batch * params.k_batch + head / params.each * params.k_head;
}

fn v_first(batch: u32, head: u32) -> u32 {
  return params.v_first + batch * params.v_batch + head / params.each * params.v_head;
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

fn y_rows(batch: u32, head: u32, row: u32) -> vec4u {
  return rows(batch * params.y_batch + head * params.y_head, row, params.queries, params.y_row);
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

// Scores of four queries, a column each, and four keys.
fn scored_keys(block: mat4x4f, batch: u32, head: u32, query: u32, place: u32) -> mat4x4f {
  let four = vec4u(place) + FOUR;
  return mat4x4f(
    scored(block[0], batch, head, vec4u(query), four), scored(block[1], batch, head, vec4u(query + 1u), four),
    scored(block[2], batch, head, vec4u(query + 2u), four), scored(block[3], batch, head, vec4u(query + 3u), four));
}

// exp(score - shift), and 0 for what is masked.
fn weight(score: vec4f, shift: vec4f) -> vec4f {
  return select(exp(score - shift), vec4f(), score <= vec4f(MASKED));
}

fn weights(block: mat4x4f, shift: vec4f) -> mat4x4f {
  return mat4x4f(
    weight(block[0], vec4f(shift.x)), weight(block[1], vec4f(shift.y)),
    weight(block[2], vec4f(shift.z)), weight(block[3], vec4f(shift.w)));
}

fn greatest(a: mat4x4f, b: mat4x4f) -> vec4f {
  let turned = transpose(mat4x4f(max(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])));
  return max(max(turned[0], turned[1]), max(turned[2], turned[3]));
}

// What dropout multiplies the weights of the four keys with that this place is among.
fn drawn(batch: u32, head: u32, query: u32, place: u32) -> vec4f {
  let row = (batch * params.heads + head) * params.queries + query;
  return draw(row * ((params.keys + 3u) >> 2u) + (place >> 2u));
}

// y at four rows = added + y * factor, or added alone.
fn grow_y(at: vec4u, row: u32, added: mat4x4f, factor: vec4f, fresh: bool) {
  var sum = added;
  if (!fresh) {
    sum += mat4x4f(y[at.x] * factor.x, y[at.y] * factor.y, y[at.z] * factor.z, y[at.w] * factor.w);
  }
  if (row < params.queries) {
    y[at.x] = sum[0];
  }
  if (row + 1u < params.queries) {
    y[at.y] = sum[1];
  }
  if (row + 2u < params.queries) {
    y[at.z] = sum[2];
  }
  if (row + 3u < params.queries) {
    y[at.w] = sum[3];
  }
}

@compute @workgroup_size(group)
fn attention(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let row = line % params.tiles * 8u;
  let head = line / params.tiles % params.heads;
  let batch = line / (params.tiles * params.heads);
  if (batch >= params.batches) {
    return;
  }
  let q0 = q_rows(batch, head, row);
  let q1 = q_rows(batch, head, row + 4u);
  let y0 = y_rows(batch, head, row);
  let y1 = y_rows(batch, head, row + 4u);
  var top0 = vec4f(LOWEST);
  var top1 = vec4f(LOWEST);
  var total0 = vec4f();
  var total1 = vec4f();
  // A quad goes as far as the last of it.
  let last = row + select(0u, 8u * (3u - quad_lane()), quads);
  let end = select(params.keys, min(params.keys, last + 8u), params.causal > 0u);
  for (var place = 0u; place < end; place += 16u) {
    // 1. scores
    let k_at = sixteen_rows(k_first(batch, head), place, params.keys, params.k_row);
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
      let four = sixteen_k(k_at, c);
      let b0 = transpose(four[0]);
      s00 += b0 * a0;
      s10 += b0 * a1;
      let b1 = transpose(four[1]);
      s01 += b1 * a0;
      s11 += b1 * a1;
      let b2 = transpose(four[2]);
      s02 += b2 * a0;
      s12 += b2 * a1;
      let b3 = transpose(four[3]);
      s03 += b3 * a0;
      s13 += b3 * a1;
    }
    s00 = scored_keys(s00, batch, head, row, place);
    s01 = scored_keys(s01, batch, head, row, place + 4u);
    s02 = scored_keys(s02, batch, head, row, place + 8u);
    s03 = scored_keys(s03, batch, head, row, place + 12u);
    s10 = scored_keys(s10, batch, head, row + 4u, place);
    s11 = scored_keys(s11, batch, head, row + 4u, place + 4u);
    s12 = scored_keys(s12, batch, head, row + 4u, place + 8u);
    s13 = scored_keys(s13, batch, head, row + 4u, place + 12u);
    // 2. weights before they are divided by their sum, and what the sums so far are worth
    let next0 = max(top0, max(greatest(s00, s01), greatest(s02, s03)));
    let next1 = max(top1, max(greatest(s10, s11), greatest(s12, s13)));
    let worth0 = weight(top0, next0);
    let worth1 = weight(top1, next1);
    top0 = next0;
    top1 = next1;
    s00 = weights(s00, top0);
    s01 = weights(s01, top0);
    s02 = weights(s02, top0);
    s03 = weights(s03, top0);
    s10 = weights(s10, top1);
    s11 = weights(s11, top1);
    s12 = weights(s12, top1);
    s13 = weights(s13, top1);
    total0 = total0 * worth0 + vec4f(1.0) * (s00 + s01 + s02 + s03);
    total1 = total1 * worth1 + vec4f(1.0) * (s10 + s11 + s12 + s13);
    if (dropping) {
      // in a loop, because a draw is long: column i % 4 of block i / 4
      var all = array<mat4x4f, 8>(s00, s01, s02, s03, s10, s11, s12, s13);
      for (var i = 0u; i < 32u; i++) {
        all[i >> 2u][i & 3u] *= drawn(batch, head, row + (i >> 4u) * 4u + (i & 3u), place + ((i >> 2u) & 3u) * 4u);
      }
      s00 = all[0];
      s01 = all[1];
      s02 = all[2];
      s03 = all[3];
      s10 = all[4];
      s11 = all[5];
      s12 = all[6];
      s13 = all[7];
    }
    // 3. the sums of the values
    let v_at = sixteen_rows(v_first(batch, head), place, params.keys, params.v_row);
    for (var c = 0u; c < params.fours; c++) {
      let b = sixteen_v(v_at, c);
      grow_y(y0 + c, row, b[0] * s00 + b[1] * s01 + b[2] * s02 + b[3] * s03, worth0, place == 0u);
      grow_y(y1 + c, row + 4u, b[0] * s10 + b[1] * s11 + b[2] * s12 + b[3] * s13, worth1, place == 0u);
    }
  }
  // 4. divided by the sums of the weights
  let rate0 = select(1.0 / total0, vec4f(), total0 == vec4f());
  let rate1 = select(1.0 / total1, vec4f(), total1 == vec4f());
  for (var c = 0u; c < params.fours; c++) {
    grow_y(y0 + c, row, mat4x4f(), rate0, false);
    grow_y(y1 + c, row + 4u, mat4x4f(), rate1, false);
  }
  let first = (batch * params.heads + head) * params.queries;
  let log0 = top0 + log(max(total0, vec4f(1e-30)));
  let log1 = top1 + log(max(total1, vec4f(1e-30)));
  let logs = array<f32, 8>(log0.x, log0.y, log0.z, log0.w, log1.x, log1.y, log1.z, log1.w);
  for (var i = 0u; i < 8u && row + i < params.queries; i++) {
    lse[first + row + i] = logs[i];
  }
}

@compute @workgroup_size(group)
fn attention_query(@builtin(global_invocation_id) id: vec3u) {
  let line = id.y * params.width + id.x;
  let row = line % params.tiles;
  let head = line / params.tiles % params.heads;
  let batch = line / (params.tiles * params.heads);
  if (batch >= params.batches) {
    return;
  }
  let q0 = q_rows(batch, head, row).x;
  let y0 = y_rows(batch, head, row).x;
  let k0 = k_first(batch, head);
  let v0 = v_first(batch, head);
  let keys = params.keys;
  let k_row = params.k_row;
  let v_row = params.v_row;
  let features = params.features;
  let fours = params.fours;
  var top = LOWEST;
  var total = 0.0;
  // as far as with 8 queries at a time
  let end = select(keys, min(keys, (row & ~7u) + 8u), params.causal > 0u);
  for (var place = 0u; place < end; place += 16u) {
    // 1. scores
    var s = array<vec4f, 4>();
    var most = vec4f(top);
    for (var i = 0u; i < 4u; i++) {
      let at = rows(k0, place + 4u * i, keys, k_row);
      var sum = vec4f();
      for (var c = 0u; c < features; c++) {
        sum += transpose(load_k(at + c)) * q[q0 + c];
      }
      s[i] = scored(sum, batch, head, vec4u(row), vec4u(place + 4u * i) + FOUR);
      most = max(most, s[i]);
    }
    // 2. weights before they are divided by their sum, and what the sum so far is worth
    let next = max(max(most.x, most.y), max(most.z, most.w));
    let worth = select(exp(top - next), 0.0, top <= MASKED);
    top = next;
    var sum = vec4f();
    for (var i = 0u; i < 4u; i++) {
      s[i] = weight(s[i], vec4f(top));
      sum += s[i];
      if (dropping) {
        s[i] *= drawn(batch, head, row, place + 4u * i);
      }
    }
    total = total * worth + dot(vec4f(1.0), sum);
    // 3. the sums of the values
    for (var c = 0u; c < fours; c++) {
      var sum = vec4f();
      for (var i = 0u; i < 4u; i++) {
        sum += load_v(rows(v0 + c, place + 4u * i, keys, v_row)) * s[i];
      }
      if (place > 0u) {
        sum += y[y0 + c] * worth;
      }
      y[y0 + c] = sum;
    }
  }
  // 4. divided by the sum of the weights
  let rate = select(1.0 / total, 0.0, total == 0.0);
  for (var c = 0u; c < fours; c++) {
    y[y0 + c] *= rate;
  }
  lse[(batch * params.heads + head) * params.queries + row] = top + log(max(total, 1e-30));
}
