import { downsample } from '../runs/curves.ts';
import type { RunState, RunStatus } from '../runs/index.ts';
import type { RunManifest } from '../schema/run.ts';
import type { TrainingHead, TrainingRow } from './training.ts';

/** Importing torch takes a while on a busy machine; longer than this is no start. */
const STARTED_WITHIN_SECONDS = 120;

const SIDE_BAR_POINTS = 300;

/** How the Training view shows a run; `now` in Unix seconds. */
export function trainingRow(manifest: RunManifest, state: RunState, now: number): TrainingRow {
  // A side bar is a few hundred pixels wide: of a long run each point is the middle of a few steps.
  const leading = state.metrics.reward === undefined ? 'loss' : 'reward';
  const curve = downsample(leading, state.metrics[leading] ?? [], SIDE_BAR_POINTS);
  const isOverdue =
    state.status === 'empty' && now - Date.parse(manifest.createdAt) / 1000 > STARTED_WITHIN_SECONDS;
  return {
    head: {
      id: manifest.id,
      title: manifest.title || manifest.id,
      model: manifest.model?.name ?? '',
      state: state.status,
      tone: isOverdue ? 'warning' : TONES[state.status],
      step: state.step,
      total: state.totalSteps ?? state.total,
      etaSeconds: state.etaSeconds,
      numbers: numbersOf(state),
      detail: isOverdue ? 'It never started: its terminal or log says why.' : detailOf(state),
      checkpoints: state.checkpoints.length,
      canStop: state.status === 'running' || state.status === 'stalled',
      canResume: isOverdue || ['lost', 'failed', 'cancelled', 'interrupted'].includes(state.status),
    },
    curve: {
      name: leading,
      steps: curve.steps,
      values: curve.low.map((low, at) => (low + (curve.high[at] ?? low)) / 2),
    },
  };
}

/** Under a reward the loss says nothing: what moves is the reward, what reflections gain and lose, and the drift. */
function numbersOf({ metrics }: RunState): TrainingHead['numbers'] {
  const last = (name: string) => metrics[name]?.at(-1)?.[1];
  const number = (name: string, value: number | undefined, digits: number) =>
    value === undefined ? [] : [{ name, text: value.toFixed(digits) }];
  const reward = last('reward');
  if (reward === undefined) return number('loss', last('loss'), 3);
  const [gained, lost] = [last('reflection/i_to_c_per_100'), last('reflection/c_to_i_per_100')];
  return [
    ...number('reward', reward, 3),
    ...(gained === undefined || lost === undefined
      ? []
      : [{ name: 'i→c / c→i per 100', text: `${gained.toFixed(0)} / ${lost.toFixed(0)}` }]),
    ...number('KL', last('kl'), 4),
  ];
}

const TONES: Record<RunStatus, TrainingHead['tone']> = {
  empty: 'busy',
  running: 'busy',
  stalled: 'warning',
  lost: 'bad',
  interrupted: 'warning',
  cancelled: 'warning',
  failed: 'bad',
  done: 'good',
};

/** What a person has to know or do; null when the numbers say it all. */
function detailOf(state: RunState): string | null {
  switch (state.status) {
    case 'empty':
      return 'The trainer is starting.';
    case 'stalled':
      return 'No sign of life for a while: look at its log, or stop it.';
    case 'lost':
      return `Its process is gone. Resuming goes on from ${lastCheckpoint(state)}.`;
    case 'failed':
      return firstLine(state.error) ?? 'It failed: open it to see its log.';
    case 'cancelled':
    case 'interrupted':
      return `Stopped. Resuming goes on from ${lastCheckpoint(state)}.`;
    case 'running':
      return state.alarms.at(-1)?.message ?? resumedText(state);
    case 'done':
      return state.alarms.at(-1)?.message ?? null;
    default:
      return state.status satisfies never;
  }
}

function resumedText({ resumedFrom }: RunState): string | null {
  return resumedFrom === null ? null : `Resumed from ${resumedFrom}.`;
}

function lastCheckpoint({ checkpoints }: RunState): string {
  const last = checkpoints.at(-1);
  return last === undefined ? 'the start' : `step ${last.step}`;
}

function firstLine(text: string | null): string | null {
  const line = text?.trim().split('\n')[0] ?? '';
  return line === '' ? null : line;
}
