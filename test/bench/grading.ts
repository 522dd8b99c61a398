/**
 * How long does a grade take, and how long does Math-Verify take for the same cases?
 *
 *   npm run bench -- grading [--cases 2000] [--seed 1]
 *
 * The generated cases of the tests; both graders run one after the other in the same minute. Aims: 30 times the speed
 * of Math-Verify at the median, and 99 % of grades under 5 ms.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compareAnswers, gradeAnswer } from '../../src/core/answers/index.ts';
import { type GradingCase, gradingCases } from '../unit/answers/rewrites/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: { cases: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const cases = gradingCases(Number(values.cases), Number(values.seed));

interface Timing {
  readonly name: string;
  /** Milliseconds of each grade, ascending. */
  readonly ms: readonly number[];
  /** Of processor time, which other processes of the machine do not lengthen; ours only. */
  readonly cpuMs?: readonly number[];
  readonly right: number;
}

function timed(name: string, grade: (made: GradingCase) => boolean): Timing {
  // The first hundred warm the compiler up, as in any run of more than a few samples.
  for (const made of cases.slice(0, 100)) grade(made);
  let right = 0;
  const cpuMs: number[] = [];
  const ms = cases.map((made) => {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    if (grade(made) === made.same) right++;
    const { user, system } = process.cpuUsage(cpu);
    cpuMs.push((user + system) / 1000);
    return performance.now() - start;
  });
  const ascending = (values: number[]) => values.sort((a, b) => a - b);
  return { name, ms: ascending(ms), cpuMs: ascending(cpuMs), right };
}

const MATH_VERIFY = `
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from math_verify import parse, verify
def formula(text):
    bare = text.strip().removesuffix(" .").strip()
    return bare if "$" in bare or "\\\\boxed" in bare or "\\\\(" in bare else f"\${bare}$"
rows = [json.loads(line) for line in sys.stdin]
ms, right = [], 0
for row in rows[:20] + rows:
    start = time.perf_counter()
    same = verify(parse(formula(row["gold"])), parse(formula(row["pred"])))
    ms.append(1000 * (time.perf_counter() - start))
    right += same == row["same"]
right -= sum(verify(parse(formula(r["gold"])), parse(formula(r["pred"]))) == r["same"] for r in rows[:20])
print(json.dumps({"ms": sorted(ms[20:]), "right": right}))
`;

function mathVerify(): Timing | null {
  const python = path.join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) return null;
  try {
    const input = cases.map((made) => JSON.stringify(made)).join('\n');
    const output = execFileSync(python, ['-c', MATH_VERIFY], { input, encoding: 'utf8', maxBuffer: 1e8 });
    const { ms, right }: { ms: number[]; right: number } = JSON.parse(output);
    return { name: 'Math-Verify', ms, right };
  } catch {
    return null;
  }
}

function at(ms: readonly number[], share: number): number {
  return ms[Math.min(ms.length - 1, Math.floor(share * ms.length))] ?? Number.NaN;
}

function row({ name, ms, right }: Timing): string {
  const total = ms.reduce((sum, value) => sum + value, 0);
  const cells = [at(ms, 0.5), at(ms, 0.99), ms.at(-1) ?? Number.NaN].map((value) =>
    value.toFixed(3).padStart(10),
  );
  const rate = ((1000 * ms.length) / total).toFixed(0).padStart(10);
  return `${name.padEnd(28)}${cells.join('')}${rate}${((100 * right) / ms.length).toFixed(1).padStart(9)} %`;
}

const ours = timed(
  'ours, two answers',
  ({ gold, pred }) => compareAnswers({ gold, pred }).grade === 'correct',
);
const thinking = 'We add the terms and check the sign of each. '.repeat(200);
const generation = timed(
  'ours, 9,000-letter generation',
  ({ gold, pred }) =>
    gradeAnswer({
      text: `<think>${thinking}</think>So the answer is $\\boxed{${pred}}$.`,
      gold,
      mode: 'math',
    }).grade === 'correct',
);
const theirs = mathVerify();

console.log(`${cases.length} generated cases, seed ${values.seed}; milliseconds a grade\n`);
console.log(
  `${''.padEnd(28)}${['median', 'p99', 'worst', 'per second', 'right'].map((title) => title.padStart(10)).join('')}`,
);
for (const timing of [ours, generation, ...(theirs === null ? [] : [theirs])]) console.log(row(timing));
if (theirs === null) console.log('\nMath-Verify is not installed: npm run setup');
else {
  const times = at(theirs.ms, 0.5) / at(ours.ms, 0.5);
  console.log(`\n${times.toFixed(0)} times the speed of Math-Verify at the median (aim: 30)`);
}
console.log(
  `99 % of grades in ${at(ours.ms, 0.99).toFixed(2)} ms, of processor time ${at(ours.cpuMs ?? [], 0.99).toFixed(2)} ms (aim: under 5)`,
);
