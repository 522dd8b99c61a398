/**
 * Runs the suites named on the command line, or all: check, unit, process, python, vscode, workbench.
 * The last line is `N passed, N failed`. A suite that ran fewer test files than there are fails: a test that never runs
 * is worse than none.
 */
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { check } from '../check.mjs';
import { node } from '../setup/node.mjs';
import { venvPython } from '../setup/python.mjs';
import { root, run } from '../setup/steps.mjs';

const out = path.join(root, 'dist', 'test-results');
const result = (name) => path.join(out, `${name}.json`);

/** Each suite: the files that must run, and how to run them into `{ passed, failed, skipped, files }`. */
const SUITES = {
  unit: { files: ['test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx'], run: () => vitest('unit') },
  process: { files: ['test/process/**/*.test.ts'], run: () => vitest('process') },
  python: { files: ['scripts/trainer/tests/**/test_*.py', 'scripts/nano/tests/**/test_*.py'], run: python },
  vscode: { files: ['test/vscode/**/*.test.ts'], run: () => host('vscode', 'scripts/host/runTests.ts') },
  workbench: {
    files: ['test/workbench/**/*.test.ts'],
    run: () => host('workbench', 'scripts/host/runWorkbench.ts'),
  },
};

async function vitest(project) {
  const file = result(project);
  await attempt(() =>
    node([
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]),
  );
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  for (const suite of report.testResults) {
    for (const test of suite.assertionResults) {
      if (test.status === 'pending' || test.status === 'skipped') console.log(`skipped: ${test.fullName}`);
    }
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests,
    files: report.testResults.length,
  };
}

async function python() {
  const file = path.join(out, 'python.xml');
  await attempt(() =>
    run(
      venvPython,
      [
        '-m',
        'pytest',
        '-q',
        '-rs',
        '--durations=5',
        '-o',
        'junit_family=xunit1',
        `--junitxml=${file}`,
        'scripts/trainer/tests',
        'scripts/nano/tests',
      ],
      {
        env: { ...process.env, PYTHONPATH: path.join(root, 'scripts', 'trainer') },
      },
    ),
  );
  const xml = readFileSync(file, 'utf8');
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const files = new Set([...xml.matchAll(/<testcase [^>]*\bfile="([^"]+)"/g)].map((match) => match[1]));
  return {
    passed: count('tests') - failed - count('skipped'),
    failed,
    skipped: count('skipped'),
    files: files.size,
  };
}

async function host(name, script) {
  await attempt(() => node([script, '--summary', result(name)]));
  return JSON.parse(readFileSync(result(name), 'utf8'));
}

/** A runner's exit code says less than its report: the report decides. */
async function attempt(start) {
  try {
    await start();
  } catch (error) {
    console.error(error.message);
  }
}

async function runSuite(name, suite) {
  const expected = globSync(suite.files, { cwd: root }).length;
  if (expected === 0) return { passed: 0, failed: 0, skipped: 0, files: 0 };
  const began = Date.now();
  let tally;
  try {
    tally = await suite.run();
  } catch (error) {
    console.error(`${name}: no report: ${error.message}`);
    tally = { passed: 0, failed: 1, skipped: 0, files: 0 };
  }
  if (tally.files < expected) {
    console.error(`${name}: ${tally.files} of ${expected} test files ran`);
    tally.failed += 1;
  }
  console.log(
    `${name}: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped, ${tally.files} files, ${Math.round((Date.now() - began) / 1000)} s`,
  );
  return tally;
}

async function test(names) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const wanted = (name) => names.length === 0 || names.includes(name);
  let passed = 0;
  let failed = 0;
  if (wanted('check')) {
    const checks = await check();
    passed += checks.passed;
    failed += checks.failed.length;
  }
  for (const [name, suite] of Object.entries(SUITES)) {
    if (!wanted(name)) continue;
    const tally = await runSuite(name, suite);
    passed += tally.passed;
    failed += tally.failed;
  }
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
