/** `lint`: what is wrong with problem sets, within each and across them. */
import type { Command } from 'commander';
import { type LintReportRow, lintSets } from '../../node/problems/lintSets.ts';
import { type CommonOptions, common, createContext } from '../context.ts';
import { EXIT } from '../exitCodes.ts';
import { type FieldOptions, fieldOption } from '../fieldOption.ts';

export function registerLint(program: Command, signal: AbortSignal): void {
  common(
    fieldOption(program.command('lint'))
      .argument('<sets...>', 'problem files; several are compared with one another')
      .description(
        'Find leaked answers, duplicates, golds that cannot be graded, and suspicious text in problem sets.',
      ),
  ).action(async (sets: readonly string[], options: CommonOptions & FieldOptions) => {
    const { output } = createContext(options, signal);
    const summary = await lintSets(sets, (row) => output.row(row, rowText(row)), {
      signal,
      fields: options.field,
    });
    const rules = Object.entries(summary.rules).map(([rule, count]) => `${count} ${rule}`);
    output.note(
      `${summary.problems} problems: ${rules.length === 0 ? 'nothing found' : rules.toSorted().join(', ')}`,
    );
    if (summary.sampling > 1) {
      output.note(
        `near duplicates are estimated from one run of words in ${summary.sampling}; exact ones are all found`,
      );
    }
    if (summary.errors > 0) process.exitCode = EXIT.failed;
  });
}

function rowText(row: LintReportRow): string {
  return `${row.file}:${row.line ?? 1}: ${row.severity} ${row.rule}: ${row.message}. ${row.remedy}`;
}
