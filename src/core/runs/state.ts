/**
 * The state of a run, derived from its events and from two facts about the world. It is never stored: whoever reads
 * the same directory at the same moment sees the same state.
 */
import type { RunEvent } from '../schema/event.ts';
import type { RunEstimate } from './estimate.ts';
import { median, recentPaces } from './pace.ts';

/**
 * - `empty`: it has not started yet.
 * - `stalled`: its process lives, or cannot be asked, but has been silent for longer than `STALLED_AFTER_SECONDS`.
 * - `lost`: its process is gone and never said that it ended.
 * - `interrupted`: stopped on purpose with samples still to do; resuming fills the holes.
 * - `cancelled`: stopped on purpose.
 */
export type RunStatus =
  | 'empty'
  | 'running'
  | 'stalled'
  | 'lost'
  | 'interrupted'
  | 'cancelled'
  | 'failed'
  | 'done';

/** An estimate with the stage that it is about. */
export type StageEstimate = RunEstimate & { readonly stage: string };

export interface RunCheckpoint {
  readonly step: number;
  /** Relative to the run directory, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly gguf: boolean;
  readonly t: number;
}

export interface RunAlarm {
  readonly t: number;
  readonly step: number;
  readonly alarm: string;
  readonly message: string;
}

export interface RunLog {
  readonly t: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** One metric over the steps: `[step, value]`, ascending; steps where it was not measured are left out. */
export type MetricSeries = readonly (readonly [number, number])[];

export interface RunState {
  readonly status: RunStatus;
  /** `solutions`, `critiques`, `training`; null before the first progress. */
  readonly stage: string | null;
  /** Samples of the stage, or steps. */
  readonly done: number;
  readonly total: number | null;
  /** Of those done, how many ended in an error. */
  readonly failed: number;
  /** Samples per problem or per solution that the last start asked for; null where it did not say. */
  readonly n: number | null;
  /** Training only: the last optimiser step and how many there will be. */
  readonly step: number | null;
  readonly totalSteps: number | null;
  readonly metrics: Readonly<Record<string, MetricSeries>>;
  readonly lastLoss: number | null;
  /** Seconds that the stage still needs, from the median pace of recent steps; null when it cannot be told. */
  readonly etaSeconds: number | null;
  /** Unix seconds. The first start, and the end of the last process; null while it runs. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lastEventAt: number | null;
  /** Process that writes or wrote the run, with the facts needed to ask whether it lives. */
  readonly process: {
    readonly pid: number;
    readonly processStart: number | null;
    readonly host: string;
  } | null;
  /** `step-000020` when the last process went on from a checkpoint. */
  readonly resumedFrom: string | null;
  /** What the last start expected of its stage; absent where nothing was estimated. */
  readonly estimate?: StageEstimate;
  /** How often the run was started. */
  readonly starts: number;
  readonly error: string | null;
  readonly checkpoints: readonly RunCheckpoint[];
  readonly alarms: readonly RunAlarm[];
  /** The newest `LOGS_KEPT` log lines. */
  readonly logs: readonly RunLog[];
  /** Events of a type that this version does not know: counted, then skipped. */
  readonly unknownEvents: number;
}

/** What the events alone cannot tell. */
export interface RunFacts {
  /** Unix seconds. */
  readonly now: number;
  /** Null: it cannot be asked, for example because the run is on another machine. */
  readonly processAlive: boolean | null;
}

/** Heartbeats come every 10 s; six missed ones are not a hiccup. */
export const STALLED_AFTER_SECONDS = 60;
const LOGS_KEPT = 50;

/** The state that a list of events amounts to. */
export function runState(events: readonly RunEvent[], facts: RunFacts): RunState {
  const fold = newRunFold();
  for (const event of events) foldEvent(fold, event);
  return stateOf(fold, facts);
}

/** Samples per problem or per solution that a run is to have: its manifest's, or what topping it up asked for since. */
export function samplesAskedFor(manifest: { readonly n: number }, events: readonly RunEvent[]): number {
  const starts = events.flatMap((event) =>
    event.type === 'run_start' && event.n !== undefined ? [event.n] : [],
  );
  return Math.max(manifest.n, ...starts);
}

/** Records that a sampling run's dataset is to have: its manifest's, or what was last asked for since. */
export function sizeAskedFor(manifestSize: number | null, events: readonly RunEvent[]): number | null {
  const last = events.findLast((event) => event.type === 'run_start' && event.size !== undefined);
  return last?.type === 'run_start' && last.size !== undefined ? last.size : manifestSize;
}

/** Events taken in so far. Grows in place, so that following a run costs the same for each event. */
export interface RunFold {
  stage: string | null;
  done: number;
  total: number | null;
  failed: number;
  n: number | null;
  step: number | null;
  totalSteps: number | null;
  metrics: Map<string, [number, number][]>;
  /** `[t, done]` of recent steps or progress since the last start. */
  marks: [number, number][];
  startedAt: number | null;
  lastEventAt: number | null;
  process: RunState['process'];
  resumedFrom: string | null;
  estimate: StageEstimate | null;
  starts: number;
  end: { t: number; status: 'ok' | 'failed' | 'cancelled'; error: string | null } | null;
  checkpoints: RunCheckpoint[];
  alarms: RunAlarm[];
  logs: RunLog[];
  unknownEvents: number;
}

export function newRunFold(): RunFold {
  return {
    stage: null,
    done: 0,
    total: null,
    failed: 0,
    n: null,
    step: null,
    totalSteps: null,
    metrics: new Map(),
    marks: [],
    startedAt: null,
    lastEventAt: null,
    process: null,
    resumedFrom: null,
    estimate: null,
    starts: 0,
    end: null,
    checkpoints: [],
    alarms: [],
    logs: [],
    unknownEvents: 0,
  };
}

/** Takes in one event, in the order of the file. */
export function foldEvent(fold: RunFold, event: RunEvent): void {
  switch (event.type) {
    case 'run_start':
      foldStart(fold, event);
      break;
    case 'heartbeat':
      break;
    case 'progress':
      if (event.stage !== fold.stage) fold.marks = [];
      fold.stage = event.stage;
      fold.done = event.done;
      fold.total = event.total;
      fold.failed = event.failed ?? 0;
      mark(fold, event.t, event.done);
      break;
    case 'estimate':
      fold.estimate = event;
      break;
    case 'step':
      fold.stage = 'training';
      fold.step = event.step;
      fold.done = event.step;
      if (typeof event.total === 'number') fold.totalSteps = event.total;
      fold.total = fold.totalSteps;
      measure(fold, event.step, event.metrics);
      mark(fold, event.t, event.step);
      break;
    case 'eval':
      measure(fold, event.step, event.metrics);
      break;
    case 'rollout':
      break;
    case 'checkpoint':
      fold.checkpoints = fold.checkpoints.filter((known) => known.path !== event.path);
      fold.checkpoints.push({
        step: event.step,
        path: event.path,
        bytes: event.bytes,
        gguf: event.gguf,
        t: event.t,
      });
      break;
    case 'log':
      fold.logs.push({ t: event.t, level: event.level, message: event.message });
      if (fold.logs.length > LOGS_KEPT) fold.logs.shift();
      break;
    case 'alarm':
      fold.alarms.push({ t: event.t, step: event.step, alarm: event.alarm, message: event.message });
      break;
    case 'run_end':
      fold.end = { t: event.t, status: event.status, error: event.error };
      break;
    default:
      event satisfies never;
      fold.unknownEvents += 1;
      return;
  }
  fold.lastEventAt = Math.max(fold.lastEventAt ?? event.t, event.t);
}

/** A start opens a new segment: the end and the pace of an earlier process no longer count. */
function foldStart(fold: RunFold, event: Extract<RunEvent, { type: 'run_start' }>): void {
  fold.startedAt ??= event.t;
  fold.process = { pid: event.pid, processStart: event.processStart, host: event.host };
  fold.resumedFrom = event.resumedFrom ?? null;
  fold.starts += 1;
  fold.n = event.n ?? fold.n;
  fold.end = null;
  fold.estimate = null;
  fold.marks = [];
  if (typeof event.total === 'number' && fold.total === null) fold.total = event.total;
  const resumedStep = /(\d+)$/.exec(event.resumedFrom ?? '')?.[1];
  if (resumedStep !== undefined) forgetStepsAfter(fold, Number(resumedStep));
}

/** What was done after the checkpoint is done again: the old values would draw a loop into the curve. */
function forgetStepsAfter(fold: RunFold, step: number): void {
  for (const [name, series] of fold.metrics) {
    const kept = series.findLastIndex(([at]) => at <= step) + 1;
    if (kept < series.length) fold.metrics.set(name, series.slice(0, kept));
  }
  fold.step = step;
  fold.done = step;
}

/** Keeps each series ascending: a step that is reported again replaces what was there from it on. */
function measure(fold: RunFold, step: number, metrics: Readonly<Record<string, number | null>>): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (value === null) continue;
    const series = fold.metrics.get(name) ?? [];
    while ((series.at(-1)?.[0] ?? -1) >= step) series.pop();
    series.push([step, value]);
    fold.metrics.set(name, series);
  }
}

