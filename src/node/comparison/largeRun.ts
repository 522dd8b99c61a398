/** A run that is too large to be read whole, as an arm of a comparison: its rows without their texts, from its index. */
import path from 'node:path';
import { metricsForRows, type ProblemGroup } from '../../core/metrics/index.ts';
import { problemSchema } from '../../core/schema/problem.ts';
import { byCodeUnits } from '../../core/textOrder.ts';
import { openRunIndex, RUN_LINES, readManifest } from '../runs/index.ts';
import { readJsonLines } from '../runs/jsonLines.ts';
import { readEvents } from '../runs/readRun.ts';
import { labelOf, type MeasuredArm, toppedUp } from './index.ts';
import { countReflections, groupsOf } from './indexedGroups.ts';
import { codeVersion } from './runSummary.ts';

export interface LargeRunOptions {
  /** Reflections are counted, which reads every text once and is remembered; else no metric of texts can be had. */
  readonly counts: boolean;
  readonly signal?: AbortSignal;
}

/** Null where there can be no index: then the run is to be read whole. */
export async function measureLargeRun(
  dir: string,
  { counts, signal }: LargeRunOptions,
): Promise<MeasuredArm | null> {
  const manifest = toppedUp(await readManifest(dir), (await readEvents(dir)).events);
  const index = await openRunIndex(dir, signal === undefined ? {} : { signal });
  if (index === null) return null;
  try {
    const { solutions, critiques, fewestGraded } = index.facts();
    const metrics = metricsForRows({
      hasSolutions: solutions > 0 && manifest.kind !== 'critique',
      hasCritiques: critiques > 0,
      isSampling: manifest.kind === 'sample',
      hasTrajectories: false,
      fewestGraded,
    });
    const lists = counts ? metrics.map(({ countsUnder }) => countsUnder) : [];
    const counted = [...new Set(lists)].filter((list) => list !== undefined);
    if (counted.length > 0) {
      await countReflections(index, counted, await codeVersion(), signal === undefined ? {} : { signal });
    }
    const groups: ProblemGroup[] = [];
    for await (const group of groupsOf(index, manifest, { withTexts: false, needsProblems: true, counted })) {
      signal?.throwIfAborted();
      groups.push(group);
    }
    groups.sort((a, b) => byCodeUnits(a.problemId, b.problemId));
    const { rows: problems } = await readJsonLines(path.join(dir, RUN_LINES.problems), problemSchema);
    return {
      run: { dir, manifest, problems },
      label: labelOf({ manifest }),
      groups,
      lacks: new Set([counts ? 'uncounted-text' : 'text']),
    };
  } finally {
    index.close();
  }
}
