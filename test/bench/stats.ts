/**
 * Do the intervals cover, does the test keep its level, and how fast is the bootstrap?
 *
 *   npm run bench -- stats [--quick]
 *
 * 1,000 simulated experiments each with 30, 60 and 500 problems; then 10,000 paired bootstraps of 90 problems × 32
 * samples here and in scipy, one after the other.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pairedBootstrapInterval, seededRandom } from '../../src/core/stats/index.ts';
import { coverage, ESTIMANDS, falseAlarms } from '../unit/stats/simulation.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const experiments = values.quick ? 200 : 1000;

function percent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(6)} %`;
}

function reportCoverage(): void {
  const error = Math.sqrt((0.95 * 0.05) / experiments);
  console.log(
    `Coverage of 95 % intervals in ${experiments} experiments of 8 samples (error ${percent(error).trim()})\n`,
  );
  console.log(`problems  method      ${ESTIMANDS.map((estimand) => estimand.padStart(10)).join('')}`);
  for (const problems of [30, 60, 500]) {
    for (const method of ['percentile', 'expanded', 'bca'] as const) {
      const covered = coverage({ problems, samples: 8, experiments, draws: 1000, method });
      const cells = ESTIMANDS.map((estimand) => percent(covered[estimand]).padStart(10)).join('');
      console.log(`${String(problems).padStart(8)}  ${method.padEnd(12)}${cells}`);
    }
  }
}

function reportLevel(): void {
  console.log(`\nRejections at 5 % without a true difference, ${experiments} experiments\n`);
  for (const problems of [10, 30, 60, 500]) {
    const alarms = falseAlarms({ problems, samples: 8, experiments, draws: 1000, method: 'expanded' });
    const error = Math.sqrt((0.05 * 0.95) / experiments);
    console.log(
      `${String(problems).padStart(8)} problems  ${percent(alarms)}  (at most 5 % + 2 × ${percent(error).trim()})`,
    );
  }
}

function reportSpeed(): void {
  const random = seededRandom(1);
  const arm = () =>
    Array.from({ length: 90 }, () => {
      const chance = random.uniform();
      let correct = 0;
      for (let k = 0; k < 32; k += 1) correct += random.uniform() < chance ? 1 : 0;
      return correct / 32;
    });
  const [a, b] = [arm(), arm()];
  const rows = (scores: readonly number[]) => scores.map((score) => [score, 1]);
  const value = ([sum = 0, n = 0]: readonly number[]) => sum / n;
  const run = () => pairedBootstrapInterval(rows(a), rows(b), value, { draws: 10_000, method: 'percentile' });
  const timed = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  const interval = run();
  const milliseconds = Math.min(...timed);
  console.log('\n10,000 paired bootstraps of 90 problems × 32 samples, best of five\n');
  const shown = interval === null ? 'undefined' : `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
  console.log(`this workbench  ${milliseconds.toFixed(0).padStart(7)} ms   ${shown}`);
  const python = path.join(ROOT, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    console.log('scipy           not measured: run `npm run setup -- --python` first');
    return;
  }
  const script = path.join(ROOT, 'scripts', 'checks', 'bootstrap_speed.py');
  process.stdout.write(execFileSync(python, [script], { input: JSON.stringify({ a, b }), encoding: 'utf8' }));
}

reportSpeed();
console.log();
reportCoverage();
reportLevel();
