/** What is asked of the model for each sample, and what its answer becomes. */
import { renderStatement } from '../../core/problems/statement.ts';
import { renderPrompt, type SlottedSolution, slotSolution } from '../../core/prompts/index.ts';
import type { SampleResult, TokenLogprobs } from '../../core/protocol/inference.ts';
import { readCritique } from '../../core/reflection/index.ts';
import { sampleSeed } from '../../core/sampling/index.ts';
import type { Grade, Transition } from '../../core/schema/common.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { Prompts, SamplingOptions } from '../../core/schema/run.ts';
import { type Job, messagesFor } from './generate.ts';
import type { GradeSample } from './grading.ts';

interface JobOptions {
  readonly prompts: Prompts;
  readonly sampling: SamplingOptions;
  readonly seed: number;
}

/** The solutions `<problemId>#0` .. `<problemId>#<n-1>` of each problem; those of one problem stand together. */
export function solutionJobs(
  problems: readonly Problem[],
  n: number,
  { prompts, sampling, seed }: JobOptions,
): Job<Solution>[] {
  return problems.flatMap((problem) => {
    const messages = messagesFor(prompts, renderPrompt(prompts.solve, { problem: renderStatement(problem) }));
    return Array.from({ length: n }, (_, index): Job<Solution> => {
      const id = `${problem.id}#${index}`;
      const ownSeed = sampleSeed(seed, id);
      return {
        id,
        messages,
        seed: ownSeed,
        sampling,
        toRow: async (result, grade) => ({
          id,
          problemId: problem.id,
          index,
          ...generated(result, ownSeed),
          ...(await grade(result, problem)),
          ...(result.logprobs === undefined ? {} : { logprobs: copyOf(result.logprobs) }),
        }),
      };
    });
  });
}

function copyOf({ values, of, ids, texts }: TokenLogprobs): NonNullable<Solution['logprobs']> {
  return {
    values: [...values],
    of,
    ...(ids === undefined ? {} : { ids: [...ids] }),
    ...(texts === undefined ? {} : { texts: [...texts] }),
  };
}

/** The critiques `<solutionId>/0` .. `<solutionId>/<n-1>` of one solution. */
export function critiqueJobs(
  problem: Problem,
  solution: Solution,
  n: number,
  { prompts, sampling, seed, template, answer }: JobOptions & { template: string; answer?: string },
): Job<Critique>[] {
  const slot = slotSolution(solution.text, prompts.solutionSlot);
  const values = { problem: renderStatement(problem), solution: slot.text };
  const text = renderPrompt(template, answer === undefined ? values : { ...values, answer });
  const messages = messagesFor(prompts, text);
  return Array.from({ length: n }, (_, index): Job<Critique> => {
    const id = `${solution.id}/${index}`;
    return critiqueJob({
      id,
      index,
      problem,
      solution,
      messages,
      sampling,
      seed: sampleSeed(seed, id),
      slot,
    });
  });
}

/** The rewriting `<critiqueId>r` of a verification, which takes its place (spec B3). */
export function refinementJob(
  problem: Problem,
  solution: Solution,
  verification: Critique,
  { prompts, sampling, seed, template }: JobOptions & { template: string },
): Job<Critique> {
  const slot = slotSolution(solution.text, prompts.solutionSlot);
  const text = renderPrompt(template, {
    problem: renderStatement(problem),
    solution: slot.text,
    answer: solution.answer ?? '',
    verification: verification.text,
  });
  const { id: refines, index } = verification;
  const id = `${refines}r`;
  const messages = messagesFor(prompts, text);
  const own = { id, index, problem, solution, messages, sampling, seed: sampleSeed(seed, id), slot };
  const job = critiqueJob(own);
  return { ...job, toRow: async (result, grade) => ({ ...(await job.toRow(result, grade)), refines }) };
}

interface CritiqueJob extends Pick<Job<Critique>, 'id' | 'messages' | 'sampling' | 'seed'> {
  readonly index: number;
  readonly problem: Problem;
  readonly solution: Solution;
  readonly slot: SlottedSolution;
}

function critiqueJob({
  id,
  index,
  problem,
  solution,
  messages,
  sampling,
  seed,
  slot,
}: CritiqueJob): Job<Critique> {
  return {
    id,
    messages,
    seed,
    sampling,
    toRow: async (result, gradeSample) => {
      const grade = await gradeSample(result, problem);
      const read =
        result.finish === 'error'
          ? { verdict: 'none' as const, findings: [] }
          : readCritique(result.text, solution.text, slot.region);
      return {
        id,
        solutionId: solution.id,
        problemId: problem.id,
        index,
        ...generated(result, seed),
        ...grade,
        verdict: read.verdict,
        transition: transitionOf(solution.grade, grade.grade),
        findings: read.findings,
      };
    },
  };
}

/**
 * A worked solution that no model made, as a line of a run. When no answer can be read from it, it is not known to be
 * wrong: a person's text need not put a box around its answer.
 */
export async function writtenSolution(
  problem: Problem,
  text: string,
  gradeSample: GradeSample,
): Promise<Solution> {
  const id = `${problem.id}#0`;
  const result = { id, text, promptTokens: 0, tokens: 0, finish: 'stop' as const, ms: 0 };
  const grade = await gradeSample(result, problem);
  return {
    id,
    problemId: problem.id,
    index: 0,
    ...generated(result, 0),
    ...grade,
    grade: grade.answer === null ? 'undetermined' : grade.grade,
  };
}

function generated(result: SampleResult, seed: number) {
  const { text, promptTokens, tokens, finish, ms, error } = result;
  return {
    seed: result.sharedSeed ?? seed,
    text,
    promptTokens,
    tokens,
    finish,
    ms,
    ...(error === undefined ? {} : { error }),
  };
}

function transitionOf(before: Grade, after: Grade): Transition | null {
  if (before === 'undetermined' || after === 'undetermined') return null;
  if (before === 'correct') return after === 'correct' ? 'c→c' : 'c→i';
  return after === 'correct' ? 'i→c' : 'i→i';
}
