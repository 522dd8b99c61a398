import { type MessagePort, Worker } from 'node:worker_threads';
import { createRemote, type Port, type Remote } from '../../core/rpc.ts';
import type { SettingDifference } from '../../core/runs/index.ts';
import type { Comparison, RunSummary } from '../../core/schema/comparison.ts';

/** What the worker thread answers. Runs are named by their directories. */
export interface Comparer {
  /** The metrics of one run with intervals from so many draws. */
  summary(dir: string, draws: number): Promise<RunSummary>;
  compare(dirs: readonly string[], baselineDir: string): Promise<ComparedRuns>;
}

export interface ComparedRuns {
  /** One for each directory, in the same order; no two are equal. */
  readonly labels: readonly string[];
  readonly baselineSummary: RunSummary;
  readonly pairs: readonly {
    readonly dir: string;
    readonly comparison: Comparison;
    readonly differences: readonly SettingDifference[];
  }[];
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
