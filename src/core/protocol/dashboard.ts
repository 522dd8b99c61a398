/** What the Training dashboard and its host say to each other: the whole state on `ready`, then what changed. */
import type { CurveChange, CurveGroup } from '../runs/curves.ts';
import { applyCurveChange, type Curve, curveChange } from '../runs/curves.ts';
import type { RolloutRow } from '../runs/rollouts.ts';
import type { RunAlarm, RunLog } from '../runs/state.ts';
import type { SavedRun } from './sampling.ts';
import type { TrainingHead } from './training.ts';

export interface DashboardCheckpoint {
  readonly step: number;
  /** Relative to the run directory. */
  readonly path: string;
  readonly bytes: number;
  readonly gguf: boolean;
  /** The headline of its newest evaluation; null while there is none. */
  readonly evaluation: string | null;
}

/** Everything that is small enough to be sent whole. */
export interface DashboardHead extends TrainingHead {
  readonly recipe: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly groups: readonly CurveGroup[];
  readonly checkpoints: number;
  readonly checkpointRows: readonly DashboardCheckpoint[];
  /** Newest last. */
  readonly alarms: readonly RunAlarm[];
  /** The newest lines of the log, oldest first. */
  readonly logs: readonly RunLog[];
  readonly trusted: boolean;
}

export interface DashboardContent {
  readonly head: DashboardHead;
  readonly curves: readonly Curve[];
  /** In the order of the run. */
  readonly rollouts: readonly RolloutRow[];
}

export type DashboardState =
  | { readonly status: 'loading'; readonly what: string }
  | { readonly status: 'failed'; readonly message: string; readonly remedy: string }
  | { readonly status: 'ready'; readonly content: DashboardContent };

/** A batch of changes. `names` lists every curve that is left. */
export interface DashboardUpdate {
  readonly head: DashboardHead | null;
  readonly names: readonly string[];
  readonly curves: readonly CurveChange[];
  /** Rollouts after the first `from`. */
  readonly rollouts: { readonly from: number; readonly rows: readonly RolloutRow[] } | null;
}

/** The changes that lead from one content to the next; null when there are none. */
export function dashboardUpdate(before: DashboardContent, after: DashboardContent): DashboardUpdate | null {
  const known = new Map(before.curves.map((curve) => [curve.name, curve]));
  const curves = after.curves.flatMap((curve) => curveChange(known.get(curve.name), curve) ?? []);
  const names = after.curves.map(({ name }) => name);
  const hasSameNames =
    names.length === before.curves.length && names.every((name, at) => before.curves[at]?.name === name);
  const from = commonRollouts(before.rollouts, after.rollouts);
  const hasSameRollouts = from === after.rollouts.length && from === before.rollouts.length;
  const hasSameHead = JSON.stringify(before.head) === JSON.stringify(after.head);
  if (curves.length === 0 && hasSameNames && hasSameRollouts && hasSameHead) return null;
  return {
    head: hasSameHead ? null : after.head,
    names,
    curves,
    rollouts: hasSameRollouts ? null : { from, rows: after.rollouts.slice(from) },
  };
}

/** The content after an update, or null when the update does not fit and everything has to be asked for. */
export function applyDashboardUpdate(
  content: DashboardContent,
  update: DashboardUpdate,
): DashboardContent | null {
  const known = new Map(content.curves.map((curve) => [curve.name, curve]));
  const changes = new Map(update.curves.map((change) => [change.curve.name, change]));
  const curves: Curve[] = [];
  for (const name of update.names) {
    const change = changes.get(name);
    const curve = change === undefined ? known.get(name) : applyCurveChange(known.get(name), change);
    if (curve === undefined || curve === null) return null;
    curves.push(curve);
  }
  if (update.rollouts !== null && update.rollouts.from > content.rollouts.length) return null;
  return {
    head: update.head ?? content.head,
    curves,
    rollouts:
      update.rollouts === null
        ? content.rollouts
        : [...content.rollouts.slice(0, update.rollouts.from), ...update.rollouts.rows],
  };
}

/** Rollouts never change: those with equal ids are equal. */
function commonRollouts(one: readonly RolloutRow[], other: readonly RolloutRow[]): number {
  const at = one.findIndex((row, index) => row.id !== other[index]?.id);
  return at < 0 ? Math.min(one.length, other.length) : at;
}

/** Methods of the host. */
export interface DashboardHost {
  ready(): Promise<{ readonly state: DashboardState; readonly saved: SavedRun }>;
  stop(): Promise<void>;
  resume(): Promise<void>;
  /** Opens the trainer's log. */
  openLog(): Promise<void>;
  /** Opens prompt and completion of a rollout as text. */
  openRollout(id: number): Promise<void>;
  evaluateCheckpoint(path: string): Promise<void>;
  compareCheckpoint(path: string): Promise<void>;
  /** Shows the checkpoint's files, the exported `model.gguf` first. */
  revealCheckpoint(path: string): Promise<void>;
}

/** Methods of the panel. */
export interface DashboardView {
  /** Everything. */
  show(state: DashboardState): void;
  /** What changed since. */
  update(update: DashboardUpdate): void;
}
