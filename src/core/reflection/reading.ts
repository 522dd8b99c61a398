/** A sample as a person reads it closely: each reflection and confidence cue with its place and what it did. */
import type { Grade, Span, Transition } from '../schema/common.ts';
import { type ConfidenceCue, confidenceCues, hedgingShare } from './confidence.ts';
import type { ReflectionList } from './lists.ts';
import { reflectionsOf } from './reflections.ts';
import { type TokenPosition, tokenPosition } from './tokenPosition.ts';
import { type GradedCandidate, readTrace } from './trace.ts';

/** What is read of a sample. */
export interface ReadSample {
  readonly text: string;
  readonly tokens: number;
  /** Recorded where it was asked for: then places are exact. */
  readonly logprobs?: { readonly texts?: readonly string[] | undefined } | undefined;
}

/** Where a cue stands. */
export interface Place {
  readonly span: Span;
  readonly token: TokenPosition;
  /** The words themselves. */
  readonly text: string;
}

export interface ReflectionRow extends Place {
  readonly before: { readonly answer: string; readonly grade: Grade } | null;
  readonly after: { readonly answer: string; readonly grade: Grade } | null;
  readonly transition: Transition | null;
  /** What it says about the answer before it. */
  readonly verdict: 'correct' | 'incorrect' | null;
  readonly isSuperficial: boolean;
}

export interface ReflectionReading {
  /** R(y): cues of the list. Cues with no mathematics between them are one reflection. */
  readonly count: number;
  readonly reflections: readonly ReflectionRow[];
  /** Tokens behind the first right answer; null without one. */
  readonly tokensAfterFirstCorrect: { readonly tokens: number; readonly isExact: boolean } | null;
}

/** The reflections of a solution under one list. */
export function readReflections(
  sample: ReadSample,
  grade: (answer: string) => Grade,
  list: ReflectionList = 'lrm',
): ReflectionReading {
  const { text, tokens } = sample;
  const { cues, count, spans } = reflectionsOf(text, list);
  const { reflections, firstCorrect } = readTrace(text, { grade, list });
  const rows = reflections.map((reflection, at): ReflectionRow => {
    const [from, to] = spans[at] ?? reflection.span;
    const cue = cues.find(([start]) => start >= from && start < to) ?? reflection.span;
    const { before, after, transition, verdict, isSuperficial } = reflection;
    return {
      ...placeOf(sample, cue),
      before: short(before),
      after: short(after),
      transition,
      verdict,
      isSuperficial,
    };
  });
  const end = firstCorrect === null ? null : placeOf(sample, [firstCorrect.span[1] - 1, text.length]).token;
  return {
    count,
    reflections: rows,
    tokensAfterFirstCorrect:
      end === null ? null : { tokens: Math.max(0, tokens - end.token - 1), isExact: end.isExact },
  };
}

export interface ConfidenceReading {
  readonly cues: readonly (Place & Pick<ConfidenceCue, 'kind'>)[];
  /** Share of hedges among the cues; null without a cue. */
  readonly hedging: number | null;
}

/** How sure a critique is of itself. */
export function readConfidence(sample: ReadSample): ConfidenceReading {
  const cues = confidenceCues(sample.text).map(({ kind, span }) => ({ kind, ...placeOf(sample, span) }));
  return { cues, hedging: hedgingShare(sample.text) };
}

function placeOf(sample: ReadSample, [start, end]: Span): Place {
  const { text, tokens } = sample;
  const starts = tokenStarts(sample);
  const token = tokenPosition(start, {
    characters: text.length,
    tokens,
    ...(starts === null ? {} : { starts }),
  });
  return { span: [start, end], token, text: text.slice(start, end) };
}

const known = new WeakMap<ReadSample, readonly number[] | null>();

/** The first character of each token; null where the texts of the tokens are not the text. */
function tokenStarts(sample: ReadSample): readonly number[] | null {
  const found = known.get(sample);
  if (found !== undefined) return found;
  const texts = sample.logprobs?.texts ?? [];
  let at = 0;
  const starts = texts.map((token) => {
    at += token.length;
    return at - token.length;
  });
  // Bytes of one character may be split over tokens, whose texts then do not add up.
  const fits = texts.length > 0 && texts.join('') === sample.text;
  known.set(sample, fits ? starts : null);
  return fits ? starts : null;
}

function short(candidate: GradedCandidate | null) {
  return candidate === null ? null : { answer: candidate.answer, grade: candidate.grade };
}
