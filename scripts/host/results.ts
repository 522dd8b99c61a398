import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const testResultSchema = z.object({
  /** Relative to the project root; empty for a run as a whole. */
  file: z.string(),
  title: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  ms: z.number(),
  error: z.string().optional(),
});

/** One test of the extension host, or one step of a workbench scenario. */
export type TestResult = z.infer<typeof testResultSchema>;

/** What `--summary FILE` gets. `files` counts the test files in which at least one test was reported. */
export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
  files: number;
  /** Of each test that failed: its file and title, and the first line of its error. */
  failures: string[];
}

export function summarise(results: TestResult[]): Summary {
  const count = (state: TestResult['state']) => results.filter((result) => result.state === state).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    files: new Set(results.map((result) => result.file).filter(Boolean)).size,
    failures: results
      .filter((result) => result.state === 'failed')
      .map(({ file, title, error = '' }) => `${file} > ${title}: ${error.split('\n')[0]}`),
  };
}

/** Prints the last line of a harness, `NAME: N passed, N failed`, and writes the summary where asked. */
export function report(name: string, summary: Summary, summaryFile: string | undefined): void {
  if (summaryFile) {
    fs.mkdirSync(path.dirname(path.resolve(summaryFile)), { recursive: true });
    fs.writeFileSync(summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  }
  const skipped = summary.skipped > 0 ? `, ${summary.skipped} skipped` : '';
  console.log(`${name}: ${summary.passed} passed, ${summary.failed} failed${skipped}`);
}

/** One line a test, and the error of a failed one indented below it. */
export function resultLine(result: TestResult): string {
  const mark = { passed: '✓', failed: '✗', skipped: '-' }[result.state];
  const line = `${mark} ${result.file} > ${result.title} (${Math.round(result.ms)} ms)`;
  return result.error ? `${line}\n${result.error.replace(/^/gm, '    ')}` : line;
}

/**
 * The results file is written by the test runner in the extension host as its last act. No file means that the
 * host died or exited in the middle, which VS Code in a browser reports as exit code 0.
 */
export function readResults(file: string): TestResult[] | undefined {
  if (!fs.existsSync(file)) return undefined;
  return z.array(testResultSchema).parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}
