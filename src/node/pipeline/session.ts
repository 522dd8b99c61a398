import { defaultPolicy } from '../../core/answers/index.ts';
import { messageOf } from '../../core/errors.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { RunManifest } from '../../core/schema/run.ts';
import {
  createRun,
  isRun,
  makeDirectory,
  openLiveText,
  openRunWriter,
  type RunData,
  readRun,
  readRunState,
  removeLiveText,
  startRecorder,
} from '../runs/index.ts';
import { refuseOtherConfiguration } from './configuration.ts';
import { isMade, type Session } from './generate.ts';
import { withGrading } from './grading.ts';
import type { Budget, PipelineOptions } from './options.ts';

/**
 * Makes the run or opens it again, does the work under its lock, and writes how it ended. An aborted signal is an end
 * like any other; an exception is recorded and thrown on.
 */
export async function inRun<T extends { readonly isInterrupted: boolean }>(
  options: PipelineOptions,
  manifest: RunManifest,
  problems: readonly Problem[],
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { dir, engine, onProgress, onText } = options;
  await makeDirectory(dir);
  const writer = await openRunWriter(dir);
  await removeLiveText(dir);
  const live = onText === undefined ? null : openLiveText(dir, onText);
  // Stops the engine too when it is the disk that fails: tokens that cannot be written are not worth generating.
  const stop = new AbortController();
  const spending = watchBudget(options.budget ?? {}, (by) => options.onSpent?.(by));
  const { enough } = spending;
  const signal = AbortSignal.any([...(options.signal ? [options.signal] : []), stop.signal, spending.late]);
  try {
    if (await isRun(dir)) await refuseOtherConfiguration(dir, manifest);
    else await createRun(dir, manifest, problems);
    const { name, version } = engine.facts;
    const versions = { workbench: manifest.workbench.version, [name]: version };
    const recorder = await startRecorder(writer, { n: manifest.n, ...sizeOf(manifest), versions });
    try {
      const policy = manifest.grader?.policy ?? defaultPolicy.name;
      const result = await withGrading(policy, options.grader, (grade) =>
        work({
          writer,
          recorder,
          engine,
          grade,
          signal,
          enough,
          onProgress,
          live,
          tokens: 0,
          spend: spending.spend,
        }),
      );
      const spent = spending.spent();
      if (spent !== null) recorder.log('info', `the budget of ${spent} is spent`);
      await recorder.end(result.isInterrupted ? 'cancelled' : 'ok', null);
      return result.isInterrupted && spent !== null ? { ...result, spent } : result;
    } catch (thrown) {
      stop.abort();
      // The disk may be what failed: the first error is the one to report.
      await recorder.end('failed', messageOf(thrown)).catch(() => undefined);
      throw thrown;
    }
  } finally {
    spending.dispose();
    await live?.close();
    await writer.close();
  }
}

/** Node's timers fire at once beyond this: 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Of the time allowed, what samples may take that run when it is over. */
const GRACE = 0.1;

/**
 * When a limit is reached no further sample is begun. Those that run are finished: each is work that resuming would do
 * again, and giving up the long ones would make what is there look shorter than it is. A limit of time is kept, too: what
 * runs gets a tenth of it more and is then given up.
 */
function watchBudget({ tokens, seconds }: Budget, onSpent: (by: 'tokens' | 'time') => void) {
  const enough = new AbortController();
  const late = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  let spent: 'tokens' | 'time' | null = null;
  const after = (wait: number, action: () => void) =>
    timers.push(setTimeout(action, Math.min(wait * 1000, LONGEST_TIMER_MS)));
  const end = (by: 'tokens' | 'time') => {
    if (spent !== null) return;
    spent = by;
    enough.abort();
    onSpent(by);
  };
  if (seconds !== undefined) {
    after(seconds, () => end('time'));
    after((1 + GRACE) * seconds, () => late.abort());
  }
  return {
    enough: enough.signal,
    late: late.signal,
    spend: (total: number) => {
      if (tokens !== undefined && total >= tokens) end('tokens');
    },
    spent: () => spent,
    dispose: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** Of a sampling run: the size may have grown since the manifest was written. */
function sizeOf({ options }: RunManifest): { size?: number | null } {
  const { size } = options;
  return typeof size === 'number' || size === null ? { size } : {};
}

/** A run that ended well: nothing has to be locked or started when it holds all that is wanted. */
export interface FinishedRun {
  readonly run: RunData;
  /** Ids of the samples that are there; failed ones are not. */
  readonly made: ReadonlySet<string>;
}

/** The run in the directory if it ended well; null when there is none or it needs work. Refuses another configuration. */
export async function finishedRun(dir: string, manifest: RunManifest): Promise<FinishedRun | null> {
  if (!(await isRun(dir))) return null;
  await refuseOtherConfiguration(dir, manifest);
  if ((await readRunState(dir)).status !== 'done') return null;
  const run = await readRun(dir);
  const made = new Set([...run.solutions, ...run.critiques].filter(isMade).map(({ id }) => id));
  return { run, made };
}
