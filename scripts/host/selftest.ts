/**
 * Proves that the test launcher cannot be fooled: a test run that fails, breaks, hangs or dies is never green.
 * Each case is a run of its own in a real extension host, with a small extension made here.
 *
 *   node scripts/host/selftest.ts
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { buildTests } from './buildTests.ts';
import { hostDir, projectRoot } from './paths.ts';
import { report, resultLine, summarise, type TestResult } from './results.ts';

interface Case {
  name: string;
  /** The test file; undefined: there is none. */
  code?: string;
  exit: number;
  /** The last line that the launcher must print. */
  last: string;
  /** What a person must be told. */
  says: RegExp;
  timeoutMs?: number;
}

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

const PASSING = `
  it('sees the command of the extension', async () => {
    assert.equal(await vscode.commands.executeCommand('selftest.hello'), 'hello');
  });
  it('runs in a window on its own workspace', () => {
    assert.match(vscode.workspace.workspaceFolders[0].uri.fsPath, /workspace$/);
  });`;

const CASES: Case[] = [
  {
    name: 'two passing tests',
    code: PASSING,
    exit: 0,
    last: 'vscode: 2 passed, 0 failed',
    says: /✓ .*sees the command/,
  },
  {
    name: 'a failing test beside them',
    code: `${PASSING} it('fails', () => assert.equal(1, 2));`,
    exit: 1,
    last: 'vscode: 2 passed, 1 failed',
    says: /✗ .*fails[\s\S]*1 !== 2/,
  },
  {
    name: 'a test file that throws when it is loaded',
    code: `throw new Error('broken at load');`,
    exit: 1,
    last: 'vscode: 0 passed, 1 failed',
    says: /broken at load/,
  },
  { name: 'no test file', exit: 1, last: 'vscode: 0 passed, 1 failed', says: /no tests were run/ },
  {
    name: 'a test that kills the extension host',
    code: `${PASSING} it('kills', () => new Promise(() => process.kill(process.pid, 'SIGKILL')));`,
    exit: 1,
    last: 'vscode: 0 passed, 1 failed',
    says: /the extension host ended before the test runner reported/,
  },
  {
    name: 'a test that calls process.exit(0)',
    code: `${PASSING} it('exits', () => process.exit(0));`,
    exit: 1,
    last: 'vscode: 0 passed, 1 failed',
    says: /the extension host ended before the test runner reported/,
  },
  {
    name: 'a test that never ends',
    code: `it('waits', function () { this.timeout(0); return new Promise(() => {}); });`,
    exit: 1,
    last: 'vscode: 0 passed, 1 failed',
    says: /no verdict within 12000 ms/,
    timeoutMs: 12_000,
  },
];

const EXTENSION = {
  'package.json': JSON.stringify({
    name: 'selftest',
    publisher: 'selftest',
    version: '0.0.1',
    engines: { vscode: '^1.100.0' },
    main: './extension.cjs',
    activationEvents: ['onStartupFinished'],
    contributes: { commands: [{ command: 'selftest.hello', title: 'Hello' }] },
  }),
  'extension.cjs': `const vscode = require('vscode');
    exports.activate = (context) => context.subscriptions.push(
      vscode.commands.registerCommand('selftest.hello', () => 'hello'));`,
};

const runner = await buildTests();
const waiting = [...CASES.entries()];
const results: TestResult[] = [];
await Promise.all([lane(), lane()]); // a case mostly waits, so two at a time cost little more than one
const summary = summarise(results);
report('host self-test', summary, undefined);
process.exitCode = summary.failed > 0 ? 1 : 0;

async function lane(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) results.push(await check(next[1], next[0]));
}

async function check(testCase: Case, index: number): Promise<TestResult> {
  const started = performance.now();
  const error = complaint(testCase, await runCase(testCase, index));
  const result: TestResult = {
    file: 'scripts/host/selftest.ts',
    title: testCase.name,
    state: error ? 'failed' : 'passed',
    ms: performance.now() - started,
    ...(error && { error }),
  };
  console.log(resultLine(result));
  return result;
}

/** In dist/, below the project, so that the runner's `require('mocha')` is found. */
async function runCase({ code, timeoutMs }: Case, index: number): Promise<Outcome> {
  const dir = path.join(projectRoot, 'dist/selftest', String(index));
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(path.join(dir, 'tests'), { recursive: true });
  for (const [name, text] of Object.entries(EXTENSION)) fs.writeFileSync(path.join(dir, name), text);
  fs.copyFileSync(runner, path.join(dir, 'tests/index.cjs'));
  if (code) {
    const head = `const assert = require('node:assert/strict'); const vscode = require('vscode');`;
    fs.writeFileSync(path.join(dir, 'tests/case.test.cjs'), `${head} describe('case', () => { ${code} });`);
  }
  const args = [path.join(hostDir, 'runTests.ts'), '--extension', dir, '--tests', `${dir}/tests/index.cjs`];
  const env = { ...process.env, ...(timeoutMs && { REFLECTION_HOST_TIMEOUT_MS: String(timeoutMs) }) };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { status: child.exitCode, stdout, stderr };
}

function complaint(expected: Case, { status, stdout, stderr }: Outcome): string | undefined {
  const output = `${stdout}${stderr}`;
  const last = stdout.trimEnd().split('\n').at(-1);
  if (status !== expected.exit) return `exit code ${status}, expected ${expected.exit}\n${output}`;
  if (last !== expected.last) return `last line "${last}", expected "${expected.last}"\n${output}`;
  if (!expected.says.test(output)) return `the output does not say ${expected.says}\n${output}`;
  return undefined;
}
