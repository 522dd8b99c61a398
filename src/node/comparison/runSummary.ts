/** What a run amounts to, remembered; of a large run worked out from its index, problem by problem. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { GRADER_VERSION } from '../../core/answers/index.ts';
import { type Metric, metricsForRows } from '../../core/metrics/index.ts';
import { intervalSchema, type RunSummary, runSummarySchema } from '../../core/schema/comparison.ts';
import type { RunManifest } from '../../core/schema/run.ts';
import {
  type CompareOptions,
  collectRun,
  DEFAULT_DRAWS,
  type RunCollector,
  summarizeBy,
  summarizeRun,
  type UnbiasedPass,
  unbiasedPassAt1,
} from '../../core/stats/index.ts';
import { packageRoot } from '../packageRoot.ts';
import {
  type LineFault,
  MANIFEST_FILE,
  openRunIndex,
  RUN_LINES,
  type RunIndex,
  readManifest,
  workbenchFacts,
} from '../runs/index.ts';
import { labelOf, type MeasuredRun, measureRun } from './index.ts';
import { countReflections, groupsOf } from './indexedGroups.ts';
import { recallSummary, rememberSummary, type SummaryKey } from './summaryMemory.ts';

/** A run with more lines than this is summarised from its index. */
const LARGE_BYTES = 64 << 20;
/** Resampled problems of one interval; with many problems fewer resamples say as much. */
const RESAMPLED = 20_000_000;
const FEWEST_DRAWS = 500;
/** Votes taken for maj@k over all problems. */
const MAJORITY_SUBSETS = 2_000_000;

/** What `show` prints of a run's samples. */
export interface RunSummaries {
  /** Null: there is nothing to measure yet. */
  readonly summary: RunSummary | null;
  /** By level or subject, where asked for. */
  readonly parts: readonly RunSummary[];
  /** Lines that cannot be used, the first hundred. */
  readonly faults: readonly LineFault[];
  /** Labels of the metrics that were left out because they read the texts of a large run. */
  readonly leftOut: readonly string[];
  /** Of a run that stopped on settled problems. */
  readonly unbiased: UnbiasedPass | null;
}

export interface SummaryOptions extends Pick<CompareOptions, 'detail' | 'lists'> {
  readonly by?: 'level' | 'subject';
  readonly signal?: AbortSignal;
  /** Called with the bytes that the index has to take in first. */
  readonly onFill?: (bytes: number) => void;
  /** Called with the bytes in which reflections have to be counted first. */
  readonly onRead?: (bytes: number) => void;
  /** Lines above which a run is not read whole. */
  readonly largeBytes?: number;
}

/**
 * The metrics of a run, remembered for as long as nothing changes. A large run is worked out from its index, problem by
 * problem: reflections are counted once in each text, and the index keeps the counts; other metrics that read texts are
 * left out, unless `detail` asks for all of them; then each text is read, and none is held. Any other run, and one without
 * an index, is read whole.
 */
export async function summariesOf(dir: string, options: SummaryOptions = {}): Promise<RunSummaries> {
  const { signal, onFill, onRead, largeBytes = LARGE_BYTES, ...asked } = options;
  const manifest = await readManifest(dir);
  const isLarge = await isLargeRun(dir, largeBytes);
  // Taken before the lines are read: what is appended meanwhile changes it.
  const key = await keyOf(dir, { ...asked, isLarge });
  const known = knownSchema.safeParse(recallSummary(key));
  if (known.success) return known.data;
  const indexed = isLarge ? await fromIndexOf(dir, manifest, asked, { signal, onFill, onRead }) : null;
  const found = indexed ?? (await fromLines(dir, asked));
  rememberSummary(key, found);
  return found;
}

/** Null: there is no index, or its database broke under the reader; the lines say the same. */
async function fromIndexOf(
  dir: string,
  manifest: RunManifest,
  asked: Asked,
  { signal, onFill, onRead }: Reading,
): Promise<RunSummaries | null> {
  const index = await openRunIndex(dir, { ...(signal && { signal }), ...(onFill && { onFill }) });
  if (index === null) return null;
  try {
    return await fromIndex(index, manifest, asked, { signal, onRead });
  } catch {
    signal?.throwIfAborted();
    return null;
  } finally {
    index.close();
  }
}

async function fromLines(dir: string, asked: Asked): Promise<RunSummaries> {
  const measured = await measureRun(dir);
  const faults = measured.run.faults.slice(0, FAULTS_SHOWN);
  const isEmpty = measured.groups.length === 0;
  return {
    summary: isEmpty ? null : summarizeRun(measured, asked),
    parts: isEmpty || asked.by === undefined ? [] : summarizeBy(measured, asked.by, asked),
    faults,
    leftOut: [],
    unbiased: isEmpty ? null : unbiasedOf(measured),
  };
}

