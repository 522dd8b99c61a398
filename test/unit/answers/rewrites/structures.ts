/** Families of structured answers: sets, tuples, intervals, equations, matrices, units, words. */
import { type Family, gcd, plus, squareFree } from './family.ts';
import type { Chance } from './random.ts';

/** Different integers in ascending order. */
function distinct(chance: Chance, count: number): number[] {
  const found = new Set<number>();
  while (found.size < count) found.add(chance.int(-30, 60));
  return [...found].sort((a, b) => a - b);
}

const set: Family = (chance) => {
  const items = distinct(chance, chance.int(2, 6));
  const [first = 0, ...rest] = items;
  return {
    gold: `\\{${items.join(', ')}\\}`,
    same: [
      `\\{${chance.shuffle(items).join(',')}\\}`,
      chance.shuffle(items).join(', '),
      `\\left\\{${items.join(', ')}\\right\\}`,
      `\\{${items.join(', ')}, ${first}\\}`,
      `${rest.join(', ')} \\text{ and } ${first}`,
      `\\lbrace ${items.join(';')} \\rbrace`,
    ],
    near: [
      `\\{${rest.join(', ')}\\}`,
      `\\{${items.join(', ')}, 97\\}`,
      `\\{${[first - 1, ...rest].join(', ')}\\}`,
      `\\{${items.map((item) => -item - 1).join(', ')}\\}`,
      `\\{${items.map((item) => item + 1).join(', ')}\\}`,
    ],
  };
};

const tuple: Family = (chance) => {
  const items = distinct(chance, chance.int(2, 4));
  const [first = 0, second = 0, ...rest] = items;
  return {
    gold: `(${items.join(', ')})`,
    same: [
      `\\left(${items.join(', ')}\\right)`,
      `( ${items.join(',')} )`,
      `(${items.join('; ')})`,
      `(${items.map((item) => `\\frac{${2 * item}}{2}`).join(', ')})`,
      `(x, y) = (${items.join(', ')})`,
      `\\langle ${items.join(', ')} \\rangle`,
    ],
    near: [
      `(${[second, first, ...rest].join(', ')})`,
      `(${[first + 1, second, ...rest].join(', ')})`,
      `(${items.join(', ')}, 0)`,
      `(${[first, ...rest].join(', ')})`,
      `\\{${items.join(', ')}\\}`,
    ],
  };
};

const interval: Family = (chance) => {
  const [a = 0, b = 0] = distinct(chance, 2);
  const open = chance.pick(['(', '['] as const);
  const close = chance.pick([')', ']'] as const);
  const [left, right] = [open === '(' ? '<' : '\\le', close === ')' ? '<' : '\\le'];
  const other = { '(': '[', '[': '(', ')': ']', ']': ')' } as const;
  return {
    gold: `${open}${a}, ${b}${close}`,
    same: [
      `\\left${open}${a},${b}\\right${close}`,
      `${a} ${left} x ${right} ${b}`,
      `x \\in ${open}${a}, ${b}${close}`,
      `${b} ${right === '<' ? '>' : '\\geq'} x ${left === '<' ? '>' : '\\geq'} ${a}`,
      `\\{x \\mid ${a} ${left === '<' ? '<' : '\\leq'} x ${right} ${b}\\}`,
    ],
    near: [
      `${other[open]}${a}, ${b}${close}`,
      `${open}${a}, ${b}${other[close]}`,
      `${open}${a}, ${b + 1}${close}`,
      `${open}${a - 1}, ${b}${close}`,
      `${b} ${left} x ${right} ${a}`,
      `${a} ${left === '<' ? '\\le' : '<'} x ${right} ${b}`,
      `x ${right} ${b}`,
    ],
  };
};

const ray: Family = (chance) => {
  const a = chance.int(-20, 20);
  return {
    gold: `(-\\infty, ${a})`,
    same: [
      `x < ${a}`,
      `${a} > x`,
      `x \\in (-\\infty, ${a})`,
      `x - ${Math.abs(a)} < ${a - Math.abs(a)}`,
    ].slice(0, 3),
    near: [
      `x > ${a}`,
      `x \\le ${a}`,
      `(-\\infty, ${a}]`,
      `(-\\infty, ${a + 1})`,
      `(${a}, \\infty)`,
      `x < ${a - 1}`,
    ],
  };
};

const union: Family = (chance) => {
  const [a = 0, b = 0, c = 0, d = 0] = distinct(chance, 4);
  return {
    gold: `(${a}, ${b}) \\cup [${c}, ${d})`,
    same: [
      `[${c},${d})\\cup(${a},${b})`,
      `\\left(${a}, ${b}\\right)\\cup\\left[${c}, ${d}\\right)`,
      `(${a}, ${b}) ∪ [${c}, ${d})`,
      `x \\in (${a}, ${b}) \\cup [${c}, ${d})`,
    ],
    near: [
      `(${a}, ${b}] \\cup [${c}, ${d})`,
      `(${a}, ${d})`,
      `(${a}, ${b})`,
      `(${a}, ${b}) \\cup (${c}, ${d})`,
      `(${a}, ${b}) \\cup [${c}, ${d + 1})`,
      `(${a}, ${b}) \\cap [${c}, ${d})`,
    ],
  };
};

