import type { Grade, Span, Transition } from '../schema/common.ts';
import { type Candidate, candidateAnswers, isSameAnswer } from './candidates.ts';
import type { ReflectionList } from './lists.ts';
import { reflectionsOf } from './reflections.ts';
import { formulasOf, squeeze } from './squeeze.ts';
import { splitThinking, type ThinkingParts, trimSpan } from './thinking.ts';
import { RETRY } from './trajectory.ts';
import { reflectionVerdict, type StatedVerdict } from './verdicts.ts';

export interface TraceOptions {
  /** Grades an answer as written; called once for each. */
  readonly grade: (answer: string) => Grade;
  readonly list?: ReflectionList;
  /** Whether two answers are one; by spelling unless told. */
  readonly isSame?: (a: string, b: string) => boolean;
}

export interface GradedCandidate extends Candidate {
  readonly grade: Grade;
}

/** One reflection of a trace and what it did to the answer. */
export interface TraceReflection {
  /** From its cue's sentence to the next reflection, or to the end of its part of the text. */
  readonly span: Span;
  /** The last candidate answer before it; `null` in mid-derivation. */
  readonly before: GradedCandidate | null;
  /** The last candidate answer in it, or else the one before it. */
  readonly after: GradedCandidate | null;
  /** `null` without an answer before it, or where a grade is undetermined. */
  readonly transition: Transition | null;
  /** The answer after it is another one than before it. */
  readonly isChanged: boolean;
  /** What it says about the answer before it. */
  readonly verdict: StatedVerdict | null;
  /** Nothing changed and nothing was computed that the trace had not computed before. */
  readonly isSuperficial: boolean;
}

export interface Trace {
  readonly parts: ThinkingParts;
  /** Candidate answers along the trace, think part and summary. */
  readonly answers: readonly GradedCandidate[];
  readonly reflections: readonly TraceReflection[];
  /** The first right candidate. */
  readonly firstCorrect: GradedCandidate | null;
  /** Share of the characters that come after the first right candidate; `null` without one. */
  readonly shareAfterFirstCorrect: number | null;
}

/** Reads a trace: its candidate answers, graded, and its reflections with the answer before and after each. */
export function readTrace(text: string, options: TraceOptions): Trace {
  const { list = 'lrm', isSame = isSameAnswer } = options;
  const parts = splitThinking(text);
  const grades = new Map<string, Grade>();
  const answers = candidateAnswers(text).map((candidate): GradedCandidate => {
    const grade = grades.get(candidate.answer) ?? options.grade(candidate.answer);
    grades.set(candidate.answer, grade);
    return { ...candidate, grade };
  });
  const spans = reflectionsOf(text, list).spans;
  const isNovel = noveltyOf(text, spans);
  // Both are in order and reflections do not overlap, so that one walk over the answers serves all.
  let next = 0;
  const reflections = spans.map((span, at): TraceReflection => {
    while ((answers[next]?.span[0] ?? text.length) < span[0]) next += 1;
    const before = answers[next - 1] ?? null;
    let end = next;
    while ((answers[end]?.span[0] ?? text.length) < span[1]) end += 1;
    const within = answers.slice(next, end);
    const after = within.at(-1) ?? before;
    const isChanged = before !== null && after !== null && !isSame(before.answer, after.answer);
    const firstOther = within.find((answer) => before === null || !isSame(answer.answer, before.answer));
    return {
      span: clipToPart(text, span, parts),
      before,
      after,
      transition: before === null || after === null ? null : transitionOf(before.grade, after.grade),
      isChanged,
      verdict: before === null ? null : reflectionVerdict(verdictRegion(text, span, firstOther)),
      isSuperficial: before !== null && !isChanged && !isNovel(at),
    };
  });
  const firstCorrect = answers.find((answer) => answer.grade === 'correct') ?? null;
  return {
    parts,
    answers,
    reflections,
    firstCorrect,
    shareAfterFirstCorrect: firstCorrect === null ? null : 1 - firstCorrect.span[1] / text.length,
  };
}

/** The transition between two grades; `null` where one is undetermined. */
export function transitionOf(before: Grade, after: Grade): Transition | null {
  if (before === 'undetermined' || after === 'undetermined') return null;
  if (before === 'correct') return after === 'correct' ? 'c→c' : 'c→i';
  return after === 'correct' ? 'i→c' : 'i→i';
}

/** The part of a reflection that can speak about the answer before it: up to another answer, or to a new attempt. */
function verdictRegion(text: string, [start, end]: Span, firstOther: Candidate | undefined): string {
  const region = text.slice(start, firstOther?.span[0] ?? end);
  const retry = region.indexOf(RETRY);
  return retry < 0 ? region : region.slice(0, retry);
}

/** For display a reflection in the think part ends with it, though the summary's answer counts as what it led to. */
function clipToPart(text: string, [start, end]: Span, { think }: ThinkingParts): Span {
  const stop = think !== null && start < think[1] ? Math.min(end, think[1]) : end;
  return trimSpan(text, [start, stop]);
}

/**
 * Whether a span computes anything that stands nowhere before it. Looked up only for spans that are asked about: a
 * formula that is new is looked for in all of the text before it.
 */
function noveltyOf(text: string, spans: readonly Span[]): (at: number) => boolean {
  const pieces = spans.map(([start], at) => squeeze(text.slice(spans[at - 1]?.[0] ?? 0, start)));
  const earlier = pieces.join('');
  let length = 0;
  const ends = pieces.map((piece) => {
    length += piece.length;
    return length;
  });
  const mayStandBefore = gramFilter(earlier);
  return (at) => {
    const [start, stop] = spans[at] ?? [0, 0];
    const end = ends[at] ?? 0;
    return formulasOf(text.slice(start, stop)).some(
      (formula) =>
        formula.length > end ||
        !mayStandBefore(formula, end) ||
        // The nearest earlier place: what is computed again was mostly computed a moment ago.
        earlier.lastIndexOf(formula, end - formula.length) < 0,
    );
  };
}

/** Characters of a piece of a formula; shorter formulas are found fast, and longer pieces are rarer. */
const GRAM = 6;
/** Beyond this the pieces would take more memory than the search takes time. */
const INDEXED_CHARACTERS = 2_000_000;

/** Says no only where a formula surely does not stand in the text before `end`: it holds a piece that comes later. */
function gramFilter(text: string): (formula: string, end: number) => boolean {
  let first: Map<string, number> | undefined;
  return (formula, end) => {
    if (formula.length < GRAM || text.length > INDEXED_CHARACTERS) return true;
    first ??= firstPlaces(text);
    for (let at = 0; at + GRAM <= formula.length; at += 1) {
      if ((first.get(formula.slice(at, at + GRAM)) ?? end) + GRAM > end) return false;
    }
    return true;
  };
}

/** Where each piece of the text stands first. */
function firstPlaces(text: string): Map<string, number> {
  const first = new Map<string, number>();
  for (let at = text.length - GRAM; at >= 0; at -= 1) first.set(text.slice(at, at + GRAM), at);
  return first;
}
