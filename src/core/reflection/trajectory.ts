import type { Span } from '../schema/common.ts';
import { splitThinking, trimSpan } from './thinking.ts';

/** One action of an S2R trajectory (spec B1): a solve or a verification. */
export interface Action {
  readonly type: 'solve' | 'verify';
  /** The action's text without markers and white space around it. */
  readonly span: Span;
  readonly text: string;
  /** What a verification claims about the solve before it (spec B5.4); `null` for a solve. */
  readonly verdict: 'correct' | 'incorrect' | null;
  /** No verdict was written: it was taken from what the text does next. */
  readonly implicit: boolean;
}

export interface Trajectory {
  readonly actions: readonly Action[];
  /** Alternating solve, verify, ... ending with a verification (spec B5.5). */
  readonly isValid: boolean;
  /** At least one marker was found: the text has the S2R form at all. */
  readonly hasMarkers: boolean;
}

/** The exact strings of the text protocol (spec B2). */
export const RECHECK = 'Wait, let me recheck my solution.';
export const RETRY = 'Let me try again.';

/**
 * `exact`: the whole sentence at the start of a line, and the retry where a line or sentence starts and a line ends, so
 * that an ordinary "Wait," inside a solve is no marker. `compat`: the released code's looser markers.
 */
export type MarkerMode = 'exact' | 'compat';

const MARKERS: Record<MarkerMode, RegExp> = {
  exact:
    /(?<check>(?<=^|\n)[ \t]*Wait, let me recheck my solution\.)|(?<retry>(?:(?<=^|\n)|(?<=[.!?])[ \t])[ \t]*Let me try again\.(?=[ \t]*(?:\n|$)))/g,
  compat:
    /(?<check>Wait,(?:[ ]let me recheck my solution\.)?|Let me recheck my solution\.)|(?<retry>Let me try again\.(?=\n\n))/g,
};

/** Splits a text into solve and verify actions (spec B5). Reads the think part where there is one, else the whole text. */
export function parseTrajectory(text: string, mode: MarkerMode = 'exact'): Trajectory {
  const parts = splitThinking(text);
  const region = solvingRegion(text, parts.think, parts.summary);
  const drafts = mergeSame(segments(text, region, MARKERS[mode]));
  const actions = drafts
    .map((draft) => ({ type: draft.type, span: trimSpan(text, draft.span) }))
    .filter((draft) => draft.span[1] > draft.span[0] || draft.type === 'verify');
  const judged = actions.map((action, i): Action => {
    const content = text.slice(...action.span);
    if (action.type === 'solve') return { ...action, text: content, verdict: null, implicit: false };
    const stated = statedVerdict(content);
    const next = actions[i + 1] === undefined ? 'correct' : 'incorrect';
    return { ...action, text: content, verdict: stated ?? next, implicit: stated === null };
  });
  return {
    actions: judged,
    isValid:
      judged.length > 0 &&
      judged.length % 2 === 0 &&
      judged.every((action, i) => action.type === (i % 2 === 0 ? 'solve' : 'verify')),
    hasMarkers: drafts.length > 1,
  };
}

/** The part in which the solving happens: the think part, unless it is empty. */
function solvingRegion(text: string, think: Span | null, summary: Span | null): Span {
  const isEmpty = (span: Span | null) => span === null || text.slice(...span).trim() === '';
  if (!isEmpty(think) && think !== null) return think;
  return summary ?? think ?? [0, text.length];
}

interface Draft {
  readonly type: 'solve' | 'verify';
  readonly span: Span;
}

function segments(text: string, [start, end]: Span, marker: RegExp): Draft[] {
  const drafts: Draft[] = [];
  let from = start;
  let type: Draft['type'] = 'solve';
  for (const match of text.slice(start, end).matchAll(marker)) {
    drafts.push({ type, span: [from, start + match.index] });
    from = start + match.index + match[0].length;
    type = match.groups?.check === undefined ? 'solve' : 'verify';
  }
  drafts.push({ type, span: [from, end] });
  return drafts;
}

/** Consecutive actions of one type are one action (spec B5.2). */
function mergeSame(drafts: readonly Draft[]): Draft[] {
  const merged: Draft[] = [];
  for (const draft of drafts) {
    const last = merged.at(-1);
    if (last?.type === draft.type)
      merged[merged.length - 1] = { type: draft.type, span: [last.span[0], draft.span[1]] };
    else merged.push(draft);
  }
  return merged;
}

/**
 * The verdict that a verification states, by the precedence of spec B5.4: the last "Therefore, the answer is ...",
 * then denials, then confirmations; "cannot be verified" and "not verified" deny.
 */
export function statedVerdict(text: string): 'correct' | 'incorrect' | null {
  const sentences = [...text.matchAll(/Therefore, the answer is (.+?)\./g)]
    .map((match) => match[1])
    .filter((word) => word === 'correct' || word === 'incorrect');
  const last = sentences.at(-1);
  if (last === 'correct' || last === 'incorrect') return last;
  if (/is incorrect|cannot (?:be )?verif|not verified/.test(text)) return 'incorrect';
  if (/is correct|is indeed|verified to be|verified as correct/.test(text)) return 'correct';
  return null;
}
