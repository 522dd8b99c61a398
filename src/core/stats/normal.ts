/** Standard normal distribution function: Marsaglia's series (J. Stat. Software 11(4), 2004), absolute error below 1e-15. */
export function normalCdf(x: number): number {
  if (x < -38) return 0;
  if (x > 8.3) return 1;
  if (x < -3) return lowerTail(-x);
  let term = x;
  let sum = x;
  for (let i = 3; ; i += 2) {
    term *= (x * x) / i;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return 0.5 + sum * normalDensity(x);
}

function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** P(X > x) far out, by its continued fraction: the series has no digits left there. */
function lowerTail(x: number): number {
  let fraction = x;
  for (let i = 60; i >= 1; i -= 1) fraction = x + i / fraction;
  return normalDensity(x) / fraction;
}

/** The x with Φ(x) = p: Acklam's rational start and two steps of Halley's method, exact to about 1e-15. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  // 1 − p is exact above ½, and the lower tail keeps its digits.
  if (p > 0.5) return -normalQuantile(1 - p);
  let x = quantileStart(p);
  for (let step = 0; step < 2; step += 1) {
    const error = (normalCdf(x) - p) / normalDensity(x);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

/** Acklam's approximation for p ≤ ½, relative error below 1.15e-9. */
function quantileStart(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    const top = horner(
      [
        -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
        2.938163982698783,
      ],
      q,
    );
    return (
      top / horner([0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1], q)
    );
  }
  const q = p - 0.5;
  const top = horner(
    [
      -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
      2.506628277459239,
    ],
    q * q,
  );
  const bottom = [
    -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
  ];
  return (q * top) / horner(bottom, q * q);
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
