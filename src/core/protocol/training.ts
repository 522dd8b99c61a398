/**
 * What the Training view and its host say to each other. `ready` gives the whole state; after that the host sends
 * only what changed. The texts in it come from files and are shown as text.
 */

/** Everything about one training run except its curve. */
export interface TrainingHead {
  /** Name of the run directory: unique within the workspace. */
  readonly id: string;
  readonly title: string;
  readonly model: string;
  /** Word for the state: `running`, `stalled`, `lost`, `done`, `failed`, `cancelled`, ... */
  readonly state: string;
  /** Sorts the states by what a person has to do: nothing, wait, look. */
  readonly tone: 'good' | 'busy' | 'warning' | 'bad';
  readonly step: number | null;
  readonly total: number | null;
  readonly etaSeconds: number | null;
  /** What tells whether it learns: the loss, or the reward and what it moves. */
  readonly numbers: readonly { readonly name: string; readonly text: string }[];
  /** One sentence where there is something to say: the error, or what to do. */
  readonly detail: string | null;
  readonly checkpoints: number;
  readonly canStop: boolean;
  readonly canResume: boolean;
}

/** The loss, or where there is one the reward: one entry a logged step; null = not measured. */
export interface TrainingCurve {
  /** The trainer's name of the metric. */
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface TrainingRow {
  readonly head: TrainingHead;
  readonly curve: TrainingCurve;
}

export interface TrainingState {
  /** Newest first. */
  readonly rows: readonly TrainingRow[];
  /** False in restricted mode: nothing can be started or stopped. */
  readonly trusted: boolean;
}

/** A batch of changes. `order` names every row that is left. */
export interface TrainingUpdate {
  readonly trusted: boolean;
  readonly order: readonly string[];
  readonly heads: readonly TrainingHead[];
  /** Points of a curve after its first `from`; the view asks for everything again when it holds fewer. */
  readonly curves: readonly { readonly id: string; readonly from: number; readonly curve: TrainingCurve }[];
}

/** Methods of the host. Each takes the id of a run that the host itself has sent. */
export interface TrainingHost {
  ready(): Promise<TrainingState>;
  stop(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  open(id: string): Promise<void>;
  start(): Promise<void>;
}

/** Methods of the view. */
export interface TrainingView {
  update(update: TrainingUpdate): void;
}

/** The changes that lead from one state to the next; null when there are none. */
export function trainingUpdate(before: TrainingState, after: TrainingState): TrainingUpdate | null {
  const known = new Map(before.rows.map((row) => [row.head.id, row]));
  const order = after.rows.map(({ head }) => head.id);
  const heads = after.rows
    .map(({ head }) => head)
    .filter((head) => !sameHead(known.get(head.id)?.head, head));
  const curves = after.rows.flatMap(({ head, curve }) => {
    const old = known.get(head.id)?.curve ?? NO_CURVE;
    const from = commonLength(old, curve);
    const isSame = old.name === curve.name && from === curve.steps.length && from === old.steps.length;
    return isSame ? [] : [{ id: head.id, from, curve: tail(curve, from) }];
  });
  const isSameOrder =
    order.length === before.rows.length && order.every((id, at) => before.rows[at]?.head.id === id);
  if (isSameOrder && heads.length === 0 && curves.length === 0 && before.trusted === after.trusted)
    return null;
  return { trusted: after.trusted, order, heads, curves };
}

/** The state after an update, or null when the update does not fit and the whole state has to be asked for. */
export function applyTrainingUpdate(state: TrainingState, update: TrainingUpdate): TrainingState | null {
  const known = new Map(state.rows.map((row) => [row.head.id, row]));
  const heads = new Map(update.heads.map((head) => [head.id, head]));
  const curves = new Map(update.curves.map((change) => [change.id, change]));
  const rows: TrainingRow[] = [];
  for (const id of update.order) {
    const head = heads.get(id) ?? known.get(id)?.head;
    const old = known.get(id)?.curve ?? NO_CURVE;
    const change = curves.get(id);
    if (head === undefined || (change !== undefined && change.from > old.steps.length)) return null;
    rows.push({ head, curve: change === undefined ? old : extend(old, change.from, change.curve) });
  }
  return { rows, trusted: update.trusted };
}

const NO_CURVE: TrainingCurve = { name: 'loss', steps: [], values: [] };

function sameHead(one: TrainingHead | undefined, other: TrainingHead): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** Length of the common beginning: a resumed run may go back to an earlier step. */
function commonLength(one: TrainingCurve, other: TrainingCurve): number {
  // The reward of a run may be logged after its first losses: then it is another curve.
  if (one.name !== other.name) return 0;
  const longest = Math.min(one.steps.length, other.steps.length);
  for (let at = 0; at < longest; at++) {
    if (one.steps[at] !== other.steps[at] || one.values[at] !== other.values[at]) return at;
  }
  return longest;
}

function tail(curve: TrainingCurve, from: number): TrainingCurve {
  return { ...curve, steps: curve.steps.slice(from), values: curve.values.slice(from) };
}

function extend(old: TrainingCurve, from: number, more: TrainingCurve): TrainingCurve {
  return {
    name: more.name,
    steps: [...old.steps.slice(0, from), ...more.steps],
    values: [...old.values.slice(0, from), ...more.values],
  };
}
