// pointwise: the formulas of pointwise ops that are more than an operator, for fusion into other kernels.
// Maths:    beside each function
// Shapes:   one element each
// Bindings: none
// Geometry: called from `fn chain`, `fn prologue` and `fn epilogue`
// Source:   Shepherd & Laframboise 1981, doi:10.2307/2007742 (erfc); Moshier's Cephes (tanh_stable, hyperbolic_sine)
// NaN and infinity have no literals in WGSL, and compilers may assume that neither occurs: they are made from and
// tested by their bits. Nothing here branches (hence & and |, not && and ||): dozens of these functions may be inlined
// into one kernel several times, and compilers may take exponential time for that many branches.

var<private> quiet_nan: u32 = 0x7fc00000u;

var<private> infinity: u32 = 0x7f800000u;

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

fn is_inf(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) == 0x7f800000u;
}

fn is_finite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

fn nan_unless(holds: bool, value: f32) -> f32 {
  return select(bitcast<f32>(quiet_nan), value, holds);
}

// |size| with the sign of another number, also that of a zero.
fn with_sign(size: f32, other: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(size) & 0x7fffffffu) | (bitcast<u32>(other) & 0x80000000u));
}

// Keeps NaN, which max(x, 0) may lose.
fn relu(x: f32) -> f32 {
  return select(x, 0.0, x <= 0.0);
}

// 1 / (1 + e^-x), by the branch on the sign that cannot overflow.
fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// Keeps NaN, of which the exp of some backends makes infinity.
fn exp_exact(x: f32) -> f32 {
  return select(exp(x), x, is_nan(x));
}

// WGSL's tanh may overflow for large |x| and lose all relative accuracy near 0; a polynomial serves there.
fn tanh_stable(x: f32) -> f32 {
  let s = x * x;
  let near = x * (1.0 + s * (-0.33333282 + s * (0.13331442 + s * (-0.053739716 + s * (0.020639089 - s * 5.7049887e-3)))));
  let e = exp(-2.0 * abs(x));
  let far = sign(x) * (1.0 - e) / (1.0 + e);
  return select(far, near, abs(x) < 0.625);
}

// e^x - 1, by its Taylor polynomial where the difference would lose the leading digits.
fn expm1(x: f32) -> f32 {
  let near = x * (1.0 + x * (0.5 + x * (0.16666667 + x * (0.041666668 + x * (8.3333333e-3 + x * (1.3888889e-3
    + x * (1.9841270e-4 + x * 2.4801587e-5)))))));
  return select(exp_exact(x) - 1.0, near, abs(x) < 0.5);
}

// log(1 + t) = 2 artanh(t / (2 + t)) by its series, for t in (-1/3, 1/2).
fn log_near_one(t: f32) -> f32 {
  let s = t / (2.0 + t);
  let z = s * s;
  return 2.0 * s * (1.0 + z * (0.33333334 + z * (0.2 + z * (0.14285715 + z * (0.11111111 + z * 0.09090909)))));
}

fn is_near_zero(t: f32) -> bool {
  return (t > -0.33333334) & (t < 0.5);
}

// log(0) = -inf and log(x < 0) = NaN, which WGSL leaves open; and near 1, where its log is 2^-21 absolute, the series.
fn log_exact(x: f32) -> f32 {
  let outside = bitcast<f32>(select(quiet_nan, infinity | 0x80000000u, x == 0.0));
  let inside = select(log(x), log_near_one(x - 1.0), is_near_zero(x - 1.0));
  return select(outside, select(inside, x, bitcast<u32>(x) == infinity), x > 0.0);
}

fn log1p(x: f32) -> f32 {
  return select(log_exact(1.0 + x), log_near_one(x), is_near_zero(x));
}

fn sqrt_exact(x: f32) -> f32 {
  return select(sqrt(x), bitcast<f32>(quiet_nan), x < 0.0);
}

// x^y with torch's signs: a finite negative base needs a whole exponent, and an odd one gives the sign of the base, also
// of a zero. 1 where the exponent is 0 or the base is 1, even if the other is NaN.
fn pow_exact(x: f32, y: f32) -> f32 {
  let at_zero = select(bitcast<f32>(infinity), 0.0, y > 0.0);
  let size = select(exp2(y * log2(abs(x))), at_zero, x == 0.0);
  let signed = with_sign(size, select(1.0, x, abs(y % 2.0) == 1.0));
  let real = !(is_nan(x) | is_nan(y)) & ((x >= 0.0) | (y == floor(y)) | is_inf(x));
  return select(nan_unless(real, signed), 1.0, (y == 0.0) | (x == 1.0) | ((x == -1.0) & is_inf(y)));
}

// The greater, or NaN if either is NaN.
fn maximum(a: f32, b: f32) -> f32 {
  return select(select(b, a, a >= b), bitcast<f32>(quiet_nan), is_nan(a) | is_nan(b));
}

fn minimum(a: f32, b: f32) -> f32 {
  return select(select(b, a, a <= b), bitcast<f32>(quiet_nan), is_nan(a) | is_nan(b));
}

// a - b * trunc(a / b), with the sign of a; the quotient may be rounded across a whole number, which is put right. Where
// it is so large that no digit of the remainder is left, the result is below b still.
fn fmod(a: f32, b: f32) -> f32 {
  let size = abs(b);
  var rest = fma(-trunc(abs(a) / size), size, abs(a));
  rest = select(rest, rest + size, rest < 0.0);
  rest = select(rest, rest - size, rest >= size);
  rest = select(0.0, rest, (rest >= 0.0) & (rest < size));
  return nan_unless(is_finite(a) & (b != 0.0) & !is_nan(b), with_sign(select(rest, abs(a), is_inf(b)), a));
}

