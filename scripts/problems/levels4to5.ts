import type { MadeProblem } from './madeProblem.ts';
import {
  combinations,
  count,
  digits,
  divisors,
  gcd,
  isPrime,
  isSquare,
  partsOf,
  permutations,
  powerMod,
  range,
  sum,
  words,
} from './numbers.ts';

export const LEVELS_4_TO_5: readonly MadeProblem[] = [
  // Level 4
  {
    level: 4,
    subject: 'Number Theory',
    problem:
      'Find the number of ordered pairs $(a, b)$ of positive integers for which $\\operatorname{lcm}(a, b) = 720$ and $a < b$.',
    check: () => {
      const all = divisors(720);
      return sum(all.map((a) => count(all, (b) => a < b && (a * b) / gcd(a, b) === 720)));
    },
  },
  {
    level: 4,
    subject: 'Counting',
    problem:
      'A set of integers is called spread if any two of its elements differ by at least $3$. How many spread subsets does $\\{1, 2, \\ldots, 15\\}$ have, the empty one included?',
    check: () =>
      count(range(0, 2 ** 15 - 1), (mask) => (mask & (mask >> 1)) === 0 && (mask & (mask >> 2)) === 0),
  },
  {
    level: 4,
    subject: 'Algebra',
    problem:
      'Find the number of ordered triples $(a, b, c)$ of integers with $1 \\le a, b, c \\le 20$ for which $a + b + c$ is divisible by $3$ and $a < b < c$.',
    check: () => count(combinations(range(1, 20), 3), (triple) => sum(triple) % 3 === 0),
  },
  {
    level: 4,
    subject: 'Number Theory',
    problem: 'Find the remainder when $3^{3^{3^3}}$ is divided by $1000$.',
    check: () => Number(powerMod(3n, 3n ** 27n, 1000n)),
  },
  {
    level: 4,
    subject: 'Probability',
    problem:
      'Eight people sit down at random at a round table with eight seats; two of them are siblings of one family, and two others are siblings of another. The probability that neither pair of siblings sits side by side is $\\frac{m}{n}$ in lowest terms. Find $m + n$.',
    check: () => {
      const rest = permutations(range(1, 7));
      const apart = (seats: readonly number[], a: number, b: number) => {
        const distance = Math.abs(seats.indexOf(a) - seats.indexOf(b));
        return distance !== 1 && distance !== 7;
      };
      const good = count(rest, (order) => {
        const seats = [0, ...order];
        return apart(seats, 0, 1) && apart(seats, 2, 3);
      });
      return partsOf(good, rest.length);
    },
  },
  {
    level: 4,
    subject: 'Number Theory',
    problem:
      'How many positive integers $n \\le 1000$ can be written as the sum of two or more consecutive positive integers in exactly three ways?',
    check: () => {
      const ways = (n: number) =>
        count(range(2, 45), (k) => n - (k * (k - 1)) / 2 > 0 && (n - (k * (k - 1)) / 2) % k === 0);
      return count(range(1, 1000), (n) => ways(n) === 3);
    },
  },
  {
    level: 4,
    subject: 'Counting',
    problem:
      'How many words of length $8$ over the letters $A$ and $B$ contain neither $AAA$ nor $BBB$ as consecutive letters?',
    check: () => count(words(['A', 'B'], 8), (word) => !/AAA|BBB/.test(word.join(''))),
  },
  {
    level: 4,
    subject: 'Geometry',
    problem:
      'How many points with integer coordinates lie strictly inside the circle $x^2 + y^2 = 200$ and strictly above the line $y = x$?',
    check: () => sum(range(-15, 15).map((x) => count(range(-15, 15), (y) => x * x + y * y < 200 && y > x))),
  },
  {
    level: 4,
    subject: 'Algebra',
    problem:
      'Let $p(x)$ be the polynomial of least degree with $p(k) = 2^k$ for $k = 0, 1, 2, 3, 4, 5$. Find $p(8)$.',
    check: () => {
      // Lagrange interpolation at 8, over a common denominator.
      const value = sum(
        range(0, 5).map((k) => {
          const others = range(0, 5).filter((j) => j !== k);
          const above = others.reduce((product, j) => product * (8 - j), 1);
          const below = others.reduce((product, j) => product * (k - j), 1);
          return (2 ** k * above) / below;
        }),
      );
      return Math.round(value);
    },
  },
  {
    level: 4,
    subject: 'Counting',
    problem:
      'Each cell of a $3 \\times 3$ board is coloured red or blue so that no $2 \\times 2$ block has all its cells of one colour. How many colourings are there?',
    check: () =>
      count(range(0, 511), (mask) => {
        const cell = (row: number, column: number) => (mask >> (3 * row + column)) & 1;
        return [0, 1].every((r) =>
          [0, 1].every((c) => {
            const block = cell(r, c) + cell(r, c + 1) + cell(r + 1, c) + cell(r + 1, c + 1);
            return block !== 0 && block !== 4;
          }),
        );
      }),
  },
  {
    level: 4,
    subject: 'Number Theory',
    problem:
      'Find the sum of all primes $p < 200$ for which $p^2 + 2p - 2$ is a prime as well, reduced modulo $1000$.',
    check: () => sum(range(2, 199).filter((p) => isPrime(p) && isPrime(p * p + 2 * p - 2))) % 1000,
  },
  {
    level: 4,
    subject: 'Algebra',
    problem:
      'Find the number of integers $x$ with $0 \\le x < 900$ for which $x^2 \\equiv x \\pmod{900}$ or $x^2 \\equiv -x \\pmod{900}$.',
    check: () => count(range(0, 899), (x) => (x * x - x) % 900 === 0 || (x * x + x) % 900 === 0),
  },
  // Level 5
  {
    level: 5,
    subject: 'Counting',
    problem:
      'How many permutations $(a_1, \\ldots, a_8)$ of $1, 2, \\ldots, 8$ satisfy $|a_i - i| \\le 2$ for every $i$ and $a_i \\ne i$ for every $i$?',
    check: () => {
      const place = (row: readonly number[]): number => {
        const i = row.length + 1;
        if (i > 8) return 1;
        const free = range(Math.max(1, i - 2), Math.min(8, i + 2)).filter((n) => n !== i && !row.includes(n));
        return sum(free.map((n) => place([...row, n])));
      };
      return place([]);
    },
  },
  {
    level: 5,
    subject: 'Number Theory',
    problem:
      'Find the number of ordered triples $(a, b, c)$ of positive integers for which $abc = 7200$ and $\\gcd(a, b) = \\gcd(b, c) = \\gcd(a, c) = 2$.',
    check: () => {
      const all = divisors(7200);
      return sum(
        all.map((a) =>
          count(divisors(7200 / a), (b) => {
            const c = 7200 / a / b;
            return gcd(a, b) === 2 && gcd(b, c) === 2 && gcd(a, c) === 2;
          }),
        ),
      );
    },
  },
  {
    level: 5,
    subject: 'Probability',
    problem:
      'A fair coin is tossed ten times. The probability that no two consecutive tosses are both heads, given that there are exactly four heads, is $\\frac{m}{n}$ in lowest terms. Find $m + n$.',
    check: () => {
      const tosses = combinations(range(1, 10), 4);
      return partsOf(
        count(tosses, (heads) => heads.every((h, i) => i === 0 || h - (heads[i - 1] ?? 0) > 1)),
        tosses.length,
      );
    },
  },
  {
    level: 5,
    subject: 'Counting',
    problem:
      'The six faces of a cube are to be coloured, each red, blue or green, so that no two faces with a common edge are both red. In how many ways can this be done, if colourings that differ by a rotation count as different?',
    check: () => {
      const opposite = [1, 0, 3, 2, 5, 4];
      return count(words(['r', 'b', 'g'], 6), (faces) =>
        combinations(range(0, 5), 2).every(
          ([a = 0, b = 0]) => opposite[a] === b || faces[a] !== 'r' || faces[b] !== 'r',
        ),
      );
    },
  },
  {
    level: 5,
    subject: 'Number Theory',
    problem:
      'Find the number of integers $n$ with $1 \\le n \\le 999$ for which the sum of the digits of $n$ is equal to the sum of the digits of $2n$.',
    check: () => count(range(1, 999), (n) => sum(digits(n)) === sum(digits(2 * n))),
  },
  {
    level: 5,
    subject: 'Algebra',
    problem:
      'The sequence $a_0, a_1, \\ldots$ has $a_0 = 1$, $a_1 = 3$ and $a_{n+1} = 4a_n - a_{n-1} + 2$. Find the remainder when $a_{50}$ is divided by $1000$.',
    check: () => {
      let [before, current] = [1n, 3n];
      for (let n = 1; n < 50; n++) [before, current] = [current, 4n * current - before + 2n];
      return Number(current % 1000n);
    },
  },
  {
    level: 5,
    subject: 'Geometry',
    problem:
      'How many triangles with integer sides have their longest side equal to $30$ and all three angles less than $90^\\circ$?',
    check: () => sum(range(1, 30).map((a) => count(range(a, 30), (b) => a + b > 30 && a * a + b * b > 900))),
  },
  {
    level: 5,
    subject: 'Counting',
    problem:
      'How many ways are there to tile a $3 \\times 10$ rectangle with dominoes of size $1 \\times 2$?',
    check: () => {
      // Column by column; the state says which cells of the next column are already covered.
      let states = new Map([[0, 1]]);
      for (let column = 0; column < 10; column++) {
        const next = new Map<number, number>();
        const fill = (row: number, covered: number, ahead: number, ways: number): void => {
          if (row === 3) {
            next.set(ahead, (next.get(ahead) ?? 0) + ways);
            return;
          }
          if ((covered >> row) & 1) {
            fill(row + 1, covered, ahead, ways);
            return;
          }
          fill(row + 1, covered, ahead | (1 << row), ways);
          if (row < 2 && !((covered >> (row + 1)) & 1)) fill(row + 2, covered, ahead, ways);
        };
        for (const [covered, ways] of states) fill(0, covered, 0, ways);
        states = next;
      }
      return states.get(0) ?? 0;
    },
  },
  {
    level: 5,
    subject: 'Number Theory',
    problem:
      'Find the sum of all positive integers $n \\le 300$ for which $n \\cdot 2^n + 1$ is divisible by $7$, reduced modulo $1000$.',
    check: () =>
      sum(range(1, 300).filter((n) => (BigInt(n) * powerMod(2n, BigInt(n), 7n) + 1n) % 7n === 0n)) % 1000,
  },
  {
    level: 5,
    subject: 'Counting',
    problem:
      'A row of $12$ lamps is dark. In how many ways can some of them, perhaps none, be lit so that every lit lamp has at least one lit neighbour?',
    check: () => count(range(0, 2 ** 12 - 1), (mask) => (mask & ~((mask << 1) | (mask >> 1)) & 4095) === 0),
  },
  {
    level: 5,
    subject: 'Number Theory',
    problem:
      'For how many integers $n$ with $1 \\le n \\le 999$ is the number of positive divisors of $n$ a divisor of $n$?',
    check: () => count(range(1, 999), (n) => n % divisors(n).length === 0),
  },
  {
    level: 5,
    subject: 'Algebra',
    problem:
      'Find the number of pairs $(m, n)$ of integers with $1 \\le m < n \\le 100$ for which $mn + m + n$ is a perfect square.',
    check: () => count(combinations(range(1, 100), 2), ([m = 0, n = 0]) => isSquare(m * n + m + n)),
  },
];