const excluded: Family = (chance) => {
  const a = chance.int(-20, 20);
  return {
    gold: `(-\\infty, ${a}) \\cup (${a}, \\infty)`,
    same: [
      `\\mathbb{R} \\setminus \\{${a}\\}`,
      `x \\ne ${a}`,
      `x \\neq ${a}`,
      `(${a}, \\infty) \\cup (-\\infty, ${a})`,
    ],
    near: [
      `\\mathbb{R} \\setminus \\{${a + 1}\\}`,
      `x \\ne ${a - 1}`,
      `(-\\infty, ${a}] \\cup (${a}, \\infty)`,
      `x = ${a}`,
      `(-\\infty, \\infty)`,
    ],
  };
};

const line: Family = (chance) => {
  const a = chance.int(1, 9);
  const b = chance.int(1, 9) * chance.pick([1, -1]);
  const c = chance.int(-20, 20);
  const k = chance.int(2, 5);
  return {
    gold: `${a}x${plus(b)}y = ${c}`,
    same: [
      `${c} = ${a}x${plus(b)}y`,
      `${a}x${plus(b)}y${plus(-c)} = 0`,
      `${k * a}x${plus(k * b)}y = ${k * c}`,
      `y = \\frac{${c} - ${a}x}{${b}}`,
      `-${a}x${plus(-b)}y = ${-c}`,
    ],
    near: [
      `${a}x${plus(-b)}y = ${c}`,
      `${a}x${plus(b)}y = ${c + 1}`,
      `${a + 1}x${plus(b)}y = ${c}`,
      `${k * a}x${plus(k * b)}y = ${k * c + 1}`,
      `${a}y${plus(b)}x = ${c}`,
    ].filter((form) => a !== b || !form.startsWith(`${a}y`)),
  };
};

const assignment: Family = (chance) => {
  const a = chance.int(-30, 99);
  const x = chance.pick(['x', 'y', 'n', 'm_1', '\\theta', 'f(2)', 'AB']);
  return {
    gold: String(a),
    same: [`${x} = ${a}`, `${x}=${a}.`, `${x} = ${a + 3} - 3`, `${x} = ${a + 3} - 3 = ${a}`, `\\boxed{${a}}`],
    near: [`${x} = ${a + 1}`, `${x} = -${Math.abs(a) + 2}`, `${x} > ${a}`, `${x} \\ne ${a}`, `${x} = ${a}.5`],
  };
};

const matrix: Family = (chance) => {
  const [a = 0, b = 0, c = 0, d = 0] = chance.shuffle(distinct(chance, 4));
  const rows = `${a} & ${b} \\\\ ${c} & ${d}`;
  return {
    gold: `\\begin{pmatrix} ${rows} \\end{pmatrix}`,
    same: [
      `\\begin{bmatrix} ${rows} \\end{bmatrix}`,
      `\\left(\\begin{array}{cc} ${rows} \\end{array}\\right)`,
      `\\begin{pmatrix}${a}&${b}\\\\${c}&${d}\\\\\\end{pmatrix}`,
      `\\begin{pmatrix} ${a} & \\frac{${2 * b}}{2} \\\\ ${c} & ${d} \\end{pmatrix}`,
      `A = \\begin{pmatrix} ${rows} \\end{pmatrix}`,
    ],
    near: [
      `\\begin{pmatrix} ${a} & ${c} \\\\ ${b} & ${d} \\end{pmatrix}`,
      `\\begin{pmatrix} ${a} & ${b} \\\\ ${c} & ${d + 1} \\end{pmatrix}`,
      `\\begin{pmatrix} ${c} & ${d} \\\\ ${a} & ${b} \\end{pmatrix}`,
      `\\begin{pmatrix} ${a} & ${b} \\end{pmatrix}`,
      `\\begin{vmatrix} ${rows} \\end{vmatrix}`,
    ],
  };
};

const vector: Family = (chance) => {
  const items = distinct(chance, 3);
  return {
    gold: `\\begin{pmatrix} ${items.join(' \\\\ ')} \\end{pmatrix}`,
    same: [
      `\\begin{bmatrix} ${items.join('\\\\')} \\end{bmatrix}`,
      `(${items.join(', ')})`,
      `\\begin{pmatrix} ${items.join(' \\\\[2pt] ')} \\end{pmatrix}`,
    ],
    near: [
      `\\begin{pmatrix} ${items.toReversed().join(' \\\\ ')} \\end{pmatrix}`,
      `(${items.slice(1).join(', ')})`,
      `\\begin{pmatrix} ${items.map((item) => item + 1).join(' \\\\ ')} \\end{pmatrix}`,
    ],
  };
};

