import type { MadeProblem } from './madeProblem.ts';
import {
  combinations,
  count,
  digits,
  divisors,
  gcd,
  isPrime,
  isSquare,
  iterate,
  partsOf,
  permutations,
  powerMod,
  range,
  sum,
  words,
} from './numbers.ts';

export const LEVELS_1_TO_3: readonly MadeProblem[] = [
  // Level 1
  {
    level: 1,
    subject: 'Number Theory',
    problem: 'How many positive integers less than $200$ are divisible by $3$ but not by $9$?',
    check: () => count(range(1, 199), (n) => n % 3 === 0 && n % 9 !== 0),
  },
  {
    level: 1,
    subject: 'Number Theory',
    problem: 'Find the sum of all two-digit primes whose digits add up to $10$.',
    check: () => sum(range(10, 99).filter((n) => isPrime(n) && sum(digits(n)) === 10)),
  },
  {
    level: 1,
    subject: 'Counting',
    problem:
      'A drawer holds $7$ red, $5$ blue and $4$ green socks, all different. In how many ways can three socks of one colour be chosen?',
    check: () => sum([7, 5, 4].map((n) => combinations(range(1, n), 3).length)),
  },
  {
    level: 1,
    subject: 'Number Theory',
    problem:
      'Find the smallest positive integer that leaves remainders $2$, $3$ and $4$ when it is divided by $5$, $7$ and $9$.',
    check: () => range(1, 999).find((n) => n % 5 === 2 && n % 7 === 3 && n % 9 === 4) ?? -1,
  },
  {
    level: 1,
    subject: 'Counting',
    problem:
      'A rectangular board is ruled into $4$ rows and $5$ columns of unit squares. How many rectangles are bounded by its ruled lines?',
    check: () => combinations(range(0, 4), 2).length * combinations(range(0, 5), 2).length,
  },
  {
    level: 1,
    subject: 'Number Theory',
    problem: 'Find the sum of the digits of $2^{40}$.',
    check: () => sum(digits(2n ** 40n)),
  },
  {
    level: 1,
    subject: 'Geometry',
    problem:
      'How many points with integer coordinates lie on the segment from $(0,0)$ to $(360,84)$, its ends included?',
    check: () => count(range(0, 360), (x) => (84 * x) % 360 === 0),
  },
  {
    level: 1,
    subject: 'Counting',
    problem:
      'A staircase has $11$ steps. In how many ways can it be climbed by taking one or two steps at a time?',
    check: () => sum(range(0, 11).map((length) => count(words([1, 2], length), (word) => sum(word) === 11))),
  },
  {
    level: 1,
    subject: 'Counting',
    problem: 'How many three-digit integers have digits that add up to $7$?',
    check: () => count(range(100, 999), (n) => sum(digits(n)) === 7),
  },
  {
    level: 1,
    subject: 'Algebra',
    problem: 'Find the value of $1 \\cdot 2 + 2 \\cdot 3 + 3 \\cdot 4 + \\cdots + 13 \\cdot 14$.',
    check: () => sum(range(1, 13).map((k) => k * (k + 1))),
  },
  {
    level: 1,
    subject: 'Algebra',
    problem: 'The sequence $a_1, a_2, \\ldots$ has $a_1 = 4$ and $a_{n+1} = 3a_n - 5$. Find $a_6$.',
    check: () => iterate(4, 5, (a) => 3 * a - 5),
  },
  {
    level: 1,
    subject: 'Geometry',
    problem: 'A right triangle with integer sides has hypotenuse $41$. Find its area.',
    check: () => {
      const [legs] = combinations(range(1, 40), 2).filter(([a = 0, b = 0]) => a * a + b * b === 41 * 41);
      return ((legs?.[0] ?? 0) * (legs?.[1] ?? 0)) / 2;
    },
  },
  // Level 2
  {
    level: 2,
    subject: 'Number Theory',
    problem: 'How many positive divisors of $7200$ are divisible by $12$?',
    check: () => count(divisors(7200), (d) => d % 12 === 0),
  },
  {
    level: 2,
    subject: 'Number Theory',
    problem: 'Find the remainder when $7^{123}$ is divided by $1000$.',
    check: () => Number(powerMod(7n, 123n, 1000n)),
  },
  {
    level: 2,
    subject: 'Counting',
    problem:
      'How many arrangements of the letters of $\\text{BANANA}$ have no two letters $A$ next to each other and no two letters $N$ next to each other?',
    check: () => {
      const arrangements = new Set(permutations('BANANA'.split('')).map((letters) => letters.join('')));
      return count([...arrangements], (word) => !word.includes('AA') && !word.includes('NN'));
    },
  },
  {
    level: 2,
    subject: 'Counting',
    problem:
      'How many four-digit integers have digits that strictly increase from left to right, with at least one digit equal to $7$?',
    check: () => count(combinations(range(1, 9), 4), (choice) => choice.includes(7)),
  },
  {
    level: 2,
    subject: 'Probability',
    problem:
      'Two different integers are chosen at random from $1, 2, \\ldots, 20$. The probability that their sum is a multiple of $5$ is $\\frac{m}{n}$ in lowest terms. Find $m + n$.',
    check: () => {
      const pairs = combinations(range(1, 20), 2);
      return partsOf(
        count(pairs, (pair) => sum(pair) % 5 === 0),
        pairs.length,
      );
    },
  },
  {
    level: 2,
    subject: 'Algebra',
    problem: 'Find the number of ordered pairs $(x, y)$ of positive integers with $3x + 7y = 500$.',
    check: () => count(range(1, 71), (y) => (500 - 7 * y) % 3 === 0 && 500 - 7 * y > 0),
  },
  {
    level: 2,
    subject: 'Algebra',
    problem: 'For how many integers $n$ with $1 \\le n \\le 999$ is $n^2 + n$ divisible by $30$?',
    check: () => count(range(1, 999), (n) => (n * n + n) % 30 === 0),
  },
  {
    level: 2,
    subject: 'Geometry',
    problem:
      'A triangle has integer sides and perimeter $40$. How many such triangles, no two of them congruent, are there?',
    check: () => {
      const sides = range(1, 38).flatMap((a) => range(a, 38).map((b) => [a, b, 40 - a - b] as const));
      return count(sides, ([a, b, c]) => b <= c && a + b > c);
    },
  },
  {
    level: 2,
    subject: 'Number Theory',
    problem: 'Find the largest three-digit integer that has exactly nine positive divisors.',
    check: () => range(100, 999).findLast((n) => divisors(n).length === 9) ?? -1,
  },
  {
    level: 2,
    subject: 'Counting',
    problem:
      'A path on the grid goes from $(0,0)$ to $(6,5)$ in steps of one unit to the right or up, and passes through $(3,2)$ but not through $(4,3)$. How many such paths are there?',
    check: () =>
      count(words([0, 1], 11), (steps) => {
        if (sum(steps) !== 5) return false;
        const at = (length: number) =>
          [length - sum(steps.slice(0, length)), sum(steps.slice(0, length))].join();
        return at(5) === '3,2' && at(7) !== '4,3';
      }),
  },
  {
    level: 2,
    subject: 'Algebra',
    problem: 'Let $f(x) = x^2 - 6x + 11$. Find the sum of $f(k)$ for the integers $k$ from $1$ to $12$.',
    check: () => sum(range(1, 12).map((x) => x * x - 6 * x + 11)),
  },
  {
    level: 2,
    subject: 'Number Theory',
    problem: 'How many integers from $1$ to $600$ have no common divisor with $210$ other than $1$?',
    check: () => count(range(1, 600), (n) => gcd(n, 210) === 1),
  },
  // Level 3
  {
    level: 3,
    subject: 'Counting',
    problem:
      'How many subsets of $\\{1, 2, \\ldots, 12\\}$ contain no two integers that differ by exactly $2$?',
    check: () => count(range(0, 2 ** 12 - 1), (mask) => (mask & (mask >> 2)) === 0),
  },
  {
    level: 3,
    subject: 'Number Theory',
    problem: 'Find the number of positive integers $n \\le 500$ for which $n^3 - n$ is divisible by $120$.',
    check: () => count(range(1, 500), (n) => (n ** 3 - n) % 120 === 0),
  },
  {
    level: 3,
    subject: 'Probability',
    problem:
      'Three fair six-sided dice are rolled. The probability that the largest number shown is exactly twice the smallest is $\\frac{m}{n}$ in lowest terms. Find $m + n$.',
    check: () => {
      const rolls = words(range(1, 6), 3);
      return partsOf(
        count(rolls, (roll) => Math.max(...roll) === 2 * Math.min(...roll)),
        rolls.length,
      );
    },
  },
  {
    level: 3,
    subject: 'Number Theory',
    problem: 'Find the remainder when $1! + 2! + 3! + \\cdots + 50!$ is divided by $840$.',
    check: () => {
      let factorial = 1n;
      let total = 0n;
      for (let k = 1n; k <= 50n; k++) {
        factorial *= k;
        total += factorial;
      }
      return Number(total % 840n);
    },
  },
  {
    level: 3,
    subject: 'Algebra',
    problem:
      'The positive integers $a < b < c$ form a geometric progression with $a + b + c = 147$. Find the sum of all possible values of $b$.',
    check: () => {
      const middles = range(1, 146).flatMap((a) =>
        range(a + 1, 146).filter((b) => a * (147 - a - b) === b * b && 147 - a - b > b),
      );
      return sum([...new Set(middles)]);
    },
  },
  {
    level: 3,
    subject: 'Counting',
    problem:
      'In how many ways can the integers $1, 2, \\ldots, 7$ be placed in a row so that no integer stands next to its successor, in either order?',
    check: () =>
      count(permutations(range(1, 7)), (row) =>
        row.every((n, i) => i === 0 || Math.abs(n - (row[i - 1] ?? 0)) !== 1),
      ),
  },
  {
    level: 3,
    subject: 'Geometry',
    problem:
      'How many triangles with vertices among the $16$ points $(x, y)$ with integers $0 \\le x, y \\le 3$ have positive area?',
    check: () => {
      const points = range(0, 15).map((i) => [i % 4, Math.floor(i / 4)] as const);
      return count(combinations(points, 3), ([a = [0, 0], b = [0, 0], c = [0, 0]]) => {
        const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        return area !== 0;
      });
    },
  },
  {
    level: 3,
    subject: 'Number Theory',
    problem:
      'Find the number of integers $n$ with $1 \\le n \\le 2000$ for which $n$ has exactly three digits $1$ when it is written in base $3$.',
    check: () =>
      count(
        range(1, 2000),
        (n) =>
          n
            .toString(3)
            .split('')
            .filter((d) => d === '1').length === 3,
      ),
  },
  {
    level: 3,
    subject: 'Algebra',
    problem:
      'For how many integers $k$ with $1 \\le k \\le 600$ does $x^2 - 26x + k = 0$ have two different integer roots?',
    check: () => count(range(1, 600), (k) => isSquare(169 - k) && k !== 169),
  },
  {
    level: 3,
    subject: 'Counting',
    problem:
      'A code of five digits uses only the digits $1$, $2$ and $3$, and each of the three digits occurs in it. How many such codes are there?',
    check: () => count(words([1, 2, 3], 5), (code) => new Set(code).size === 3),
  },
  {
    level: 3,
    subject: 'Number Theory',
    problem: 'Find the sum of all positive integers $n$ for which $n^2 + 45$ is a perfect square.',
    check: () => sum(range(1, 999).filter((n) => isSquare(n * n + 45))),
  },
  {
    level: 3,
    subject: 'Probability',
    problem:
      'A bag holds $5$ white and $4$ black balls. Balls are drawn one at a time without replacement. The probability that the third black ball is drawn in the sixth draw is $\\frac{m}{n}$ in lowest terms. Find $m + n$.',
    check: () => {
      const orders = combinations(range(1, 9), 4);
      return partsOf(
        count(orders, (black) => black[2] === 6),
        orders.length,
      );
    },
  },
];
