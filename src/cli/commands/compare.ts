/** `compare`: is it better, or is it noise? */
import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import { type SettingDifference, settingDifferences } from '../../core/runs/index.ts';
import { compareMeasured, measureRun, summarize, withUniqueLabels } from '../../node/comparison/index.ts';
import { resolveRun } from '../../node/runs/index.ts';
import { comparisonText, summaryText } from '../comparisonText.ts';
import { type CommonOptions, common, createContext, wholeNumber } from '../context.ts';
import { type MetricsOptions, metricsOptions, metricsSettings, textFormat, withJson } from './evaluate.ts';

interface CompareCommandOptions extends CommonOptions, MetricsOptions {
  readonly baseline?: string;
  readonly draws: number;
  readonly seed: number;
}

export function registerCompare(program: Command, signal: AbortSignal): void {
  const command = common(
    program
      .command('compare')
      .argument('<runs...>', 'runs, by name, part of a name, or directory')
      .option('--baseline <run>', 'what the others are compared with (default: the first)')
      .option('--draws <n>', 'bootstrap draws', wholeNumber(100), 10_000)
      .option('--seed <n>', 'seed of the bootstrap', wholeNumber(0), 0)
      .description('Compare runs, paired by problem, with intervals and a verdict.'),
  );
  metricsOptions(command).action(async (names: string[], options: CompareCommandOptions) => {
    const { workspace, output } = createContext(withJson(options), signal);
    const all = options.baseline
      ? [options.baseline, ...names.filter((name) => name !== options.baseline)]
      : names;
    const measured = await Promise.all(
      all.map(async (name) => measureRun(await resolveRun(workspace, name))),
    );
    const [baseline, ...others] = withUniqueLabels(measured);
    if (!baseline || others.length === 0) {
      throw new UserError('usage', 'compare needs at least two runs', {
        remedy: 'See "reflection runs" for their names.',
      });
    }
    const { draws, seed } = options;
    const settings = { draws, seed, ...(await metricsSettings(workspace, options)) };
    const format = textFormat(options);
    const comparisons = compareMeasured(baseline, others, settings).map((comparison, at) => ({
      ...comparison,
      differences: settingDifferences(
        baseline.run.manifest,
        others[at]?.run.manifest ?? baseline.run.manifest,
      ),
    }));
    output.result(
      { baseline: summarize(baseline, settings), comparisons },
      comparisons.length === 0
        ? summaryText(summarize(baseline, settings), format)
        : comparisons
            .map((comparison) =>
              [comparisonText(comparison, format), ...cautions(comparison.differences)].join('\n'),
            )
            .join('\n\n'),
    );
  });
}

/** What besides the model differs between two runs, one line each. */
function cautions(differences: readonly SettingDifference[]): string[] {
  return differences.map(
    ({ setting, baseline, other, effect }) =>
      `Not equal: ${setting} (${baseline} against ${other}). ${effect}`,
  );
}