const ratio: Family = (chance) => {
  const a = chance.int(2, 20);
  let b = chance.int(2, 20);
  while (gcd(a, b) > 1) b++;
  return {
    gold: `${a}:${b}`,
    same: [`${a} : ${b}`, `\\frac{${a}}{${b}}`, `${a}/${b}`, `${a}\\colon ${b}`],
    near: [`${b}:${a}`, `${a + 1}:${b}`, `${a}:${b}:1`, `${a}${b}`, `\\frac{${b}}{${a}}`],
  };
};

const unit: Family = (chance) => {
  const n = chance.int(2, 500);
  const [name, longer, other] = chance.pick([
    ['cm', 'centimeters', 'm'],
    ['kg', 'kilograms', 'g'],
    ['\\text{ miles}', '\\text{ mile}', '\\text{ feet}'],
    ['hours', 'h', 'minutes'],
  ] as const);
  return {
    gold: `${n} ${name}`.replace(/\s+(?=\\text)/, ''),
    same: [
      `${n}`,
      `${n} ${longer}`.replace(/\s+(?=\\text)/, ''),
      `${n}.`,
      `${n}.0 ${name}`.replace(/\s+(?=\\text)/, ''),
    ],
    near: [`${n + 1} ${name}`, `${n} ${other}`, `${n}0`, `-${n}`],
  };
};

const degrees: Family = (chance) => {
  const n = chance.int(1, 179);
  return {
    gold: `${n}^\\circ`,
    same: [
      `${n}^{\\circ}`,
      `${n}°`,
      String(n),
      `${n} degrees`,
      `${n}\\text{ degrees}`,
      `\\frac{${n}\\pi}{180}`,
    ],
    near: [`${n + 1}^\\circ`, String(n + 1), `-${n}^\\circ`, `${n}0^\\circ`, `\\frac{${n + 1}\\pi}{180}`],
  };
};

const plusMinus: Family = (chance) => {
  const a = chance.int(1, 20);
  const b = squareFree(chance);
  return {
    gold: `${a} \\pm \\sqrt{${b}}`,
    same: [
      `${a}+\\sqrt{${b}}, ${a}-\\sqrt{${b}}`,
      `\\{${a}-\\sqrt{${b}}, ${a}+\\sqrt{${b}}\\}`,
      `x = ${a} \\pm \\sqrt{${b}}`,
      `${a}+\\sqrt{${b}} \\text{ or } ${a}-\\sqrt{${b}}`,
      `${a} \\mp \\sqrt{${b}}`,
    ],
    near: [
      `${a}+\\sqrt{${b}}`,
      `${a} \\pm \\sqrt{${b + 1}}`,
      `-${a} \\pm \\sqrt{${b}}`,
      `\\pm(${a}+\\sqrt{${b}})`,
      `${a} \\pm ${b}`,
    ],
  };
};

const NAMES = ['Alice', 'Boris', 'Chandra', 'Dmitri', 'Evelyn', 'Farida', 'even', 'odd', 'Tuesday', 'Friday'];

const word: Family = (chance) => {
  const [name = 'Alice', other = 'Boris'] = chance.shuffle(NAMES);
  return {
    gold: `\\text{${name}}`,
    same: [name, `\\mathrm{${name}}`, `\\textbf{${name}}`, `\\text{ ${name} }`, name.toLowerCase()],
    near: [`\\text{${other}}`, other, `${name}s`, '7'],
  };
};

const pointsList: Family = (chance) => {
  const [a = 0, b = 0, c = 0, d = 0] = chance.shuffle(distinct(chance, 4));
  return {
    gold: `(${a}, ${b}), (${c}, ${d})`,
    same: [
      `(${c},${d}),(${a},${b})`,
      `\\{(${a},${b}), (${c},${d})\\}`,
      `(${a}, ${b}) \\text{ and } (${c}, ${d})`,
      `(${a}, ${b}); (${c}, ${d})`,
    ],
    near: [
      `(${b}, ${a}), (${c}, ${d})`,
      `(${a}, ${b})`,
      `(${a}, ${d}), (${c}, ${b})`,
      `(${a}, ${b}), (${c}, ${d}), (0, 99)`,
    ],
  };
};

export const structureFamilies: Readonly<Record<string, Family>> = {
  set,
  tuple,
  interval,
  ray,
  union,
  excluded,
  line,
  assignment,
  matrix,
  vector,
  ratio,
  unit,
  degrees,
  plusMinus,
  word,
  pointsList,
};
