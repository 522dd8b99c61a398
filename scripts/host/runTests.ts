/**
 * Runs test/vscode/**\/*.test.ts in a real VS Code extension host; *.restricted.test.ts in a window of its own, whose
 * workspace is not trusted.
 *
 *   node scripts/host/runTests.ts [--grep TEXT] [--summary FILE]
 *
 * --extension DIR --tests FILE.cjs run another extension's built tests instead (selftest.ts does).
 * REFLECTION_TEST_HOST=desktop uses desktop VS Code: the executable in VSCODE_EXECUTABLE, or a downloaded one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { buildTests } from './buildTests.ts';
import { ensureHost } from './install.ts';
import { hostDir, makeTempDir, projectRoot, removeDir } from './paths.ts';
import { readResults, report, resultLine, summarise, type TestResult } from './results.ts';

interface Launch {
  /** The folder of the extension under test. */
  extension: string;
  /** The CommonJS module that exports run(). */
  tests: string;
  restricted: boolean;
  /** Runs only the tests whose full title contains this. */
  grep: string | undefined;
}

const FIXTURE = path.join(projectRoot, 'test/vscode/workspace');
const desktop = process.env.REFLECTION_TEST_HOST === 'desktop';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { grep: text, summary: text, extension: text, tests: text } });
if (!desktop) await ensureHost();
const extension = path.resolve(values.extension ?? projectRoot);
const tests = values.tests ? path.resolve(values.tests) : await buildTests();
const results = await launch({ extension, tests, restricted: false, grep: values.grep });
if (!values.tests && fs.globSync('test/vscode/**/*.restricted.test.ts', { cwd: projectRoot }).length > 0) {
  results.push(...(await launch({ extension, tests, restricted: true, grep: values.grep })));
}
const summary = summarise(results);
report('vscode', summary, values.summary);
process.exitCode = summary.failed === 0 && summary.passed > 0 ? 0 : 1;

/** One window with a fresh workspace and fresh user data. A run that did not get to its end has failed. */
async function launch({ extension, tests, restricted, grep }: Launch): Promise<TestResult[]> {
  const temp = makeTempDir('rwv-');
  const workspace = path.join(temp, 'workspace');
  const resultsFile = path.join(temp, 'results.json');
  fs.mkdirSync(workspace);
  if (fs.existsSync(FIXTURE)) fs.cpSync(FIXTURE, workspace, { recursive: true });
  const dirs = [`--user-data-dir=${temp}/user`, `--extensions-dir=${temp}/extensions`];
  let problem: string | undefined;
  try {
    await runTests({
      ...executable(),
      extensionDevelopmentPath: extension,
      extensionTestsPath: tests,
      launchArgs: [workspace, ...dirs, ...(restricted ? ['--restricted'] : [])],
      extensionTestsEnv: {
        REFLECTION_TEST_RESULTS: resultsFile,
        REFLECTION_TEST_GREP: grep,
        REFLECTION_TEST_RESTRICTED: restricted ? '1' : '',
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`, // the shim's Node
      },
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const results = readResults(resultsFile);
  removeDir(temp);
  return verdict(results, problem, grep !== undefined);
}

/** The results file decides; the exit code can only make it worse. */
function verdict(
  results: TestResult[] | undefined,
  problem: string | undefined,
  mayBeEmpty: boolean,
): TestResult[] {
  const failed = results?.some((result) => result.state === 'failed');
  if (results && (failed || (results.length > 0 && !problem))) return results;
  if (results?.length === 0 && mayBeEmpty) return results;
  const error = problem ?? (results ? 'no tests were run' : 'the extension host left no results');
  const failure: TestResult = { file: '', title: 'the test run', state: 'failed', ms: 0, error };
  console.log(resultLine(failure));
  return [...(results ?? []), failure];
}

function executable(): { vscodeExecutablePath?: string } {
  if (!desktop) return { vscodeExecutablePath: path.join(hostDir, 'codeShim.ts') };
  const named = process.env.VSCODE_EXECUTABLE;
  return named ? { vscodeExecutablePath: named } : {};
}