/** What a run that stopped on settled problems says without bias; null for any other run. */
export function unbiasedOf({ run, groups }: MeasuredRun): UnbiasedPass | null {
  const { stopping, n } = run.manifest;
  if (stopping?.rule !== 'settled') return null;
  return unbiasedPassAt1(groups, { rule: stopping, most: n });
}

const FAULTS_SHOWN = 100;

interface Reading {
  readonly signal: AbortSignal | undefined;
  readonly onFill: ((bytes: number) => void) | undefined;
  readonly onRead: ((bytes: number) => void) | undefined;
}

type Asked = Pick<SummaryOptions, 'detail' | 'lists' | 'by'>;

const knownSchema = z.object({
  summary: runSummarySchema.nullable(),
  parts: z.array(runSummarySchema),
  faults: z.array(z.object({ file: z.string(), line: z.int(), message: z.string() })),
  leftOut: z.array(z.string()),
  unbiased: z
    .object({
      value: z.number(),
      interval: intervalSchema.nullable(),
      problems: z.int(),
      stopped: z.int(),
    })
    .nullable(),
});

async function keyOf(dir: string, asked: Asked & { isLarge: boolean }): Promise<SummaryKey> {
  const files = [MANIFEST_FILE, ...Object.values(RUN_LINES)];
  const revisions = await Promise.all(
    files.map((name) =>
      stat(path.join(dir, name)).then(
        ({ ino, size, mtimeMs }) => [ino, size, mtimeMs],
        () => null,
      ),
    ),
  );
  return {
    dir: await realpath(dir),
    asked: JSON.stringify(asked),
    state: JSON.stringify([revisions, await codeVersion(), GRADER_VERSION]),
  };
}

/** What another version worked out is not what this one would. */
export async function codeVersion(): Promise<string> {
  const { version } = await workbenchFacts();
  const code = await stat(path.join(packageRoot(), 'dist', 'cli.mjs')).catch(() => null);
  return `${version} ${code?.mtimeMs ?? 0}`;
}

/** Whether the index holds all that the metric looks at, or can hold it. */
function isIndexed({ readsText, countsUnder }: Metric): boolean {
  return readsText !== true || countsUnder !== undefined;
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}

async function fromIndex(
  index: RunIndex,
  manifest: RunManifest,
  { detail = false, lists = {}, by }: Asked,
  { signal, onRead }: Pick<Reading, 'signal' | 'onRead'>,
): Promise<RunSummaries> {
  const facts = index.facts();
  const isCritique = manifest.kind === 'critique';
  const all = metricsForRows(
    {
      hasSolutions: facts.solutions > 0 && !isCritique,
      hasCritiques: facts.critiques > 0,
      isSampling: manifest.kind === 'sample',
      // Nothing of that is known before the texts are read.
      hasTrajectories: detail,
      fewestGraded: facts.fewestGraded,
    },
    { detail, lists, mostSubsets: Math.ceil(MAJORITY_SUBSETS / Math.max(1, facts.problems)) },
  );
  const metrics = detail ? all : all.filter(isIndexed);
  const counted = detail ? [] : [...new Set(metrics.map((metric) => metric.countsUnder))].filter(isDefined);
  if (counted.length > 0) await countReflections(index, counted, await codeVersion(), { signal, onRead });
  const whole = collectRun(labelOf({ manifest }), metrics);
  const parts = new Map<string, RunCollector>();
  for await (const group of groupsOf(index, manifest, {
    withTexts: detail,
    needsProblems: detail || by !== undefined,
    counted,
  })) {
    signal?.throwIfAborted();
    whole.add(group);
    if (by === undefined) continue;
    const name = group[by] ?? 'none';
    const part = parts.get(name) ?? collectRun(`${by} ${name}`, metrics);
    parts.set(name, part);
    part.add(group);
  }
  return {
    summary: summaryOf(whole, facts.problems),
    parts: [...parts]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([, part]) => summaryOf(part, facts.problems)),
    faults: index.faults(),
    leftOut: all.filter((metric) => !metrics.includes(metric)).map(({ label }) => label),
    unbiased: null,
  };
}

function summaryOf(collected: RunCollector, problems: number): RunSummary {
  const draws = Math.max(
    FEWEST_DRAWS,
    Math.min(DEFAULT_DRAWS, Math.floor(RESAMPLED / Math.max(1, problems))),
  );
  return collected.summary({ draws });
}

/** Whether a run has so many lines that it is summarised from its index. */
export async function isLargeRun(dir: string, largeBytes = LARGE_BYTES): Promise<boolean> {
  return (await linesBytes(dir)) > largeBytes;
}

async function linesBytes(dir: string): Promise<number> {
  const sizes = await Promise.all(
    [RUN_LINES.solutions, RUN_LINES.critiques].map((name) =>
      stat(path.join(dir, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
