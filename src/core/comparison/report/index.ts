import { csvReport } from './csv.ts';
import type { ReportFormat, ReportInput } from './input.ts';
import { latexReport } from './latex.ts';
import { markdownReport } from './markdown.ts';

export { REPORT_FORMATS, type ReportedComparison, type ReportFormat, type ReportInput } from './input.ts';
export { latexTable } from './latex.ts';
export { markdownTable } from './markdown.ts';

/** A comparison as text for others: with the settings of every run and the command that computes it again. */
export function comparisonReport(input: ReportInput, format: ReportFormat): string {
  switch (format) {
    case 'md':
      return markdownReport(input);
    case 'latex':
      return latexReport(input);
    case 'csv':
      return csvReport(input);
    default:
      return format satisfies never;
  }
}