// a - b * floor(a / b), with the sign of b.
fn remainder(a: f32, b: f32) -> f32 {
  let rest = fmod(a, b);
  return select(rest, rest + b, (rest != 0.0) & ((rest < 0.0) != (b < 0.0)));
}

// As Python's: NaN for an infinite a, -1 for a finite a over an infinity of the other sign.
fn floor_divide(a: f32, b: f32) -> f32 {
  let rest = fmod(a, b);
  let below = (rest != 0.0) & ((rest < 0.0) != (b < 0.0));
  let quotient = round((a - rest) / b) - select(0.0, 1.0, below);
  let zero = bitcast<f32>((bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u);
  return select(a / b, select(quotient, zero, quotient == 0.0), b != 0.0);
}

// x / 0 = x and x % 0 = 0, as in WGSL.
fn remainder_int(a: i32, b: i32) -> i32 {
  let rest = a % b;
  return select(rest, rest + b, (rest != 0) & ((rest ^ b) < 0));
}

fn floor_divide_int(a: i32, b: i32) -> i32 {
  return a / b - select(0, 1, (a % b != 0) & ((a ^ b) < 0));
}

// e^|x| / 2, whose square root is taken first so that it overflows no earlier than the result.
fn half_exp(x: f32) -> f32 {
  let root = exp_exact(0.5 * abs(x));
  return 0.5 * root * root;
}

fn hyperbolic_sine(x: f32) -> f32 {
  let z = x * x;
  let near = x + x * z * (0.16666716 + z * (8.3330284e-3 + z * 2.0372191e-4));
  let half = half_exp(x);
  return select(with_sign(half - 0.25 / half, x), near, abs(x) < 1.0);
}

fn hyperbolic_cosine(x: f32) -> f32 {
  let half = half_exp(x);
  return half + 0.25 / half;
}

fn inverse_sinh(x: f32) -> f32 {
  let size = abs(x);
  let z = size * size;
  let value = log1p(size + z / (1.0 + sqrt(1.0 + z)));
  return with_sign(select(value, log_exact(size) + 0.6931472, size > 1e9), x);
}

fn inverse_cosh(x: f32) -> f32 {
  let t = x - 1.0;
  let value = log1p(t + sqrt(max(t * (t + 2.0), 0.0)));
  return nan_unless(x >= 1.0, select(value, log_exact(x) + 0.6931472, x > 1e9));
}

fn inverse_tanh(x: f32) -> f32 {
  let size = abs(x);
  let value = 0.5 * log1p(2.0 * size / (1.0 - size));
  return nan_unless(size <= 1.0, with_sign(select(value, bitcast<f32>(infinity), size == 1.0), x));
}

fn hypotenuse(a: f32, b: f32) -> f32 {
  let large = max(abs(a), abs(b));
  let ratio = select(min(abs(a), abs(b)) / large, 0.0, large == 0.0);
  let finite = nan_unless(!(is_nan(a) | is_nan(b)), large * sqrt(1.0 + ratio * ratio));
  return select(finite, bitcast<f32>(infinity), is_inf(a) | is_inf(b));
}

// erfc of |x|, by a polynomial for (1 + 2x) e^(x^2) erfc(x) in (x - 2) / (x + 2).
fn erfc_positive(x: f32) -> f32 {
  let size = select(abs(x), 10.5, abs(x) > 10.5);
  let q = (size - 2.0) / (size + 2.0);
  let p = 0.2769784 + q * (-0.09276398 + q * (-0.16603136 + q * (0.16405539 + q * (-0.054204661
    + q * (-8.0599198e-3 + q * (8.6322743e-3 + q * (1.3135534e-3 + q * (-1.2307521e-3 - q * 4.0113926e-4))))))));
  return (1.0 + p) / (1.0 + 2.0 * size) * exp(-size * size);
}

fn erf(x: f32) -> f32 {
  let z = x * x;
  let near = x + x * (0.12837917 + z * (-0.37612534 + z * (0.11281993 + z * (-0.026767935
    + z * (4.9911942e-3 - z * 5.967617e-4)))));
  return select(with_sign(1.0 - erfc_positive(x), x), near, abs(x) < 0.92);
}

fn erfc(x: f32) -> f32 {
  let size = erfc_positive(x);
  return select(size, 2.0 - size, x < 0.0);
}

fn normal_cdf(x: f32) -> f32 {
  return 0.5 * erfc(-0.70710677 * x);
}

fn normal_density(x: f32) -> f32 {
  return 0.3989423 * exp(-0.5 * x * x);
}

// The slope of x * sigmoid(x).
fn silu_slope(x: f32) -> f32 {
  let s = sigmoid(x);
  return s * (1.0 + x * (1.0 - s));
}

// tanh(log(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2)
fn mish_gate(x: f32) -> f32 {
  let w = exp(min(x, 20.0));
  let n = w * (w + 2.0);
  return select(n / (n + 2.0), x, is_nan(x));
}

fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log1p(exp_exact(-abs(x)));
}

// 1 + tanh(u) = 2 sigmoid(2u), which keeps the digits of the tail.
fn gelu_tanh(x: f32) -> f32 {
  return x * sigmoid(1.5957691 * (x + 0.044715 * x * x * x));
}

fn gelu_tanh_slope(x: f32) -> f32 {
  let s = sigmoid(1.5957691 * (x + 0.044715 * x * x * x));
  let z = min(x * x, 1e4);
  return s + x * s * (1.0 - s) * 1.5957691 * (1.0 + 0.134145 * z);
}
