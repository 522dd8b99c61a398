/** Lints problem files, one row at a time: within each, and across them. */
import type { ProblemFault } from '../../core/problems/index.ts';
import { createLinter, type LintRow } from '../../core/problems/lint/index.ts';
import { type ReadOptions, scanProblems } from './readProblems.ts';

/** A row of the report: a finding about a problem, or a row that is none. */
export type LintReportRow = LintRow | (ProblemFault & { readonly rule: 'unreadable-row' | 'row' });

export interface LintSummary {
  readonly problems: number;
  readonly errors: number;
  readonly warnings: number;
  /** One run of words in so many was compared in looking for near duplicates: 1 unless the sets are very large. */
  readonly sampling: number;
  /** How often each rule was broken. */
  readonly rules: Readonly<Record<string, number>>;
}

/** Calls `onRow` for each finding, in the order of the files. */
export async function lintSets(
  files: readonly string[],
  onRow: (row: LintReportRow) => void,
  options: ReadOptions & { readonly signal?: AbortSignal } = {},
): Promise<LintSummary> {
  const linter = createLinter();
  const rules: Record<string, number> = {};
  const counts = { problems: 0, error: 0, warning: 0, info: 0 };
  const report = (row: LintReportRow) => {
    rules[row.rule] = (rules[row.rule] ?? 0) + 1;
    counts[row.severity]++;
    onRow(row);
  };
  for (const file of files) {
    for await (const item of scanProblems(file, options.signal, options)) {
      if ('fault' in item) {
        const rule = item.fault.severity === 'error' ? 'unreadable-row' : 'row';
        // A missing gold is a finding of the linter, which says it better.
        if (!/no gold answer/.test(item.fault.message)) report({ ...item.fault, rule });
        continue;
      }
      counts.problems++;
      for (const row of linter.add(file, item.line, item.problem)) report(row);
    }
  }
  const { sampling } = linter;
  return { problems: counts.problems, errors: counts.error, warnings: counts.warning, sampling, rules };
}
