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
  /**
   * Always settles. A grade that took too long is `undetermined` with the reason `timeout`, one that broke the grader
   * with the reason `error`. Rejected only when no thread can be started, or after `dispose`.
   */
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
  const line = new GradingLine(options.file ?? workerFile(), options.timeoutMs ?? 1000);
  return { grade: (job) => line.grade(job), dispose: () => line.dispose() };
}

/** The jobs in their order, the thread that works on them, and the clock of the one at the head. */
class GradingLine {
  readonly #file: string;
  readonly #timeoutMs: number;
  /** Handed over and not answered, in order; behind them what waits. */
  #sent: Pending[] = [];
  #waiting: Pending[] = [];
  #thread: { readonly worker: Worker; ready: boolean } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 0;
  #isDisposed = false;

  constructor(file: string, timeoutMs: number) {
    this.#file = file;
    this.#timeoutMs = timeoutMs;
  }

  grade(job: GradingJob): Promise<GradeResult> {
    return new Promise((resolve, reject) => {
      if (this.#isDisposed) return reject(new Error('the grading worker was disposed'));
      this.#waiting.push({ id: this.#nextId++, job, resolve, reject });
      this.#feed();
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    void this.#thread?.worker.terminate();
    this.#thread = null;
    const pending = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    for (const { reject } of pending) reject(new Error('the grading worker was disposed'));
  }

  #feed(): void {
    if (this.#thread === null && this.#waiting.length > 0) this.#thread = this.#start();
    // The thread keeps the process alive while something is asked of it.
    if (this.#sent.length + this.#waiting.length > 0) this.#thread?.worker.ref();
    else this.#thread?.worker.unref();
    if (!this.#thread?.ready) return;
    const wasIdle = this.#sent.length === 0;
    while (this.#sent.length < AHEAD) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#sent.push(next);
      this.#thread.worker.postMessage({ id: next.id, job: next.job });
    }
    if (wasIdle) this.#restartClock();
  }

  #start() {
    const worker = new Worker(this.#file);
    const thread = { worker, ready: false };
    worker.on('message', (reply: GradingReply) => {
      if (this.#thread === thread) this.#onReply(reply, thread);
    });
    worker.on('error', (error) => {
      if (this.#thread === thread) this.#onDeath(error instanceof Error ? error : new Error(String(error)));
    });
    return thread;
  }

  #onReply(reply: GradingReply, thread: { ready: boolean }): void {
    if (reply.id === -1) thread.ready = true;
    else {
      const [head] = this.#sent;
      if (head?.id !== reply.id) return;
      this.#sent.shift();
      if (reply.result !== undefined) head.resolve(reply.result);
      else head.resolve(undetermined(head.job, 'error'));
    }
    this.#feed();
    this.#restartClock();
  }

  /** The clock runs for the job at the head of the line, from the moment the thread can work on it. */
  #restartClock(): void {
    clearTimeout(this.#timer);
    const [head] = this.#sent;
    if (!this.#thread?.ready || head === undefined) return;
    this.#timer = setTimeout(() => {
      // When it was this thread that was busy, or the machine asleep, the answer may be here and not read yet.
      setImmediate(() => {
        if (this.#sent[0] === head) this.#onLate();
      });
    }, this.#timeoutMs);
  }

  /** The head of the line is given up; what was handed over behind it goes to a new thread. */
  #onLate(): void {
    const late = this.#sent.shift();
    this.#waiting = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    void this.#thread?.worker.terminate();
    this.#thread = null;
    late?.resolve(undetermined(late.job, 'timeout'));
    this.#feed();
  }

  /** A thread that dies takes its head down, so that the same job cannot kill thread after thread. */
  #onDeath(error: Error): void {
    const wasSent = this.#sent.length > 0;
    const [head, ...rest] = wasSent ? this.#sent : this.#waiting;
    this.#waiting = wasSent ? [...rest, ...this.#waiting] : rest;
    this.#sent = [];
    this.#thread = null;
    if (wasSent && head !== undefined) head.resolve(undetermined(head.job, 'error'));
    else head?.reject(error);
    this.#feed();
  }
}

function undetermined(job: GradingJob, reason: 'timeout' | 'error'): GradeResult {
  const answer = 'pred' in job ? job.pred : null;
  return {
    grade: 'undetermined',
    answer,
    reason,
    layer: 'worker',
    normalised: { gold: job.gold, answer },
    doubt: [],
  };
}
