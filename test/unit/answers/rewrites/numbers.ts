/** Families of numbers. */
import { type Family, gcd, properFraction, squareFree } from './family.ts';

function grouped(value: number, mark: string): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, mark);
}

const integer: Family = (chance) => {
  const n = chance.pick([
    chance.int(2, 999),
    chance.int(1000, 99_999),
    chance.int(1_000_000, 999_999_999_999),
  ]);
  const part = chance.int(1, n - 1);
  const digits = String(n);
  const swapped = Number(digits.slice(0, -2) + digits.slice(-2).split('').reverse().join(''));
  return {
    gold: String(n),
    same: [
      grouped(n, ','),
      grouped(n, '{,}'),
      grouped(n, ',\\!'),
      grouped(n, '\\,'),
      `+${n}`,
      `${n}.0`,
      `${n - part} + ${part}`,
      `\\frac{${2 * n}}{2}`,
      `00${n}`,
      `-(-${n})`,
      `(${n})`,
    ],
    near: [
      String(n + 1),
      String(n - 1),
      `-${n}`,
      `${n}0`,
      `${n}.5`,
      `\\frac{1}{${n}}`,
      `\\frac{${2 * n + 1}}{2}`,
    ].concat(swapped === n ? [] : [String(swapped)]),
  };
};

const fraction: Family = (chance) => {
  const { a, b } = properFraction(chance);
  const k = chance.int(2, 9);
  const sign = chance.pick(['', '-']);
  const same = [
    `${sign}\\frac{${a}}{${b}}`,
    `${sign}\\dfrac{${a}}{${b}}`,
    `${sign}${a}/${b}`,
    `${sign}\\frac{${a * k}}{${b * k}}`,
    `${sign}${a * k}/${b * k}`,
    `\\frac{${sign}${a}}{${b}}`,
    `\\frac{${a}}{${sign}${b}}`,
    `${sign}${a} \\div ${b}`,
    `${sign}${a} \\cdot \\frac{1}{${b}}`,
    `${sign}${a} \\cdot ${b}^{-1}`,
    `${sign}\\left(\\frac{${b}}{${a}}\\right)^{-1}`,
  ];
  if (a > b) same.push(`${sign}${Math.floor(a / b)}\\frac{${a % b}}{${b}}`);
  if (a < 10 && b < 10) same.push(`${sign}\\frac${a}${b}`, `${sign}\\frac ${a} ${b}`);
  if (/^[25]*$/.test(factors(b))) same.push(`${sign}${a / b}`);
  const flip = sign === '' ? '-' : '';
  const near = [
    `${sign}\\frac{${a + 1}}{${b}}`,
    `${sign}\\frac{${a}}{${b + 1}}`,
    `${flip}\\frac{${a}}{${b}}`,
    `${sign}${a * k + 1}/${b * k}`,
    `${sign}${Math.floor((a / b) * 100) / 100 + 0.001}`,
    `${sign}${a}`,
  ];
  if (a !== b) near.push(`${sign}\\frac{${b}}{${a}}`);
  return {
    gold: `${sign}\\frac{${a}}{${b}}`,
    same,
    near: near.filter((form) => !isValue(form, (sign === '-' ? -1 : 1) * (a / b))),
  };
};

function isValue(form: string, value: number): boolean {
  return Number(form) === value;
}

function factors(n: number): string {
  let rest = n;
  let text = '';
  for (let p = 2; rest > 1; p++) for (; rest % p === 0; rest /= p) text += p;
  return text;
}

const decimal: Family = (chance) => {
  const whole = chance.int(0, 9999);
  const places = chance.int(1, 4);
  const part = chance.int(1, 10 ** places - 1);
  const digits = String(part).padStart(places, '0');
  const gold = `${whole}.${digits}`;
  const scaled = whole * 10 ** places + part;
  return {
    gold,
    same: [
      `${gold}0`,
      `\\frac{${scaled}}{${10 ** places}}`,
      `${scaled} \\times 10^{-${places}}`,
      `${gold}.`,
      `+${gold}`,
    ].concat(whole === 0 ? [`.${digits}`] : []),
    near: [
      `${whole}.${String(part + 1).padStart(places, '0')}`.length === gold.length
        ? `${whole}.${String(part + 1).padStart(places, '0')}`
        : String(whole),
      `${whole + 1}.${digits}`,
      `-${gold}`,
      `${whole}.0${digits}`,
      `\\frac{${scaled + 1}}{${10 ** places}}`,
      `${gold}5`,
      `${scaled}`,
    ],
  };
};

