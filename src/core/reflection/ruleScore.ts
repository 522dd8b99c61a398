import type { Grade, Span } from '../schema/common.ts';
import { isSameAnswer } from './candidates.ts';
import { readTrace, type Trace, type TraceOptions, type TraceReflection } from './trace.ts';
import type { StatedVerdict } from './verdicts.ts';

/** What a reflection did, in the words of the table of spec A4.2. */
export type ReflectionClass =
  | 'effective-correction'
  | 'truthful-confirmation'
  | 'redundant-confirmation'
  | 'failed-correction'
  | 'affirmed-error'
  | 'repeated-error'
  | 'destroyed'
  | 'not-scorable';

export interface ScoredReflection {
  readonly span: Span;
  readonly before: string | null;
  readonly after: string | null;
  readonly class: ReflectionClass;
  /** 0..10; `null` when not scorable. */
  readonly s: number | null;
  readonly verdict: StatedVerdict | null;
  /** The verdict agrees with the grade of the answer before; `null` without a verdict or a grade. */
  readonly isVerdictTrue: boolean | null;
  /** The reason in words. */
  readonly why: string;
}

export interface RuleScore {
  /** s(y) in 0..10; `null` where the grade of the final answer is undetermined and nothing else can be scored. */
  readonly s: number | null;
  /** r_ref = s/10. */
  readonly reward: number | null;
  /** The mean was cut to 2, because a violation of truthfulness fixed the final answer. */
  readonly isCapped: boolean;
  readonly reflections: readonly ScoredReflection[];
  readonly why: string;
}

export interface RuleScoreOptions extends TraceOptions {
  /** Grade of the answer that counts; by default that of the last candidate, `incorrect` without one. */
  readonly finalGrade?: Grade;
  /** Read the answers only, never what a reflection claims: the ablation of spec A4.2. */
  readonly answersOnly?: boolean;
  /** s of a right trace without a reflection: 5, or 7 for strict neutrality towards one true check. */
  readonly noReflectionCorrect?: number;
}

/** Upper bound of a reflection that contradicts the truth, and of a trace whose final answer such a reflection fixed. */
const TRUTHFULNESS_CAP = 2;
const NO_REFLECTION_CORRECT = 5;
const NO_REFLECTION_WRONG = 2;

/** The rule score s(y) of spec A4.2. `scripts/trainer/reflection_trainer/rule_score.py` is its twin. */
export function ruleScore(text: string, options: RuleScoreOptions): RuleScore {
  return scoreTrace(readTrace(text, options), options);
}

/** The rule score of a trace that was read already. */
export function scoreTrace(trace: Trace, options: RuleScoreOptions): RuleScore {
  const finalGrade = options.finalGrade ?? trace.answers.at(-1)?.grade ?? 'incorrect';
  const reflections = scoreReflections(trace.reflections, options);
  const scores = reflections.map((reflection) => reflection.s).filter((s) => s !== null);
  if (scores.length === 0) return withoutReflection(finalGrade, reflections, options);
  const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
  const violation =
    finalGrade === 'incorrect' ? fixingViolation(trace.reflections, reflections, options) : null;
  const isCapped = violation !== null && mean > TRUTHFULNESS_CAP;
  const s = isCapped ? TRUTHFULNESS_CAP : mean;
  const why = `mean of ${scores.length}${isCapped ? `, at most ${TRUTHFULNESS_CAP}: ${violation}` : ''}`;
  return { s, reward: s / 10, isCapped, reflections, why };
}

function withoutReflection(
  finalGrade: Grade,
  reflections: readonly ScoredReflection[],
  { noReflectionCorrect = NO_REFLECTION_CORRECT }: RuleScoreOptions,
): RuleScore {
  if (finalGrade === 'undetermined') {
    return { s: null, reward: null, isCapped: false, reflections, why: 'the final answer is undetermined' };
  }
  const s = finalGrade === 'correct' ? noReflectionCorrect : NO_REFLECTION_WRONG;
  const why =
    finalGrade === 'correct' ? 'right without a reflection' : 'wrong without a reflection: missed error';
  return { s, reward: s / 10, isCapped: false, reflections, why };
}

function scoreReflections(
  reflections: readonly TraceReflection[],
  options: RuleScoreOptions,
): ScoredReflection[] {
  let confirmations = 0;
  return reflections.map((reflection) => {
    if (reflection.transition === 'c→c') confirmations += 1;
    return scoreReflection(reflection, confirmations, options.answersOnly === true);
  });
}

/** One row of the table, then the verdict rule. `confirmations` counts the confirmations of a right answer so far. */
function scoreReflection(
  reflection: TraceReflection,
  confirmations: number,
  answersOnly: boolean,
): ScoredReflection {
  const { span, before, after, transition } = reflection;
  const verdict = answersOnly ? null : reflection.verdict;
  const ends = { span, before: before?.answer ?? null, after: after?.answer ?? null, verdict };
  const isVerdictTrue = verdict === null || transition === null ? null : verdict === before?.grade;
  const row = tableRow(reflection, verdict, confirmations);
  if (row.s === null) return { ...ends, ...row, isVerdictTrue };
  if (isVerdictTrue !== false || row.s <= TRUTHFULNESS_CAP) return { ...ends, ...row, isVerdictTrue };
  const why = `${row.why}; but it calls the ${before?.grade === 'correct' ? 'right' : 'wrong'} answer ${verdict} (P1)`;
  return { ...ends, class: row.class, s: TRUTHFULNESS_CAP, isVerdictTrue, why };
}

function tableRow(
  { transition, isChanged }: TraceReflection,
  verdict: StatedVerdict | null,
  confirmations: number,
): { class: ReflectionClass; s: number | null; why: string } {
  switch (transition) {
    case 'i→c':
      return { class: 'effective-correction', s: 8, why: 'i→c: error found and repaired (P1, P2, P3)' };
    case 'c→c':
      return confirmations === 1
        ? { class: 'truthful-confirmation', s: 7, why: 'c→c: first confirmation of a right answer' }
        : {
            class: 'redundant-confirmation',
            s: Math.max(3, 7 - 2 * (confirmations - 1)),
            why: `c→c: confirmation number ${confirmations} (P5)`,
          };
    case 'c→i':
      return { class: 'destroyed', s: 1, why: 'c→i: a right answer was given up (P1)' };
    case 'i→i':
      if (isChanged) return { class: 'failed-correction', s: 4, why: 'i→i′: changed, still wrong (P2)' };
      return verdict === 'correct'
        ? { class: 'affirmed-error', s: 2, why: 'i→i: a wrong answer was called right (P1)' }
        : { class: 'repeated-error', s: 3, why: 'i→i: the same wrong answer again' };
    case null:
      return { class: 'not-scorable', s: null, why: 'no graded answer before or after it' };
    default:
      throw transition satisfies never;
  }
}

/** The violation of truthfulness that the wrong final answer comes from: a c→i never repaired, or an affirmed error kept. */
function fixingViolation(
  read: readonly TraceReflection[],
  scored: readonly ScoredReflection[],
  { isSame = isSameAnswer }: RuleScoreOptions,
): string | null {
  const last = read.at(-1)?.after ?? null;
  if (last === null || last.grade !== 'incorrect') return null;
  if (scored.some((reflection) => reflection.class === 'destroyed'))
    return 'a right answer was given up for good';
  const isAffirmed = scored.some(
    ({ class: name, after }) => name === 'affirmed-error' && after !== null && isSame(after, last.answer),
  );
  return isAffirmed ? 'the wrong final answer was called right' : null;
}
