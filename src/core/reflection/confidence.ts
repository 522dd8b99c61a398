import type { Span } from '../schema/common.ts';

/** A word that says how sure a text is of itself. */
export interface ConfidenceCue {
  readonly kind: 'hedge' | 'booster';
  readonly span: Span;
}

const HEDGES =
  /\b(?:maybe|perhaps|possibly|probably|likely|presumably|apparently|seems?|appears?|might|could be|i think|i guess|i believe|i suppose|not (?:entirely |quite )?sure|uncertain|unclear|hard to (?:say|tell))\b/giu;
const BOOSTERS =
  /\b(?:definitely|certainly|clearly|obviously|undoubtedly|surely|of course|without (?:a )?doubt|no doubt|indeed|in fact|must be|confirmed?|i(?:['’]m| am) (?:sure|certain|confident))\b/giu;

/** Confidence cues of a critique in order. */
export function confidenceCues(text: string): ConfidenceCue[] {
  const cues = (kind: ConfidenceCue['kind'], pattern: RegExp) =>
    [...text.matchAll(pattern)].map(
      (match): ConfidenceCue => ({ kind, span: [match.index, match.index + match[0].length] }),
    );
  return [...cues('hedge', HEDGES), ...cues('booster', BOOSTERS)].sort((a, b) => a.span[0] - b.span[0]);
}

/** Share of hedges among the cues: 0 sure, 1 unsure; `null` without a cue. */
export function hedgingShare(text: string): number | null {
  const cues = confidenceCues(text);
  return cues.length === 0 ? null : cues.filter((cue) => cue.kind === 'hedge').length / cues.length;
}
