import {
  accuracyByLevel,
  comparisonGrid,
  comparisonReport,
  configurationTable,
  passCurve,
  shownSamples,
  transitionRows,
} from '../../core/comparison/index.ts';
import { METRICS } from '../../core/metrics/index.ts';
import { DROPPED_ROWS_AT_ONCE } from '../../core/protocol/sampling.ts';
import { settingDifferences } from '../../core/runs/index.ts';
import type { Comparison } from '../../core/schema/comparison.ts';
import type { CompareOptions } from '../../core/stats/index.ts';
import { visibleText } from '../../core/visibleText.ts';
import { readRunPart, runTallies } from '../runs/index.ts';
import { readEvents } from '../runs/readRun.ts';
import { createArmCache } from './armCache.ts';
import type { ComparedRuns, Comparer, RunAt } from './client.ts';
import { compareMeasured, type MeasuredArm, measureRun, summarize } from './index.ts';
import { textOfResult } from './resultsFile.ts';
import { isLargeRun, summariesOf } from './runSummary.ts';
import { type PicturedRun, picturedRun } from './samplingPicture.ts';
import { createRunWatcher } from './watchedRun.ts';

/** Curves are looked at, not quoted: a fifth of the draws of a table. */
const CURVE_DRAWS = 2000;
/** An answer that is part of a reason can be of any length. */
const DETAIL_CHARACTERS = 300;
/** A statement is read, not scrolled through for pages. */
const STATEMENT_CHARACTERS = 10_000;

/** What the comparing thread does. Keeps the runs that it has read until they change. */
export function createComparer(options: { largeBytes?: number } = {}): Comparer {
  const { read, readAll } = createArmCache(options);

  const watcher = createRunWatcher();
  let looked: { run: RunAt; pictured: Promise<PicturedRun> } | undefined;
  const look = (run: RunAt): Promise<PicturedRun> => {
    if (looked?.run.dir !== run.dir || looked.run.revision !== run.revision) {
      looked = { run, pictured: picturedRun(run.dir) };
    }
    return looked.pictured;
  };

  return {
    async summary(dir, draws) {
      if (await isLargeRun(dir)) return (await summariesOf(dir)).summary;
      return summarize(await measureRun(dir), { draws });
    },
    tallies: (dir) => runTallies(dir),
    part: (dir, name) => readRunPart(dir, name),
    async compare(runs, baseline, depth) {
      return comparedRuns(await readAll(runs, depth === 'all' ? 'all' : 'rows'), baseline, depth);
    },
    async transitionRows(run, transition, from) {
      const arm = await read(run);
      return transitionRows('groups' in arm ? arm.groups : [], transition, from);
    },
    async sampleAt(run, problemId, position) {
      const arm = await read(run);
      const group = 'groups' in arm && arm.groups.find((one) => one.problemId === problemId);
      const sample = group ? shownSamples(group)[position] : undefined;
      if (sample === undefined) return null;
      return { kind: 'solutionId' in sample ? 'critique' : 'solution', id: sample.id };
    },
    async textAt(run, problemId, position) {
      const arm = await read(run);
      if ('groups' in arm) return null;
      return textOfResult(arm, problemId, position);
    },
    async problemText(runs, problemId) {
      const arms = await readAll(runs);
      const found = arms.flatMap(({ run }) => run.problems.find(({ id }) => id === problemId) ?? []);
      const problem = found.find((one) => one.problem !== '') ?? found[0];
      if (problem === undefined) return null;
      const { answer, level, subject } = problem;
      return {
        statement: visibleText(problem.problem.slice(0, STATEMENT_CHARACTERS)),
        gold: answer === null ? null : visibleText(answer.slice(0, DETAIL_CHARACTERS)),
        level: level === undefined ? null : String(level),
        subject: subject ?? null,
      };
    },
    async samplingPicture(run) {
      return (await look(run)).picture;
    },
    async droppedRows(run, filter, from) {
      const rows = (await look(run)).dropped.filter((one) => one.filter === filter);
      return {
        total: rows.length,
        rows: rows.slice(from, from + DROPPED_ROWS_AT_ONCE).map(({ candidate, detail }) => ({
          candidate,
          detail: visibleText(detail.slice(0, DETAIL_CHARACTERS)),
        })),
      };
    },
    watch: (dir, known) => watcher.look(dir, known),
    unwatch: (dir) => watcher.stop(dir),
    async rollout(dir, id) {
      const { events } = await readEvents(dir);
      const found = events.filter((event) => event.type === 'rollout')[id];
      return found === undefined ? null : { prompt: found.prompt, completion: found.completion };
    },
    async report(runs, baselineDir, command, format) {
      const measured = await readAll(runs, 'all');
      const { baseline, others } = parted(measured, baselineDir);
      const ordered = [baseline, ...others];
      return comparisonReport(
        {
          command,
          labels: ordered.map(({ label }) => label),
          baseline: summarize(baseline),
          comparisons: pairsOf(baseline, others, {}).map(({ dir: _, ...pair }) => ({
            ...pair.comparison,
            differences: pair.differences,
          })),
          configuration: configurationTable(ordered.map(({ run }) => run.manifest)),
        },
        format,
      );
    },
  };
}

function comparedRuns(
  measured: readonly MeasuredArm[],
  baselineDir: string,
  depth: 'headline' | 'all',
): ComparedRuns {
  const { baseline, others } = parted(measured, baselineDir);
  const isWhole = depth === 'all';
  const options = isWhole ? {} : { metrics: headlineOf(measured) };
  return {
    labels: measured.map(({ label }) => label),
    isLarge: measured.map(isUnread),
    baselineSummary: summarize(baseline, options),
    pairs: pairsOf(baseline, others, options).map(
      ({ comparison: { perProblem: _, ...comparison }, ...rest }) => ({
        ...rest,
        comparison,
      }),
    ),
    grid: comparisonGrid(measured.map(({ groups, run }) => ({ groups, problems: run.problems }))),
    curves: isWhole ? measured.map((run) => passCurve(run, { draws: CURVE_DRAWS })) : [],
    levels: isWhole ? accuracyByLevel(measured, { draws: CURVE_DRAWS }) : [],
    configuration: configurationTable(measured.map(({ run }) => run.manifest)),
  };
}

/** Of a results file nobody could read more. */
function isUnread({ run, lacks }: MeasuredArm): boolean {
  const isFile = run.manifest.resultsFile !== undefined;
  return !isFile && (lacks?.has('text') === true || lacks?.has('uncounted-text') === true);
}

function parted(
  measured: readonly MeasuredArm[],
  baselineDir: string,
): { baseline: MeasuredArm; others: MeasuredArm[] } {
  const baseline = measured.find(({ run }) => run.dir === baselineDir);
  if (baseline === undefined) throw new Error(`${baselineDir} is not one of the runs to compare.`);
  return { baseline, others: measured.filter((run) => run !== baseline) };
}

function pairsOf(baseline: MeasuredArm, others: readonly MeasuredArm[], options: CompareOptions) {
  return compareMeasured(baseline, others, options).flatMap((comparison: Comparison, at) => {
    const other = others[at];
    if (other === undefined) return [];
    const differences = settingDifferences(baseline.run.manifest, other.run.manifest);
    return [{ dir: other.run.dir, comparison, differences }];
  });
}

/** The metric that carries the verdict. */
function headlineOf(measured: readonly MeasuredArm[]) {
  const hasSolutions = measured.some(({ groups }) => groups.some(({ solutions }) => solutions.length > 0));
  return METRICS.filter(({ id }) => id === (hasSolutions ? 'pass@1' : 'acc@t2'));
}
