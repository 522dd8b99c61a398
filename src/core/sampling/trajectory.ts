/** Writing S2R trajectories (spec B2), and the part of a solution that is one solve action. */
import { findBoxes } from '../answers/extract/boxes.ts';
import { slotSolution } from '../prompts/index.ts';
import { lastAttempt, parseTrajectory, RECHECK, RETRY } from '../reflection/index.ts';
import type { ActionRecord } from '../schema/dataset.ts';
import type { Prompts } from '../schema/run.ts';

/** What stands before and after the words of a marker. */
export type MarkerGap = '\n\n' | '\n';

/**
 * Blank lines (spec B2), but single line breaks for the embedded model (ours): its tokenizer has tokens for blank lines
 * that its training never met, and behaviour initialisation does not teach them in the steps that it has.
 */
export function markerGap({ solutionSlot }: Pick<Prompts, 'solutionSlot'>): MarkerGap {
  return solutionSlot === 'last-attempt' ? '\n' : '\n\n';
}

/** What announces an action, from its type and whether it is the first. */
export function markerOf(type: ActionRecord['type'], isFirst: boolean, gap: MarkerGap): string {
  return isFirst ? '' : `${gap}${type === 'verify' ? RECHECK : RETRY}${gap}`;
}

export function trajectoryText(actions: readonly Pick<ActionRecord, 'marker' | 'text'>[]): string {
  return actions.map(({ marker, text }) => marker + text).join('');
}

/** Whether a trajectory reads back as the actions it was made of: what training masks and rewards rely on. */
export function readsBack(actions: readonly ActionRecord[]): boolean {
  const read = parseTrajectory(trajectoryText(actions));
  return (
    read.isValid &&
    read.actions.length === actions.length &&
    read.actions.every(
      ({ type, text, verdict, implicit }, at) =>
        type === actions[at]?.type &&
        text === actions[at]?.text &&
        verdict === actions[at]?.verdict &&
        !implicit,
    )
  );
}

/**
 * A solution as one solve action: without think tags, and where it reflected in the protocol's words already, its last
 * attempt alone. Null without a box, which every solve carries (spec B2).
 */
export function solveText(solutionText: string, slot: Prompts['solutionSlot']): string | null {
  const isTrajectory = parseTrajectory(solutionText).hasMarkers;
  const text = isTrajectory ? lastAttempt(solutionText).text.trim() : slotSolution(solutionText, slot).text;
  return findBoxes(text).some(({ closed, content }) => closed && content.trim() !== '') ? text : null;
}
