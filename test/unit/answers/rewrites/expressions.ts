/** Families of expressions with variables. */
import { type Family, plus, squareFree, times } from './family.ts';

const quadratic: Family = (chance) => {
  const a = chance.int(-9, 9);
  const b = chance.int(-9, 9);
  const x = chance.pick(['x', 'y', 't', 'n']);
  const k = chance.int(1, 5);
  const expanded = `${times(k, `${x}^2`)}${plus(k * (a + b))}${x}${plus(k * a * b)}`;
  return {
    gold: expanded,
    same: [
      `${times(k, '')}(${x}${plus(a)})(${x}${plus(b)})`.replace(/^(?=\()/, ''),
      `${plus(k * a * b).trim()}${plus(k * (a + b))}${x} + ${k}${x}^2`,
      `${k}(${x}^{2}${plus(a + b)}${x}) ${plus(k * a * b)}`,
      `${k}${x} \\cdot ${x} ${plus(k * (a + b))} ${x} ${plus(k * a * b)}`,
      `\\frac{${2 * k}${x}^2 ${plus(2 * k * (a + b))}${x} ${plus(2 * k * a * b)}}{2}`,
    ],
    near: [
      `${times(k, `${x}^2`)}${plus(k * (a + b) + 1)}${x}${plus(k * a * b)}`,
      `${times(k, `${x}^2`)}${plus(k * (a + b))}${x}${plus(k * a * b - 1)}`,
      `${times(k + 1, `${x}^2`)}${plus(k * (a + b))}${x}${plus(k * a * b)}`,
      expanded.replaceAll(x, 'z'),
      `${times(k, `${x}^3`)}${plus(k * (a + b))}${x}${plus(k * a * b)}`,
      `-(${expanded})`,
      `${k}(${x}${plus(a)})(${x}${plus(b + 1)})`,
    ],
  };
};

const partialFractions: Family = (chance) => {
  const a = chance.int(1, 9);
  const b = a + chance.int(1, 9);
  return {
    gold: `\\frac{${b - a}}{(x+${a})(x+${b})}`,
    same: [
      `\\frac{1}{x+${a}}-\\frac{1}{x+${b}}`,
      `\\frac{${b - a}}{x^2+${a + b}x+${a * b}}`,
      `${b - a}(x+${a})^{-1}(x+${b})^{-1}`,
    ],
    near: [
      `\\frac{1}{x+${a}}+\\frac{1}{x+${b}}`,
      `\\frac{1}{x+${b}}-\\frac{1}{x+${a}}`,
      `\\frac{${b - a + 1}}{(x+${a})(x+${b})}`,
      `\\frac{${b - a}}{(x+${a})(x+${b + 1})}`,
    ],
  };
};

const trigonometry: Family = (chance) => {
  const a = chance.int(2, 9);
  const [gold, same, near] = chance.pick<[string, string[], string[]]>([
    [
      `${a}\\sin(2x)`,
      [`${2 * a}\\sin x\\cos x`, `${2 * a}\\sin(x)\\cos(x)`, `${a}\\sin 2x`],
      [`${a}\\sin x\\cos x`, `${a}\\cos(2x)`, `${2 * a}\\sin^2 x`, `${a + 1}\\sin(2x)`, `${a}\\sin(x)`],
    ],
    [
      `${a}\\sec^2 x`,
      [`${a}(1+\\tan^2 x)`, `\\frac{${a}}{\\cos^2 x}`, `${a}\\tan^2(x)+${a}`],
      [`${a}\\csc^2 x`, `${a}\\tan^2 x`, `${a}\\sec x`, `\\frac{${a}}{\\sin^2 x}`],
    ],
    [
      `${a}\\cos 2\\theta`,
      [`${a}(\\cos^2\\theta-\\sin^2\\theta)`, `${2 * a}\\cos^2\\theta-${a}`, `${a}-${2 * a}\\sin^2\\theta`],
      [`${a}(\\cos^2\\theta+\\sin^2\\theta)`, `${a}\\cos\\theta`, `${2 * a}\\cos^2\\theta+${a}`],
    ],
  ]);
  return { gold, same, near };
};

const logarithms: Family = (chance) => {
  const a = chance.int(2, 9);
  const b = chance.int(10, 30);
  return {
    gold: `\\ln ${a * b}`,
    same: [
      `\\ln ${a} + \\ln ${b}`,
      `\\ln(${a * b})`,
      `\\frac{\\log_{2} ${a * b}}{\\log_2 e}`,
      `\\frac{1}{2}\\ln ${(a * b) ** 2}`,
      `-\\ln\\frac{1}{${a * b}}`,
    ],
    near: [
      `\\ln ${a + b}`,
      `\\ln ${a}\\cdot\\ln ${b}`,
      `\\ln ${a * b + 1}`,
      `\\log_{10} ${a * b}`,
      `\\log_2 ${a * b}`,
      `-\\ln ${a * b}`,
    ],
  };
};

const exponentials: Family = (chance) => {
  const a = chance.int(2, 7);
  const c = chance.int(2, 9);
  return {
    gold: `${c}e^{${a}x}`,
    same: [
      `${c}(e^x)^{${a}}`,
      `${c}\\exp(${a}x)`,
      `${c}e^{x}e^{${a - 1}x}`,
      `\\frac{${c}}{e^{-${a}x}}`,
      `e^{${a}x}\\cdot ${c}`,
    ],
    near: [
      `${c}e^{-${a}x}`,
      `${c + 1}e^{${a}x}`,
      `${c}e^{${a + 1}x}`,
      `${c}xe^{${a}}`,
      `${c}e^{${a}}`,
      `${c}^{${a}x}`,
    ],
  };
};

const powersOfVariables: Family = (chance) => {
  const p = chance.int(2, 9);
  const q = chance.int(2, 5);
  const s = squareFree(chance);
  return {
    gold: `${s}x^{${p}}y^{${q}}`,
    same: [
      `${s}y^{${q}}x^{${p}}`,
      `${s} x^${p} \\cdot y^${q}`,
      `\\frac{${s}x^{${p + 1}}y^{${q}}}{x}`,
      `${s}x^{${p - 1}}(xy)y^{${q - 1}}`,
    ],
    near: [
      `${s}x^{${p + 1}}y^{${q}}`,
      `${s}x^{${p}}y^{${q + 1}}`,
      `${s + 1}x^{${p}}y^{${q}}`,
      `${s}x^{${p}}+y^{${q}}`,
    ].concat(p === q ? [] : [`${s}x^{${q}}y^{${p}}`]),
  };
};

const roots: Family = (chance) => {
  const n = chance.pick([3, 5]);
  const m = chance.int(2, 4) + n;
  return {
    gold: `\\sqrt[${n}]{x^{${m}}}`,
    same: [
      `x^{\\frac{${m}}{${n}}}`,
      `x^{${m}/${n}}`,
      `x\\sqrt[${n}]{x^{${m - n}}}`,
      `\\left(\\sqrt[${n}]{x}\\right)^{${m}}`,
    ],
    near: [
      `x^{\\frac{${n}}{${m}}}`,
      `\\sqrt[${n}]{x^{${m + 1}}}`,
      `\\sqrt[${n + 1}]{x^{${m}}}`,
      `\\sqrt{x^{${m}}}`,
    ],
  };
};

const absolute: Family = (chance) => {
  const a = chance.int(1, 20);
  return {
    gold: `|x-${a}|`,
    same: [`\\left|x-${a}\\right|`, `|${a}-x|`, `\\lvert x-${a} \\rvert`, `\\sqrt{(x-${a})^2}`],
    near: [`x-${a}`, `|x+${a}|`, `|x-${a + 1}|`, `${a}-x`, `-|x-${a}|`],
  };
};

const subscripts: Family = (chance) => {
  const i = chance.int(1, 8);
  return {
    gold: `a_${i}+b_{${i + 1}}`,
    same: [`a_{${i}}+b_{${i + 1}}`, `b_${i + 1}+a_${i}`],
    near: [`a_${i + 1}+b_{${i + 1}}`, `a_${i}+b_{${i}}`, `a_${i}-b_${i + 1}`, 'a+b'],
  };
};

export const expressionFamilies: Readonly<Record<string, Family>> = {
  quadratic,
  partialFractions,
  trigonometry,
  logarithms,
  exponentials,
  powersOfVariables,
  roots,
  absolute,
  subscripts,
};
