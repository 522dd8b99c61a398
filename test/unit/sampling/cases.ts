/** Random runs for the properties of rejection sampling. */
import fc from 'fast-check';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import type { ScftInput } from '../../../src/core/sampling/index.ts';
import type { Critique, Review, Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: rare, weight: 1 });
const grade = often(fc.constantFrom('correct', 'incorrect'), fc.constant('undetermined'));
const finish = often(fc.constant('stop'), fc.constantFrom('length', 'error'));
const answer = often<string | null>(fc.constantFrom('1', '2'), fc.constant(null));

const generated = fc.record({
  seed: fc.nat(),
  promptTokens: fc.nat(50),
  tokens: fc.nat(50),
  finish,
  ms: fc.constant(1),
  answer,
  grade,
  reason: fc.constant('r'),
  layer: fc.constant('l'),
});
const question = fc.oneof(
  fc.constantFrom('How many?', 'How  many?'),
  fc.nat(99).map((number) => `What is ${number}?`),
);
const solutionText = often(fc.constant('Step 1: 1.'), fc.constant(''));

/** Few problems and texts, so that equal questions and equal critiques are common; now and then a part is missing. */
const cases = fc.record({
  problems: fc.array(question, { minLength: 1, maxLength: 12 }),
  solutions: fc.array(fc.tuple(fc.nat(12), generated, solutionText), { minLength: 1, maxLength: 24 }),
  critiques: fc.array(
    fc.tuple(fc.nat(24), generated, fc.constantFrom('correct', 'incorrect', 'none'), fc.nat(40)),
    { maxLength: 60, size: 'max' },
  ),
  reviews: fc.array(
    fc.tuple(fc.nat(59), fc.constantFrom('accept', 'reject', 'superficial', 'edited', 'undone')),
    {
      maxLength: 10,
    },
  ),
  mix: fc.constantFrom<[number, number]>([2, 1], [1, 1], [1, 0], [0, 1], [1, 3], [5, 2]),
  size: fc.option(fc.nat(12)),
  seed: fc.nat(),
  filters: fc.record({
    verdictMustMatch: often(fc.constant(false), fc.constant(true)),
    maxTokens: often<number | null>(fc.constant(null), fc.nat(120)),
  }),
});

export const scftInput: fc.Arbitrary<ScftInput> = cases.map((drawn) => {
  const problems = drawn.problems.map(
    (problem, index): Problem => ({ id: `p${index}`, problem, answer: '1', mode: 'math' }),
  );
  const solutions = drawn.solutions.map(([at, rest, text], index): Solution => {
    // The last number stands for a problem that is not in the run.
    const problemId = at === 12 ? 'p99' : `p${at % problems.length}`;
    return { ...rest, id: `${problemId}#${index}`, problemId, index, text };
  });
  const critiques = drawn.critiques.map(([at, rest, verdict, text], index): Critique => {
    const solution = at === 24 ? undefined : solutions[at % solutions.length];
    return {
      ...rest,
      // A right answer is an answer; the grader never calls a missing one right.
      grade: rest.answer === null && rest.grade === 'correct' ? 'incorrect' : rest.grade,
      id: `${solution?.id ?? `p9#${at}`}/${index}`,
      solutionId: solution?.id ?? `p9#${at}`,
      problemId: solution?.problemId ?? 'p9',
      index,
      text: `Critique ${text}.`,
      verdict,
      transition: null,
      findings: [],
    };
  });
  const reviews = drawn.reviews.flatMap(([at, decision]): Review[] => {
    const critique = critiques[at];
    return critique === undefined
      ? []
      : [{ critiqueId: critique.id, decision, by: 'ada', at: '2026-01-01T00:00:00Z' }];
  });
  const { mix, size, seed, filters } = drawn;
  const source = { run: 'r', model: 'm', modelSha256: null };
  return { problems, solutions, critiques, reviews, prompts: nanoPrompts, mix, size, seed, filters, source };
});
