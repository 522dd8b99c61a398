/** `compare`: is it better, or is it noise? */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { comparisonReport, configurationTable, REPORT_FORMATS } from '../../core/comparison/index.ts';
import { UserError } from '../../core/errors.ts';
import { type SettingDifference, settingDifferences } from '../../core/runs/index.ts';
import type { Comparison, RunSummary } from '../../core/schema/comparison.ts';
import { quoteArgument } from '../../core/training/index.ts';
import { gradeArms, type ReadArm, type ReadArmOptions, readArm } from '../../node/comparison/arms.ts';
import {
  compareMeasured,
  type MeasuredArm,
  summarize,
  withUniqueLabels,
} from '../../node/comparison/index.ts';
import { isResultsFile } from '../../node/comparison/resultsFile.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { comparisonText, summaryText } from '../comparisonText.ts';
import { type CommonOptions, common, createContext, wholeNumber } from '../context.ts';
import { compareMethods, OVER, type Over } from './compareMethods.ts';
import { metricsSettings } from './evaluate.ts';

interface CompareCommandOptions extends CommonOptions {
  readonly baseline?: string;
  readonly over?: Over;
  readonly draws: number;
  readonly seed: number;
  readonly format: 'table' | 'json' | (typeof REPORT_FORMATS)[number];
  readonly detail?: boolean;
}

type Compared = Comparison & { readonly differences: readonly SettingDifference[] };

export function registerCompare(program: Command, signal: AbortSignal): void {
  common(
    program
      .command('compare')
      .argument(
        '<runs...>',
        'runs, by name, part of a name, or directory; or results files (.jsonl, .json, .csv, .parquet) with a problem id and an answer or "correct" a row',
      )
      .option('--baseline <run>', 'what the others are compared with (default: the first)')
      .addOption(
        new Option(
          '--over <what>',
          'each argument is a method, its runs joined by commas: one for each benchmark, or one for each training seed',
        ).choices(OVER),
      )
      .option('--draws <n>', 'bootstrap draws', wholeNumber(100), 10_000)
      .option('--seed <n>', 'seed of the bootstrap', wholeNumber(0), 0)
      .addOption(
        new Option(
          '--format <form>',
          'a table for the terminal, or a report with settings and command; json is the same as --json',
        )
          .choices(['table', 'json', ...REPORT_FORMATS])
          .default('table'),
      )
      .option('--detail', 'every metric that the rows allow, not only the main ones')
      .description('Compare runs, paired by problem, with intervals and a verdict.'),
  ).action(async (names: string[], options: CompareCommandOptions) => {
    const json = options.json === true || options.format === 'json';
    const context = createContext({ ...options, json }, signal);
    const { workspace, output } = context;
    const all = options.baseline
      ? [options.baseline, ...names.filter((name) => name !== options.baseline)]
      : names;
    if (options.over !== undefined) {
      const { draws, seed, over, format } = options;
      if (format === 'csv') throw noCsv();
      await compareMethods(context, {
        over,
        methods: all,
        format: format === 'json' ? 'table' : format,
        settings: { draws, seed },
      });
      return;
    }
    const arms = await Promise.all(
      all.map((name) => readNamed(workspace, name, { signal, isWhole: options.detail === true })),
    );
    const measured = withUniqueLabels(await gradeArms(arms, signal));
    for (const { label, lacks } of measured) {
      if (lacks?.has('uncounted-text'))
        output.note(`${label} is large: metrics that read its texts whole need --detail.`);
    }
    const [baseline, ...others] = measured;
    if (!baseline || others.length === 0) {
      throw new UserError('usage', 'compare needs at least two runs or results files', {
        remedy: 'See "reflection runs" for the names of runs.',
      });
    }
    const { draws, seed } = options;
    const settings = { draws, seed, ...(await metricsSettings(workspace, options)) };
    const comparisons = compareMeasured(baseline, others, settings).map((comparison, at) => ({
      ...comparison,
      differences: settingDifferences(
        baseline.run.manifest,
        others[at]?.run.manifest ?? baseline.run.manifest,
      ),
    }));
    const summary = summarize(baseline, settings);
    output.result({ baseline: summary, comparisons }, textOf(measured, summary, comparisons, options));
  });
}

/** A file of this name, here or in the workspace, comes before a run of it: runs are directories. */
async function readNamed(workspace: string, name: string, options: ReadArmOptions): Promise<ReadArm> {
  for (const file of [path.resolve(name), path.resolve(workspace, name)]) {
    if (await isResultsFile(file)) return readArm(file, { ...options, file: name });
  }
  return readArm(await resolveRun(workspace, name), options);
}

function noCsv(): UserError {
  return new UserError('usage', '--over has no CSV report', { remedy: 'Use --format json, md or latex.' });
}

function textOf(
  measured: readonly MeasuredArm[],
  baseline: RunSummary,
  comparisons: readonly Compared[],
  { format, draws, seed, detail }: CompareCommandOptions,
): string {
  if (comparisons.length === 0) return summaryText(baseline, 'table');
  if (format === 'table' || format === 'json') {
    return comparisons
      .map((comparison) => [comparisonText(comparison), ...cautions(comparison.differences)].join('\n'))
      .join('\n\n');
  }
  const runs = measured.map(({ run }) => run.manifest);
  const command = [
    ...['reflection', 'compare', ...runs.map(({ id }) => quoteArgument(id))],
    ...['--draws', String(draws), '--seed', String(seed), ...(detail === true ? ['--detail'] : [])],
  ].join(' ');
  const labels = measured.map(({ label }) => label);
  return comparisonReport(
    { command, labels, baseline, comparisons, configuration: configurationTable(runs) },
    format,
  );
}

/** What besides the model differs between two runs, one line each. */
function cautions(differences: readonly SettingDifference[]): string[] {
  return differences.map(
    ({ setting, baseline, other, effect }) =>
      `Not equal: ${setting} (${baseline} against ${other}). ${effect}`,
  );
}
