/** Grades in a thread that is killed when one grade takes longer than a second. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { compareAnswers, GradeResult, gradeAnswer } from '../../core/answers/index.ts';

/** A whole generation to grade, or two bare answers to compare. */
export type GradingJob = Parameters<typeof gradeAnswer>[0] | Parameters<typeof compareAnswers>[0];

/** What the thread says: that it is ready (id -1), a result, or that the grader failed. */
export interface GradingReply {
  readonly id: number;
  readonly result?: GradeResult;
  readonly error?: string;
}

export interface GradingWorker {
  /** Always settles; a grade that took too long is `undetermined` with the reason `timeout`. */
  grade(job: GradingJob): Promise<GradeResult>;
  /** Ends the thread; what is pending is rejected. */
  dispose(): void;
}

export interface GradingWorkerOptions {
  /** Wall time for one grade in milliseconds. */
  readonly timeoutMs?: number;
  /** The thread's file, for tests. */
  readonly file?: string;
}

interface Pending {
  readonly id: number;
  readonly job: GradingJob;
  readonly resolve: (result: GradeResult) => void;
  readonly reject: (error: Error) => void;
}

/** Jobs that are handed to the thread ahead of their turn, so that it never waits for messages. */
const AHEAD = 32;

/** The bundle beside this one, or the source when run from sources. */
function workerFile(): string {
  const bundle = path.join(import.meta.dirname, 'grading.mjs');
  return existsSync(bundle) ? bundle : path.join(import.meta.dirname, 'worker.ts');
}

export function createGradingWorker(options: GradingWorkerOptions = {}): GradingWorker {
  const timeoutMs = options.timeoutMs ?? 1000;
  const file = options.file ?? workerFile();
  /** Handed over and not answered, in order; behind them what waits. */
  let sent: Pending[] = [];
  let waiting: Pending[] = [];
  let thread: { readonly worker: Worker; ready: boolean } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let nextId = 0;
  let disposed = false;

  /** The thread keeps the process alive while something is asked of it. */
  const hold = () => {
    if (sent.length + waiting.length > 0) thread?.worker.ref();
    else thread?.worker.unref();
  };
  /** The clock runs for the job at the head of the line, from the moment the thread can work on it. */
  const restartClock = () => {
    clearTimeout(timer);
    if (thread?.ready && sent.length > 0) timer = setTimeout(onLate, timeoutMs);
  };
  const feed = () => {
    if (thread === null && waiting.length > 0) thread = start();
    hold();
    if (!thread?.ready) return;
    const wasIdle = sent.length === 0;
    while (sent.length < AHEAD && waiting.length > 0) {
      const next = waiting.shift();
      if (next === undefined) break;
      sent.push(next);
      thread.worker.postMessage({ id: next.id, job: next.job });
    }
    if (wasIdle) restartClock();
  };
  const start = () => {
    const worker = new Worker(file);
    const current = { worker, ready: false };
    worker.on('message', (reply: GradingReply) => {
      if (thread === current) onReply(reply, current);
    });
    worker.on('error', (error) => {
      if (thread === current) onDeath(error instanceof Error ? error : new Error(String(error)));
    });
    return current;
  };
  const onReply = (reply: GradingReply, current: { ready: boolean }) => {
    if (reply.id === -1) current.ready = true;
    else {
      const [head] = sent;
      if (head?.id !== reply.id) return;
      sent.shift();
      if (reply.result !== undefined) head.resolve(reply.result);
      else head.reject(new Error(`the grader failed: ${reply.error ?? 'no reason given'}`));
    }
    feed();
    restartClock();
  };
  /** The head of the line is given up; what was handed over behind it goes to a new thread. */
  const onLate = () => {
    const late = sent.shift();
    waiting = [...sent, ...waiting];
    sent = [];
    void thread?.worker.terminate();
    thread = null;
    late?.resolve(timedOut(late.job));
    feed();
  };
  /** A thread that dies takes its head down, so that the same job cannot kill thread after thread. */
  const onDeath = (error: Error) => {
    const [head, ...rest] = sent.length > 0 ? sent : waiting;
    waiting = sent.length > 0 ? [...rest, ...waiting] : rest;
    sent = [];
    thread = null;
    head?.reject(error);
    feed();
  };

  return {
    grade: (job) =>
      new Promise((resolve, reject) => {
        if (disposed) return reject(new Error('the grading worker was disposed'));
        waiting.push({ id: nextId++, job, resolve, reject });
        feed();
      }),
    dispose() {
      disposed = true;
      clearTimeout(timer);
      void thread?.worker.terminate();
      thread = null;
      for (const { reject } of [...sent, ...waiting]) reject(new Error('the grading worker was disposed'));
      sent = [];
      waiting = [];
    },
  };
}

function timedOut(job: GradingJob): GradeResult {
  const answer = 'pred' in job ? job.pred : null;
  return {
    grade: 'undetermined',
    answer,
    reason: 'timeout',
    layer: 'worker',
    normalised: { gold: job.gold, answer },
    doubt: [],
  };
}
