/** LLM judge of a run's traces (spec A4.1), beside the rule score (spec A4.2). */
import { createHash } from 'node:crypto';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../core/errors.ts';
import {
  FALLBACK_SCORE,
  JUDGE_PROMPT_VERSION,
  type Judgement,
  judgeAgreement,
  judgePrompt,
  parseJudgement,
} from '../../core/judge/index.ts';
import { renderStatement } from '../../core/problems/statement.ts';
import type { ChatMessage, SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import { reflectionCount, ruleScore } from '../../core/reflection/index.ts';
import { hash32 } from '../../core/sampling/index.ts';
import {
  type JudgedRow,
  type JudgeReport,
  judgementSchema,
  judgeReportSchema,
} from '../../core/schema/judge.ts';
import type { Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import type { SamplingOptions } from '../../core/schema/run.ts';
import type { Engine } from '../engines/engine.ts';
import { type CachePlace, readCached, writeCached } from '../engines/machineCache.ts';
import { onDisk, type RunData, readRun } from '../runs/index.ts';
import { answerGrades } from './answerGrades.ts';
import type { PipelineOptions } from './options.ts';

export interface JudgeOptions {
  /** The run whose solutions are judged. */
  readonly dir: string;
  /** Connected by the caller, who closes it. */
  readonly engine: Engine;
  /** Shown to the judge it improves P1; the paper does not mention it. */
  readonly showGold: boolean;
  /** Traces at most, drawn by the seed; null: all. */
  readonly limit: number | null;
  readonly seed: number;
  readonly maxTokens: number;
  /** Per million tokens of prompts and of answers. */
  readonly prices?: readonly [prompt: number, completion: number];
  readonly grader?: PipelineOptions['grader'];
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface JudgeOutcome {
  /** Null when interrupted: what was judged is in the cache, and the same call goes on. */
  readonly report: JudgeReport | null;
  readonly file: string;
  readonly judged: number;
  readonly wanted: number;
  /** Requests that failed; calling again tries them again. */
  readonly failed: readonly { readonly solutionId: string; readonly error: string }[];
}

/** Judged by now. */
interface Judged {
  readonly judgement: Judgement | null;
  readonly isCached: boolean;
}

/**
 * Judges the finished traces that reflect at all. Every judgement is kept by a hash of all that it depends on, so that
 * an interrupted or repeated call pays for none twice. An answer that cannot be read is asked for once more.
 */
export async function judge(options: JudgeOptions): Promise<JudgeOutcome> {
  const run = await readRun(options.dir);
  const file = path.join(
    options.dir,
    `judge-${slug(options.engine.identity.name)}${options.showGold ? '' : '-no-gold'}.json`,
  );
  const all = tracesOf(run);
  const reflecting = all.filter(({ solution }) => reflectionCount(solution.text) > 0);
  if (reflecting.length === 0) throw nothingToJudge(run, all.length);
  const traces = drawn(reflecting, options);
  const work = await judgeAll(traces, options);
  const outcome = { file, judged: work.judged.size, wanted: traces.length, failed: work.failed };
  if (options.signal.aborted) return { ...outcome, report: null };
  const report = await reportOf(run, traces, work, all.length - reflecting.length, options);
  await onDisk(file, () => writeFileAtomic(file, `${JSON.stringify(report, null, 2)}\n`));
  return { ...outcome, report };
}

interface Trace {
  readonly problem: Problem;
  readonly solution: Solution;
}

/** Truncated traces are no finished reasoning; those that cannot be graded have no rule score. */
function tracesOf({ problems, solutions }: RunData): Trace[] {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  return solutions.flatMap((solution) => {
    const problem = byId.get(solution.problemId);
    return problem === undefined || solution.finish !== 'stop' ? [] : [{ problem, solution }];
  });
}

function nothingToJudge(run: RunData, finished: number): UserError {
  return new UserError(
    'nothing-to-judge',
    `None of the ${finished} finished solutions of ${run.manifest.id} reflects.`,
    {
      place: { file: run.dir },
      remedy: 'Name a run whose solutions look again at their work ("Wait, ...").',
    },
  );
}

function drawn(traces: readonly Trace[], { limit, seed }: JudgeOptions): readonly Trace[] {
  if (limit === null || limit >= traces.length) return traces;
  return traces.toSorted((a, b) => hash32(seed, a.solution.id) - hash32(seed, b.solution.id)).slice(0, limit);
}

interface Work {
  readonly judged: Map<string, Judged>;
  readonly failed: { solutionId: string; error: string }[];
  readonly wanted: number;
  requests: number;
  promptTokens: number;
  completionTokens: number;
}

async function judgeAll(traces: readonly Trace[], options: JudgeOptions): Promise<Work> {
  const work: Work = {
    judged: new Map(),
    failed: [],
    wanted: traces.length,
    requests: 0,
    promptTokens: 0,
    completionTokens: 0,
  };
  for (const trace of traces) {
    const cached = await readCached(placeOf(trace, options));
    if (cached !== undefined) work.judged.set(trace.solution.id, { judgement: cached, isCached: true });
  }
  options.onProgress?.(work.judged.size, traces.length);
  const open = traces.filter(({ solution }) => !work.judged.has(solution.id));
  const unread = await ask(open, options, work, () => []);
  const answers = new Map(unread.map(({ trace, result }) => [trace.solution.id, result.text]));
  const again = await ask(
    unread.map(({ trace }) => trace),
    options,
    work,
    ({ solution }) => [
      { role: 'assistant', content: answers.get(solution.id) ?? '' },
      {
        role: 'user',
        content: 'This is not the JSON object that was asked for. Answer with the object only.',
      },
    ],
  );
  for (const { trace } of again) {
    work.judged.set(trace.solution.id, { judgement: null, isCached: false });
  }
  return work;
}

/** Asks about each trace; those whose answers cannot be read come back. */
async function ask(
  traces: readonly Trace[],
  options: JudgeOptions,
  work: Work,
  more: (trace: Trace) => readonly ChatMessage[],
): Promise<{ trace: Trace; result: SampleResult }[]> {
  const { engine, signal, onProgress } = options;
  const unread: { trace: Trace; result: SampleResult }[] = [];
  if (traces.length === 0 || signal.aborted) return unread;
  const byId = new Map(traces.map((trace) => [trace.solution.id, trace]));
  const requests = traces.map(
    (trace): SampleRequest => ({
      id: trace.solution.id,
      messages: [{ role: 'user', content: promptOf(trace, options) }, ...more(trace)],
      seed: options.seed,
      sampling: samplingOf(options),
    }),
  );
  for await (const result of engine.sample(requests, signal)) {
    const trace = byId.get(result.id);
    if (trace === undefined || result.finish === 'abort') continue;
    work.requests += 1;
    work.promptTokens += result.promptTokens;
    work.completionTokens += result.tokens;
    const judgement = result.finish === 'error' ? null : parseJudgement(result.text);
    if (result.finish === 'error') {
      work.failed.push({ solutionId: result.id, error: result.error ?? 'no reason was given' });
    } else if (judgement === null) unread.push({ trace, result });
    else {
      await writeCached(placeOf(trace, options), judgement);
      work.judged.set(result.id, { judgement, isCached: false });
      onProgress?.(work.judged.size, work.wanted);
    }
    byId.delete(result.id);
  }
  return unread;
}

function promptOf({ problem, solution }: Trace, { showGold }: JudgeOptions): string {
  const gold = showGold ? problem.answer : null;
  return judgePrompt({ problem: renderStatement(problem), gold, trace: solution.text });
}

/** Greedy: the same trace gets the same score, as far as the server keeps to it. */
function samplingOf({ maxTokens }: JudgeOptions): SamplingOptions {
  return { temperature: 0, topP: 1, topK: 0, minP: 0, maxTokens };
}

/** Everything that a judgement depends on. */
function placeOf(trace: Trace, options: JudgeOptions): CachePlace<Judgement> {
  const { engine, path: model, baseUrl, sha256 } = options.engine.identity;
  const prompt = createHash('sha256').update(promptOf(trace, options)).digest('hex');
  return {
    kind: 'judgements',
    key: {
      prompt,
      promptVersion: JUDGE_PROMPT_VERSION,
      judge: sha256 ?? [engine, baseUrl ?? null, model],
      sampling: samplingOf(options),
    },
    schema: judgementSchema,
  };
}

async function reportOf(
  run: RunData,
  traces: readonly Trace[],
  work: Work,
  withoutReflection: number,
  options: JudgeOptions,
): Promise<JudgeReport> {
  const gradeOf = await answerGrades(
    { ...run, solutions: traces.map(({ solution }) => solution) },
    options.grader,
  );
  const rows = traces.flatMap(({ problem, solution }): JudgedRow[] => {
    const judged = work.judged.get(solution.id);
    if (judged === undefined) return [];
    const { s } = ruleScore(solution.text, {
      grade: (answer) => gradeOf(problem.id, answer),
      finalGrade: solution.grade,
    });
    const { score, analysis, moments } = judged.judgement ?? {
      score: FALLBACK_SCORE,
      analysis: '',
      moments: [],
    };
    const isFallback = judged.judgement === null;
    return [
      {
        solutionId: solution.id,
        problemId: problem.id,
        score,
        analysis,
        moments: [...moments],
        isFallback,
        rule: s,
      },
    ];
  });
  const pairs = rows.flatMap(({ isFallback, score, rule }) =>
    isFallback || rule === null ? [] : [{ judge: score, rule }],
  );
  const { requests, promptTokens, completionTokens } = work;
  const [promptPrice, completionPrice] = options.prices ?? [];
  return judgeReportSchema.parse({
    schemaVersion: 1,
    createdAt: new Date().toISOString(),
    judge: options.engine.identity,
    promptVersion: JUDGE_PROMPT_VERSION,
    sampling: samplingOf(options),
    goldShown: options.showGold,
    rows,
    withoutReflection,
    fallbacks: rows.filter(({ isFallback }) => isFallback).length,
    agreement: judgeAgreement(pairs),
    cost: {
      requests,
      cached: [...work.judged.values()].filter(({ isCached }) => isCached).length,
      promptTokens,
      completionTokens,
      amount:
        promptPrice === undefined || completionPrice === undefined
          ? null
          : (promptTokens * promptPrice + completionTokens * completionPrice) / 1e6,
    },
  } satisfies JudgeReport);
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '') || 'model'
  );
}
