/** Complex doubles. Real input gives real output wherever the mathematics does. */

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export function real(re: number): Complex {
  return { re, im: 0 };
}

export function add(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function negate(a: Complex): Complex {
  return { re: -a.re, im: a.im === 0 ? 0 : -a.im };
}

export function multiply(a: Complex, b: Complex): Complex {
  if (a.im === 0 && b.im === 0) return real(a.re * b.re);
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function divide(a: Complex, b: Complex): Complex {
  if (b.im === 0) return { re: a.re / b.re, im: a.im === 0 ? 0 : a.im / b.re };
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
}

export function modulus(a: Complex): number {
  return Math.hypot(a.re, a.im);
}

export function logarithm(a: Complex): Complex {
  if (a.im === 0 && a.re > 0) return real(Math.log(a.re));
  return { re: Math.log(modulus(a)), im: Math.atan2(a.im, a.re) };
}

export function exponential(a: Complex): Complex {
  const size = Math.exp(a.re);
  return a.im === 0 ? real(size) : { re: size * Math.cos(a.im), im: size * Math.sin(a.im) };
}

export function power(a: Complex, b: Complex): Complex {
  if (b.im === 0) {
    if (a.im === 0 && (a.re >= 0 || Number.isInteger(b.re))) return real(a.re ** b.re);
    if (Number.isInteger(b.re) && Math.abs(b.re) <= 64) return integerPower(a, b.re);
  }
  if (a.re === 0 && a.im === 0) return real(0);
  return exponential(multiply(b, logarithm(a)));
}

function integerPower(a: Complex, exponent: number): Complex {
  let result = real(1);
  for (let i = 0; i < Math.abs(exponent); i++) result = multiply(result, a);
  return exponent < 0 ? divide(real(1), result) : result;
}

export function squareRoot(a: Complex): Complex {
  if (a.im !== 0) return power(a, real(0.5));
  return a.re >= 0 ? real(Math.sqrt(a.re)) : { re: 0, im: Math.sqrt(-a.re) };
}

export function sine(a: Complex): Complex {
  if (a.im === 0) return real(Math.sin(a.re));
  return { re: Math.sin(a.re) * Math.cosh(a.im), im: Math.cos(a.re) * Math.sinh(a.im) };
}

export function cosine(a: Complex): Complex {
  if (a.im === 0) return real(Math.cos(a.re));
  return { re: Math.cos(a.re) * Math.cosh(a.im), im: -Math.sin(a.re) * Math.sinh(a.im) };
}

export function isFiniteValue(a: Complex): boolean {
  return Number.isFinite(a.re) && Number.isFinite(a.im);
}

/** Γ(x), by the approximation of Lanczos (g = 7, n = 9): 15 digits. */
export function gamma(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const sum = coefficients.reduce((total, c, i) => total + (i === 0 ? c : c / (shifted + i)), 0);
  const t = shifted + 7.5;
  return Math.sqrt(2 * Math.PI) * t ** (shifted + 0.5) * Math.exp(-t) * sum;
}
