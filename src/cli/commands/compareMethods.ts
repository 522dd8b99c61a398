/** `compare --over`: each argument is a method, seen in several runs: on several benchmarks, or trained with several seeds. */
import { latexTable, markdownTable } from '../../core/comparison/index.ts';
import { UserError } from '../../core/errors.ts';
import { settingDifferences } from '../../core/runs/index.ts';
import type { CompareOptions } from '../../core/stats/index.ts';
import {
  compareOverBenchmarks,
  compareOverSeeds,
  type Method,
  type MethodComparison,
} from '../../core/stats/methods.ts';
import { formatSigned, formatValue } from '../../core/stats/words.ts';
import { type MeasuredRun, measureRun } from '../../node/comparison/index.ts';
import { resolveRun } from '../../node/runs/index.ts';
import type { Context } from '../context.ts';
import { table } from '../tables.ts';

export const OVER = ['benchmarks', 'seeds'] as const;
export type Over = (typeof OVER)[number];

export interface MethodsRequest {
  readonly over: Over;
  /** Each: names of runs, joined by commas. */
  readonly methods: readonly string[];
  readonly format: 'table' | 'md' | 'latex';
  readonly settings: CompareOptions;
}

export async function compareMethods(
  { workspace, output }: Context,
  { over, methods, format, settings }: MethodsRequest,
): Promise<void> {
  const [baseline, other, more] = await Promise.all(methods.map((names) => readMethod(workspace, names)));
  if (baseline === undefined || other === undefined || more !== undefined) {
    throw new UserError('usage', '--over compares two methods', {
      remedy: `Join the runs of each by commas: reflection compare BASE-1,BASE-2 OURS-1,OURS-2 --over ${over}.`,
    });
  }
  const pairs = over === 'benchmarks' ? pairedByBenchmark(baseline, other) : crossed(baseline, other);
  const comparison =
    over === 'benchmarks'
      ? compareOverBenchmarks(
          ...methodsOf(
            pairs.map(([a]) => a),
            pairs.map(([, b]) => b),
          ),
          pairs.map(([a]) => setOf(a)),
          settings,
        )
      : compareOverSeeds(...methodsOf(baseline, other), settings);
  const cautions = [...new Set([...comparison.cautions, ...pairs.flatMap(unequal)])];
  output.result({ ...comparison, cautions }, textOf({ ...comparison, cautions }, format));
}

async function readMethod(workspace: string, names: string): Promise<MeasuredRun[]> {
  const list = names.split(',').filter((name) => name.trim() !== '');
  const runs = await Promise.all(
    list.map(async (name) => measureRun(await resolveRun(workspace, name.trim()))),
  );
  return runs.map((measured) => ({ ...measured, label: measured.run.manifest.id }));
}

/** A method is called by its models; where that tells the two not apart, by its place. */
function methodsOf(baseline: readonly MeasuredRun[], other: readonly MeasuredRun[]): [Method, Method] {
  const nameOf = (runs: readonly MeasuredRun[]) =>
    [...new Set(runs.map(({ run }) => run.manifest.model?.name ?? run.manifest.id))].join(' / ');
  const [a, b] = [nameOf(baseline), nameOf(other)];
  const place = (name: string, which: string) => (a === b ? `${name} (${which})` : name);
  return [
    { label: place(a, 'first'), runs: baseline },
    { label: place(b, 'second'), runs: other },
  ];
}

function setOf({ run }: MeasuredRun): string {
  return run.manifest.problemSet?.name ?? run.manifest.id;
}

/** Runs over the same set belong together: by its content, else by its name. */
function pairedByBenchmark(baseline: readonly MeasuredRun[], other: readonly MeasuredRun[]) {
  const remedy = 'Give each method exactly one run over each benchmark.';
  for (const runs of [baseline, other]) {
    const twice = runs.find((run, at) => runs.findIndex((earlier) => isSameSet(earlier, run)) < at);
    if (twice !== undefined) {
      throw new UserError('usage', `a method has two runs over one set, ${setOf(twice)}`, { remedy });
    }
  }
  const pairs = baseline.flatMap((one) => {
    const twin = other.find((two) => isSameSet(one, two));
    return twin === undefined ? [] : [[one, twin] as const];
  });
  const paired = new Set(pairs.flat());
  const alone = [...baseline, ...other].filter((run) => !paired.has(run));
  if (alone.length === 0) return pairs;
  const sets = alone.map(setOf).join(', ');
  throw new UserError('usage', `only one of the two methods has a run over ${sets}`, { remedy });
}

function isSameSet(one: MeasuredRun, two: MeasuredRun): boolean {
  const [a, b] = [one.run.manifest.problemSet, two.run.manifest.problemSet];
  return a !== undefined && b !== undefined && (a.sha256 === b.sha256 || a.name === b.name);
}

function crossed(baseline: readonly MeasuredRun[], other: readonly MeasuredRun[]) {
  const [first] = baseline;
  return first === undefined ? [] : [...baseline.slice(1), ...other].map((run) => [first, run] as const);
}

function unequal([a, b]: readonly [MeasuredRun, MeasuredRun]): string[] {
  return settingDifferences(a.run.manifest, b.run.manifest).map(
    ({ setting, baseline, other, effect }) =>
      `Not equal: ${setting} (${baseline} against ${other}). ${effect}`,
  );
}

function textOf(comparison: MethodComparison, format: MethodsRequest['format']): string {
  const { over, metric, baseline, other, parts, difference, interval, sentence, cautions } = comparison;
  const shown = (value: number | null) => (value === null ? '' : formatValue(value, metric.format));
  const range = interval
    ? ` [${formatSigned(interval.low, metric.format)}, ${formatSigned(interval.high, metric.format)}]`
    : '';
  const head = [over === 'benchmarks' ? 'benchmark' : 'run', 'problems', baseline, other, 'difference'];
  const rows = parts.map((part) => [
    part.label,
    String(part.problems),
    shown(part.baseline),
    shown(part.other),
    part.baseline === null || part.other === null
      ? ''
      : formatSigned(part.other - part.baseline, metric.format),
  ]);
  const total = difference === null ? 'undefined' : `${formatSigned(difference, metric.format)}${range}`;
  const all = [...rows, ['mean', String(comparison.problems), '', '', total]];
  const how =
    over === 'benchmarks'
      ? `${metric.label}, ${parts.length} benchmarks of equal weight; each is resampled on its own`
      : `${metric.label}; resampled: problems for all runs at once, training seeds within each method, samples`;
  const rendered =
    format === 'md'
      ? markdownTable(head, all)
      : format === 'latex'
        ? latexTable(head, all)
        : table(head, all);
  return [`${other} against ${baseline}: ${sentence}`, how, '', rendered, ...cautions].join('\n');
}
