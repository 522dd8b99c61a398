import type { SettingDifference } from '../../runs/index.ts';
import type { Comparison, RunSummary } from '../../schema/comparison.ts';
import type { ConfigurationRow } from '../configuration.ts';

/** What a report is written from: everything is computed, and nothing is left out of what it needs to be repeated. */
export interface ReportInput {
  /** The command that computes the same comparison. */
  readonly command: string;
  /** Labels of the runs, the baseline first. */
  readonly labels: readonly string[];
  readonly baseline: RunSummary;
  /** One for each other run, in the order of the labels. */
  readonly comparisons: readonly ReportedComparison[];
  /** Values in the order of the labels. */
  readonly configuration: readonly ConfigurationRow[];
}

export type ReportedComparison = Comparison & { readonly differences: readonly SettingDifference[] };

export const REPORT_FORMATS = ['md', 'latex', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