const repeating: Family = (chance) => {
  const nines = chance.pick([9, 99, 999]);
  const part = chance.int(1, nines - 1);
  const length = String(nines).length;
  const period = String(part).padStart(length, '0');
  const g = gcd(part, nines);
  return {
    gold: `\\frac{${part / g}}{${nines / g}}`,
    same: [`0.\\overline{${period}}`, `0.${period}\\overline{${period}}`, `\\frac{${part}}{${nines}}`],
    near: [
      `0.\\overline{${String((part + 1) % nines || 1).padStart(length, '0')}}`,
      `0.${period}`,
      `0.${period}${period}`,
      `1.\\overline{${period}}`,
      `0.0\\overline{${period}}`,
    ].filter(
      (form) =>
        !(
          form.includes('overline') &&
          Number(form.match(/\d+(?=\})/)?.[0]) === part &&
          form.startsWith('0.\\')
        ),
    ),
  };
};

const percent: Family = (chance) => {
  const p = chance.int(1, 99) + chance.pick([0, 0.5, 0.25]);
  return {
    gold: `${p}\\%`,
    same: [
      `${p} \\%`,
      `${p}%`,
      `${p} percent`,
      `${p}\\text{ percent}`,
      `${Math.round(p * 100) / 10_000}`,
      `${p}`,
      `\\frac{${p * 100}}{10000}`,
    ],
    near: [`${p + 1}\\%`, `${Math.round(p * 100) / 100_000}`, `${p * 100}`, `-${p}\\%`, `${p * 10}\\%`],
  };
};

const surd: Family = (chance) => {
  const b = squareFree(chance);
  const a = chance.int(2, 12);
  const c = chance.int(1, 20);
  return {
    gold: `${c}+${a}\\sqrt{${b}}`,
    same: [
      `${a}\\sqrt{${b}}+${c}`,
      `${c}+\\sqrt{${a * a * b}}`,
      `${c} + ${a} \\cdot \\sqrt{${b}}`,
      `${c}+${a}*sqrt(${b})`,
      `${c}+${a}\\cdot ${b}^{1/2}`,
      `${c}+${a}\\cdot ${b}^{0.5}`,
      `\\frac{${2 * c}+${2 * a}\\sqrt{${b}}}{2}`,
      `\\sqrt{${b}}\\left(${a}+\\frac{${c}}{\\sqrt{${b}}}\\right)`,
    ],
    near: [
      `${c}-${a}\\sqrt{${b}}`,
      `${c}+${a + 1}\\sqrt{${b}}`,
      `${c}+${a}\\sqrt{${b + 1}}`,
      `${c + 1}+${a}\\sqrt{${b}}`,
      `${c}+\\sqrt{${a * b}}`,
      `${c}${a}\\sqrt{${b}}`,
      `${c}+${a}\\sqrt[3]{${b}}`,
      `${Math.round((c + a * Math.sqrt(b)) * 100) / 100}`,
    ],
  };
};

const rationalised: Family = (chance) => {
  const b = squareFree(chance);
  const a = chance.int(1, 15);
  return {
    gold: `\\frac{${a}\\sqrt{${b}}}{${b}}`,
    same: [
      `\\frac{${a}}{\\sqrt{${b}}}`,
      `${a}/\\sqrt{${b}}`,
      `\\sqrt{\\frac{${a * a}}{${b}}}`,
      `${a}\\cdot ${b}^{-1/2}`,
      `\\frac{${a}}{${b}}\\sqrt{${b}}`,
    ],
    near: [
      `\\frac{${a}}{${b}}`,
      `\\frac{${a + 1}}{\\sqrt{${b}}}`,
      `\\frac{${a}\\sqrt{${b}}}{${b + 1}}`,
      `-\\frac{${a}}{\\sqrt{${b}}}`,
      `\\frac{\\sqrt{${b}}}{${a * b + 1}}`,
    ],
  };
};

const circle: Family = (chance) => {
  const { a, b } = properFraction(chance);
  return {
    gold: `\\frac{${a}\\pi}{${b}}`,
    same: [
      `\\frac{${a}}{${b}}\\pi`,
      `${a}\\pi/${b}`,
      `${a}π/${b}`,
      `\\pi \\cdot \\frac{${a}}{${b}}`,
      `\\frac{${3 * a} \\pi}{${3 * b}}`,
      `${a}*pi/${b}`,
    ],
    near: [
      `\\frac{${a + 1}\\pi}{${b}}`,
      `\\frac{${a}}{${b}}`,
      `\\frac{${a}\\pi}{${b + 1}}`,
      `-\\frac{${a}\\pi}{${b}}`,
      `\\frac{${a}}{${b}\\pi}`,
      `${((a * Math.PI) / b).toFixed(3)}`,
      `\\frac{${a}\\pi^2}{${b}}`,
    ],
  };
};

