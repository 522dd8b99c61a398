import { type RuleScore, readTrace, scoreTrace, type Trace } from '../reflection/index.ts';
import type { Solution } from '../schema/lines.ts';
import { defineMetric, type Metric, type MetricDefinition, meanOverProblems, ratioOfSums } from './metric.ts';
import type { ProblemGroup } from './rows.ts';

/** Metrics that follow the answers along a trace (spec A4.2, peers 8.2). They read every solution closely: on request. */

const traces = new WeakMap<Solution, { trace: Trace; score: RuleScore }>();

function readOnce(solution: Solution, grade: ProblemGroup['grade']): { trace: Trace; score: RuleScore } {
  const known = traces.get(solution);
  if (known !== undefined) return known;
  const trace = readTrace(solution.text, { grade });
  const read = { trace, score: scoreTrace(trace, { grade, finalGrade: solution.grade }) };
  traces.set(solution, read);
  return read;
}

type Words = Pick<MetricDefinition, 'id' | 'label' | 'better' | 'per' | 'undefinedWhen'> &
  Partial<Pick<MetricDefinition, 'format'>>;

function words(own: Words) {
  return { format: 'percent', needs: 'solutions', tier: 'detail', readsText: true, ...own } as const;
}

/** Reflections after which nothing changed and in which nothing new was computed. */
export const superficialShare: Metric = ratioOfSums(
  words({
    id: 'superficial',
    label: 'Superficial reflections',
    better: 'lower',
    per: 'reflections with an answer before them',
    undefinedWhen: 'no reflection has an answer before it',
  }),
  ({ solutions, grade }) => {
    const reflections = solutions
      .flatMap((solution) => readOnce(solution, grade).trace.reflections)
      .filter(({ before }) => before !== null);
    return {
      numerator: reflections.filter(({ isSuperficial }) => isSuperficial).length,
      denominator: reflections.length,
    };
  },
);

/** Verdicts in reflections that are true: the alarm against a model that calls everything incorrect (spec A4.2). */
export const trueVerdictShare: Metric = ratioOfSums(
  words({
    id: 'reflection.verdict-true',
    label: 'True verdicts in reflections',
    better: 'higher',
    per: 'reflections that state a verdict on a graded answer',
    undefinedWhen: 'no reflection states a verdict on a graded answer',
  }),
  ({ solutions, grade }) => {
    const verdicts = solutions
      .flatMap((solution) => readOnce(solution, grade).score.reflections)
      .filter(({ isVerdictTrue }) => isVerdictTrue !== null);
    return {
      numerator: verdicts.filter(({ isVerdictTrue }) => isVerdictTrue).length,
      denominator: verdicts.length,
    };
  },
);

/** Mean rule score s(y) of spec A4.2, 0 to 10. */
export const meanRuleScore: Metric = meanOverProblems(
  words({
    id: 'rule-score',
    label: 'Rule score',
    better: 'higher',
    format: 'number',
    per: 'scorable solutions, averaged within each problem first',
    undefinedWhen: 'no solution can be scored',
  }),
  ({ solutions, grade }) => {
    const scores = solutions.map((solution) => readOnce(solution, grade).score.s).filter((s) => s !== null);
    return { numerator: scores.reduce((sum, s) => sum + s, 0), denominator: scores.length };
  },
);

/** Tokens generated after the first right candidate answer, estimated from the characters. */
export const tokensAfterRight: Metric = ratioOfSums(
  words({
    id: 'tokens.after-right',
    label: 'Tokens after the first right answer',
    better: 'lower',
    format: 'tokens',
    per: 'solutions that name the right answer on the way',
    undefinedWhen: 'no solution names the right answer on the way',
  }),
  ({ solutions, grade }) => {
    let numerator = 0;
    let denominator = 0;
    for (const solution of solutions) {
      const share = readOnce(solution, grade).trace.shareAfterFirstCorrect;
      if (share === null) continue;
      numerator += share * solution.tokens;
      denominator += 1;
    }
    return { numerator, denominator };
  },
);

/** Tokens spent in reflections for each right answer that they gained, net of those that they lost. */
export const reflectionCost: Metric = defineMetric({
  ...words({
    id: 'reflection.tokens-per-right',
    label: 'Reflection tokens per extra right answer',
    better: 'lower',
    format: 'tokens',
    per: 'right answers gained less those lost in reflections',
    undefinedWhen: 'reflections gained no more right answers than they lost',
  }),
  parts: ({ solutions, grade }) => {
    let tokens = 0;
    let gained = 0;
    for (const solution of solutions) {
      for (const { span, transition } of readOnce(solution, grade).trace.reflections) {
        tokens += (solution.tokens * (span[1] - span[0])) / Math.max(1, solution.text.length);
        gained += Number(transition === 'i→c') - Number(transition === 'c→i');
      }
    }
    return [tokens, gained];
  },
  value: ([tokens = 0, gained = 0]) => (gained <= 0 ? null : tokens / gained),
  counts: ([numerator = 0, denominator = 0]) => ({ numerator, denominator }),
});
