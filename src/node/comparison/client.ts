import { type MessagePort, Worker } from 'node:worker_threads';
import type {
  ConfigurationRow,
  GridRow,
  LevelRow,
  PassCurve,
  ReportFormat,
  TransitionRows,
} from '../../core/comparison/index.ts';
import type { ProblemText } from '../../core/protocol/compare.ts';
import type { DroppedRows } from '../../core/protocol/sampling.ts';
import { createRemote, type Port, type Remote } from '../../core/rpc.ts';
import type { SettingDifference } from '../../core/runs/index.ts';
import type { SamplingPicture } from '../../core/sampling/picture.ts';
import type { Grade, Transition } from '../../core/schema/common.ts';
import type { Comparison, RunSummary } from '../../core/schema/comparison.ts';
import type { PartName, RunPart, RunTallies } from '../runs/runParts.ts';
import type { WatchedRun } from './watchedRun.ts';

/**
 * A run directory, or a results file, as it was when it was looked at: what is kept of it is read again when the revision
 * changes.
 */
export interface RunAt {
  readonly dir: string;
  readonly revision: string;
  /** What people call a results file. */
  readonly file?: string;
}

/** What the worker thread answers. */
export interface Comparer {
  /** The metrics of one run with intervals from so many draws; of a large run those that need no texts. */
  summary(dir: string, draws: number): Promise<RunSummary | null>;
  /** How the problems of a run came out, from its index. */
  tallies(dir: string): Promise<RunTallies>;
  /** Some samples of a run that is too large to be read whole. */
  part(dir: string, name: PartName): Promise<RunPart>;
  /** `headline`: the verdict and the grid only, in a fraction of the time. */
  compare(runs: readonly RunAt[], baseline: string, depth: 'headline' | 'all'): Promise<ComparedRuns>;
  transitionRows(run: RunAt, transition: Transition, from: number): Promise<TransitionRows>;
  /** The sample that stands at a position of the grid; null where there is none. */
  sampleAt(run: RunAt, problemId: string, position: number): Promise<SampleName | null>;
  /** The text at a position of the grid, of a results file; null where there is none. */
  textAt(run: RunAt, problemId: string, position: number): Promise<SampleText | null>;
  /** A problem that any of the arms has. */
  problemText(runs: readonly RunAt[], problemId: string): Promise<ProblemText | null>;
  /** What a sampling run has kept and dropped so far. */
  samplingPicture(run: RunAt): Promise<SamplingPicture>;
  /** What one filter dropped, a page at a time. */
  droppedRows(run: RunAt, filter: string, from: number): Promise<DroppedRows>;
  /** A training run for its dashboard; null when nothing has come since this version. */
  watch(dir: string, known: number): Promise<WatchedRun | null>;
  unwatch(dir: string): void;
  /** One rollout of a run, its texts whole; null where there is none. */
  rollout(dir: string, id: number): Promise<{ readonly prompt: string; readonly completion: string } | null>;
  /** The comparison as text. */
  report(runs: readonly RunAt[], baseline: string, command: string, format: ReportFormat): Promise<string>;
}

/** Id of a solution, or in a critique run of a critique. */
export interface SampleName {
  readonly kind: 'solution' | 'critique';
  readonly id: string;
}

/** A sample as it stands in a results file. */
export interface SampleText {
  /** From 1. */
  readonly line: number;
  readonly statement: string;
  readonly gold: string | null;
  readonly answer: string | null;
  /** Null where the file leaves it to us. */
  readonly grade: Grade | null;
  /** Empty where the file holds answers alone. */
  readonly text: string;
}

export interface ComparedRuns {
  /** One for each run, in the same order; no two are equal. */
  readonly labels: readonly string[];
  /** Whose texts are not read: metrics that need them whole are left out. */
  readonly isLarge: readonly boolean[];
  readonly baselineSummary: RunSummary;
  readonly pairs: readonly {
    readonly dir: string;
    readonly comparison: Omit<Comparison, 'perProblem'>;
    readonly differences: readonly SettingDifference[];
  }[];
  /** What follows has its parts in the order of the runs. */
  readonly grid: readonly GridRow[];
  readonly curves: readonly PassCurve[];
  readonly levels: readonly LevelRow[];
  readonly configuration: readonly ConfigurationRow[];
}

export interface ComparerThread {
  readonly remote: Remote<Comparer>;
  /** Ends the thread; what is pending is rejected. */
  dispose(): void;
}

/** Starts the worker thread from its bundle. A thread that dies rejects what is pending; the caller may start another. */
export function startComparer(file: string, onDeath: () => void): ComparerThread {
  const worker = new Worker(file);
  const connection = createRemote<Comparer>(threadPort(worker));
  const died = (why: string) => {
    connection.dispose(new Error(`Comparing failed: ${why}.`));
    onDeath();
  };
  worker.once('error', (error) => died(error instanceof Error ? error.message : String(error)));
  worker.once('exit', (code) => died(`the thread ended with code ${code}`));
  worker.unref();
  return {
    remote: connection.remote,
    dispose() {
      connection.dispose();
      void worker.terminate();
    },
  };
}

/** A worker thread's channel, seen from either end. */
export function threadPort(end: MessagePort | Worker): Port {
  return {
    post: (message) => end.postMessage(message),
    listen(listener) {
      const onMessage = (message: unknown) => listener(message);
      end.on('message', onMessage);
      return () => end.off('message', onMessage);
    },
  };
}
