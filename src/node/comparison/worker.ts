/**
 * The entry of a worker thread that measures and compares runs: ten thousand bootstrap draws take a second or two, and
 * the thread that asked must stay responsive meanwhile.
 */
import { parentPort } from 'node:worker_threads';
import { serve } from '../../core/rpc.ts';
import { settingDifferences } from '../../core/runs/index.ts';
import { type Comparer, threadPort } from './client.ts';
import { compareMeasured, measureRun, summarize, withUniqueLabels } from './index.ts';

const comparer: Comparer = {
  async summary(dir, draws) {
    return summarize(await measureRun(dir), { draws });
  },
  async compare(dirs, baselineDir) {
    const measured = withUniqueLabels(await Promise.all(dirs.map((dir) => measureRun(dir))));
    const baseline = measured[dirs.indexOf(baselineDir)];
    if (baseline === undefined) throw new Error(`${baselineDir} is not one of the runs to compare.`);
    const others = measured.filter((run) => run !== baseline);
    return {
      labels: measured.map(({ label }) => label),
      baselineSummary: summarize(baseline),
      pairs: compareMeasured(baseline, others).map((comparison, at) => ({
        dir: others[at]?.run.dir ?? '',
        comparison,
        differences: settingDifferences(
          baseline.run.manifest,
          others[at]?.run.manifest ?? baseline.run.manifest,
        ),
      })),
    };
  },
};

if (parentPort !== null) serve(threadPort(parentPort), comparer);
