// trigonometry: sines, angles and their like, for fusion into other kernels.
// Maths:    beside each function
// Shapes:   one element each
// Bindings: none
// Geometry: called from `fn chain`, `fn prologue` and `fn epilogue`
// Source:   Cody & Waite 1980, Software Manual for the Elementary Functions; polynomials of Moshier's Cephes
// WGSL bounds the error of sin and cos by 2^-11, and only within [-pi, pi]. No branches, as in pointwise.wgsl, which
// has the first four functions too.

var<private> quiet_nan: u32 = 0x7fc00000u;

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
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

// The sine a number of quarter turns ahead: the cosine for 1. x = k pi/2 + r by three parts of pi/2 (Cody & Waite),
// the first two so short that their products with k are exact for |x| < 1.2e4: there the error is below 1.2e-7.
// Beyond it grows to 1e-6 at 1e5 and as |x| from there; the result stays within [-1, 1]. A compiler that reassociates
// the differences loses digits in proportion to |x|.
fn sine(x: f32, ahead: i32) -> f32 {
  let k = round(x * 0.63661977);
  let rest = ((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789954891882e-8;
  let r = clamp(rest, -0.79, 0.79);
  let z = r * r;
  let odd = r + r * z * (-0.16666655 + z * (8.3321609e-3 - z * 1.9515296e-4));
  let even = 1.0 - 0.5 * z + z * z * (0.041666646 + z * (-1.3887316e-3 + z * 2.4433157e-5));
  let turns = i32(clamp(k, -1e9, 1e9)) + ahead;
  let size = select(odd, even, (turns & 1) != 0);
  return nan_unless(is_finite(x), select(size, -size, (turns & 2) != 0));
}

fn tangent(x: f32) -> f32 {
  return sine(x, 0) / sine(x, 1);
}

// For |x| <= 1/2; beyond, asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2)).
fn asin_near(x: f32) -> f32 {
  let z = x * x;
  return x + x * z * (0.16666752 + z * (0.074953003 + z * (0.0454700260 + z * (0.024181311 + z * 0.0421632))));
}

fn arcsine(x: f32) -> f32 {
  let size = abs(x);
  let far = 1.5707964 - 2.0 * asin_near(sqrt(max(0.5 * (1.0 - size), 0.0)));
  return nan_unless(size <= 1.0, with_sign(select(far, asin_near(size), size <= 0.5), x));
}

fn arccosine(x: f32) -> f32 {
  let far = 2.0 * asin_near(sqrt(max(0.5 * (1.0 - abs(x)), 0.0)));
  let near = 1.5707964 - asin_near(x);
  return nan_unless(abs(x) <= 1.0, select(select(far, 3.1415927 - far, x < 0.0), near, abs(x) <= 0.5));
}

// The angle of the point (x, y) with x, y >= 0 and not both 0: the ratio of the smaller to the greater is brought
// under tan(pi/8).
fn angle(y: f32, x: f32) -> f32 {
  let ratio = select(min(x, y) / max(x, y), 1.0, x == y);
  let middle = ratio > 0.41421357;
  let t = select(ratio, (ratio - 1.0) / (ratio + 1.0), middle);
  let z = t * t;
  let octant = select(0.0, 0.78539816, middle)
    + (t + t * z * (-0.33332950 + z * (0.19977711 + z * (-0.13877686 + z * 0.080537445))));
  return select(octant, 1.5707964 - octant, y > x);
}

fn arctangent(x: f32) -> f32 {
  return nan_unless(!is_nan(x), with_sign(angle(abs(x), 1.0), x));
}

fn arctangent2(y: f32, x: f32) -> f32 {
  let first = select(angle(abs(y), abs(x)), 0.0, y == 0.0);
  let turned = select(first, 3.1415927 - first, bitcast<u32>(x) >= 0x80000000u);
  return nan_unless(!(is_nan(x) | is_nan(y)), with_sign(turned, y));
}

// x of a point given by radius and angle.
fn polar_x(point: vec2f) -> f32 {
  return point.x * sine(point.y, 1);
}
