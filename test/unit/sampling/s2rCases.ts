/** Random runs for S2R: few problems and answers, so that equal answers and all rows of the table are common. */
import fc from 'fast-check';
import { s2rPrompts } from '../../../src/core/prompts/index.ts';
import type { S2rInput } from '../../../src/core/sampling/index.ts';
import type { Critique, Review, Solution } from '../../../src/core/schema/lines.ts';
import type { Problem } from '../../../src/core/schema/problem.ts';

const often = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary: rare, weight: 1 });

const solutionDraw = fc.record({
  /** 0 is right. */
  answer: fc.nat(4),
  finish: often<Solution['finish']>(fc.constant('stop'), fc.constant('length')),
  form: often(
    fc.constant('boxed'),
    fc.constantFrom('unboxed', 'reflecting', 'thinking', 'undetermined', 'hostile'),
  ),
  tokens: fc.nat(60),
});
const verificationDraw = fc.record({
  says: often(fc.constant('truth'), fc.constantFrom('lie', 'nothing', 'both')),
  finish: often<Critique['finish']>(fc.constant('stop'), fc.constant('length')),
  tokens: fc.nat(60),
});

const cases = fc.record({
  problems: fc.array(
    fc.array(fc.tuple(solutionDraw, fc.array(verificationDraw, { maxLength: 2 })), { maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  reviews: fc.array(
    fc.tuple(fc.nat(30), fc.constantFrom<Review['decision'][]>('accept', 'reject', 'superficial', 'undone')),
    {
      maxLength: 6,
    },
  ),
  isShared: fc.boolean(),
  isThinned: fc.boolean(),
  size: fc.option(fc.nat(4)),
  seed: fc.nat(),
  maxTokens: often<number | null>(fc.constant(null), fc.nat(100)),
});

export const s2rInput: fc.Arbitrary<S2rInput> = cases.map((drawn) => {
  const problems: Problem[] = [];
  const solutions: Solution[] = [];
  const critiques: Critique[] = [];
  for (const [at, own] of drawn.problems.entries()) {
    const problemId = `p${at}`;
    problems.push({ id: problemId, problem: `What is ${at}+3?`, answer: '0', mode: 'math' });
    for (const [index, [draw, verifications]] of own.entries()) {
      const solution = solutionOf(problemId, index, draw);
      solutions.push(solution);
      for (const [number, verification] of verifications.entries())
        critiques.push(critiqueOf(solution, number, verification));
    }
  }
  const reviews = drawn.reviews.flatMap(([at, decision]): Review[] => {
    const critique = critiques[at];
    return critique === undefined
      ? []
      : [{ critiqueId: critique.id, decision, by: 'ada', at: '2026-01-01T00:00:00Z' }];
  });
  const { isShared, isThinned, size, seed, maxTokens } = drawn;
  return {
    problems,
    solutions,
    critiques,
    reviews,
    prompts: s2rPrompts,
    style: 'confirmative',
    isShared,
    isThinned,
    size,
    seed,
    filters: { maxTokens },
    source: { run: 'r', model: 'm', modelSha256: null },
  };
});

function solutionOf(
  problemId: string,
  index: number,
  {
    answer,
    finish,
    form,
    tokens,
  }: { answer: number; finish: Solution['finish']; form: string; tokens: number },
): Solution {
  const boxed = `Step 1 of ${index}. \\boxed{${answer}}`;
  const texts: Record<string, string> = {
    unboxed: `The answer is ${answer}.`,
    reflecting: `<think>\nStep 1. The answer is 9.\nWait, let me recheck my solution.\nNo.\nTherefore, the answer is incorrect. Let me try again.\nStep 2.\n</think>\n\\boxed{${answer}}`,
    thinking: `<think>\nStep 1 of ${index}.\n</think>\n\\boxed{${answer}}`,
    hostile: `<think><think>\\boxed{${answer}} Let me try again.\n\nWait, let me recheck my solution.`,
  };
  const grade = form === 'undetermined' ? form : answer === 0 ? 'correct' : 'incorrect';
  return {
    id: `${problemId}#${index}`,
    problemId,
    index,
    seed: 1,
    text: texts[form] ?? boxed,
    promptTokens: 5,
    tokens,
    finish,
    ms: 1,
    answer: String(answer),
    grade,
    reason: 'r',
    layer: 'l',
  };
}

function critiqueOf(
  solution: Solution,
  index: number,
  { says, finish, tokens }: { says: string; finish: Critique['finish']; tokens: number },
): Critique {
  const truth = solution.grade === 'correct' ? 'correct' : 'incorrect';
  const other = truth === 'correct' ? 'incorrect' : 'correct';
  const sentence = (verdict: string) => `Therefore, the answer is ${verdict}.`;
  const texts: Record<string, string> = {
    truth: `Put back into the question: ${solution.answer}. ${sentence(truth)}`,
    lie: `Hm. ${sentence(other)} \\boxed{4}`,
    nothing: 'Who knows?',
    both: `${sentence(truth)} Or: ${sentence(other)}`,
  };
  return {
    id: `${solution.id}/${index}`,
    solutionId: solution.id,
    problemId: solution.problemId,
    index,
    seed: 1,
    text: texts[says] ?? '',
    promptTokens: 5,
    tokens,
    finish,
    ms: 1,
    answer: null,
    grade: 'incorrect',
    reason: 'no-answer',
    layer: 'none',
    verdict: 'none',
    transition: null,
    findings: [],
  };
}
