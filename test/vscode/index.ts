/**
 * The entry of the extension host's tests: VS Code calls run(), and a rejection makes the window exit with 1.
 * Tests are found by their name, beside this file: nothing is listed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import Mocha from 'mocha';
import { resultLine, type TestResult } from '../../scripts/host/results.ts';

export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const print = openOutput();
  try {
    const results = await runMocha(print);
    writeResults(results);
    const failed = results.filter((result) => result.state === 'failed').length;
    if (failed > 0) throw new Error(`${failed} of ${results.length} tests failed`);
    if (results.length === 0) throw new Error('no tests were run');
  } catch (error) {
    print(error instanceof Error ? String(error.stack) : String(error)); // also a file that fails to load
    throw error;
  }
}

async function runMocha(print: (line: string) => void): Promise<TestResult[]> {
  const results: TestResult[] = [];
  const add = (result: TestResult) => {
    results.push(result);
    print(resultLine(result));
  };
  // Base prints nothing: the extension host does not pass on what mocha's reporters write to the console.
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base, forbidOnly: true });
  const grep = process.env.REFLECTION_TEST_GREP;
  if (grep) mocha.fgrep(grep);
  for (const file of testFiles()) mocha.addFile(path.join(__dirname, file));
  await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => add(result(test, 'passed')));
    runner.on('fail', (test, error) =>
      add({ ...result(test, 'failed'), error: error.stack ?? error.message }),
    );
    runner.on('pending', (test) => add(result(test, 'skipped')));
  });
  return results;
}

/** Those for this window: `*.restricted.test.ts` are for the one whose workspace is not trusted. */
function testFiles(): string[] {
  const restricted = process.env.REFLECTION_TEST_RESTRICTED === '1';
  return fs
    .readdirSync(__dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.cjs'))
    .filter((file) => file.endsWith('.restricted.test.cjs') === restricted)
    .sort();
}

function result(test: Mocha.Runnable, state: TestResult['state']): TestResult {
  const built = path.relative(__dirname, test.file ?? test.parent?.file ?? '');
  const file = path.posix.join('test/vscode', built.replace(/\.cjs$/, '.ts'));
  return { file, title: test.fullTitle(), state, ms: test.duration ?? 0 };
}

/** Proof that the run got to its end: a host that died or exited leaves no such file, whatever its exit code. */
function writeResults(results: TestResult[]): void {
  const file = process.env.REFLECTION_TEST_RESULTS;
  if (file) fs.writeFileSync(file, JSON.stringify(results));
}

/**
 * The embedded host names a file for the output. `console.log` is an accessor there that ignores assignment,
 * the global console is not. Without the variable, in desktop VS Code, the console reaches the launcher itself.
 */
function openOutput(): (line: string) => void {
  const file = process.env.REFLECTION_TEST_OUTPUT;
  if (!file) return (line) => console.log(line);
  const append = new Writable({
    write(chunk, _encoding, done) {
      fs.appendFileSync(file, chunk);
      done();
    },
  });
  globalThis.console = new console.Console(append);
  return (line) => fs.appendFileSync(file, `${line}\n`);
}
