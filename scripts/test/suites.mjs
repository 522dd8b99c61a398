/**
 * Runs the suites named on the command line, or all: check, unit, process, python, vscode, workbench.
 * The last lines are the failures of all suites by name, and `N passed, N failed`. A suite that ran fewer test files than
 * there are fails: a test that never runs is worse than none.
 */
import { closeSync, globSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { check } from '../check.mjs';
import { node } from '../setup/node.mjs';
import { venvPython } from '../setup/python.mjs';
import { root, run } from '../setup/steps.mjs';

const out = path.join(root, 'dist', 'test-results');
const SIDE_BY_SIDE = availableParallelism() >= 4;
const result = (name) => path.join(out, `${name}.json`);

/**
 * Each suite: the files that must run, and how to run them into `{ passed, failed, skipped, files }`. Suites of one lane run
 * one after the other; the lanes run side by side, because windows wait more than they compute, where there are cores
 * for both: on two, windows came too late for what they were to see.
 */
const SUITES = {
  unit: {
    lane: 'processes',
    files: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx'],
    run: (options) => vitest('unit', options),
  },
  process: {
    lane: 'processes',
    files: ['test/process/**/*.test.ts'],
    run: (options) => vitest('process', options),
  },
  python: {
    lane: 'processes',
    files: ['scripts/trainer/tests/**/test_*.py', 'scripts/nano/tests/**/test_*.py'],
    run: python,
  },
  vscode: {
    lane: 'windows',
    files: ['test/vscode/**/*.test.ts'],
    run: (options) => host('vscode', 'scripts/host/runTests.ts', options),
  },
  workbench: {
    lane: 'windows',
    files: ['test/workbench/**/*.test.ts'],
    run: (options) => host('workbench', 'scripts/host/runWorkbench.ts', options),
  },
};

async function vitest(project, { stdio, say }) {
  const file = result(project);
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json'];
  await attempt(say, () =>
    node(['node_modules/vitest/vitest.mjs', ...args, `--outputFile.json=${file}`], {
      stdio,
      env: { REFLECTION_IS_BUILT: '1' },
    }),
  );
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'pending' || test.status === 'skipped') say(`skipped: ${test.fullName}`);
    }
  }
  const lost = report.testResults.flatMap((suite) =>
    suite.assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => failure(suite.name, test.fullName, test.failureMessages[0])),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests,
    files: report.testResults.length,
    failures: [...lost, ...broken.map((suite) => failure(suite.name, 'the file', suite.message))],
  };
}

/** A line for the end of the output, where someone who reads only that still finds it. */
function failure(file, title, error = '') {
  return `${path.relative(root, path.resolve(root, file))} > ${title}: ${error.split('\n')[0]}`;
}

/** More workers than this would wait for the processes that each of them starts. */
const MOST_WORKERS = 4;

async function python({ stdio, say }) {
  const file = path.join(out, 'python.xml');
  const workers = Math.min(MOST_WORKERS, Math.max(2, availableParallelism()));
  // Runs that tests of one file share are made once: a file stays with one worker, in the order of conftest.py.
  const workersOfFiles = ['-n', String(workers), '--dist', 'loadfile', '--no-loadscope-reorder'];
  const report = ['-q', '-rs', '--durations=5', '-o', 'junit_family=xunit1', `--junitxml=${file}`];
  await attempt(say, () =>
    run(
      venvPython,
      ['-m', 'pytest', ...workersOfFiles, ...report, 'scripts/trainer/tests', 'scripts/nano/tests'],
      { stdio, env: { ...process.env, PYTHONPATH: path.join(root, 'scripts', 'trainer') } },
    ),
  );
  const xml = readFileSync(file, 'utf8');
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const files = new Set([...xml.matchAll(/<testcase [^>]*\bfile="([^"]+)"/g)].map((match) => match[1]));
  const lost = xml.split('<testcase ').flatMap((testcase) => {
    const error = /<(?:failure|error) message="([^"]*)"/.exec(testcase)?.[1];
    const of = (attribute) => new RegExp(`\\b${attribute}="([^"]*)"`).exec(testcase)?.[1];
    return error === undefined ? [] : [failure(of('file'), of('name'), error.split('&#10;')[0])];
  });
  return {
    passed: count('tests') - failed - count('skipped'),
    failed,
    skipped: count('skipped'),
    files: files.size,
    failures: lost,
  };
}

async function host(name, script, { stdio, say }) {
  await attempt(say, () => node([script, '--summary', result(name)], { stdio }));
  return JSON.parse(readFileSync(result(name), 'utf8'));
}

/** A runner's exit code says less than its report: the report decides. */
async function attempt(say, start) {
  try {
    await start();
  } catch (error) {
    say(error.message);
  }
}

/** `options`: where the output of the programs goes, and how to add a line to it. */
async function runSuite(name, suite, options) {
  const { say } = options;
  const expected = globSync(suite.files, { cwd: root }).length;
  if (expected === 0) return { passed: 0, failed: 0, skipped: 0, files: 0, failures: [] };
  const began = Date.now();
  let tally;
  try {
    tally = await suite.run(options);
  } catch (error) {
    tally = {
      passed: 0,
      failed: 1,
      skipped: 0,
      files: 0,
      failures: [`${name}: no report: ${error.message}`],
    };
  }
  if (tally.files < expected) {
    tally.failures.push(`${name}: ${tally.files} of ${expected} test files ran`);
    tally.failed += 1;
  }
  say(
    `${name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped, ${tally.files} files, ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return tally;
}

const ON_SCREEN = { stdio: ['ignore', 'inherit', 'inherit'], say: (line) => console.log(line) };

/** Keeps what a suite prints in a file, and shows it when the suite has ended: two of them never mix their lines. */
async function runSuiteQuietly(name, suite) {
  const log = path.join(out, `${name}.log`);
  const lines = [];
  const file = openSync(log, 'w');
  console.log(`${name}: running beside, into ${path.relative(root, log)}`);
  const tally = await runSuite(name, suite, {
    stdio: ['ignore', file, file],
    say: (line) => lines.push(line),
  });
  closeSync(file);
  process.stdout.write(readFileSync(log, 'utf8'));
  console.log(lines.join('\n'));
  return tally;
}

async function test(names) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const wanted = (name) => names.length === 0 || names.includes(name);
  let passed = 0;
  let failed = 0;
  const failures = [];
  if (wanted('check')) {
    const checks = await check();
    passed += checks.passed;
    failed += checks.failed.length;
    failures.push(...checks.failed.map((title) => `check > ${title}`));
  }
  const lanes = Map.groupBy(
    Object.entries(SUITES).filter(([name]) => wanted(name)),
    ([, { lane }]) => (SIDE_BY_SIDE ? lane : 'all'),
  );
  await Promise.all(
    [...lanes.values()].map(async (suites, place) => {
      for (const [name, suite] of suites) {
        const tally = await (place === 0 ? runSuite(name, suite, ON_SCREEN) : runSuiteQuietly(name, suite));
        passed += tally.passed;
        failed += tally.failed;
        failures.push(...tally.failures);
      }
    }),
  );
  for (const line of failures) console.log(`failed: ${line}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => name !== 'check' && !(name in SUITES));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')}. There are: check, ${Object.keys(SUITES).join(', ')}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await test(names)) ? 0 : 1;
}