const MARKS_KEPT = 32;

function mark(fold: RunFold, t: number, done: number): void {
  fold.marks.push([t, done]);
  if (fold.marks.length > MARKS_KEPT) fold.marks.shift();
}

/** The state now. */
export function stateOf(fold: RunFold, facts: RunFacts): RunState {
  const status = statusOf(fold, facts);
  return {
    status,
    stage: fold.stage,
    done: fold.done,
    total: fold.total,
    failed: fold.failed,
    n: fold.n,
    step: fold.step,
    totalSteps: fold.totalSteps,
    metrics: Object.fromEntries(fold.metrics),
    lastLoss: fold.metrics.get('loss')?.at(-1)?.[1] ?? null,
    etaSeconds: status === 'running' ? etaOf(fold, facts.now) : null,
    startedAt: fold.startedAt,
    endedAt: fold.end?.t ?? (status === 'lost' ? fold.lastEventAt : null),
    lastEventAt: fold.lastEventAt,
    process: fold.process,
    resumedFrom: fold.resumedFrom,
    ...(fold.estimate === null ? {} : { estimate: fold.estimate }),
    starts: fold.starts,
    error: fold.end?.error ?? null,
    checkpoints: fold.checkpoints,
    alarms: fold.alarms,
    logs: fold.logs,
    unknownEvents: fold.unknownEvents,
  };
}

function statusOf(fold: RunFold, facts: RunFacts): RunStatus {
  if (fold.end !== null) {
    if (fold.end.status === 'ok') return 'done';
    if (fold.end.status === 'failed') return 'failed';
    const isSampling = fold.stage !== 'training' && fold.total !== null;
    return isSampling && fold.done < (fold.total ?? 0) ? 'interrupted' : 'cancelled';
  }
  if (fold.starts === 0) return 'empty';
  if (facts.processAlive === false) return 'lost';
  return facts.now - (fold.lastEventAt ?? facts.now) > STALLED_AFTER_SECONDS ? 'stalled' : 'running';
}

function etaOf(fold: RunFold, now: number): number | null {
  const last = fold.marks.at(-1);
  const pace = median(recentPaces(fold.marks));
  if (last === undefined || pace === null || fold.total === null) return null;
  const sinceLast = Math.max(0, now - last[0]);
  return Math.max(0, pace * (fold.total - last[1]) - sinceLast);
}
