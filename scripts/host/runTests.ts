/**
 * Runs test/vscode/**\/*.test.ts in a real VS Code extension host.
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
import { readResults, report, resultLine, type Summary, summarise, type TestResult } from './results.ts';

export interface Launch {
  /** The folder of the extension under test. */
  extension: string;
  /** The CommonJS module that exports run(). */
  tests: string;
  /** Copied to a fresh folder, which the window opens. */
  workspaceFixture?: string;
  /** Runs only the tests whose full title contains this. */
  grep?: string;
}

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { grep: text, summary: text, extension: text, tests: text } });
  const summary = await launch({
    extension: path.resolve(values.extension ?? projectRoot),
    tests: values.tests ? path.resolve(values.tests) : await buildTests(),
    workspaceFixture: path.join(projectRoot, 'test/vscode/workspace'),
    ...(values.grep && { grep: values.grep }),
  });
  report('vscode', summary, values.summary);
  process.exitCode = summary.failed === 0 && summary.passed > 0 ? 0 : 1;
}

/** One window with a fresh workspace and fresh user data. A run that did not get to its end has failed. */
export async function launch({ extension, tests, workspaceFixture, grep }: Launch): Promise<Summary> {
  const desktop = process.env.REFLECTION_TEST_HOST === 'desktop';
  if (!desktop) await ensureHost();
  const temp = makeTempDir('rwv-');
  const workspace = path.join(temp, 'workspace');
  const resultsFile = path.join(temp, 'results.json');
  fs.mkdirSync(workspace);
  if (workspaceFixture && fs.existsSync(workspaceFixture)) {
    fs.cpSync(workspaceFixture, workspace, { recursive: true });
  }
  let problem: string | undefined;
  try {
    await runTests({
      ...executable(desktop),
      extensionDevelopmentPath: extension,
      extensionTestsPath: tests,
      launchArgs: [workspace, `--user-data-dir=${temp}/user`, `--extensions-dir=${temp}/extensions`],
      extensionTestsEnv: {
        REFLECTION_TEST_RESULTS: resultsFile,
        REFLECTION_TEST_GREP: grep,
        PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}`, // the shim's Node
      },
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const results = readResults(resultsFile);
  removeDir(temp);
  return verdict(results, problem);
}

/** The results file decides; the exit code can only make it worse. */
function verdict(results: TestResult[] | undefined, problem: string | undefined): Summary {
  const summary = summarise(results ?? []);
  if (summary.failed > 0 || (results && results.length > 0 && !problem)) return summary;
  const what = problem ?? (results ? 'no tests were run' : 'the extension host left no results');
  const failure: TestResult = { file: '', title: 'the test run', state: 'failed', ms: 0, error: what };
  console.log(resultLine(failure));
  return { ...summary, failed: 1 };
}

function executable(desktop: boolean): { vscodeExecutablePath?: string } {
  if (!desktop) return { vscodeExecutablePath: path.join(hostDir, 'codeShim.ts') };
  const named = process.env.VSCODE_EXECUTABLE;
  return named ? { vscodeExecutablePath: named } : {};
}