const powers: Family = (chance) => {
  const base = chance.int(2, 9);
  const exponent = chance.int(3, 30);
  const value = BigInt(base) ** BigInt(exponent);
  return {
    gold: `${base}^{${exponent}}`,
    same: [
      String(value),
      `${base}^{${exponent - 1}} \\cdot ${base}`,
      `${base}^${exponent}`,
      `${base}**${exponent}`,
      `(${base}^{2})^{${exponent}/2}`,
    ],
    near: [
      String(value + 1n),
      `${base}^{${exponent + 1}}`,
      `${base + 1}^{${exponent}}`,
      `${base}^{-${exponent}}`,
      `${base}\\cdot ${exponent}`,
      `-${base}^{${exponent}}`,
    ].filter((form) => form !== `${base}\\cdot ${exponent}` || BigInt(base * exponent) !== value),
  };
};

const complexNumber: Family = (chance) => {
  const a = chance.int(1, 20);
  const b = chance.int(1, 20) + (chance.coin() ? 20 : 0);
  return {
    gold: `${a}+${b}i`,
    same: [
      `${b}i+${a}`,
      `${a} + ${b} \\cdot i`,
      `${a}+i${b}`,
      `\\frac{${2 * a}+${2 * b}i}{2}`,
      `${b}(i)+${a}`,
    ],
    near: [`${a}-${b}i`, `${a + 1}+${b}i`, `${a}+${b}`, `-${a}+${b}i`].concat(a === b ? [] : [`${b}+${a}i`]),
  };
};

const counting: Family = (chance) => {
  const n = chance.int(4, 14);
  const k = chance.int(2, n - 2);
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return {
    gold: String(value),
    same: [
      `\\binom{${n}}{${k}}`,
      `\\dbinom{${n}}{${n - k}}`,
      `\\frac{${n}!}{${k}!(${n - k})!}`,
      `\\frac{${n}!}{${k}!\\,${n - k}!}`,
    ],
    near: [
      `\\binom{${n + 1}}{${k}}`,
      `\\frac{${n}!}{(${n - k})!}`,
      `\\binom{${n}}{${k}}+1`,
      String(value - 1),
    ],
  };
};

const inBase: Family = (chance) => {
  const base = chance.int(3, 9);
  const value = chance.int(base * base, base ** 4);
  const digits = value.toString(base);
  return {
    gold: `${digits}_${base}`,
    same: [`${digits}_{${base}}`, digits, `${digits}_{${base}}.`],
    near: [
      `${(value + 1).toString(base)}_${base}`,
      `${digits}0_${base}`,
      `${digits}_{${base + 1}}`,
      (value + 1).toString(base),
    ],
  };
};

const series: Family = (chance) => {
  const n = chance.int(3, 40);
  const value = (n * (n + 1)) / 2;
  return {
    gold: String(value),
    same: [
      `\\sum_{k=1}^{${n}} k`,
      `\\frac{${n}(${n}+1)}{2}`,
      `\\sum_{j=0}^{${n}} j`,
      `\\frac{${n} \\cdot ${n + 1}}{2}`,
    ],
    near: [`\\sum_{k=1}^{${n + 1}} k`, `\\sum_{k=1}^{${n}} (k+1)`, `\\frac{${n}(${n}-1)}{2}`, `${n}(${n}+1)`],
  };
};

/** Where doubles end: only exact or long arithmetic tells these apart. */
const delicate: Family = (chance) => {
  const zeros = chance.int(9, 14);
  const ten = `10^{${zeros}}`;
  const big = BigInt(chance.int(10 ** 8, 10 ** 9)) * 10n ** 12n + BigInt(chance.int(1, 10 ** 9));
  return chance.coin()
    ? {
        gold: ten,
        same: [`\\sqrt{10^{${2 * zeros}}}`, `1${'0'.repeat(zeros)}`, `1 \\times 10^{${zeros}}`],
        near: [
          `\\sqrt{10^{${2 * zeros}}+1}`,
          `${ten}+1`,
          `${ten}+10^{-${zeros}}`,
          `\\sqrt{10^{${2 * zeros}}-1}`,
        ],
      }
    : {
        gold: String(big),
        same: [`${big - 7n}+7`, `\\frac{${3n * big}}{3}`],
        near: [String(big + 1n), `\\sqrt{${big * big + 1n}}`, `${big}.0000001`],
      };
};

export const numberFamilies: Readonly<Record<string, Family>> = {
  integer,
  fraction,
  decimal,
  repeating,
  percent,
  surd,
  rationalised,
  circle,
  powers,
  complexNumber,
  counting,
  inBase,
  series,
  delicate,
};
