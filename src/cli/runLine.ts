/** A run in one line: what a person scans for first. */
import { clock } from '../core/clock.ts';
import type { RunState } from '../core/runs/index.ts';
import type { RunSummary } from '../node/runs/index.ts';

const MARKS: Record<RunState['status'], string> = {
  empty: '·',
  running: '●',
  stalled: '!',
  lost: '✗',
  interrupted: '‖',
  cancelled: '‖',
  failed: '✗',
  done: '✓',
};

export function statusMark(status: RunState['status']): string {
  return MARKS[status];
}

/** `412/480, ETA 0:40`, `step 20/28, loss 0.214`, or the error. */
export function progressText(state: RunState): string {
  const eta = state.etaSeconds === null ? '' : `, ETA ${clock(state.etaSeconds)}`;
  const loss = state.lastLoss === null ? '' : `, loss ${state.lastLoss.toFixed(4)}`;
  if (state.status === 'failed' && state.error) return state.error.split('\n')[0] ?? '';
  if (state.step !== null) return `step ${state.step}/${state.totalSteps ?? '?'}${loss}${eta}`;
  return state.total === null ? '' : `${state.done}/${state.total} ${state.stage ?? ''}${eta}`;
}

export function runRow(run: RunSummary): string[] {
  return [
    statusMark(run.state.status),
    run.id,
    run.manifest.kind,
    run.manifest.title,
    run.state.status,
    progressText(run.state),
  ];
}
