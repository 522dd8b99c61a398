/** The LLM judge through a real HTTP server that speaks the OpenAI API. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { judgeReportSchema } from '../../../src/core/schema/judge.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import { openaiModelSchema } from '../../../src/core/schema/model.ts';
import { openaiEngine } from '../../../src/node/engines/openai.ts';
import { type JudgeOptions, judge } from '../../../src/node/pipeline/index.ts';
import { createRun, openRunWriter } from '../../../src/node/runs/index.ts';
import { answer, type Exchange, startFaultServer } from '../engines/faultServer.ts';
import { manifest, temporaryDir } from '../runs/fixtures.ts';
import { grader } from './fixtures.ts';

beforeEach(async () => {
  vi.stubEnv('REFLECTION_CACHE_DIR', await temporaryDir());
  return () => vi.unstubAllEnvs();
});

const RIGHT =
  '<think>\nThe answer is 2.\nWait, let me recheck my solution.\n1+1=2. Therefore, the answer is correct.\n</think>\n\\boxed{2}';
const BLESSED =
  '<think>\nThe answer is 3.\nWait, let me recheck my solution.\n1+1=3. Therefore, the answer is correct.\n</think>\n\\boxed{3}';
const REPAIRED =
  '<think>\nThe answer is 3.\nWait, let me recheck my solution.\n1+1=2. Therefore, the answer is incorrect. Let me try again.\nThe answer is 2.\n</think>\n\\boxed{2}';
const PLAIN = '<think>\nThe answer is 2.\n</think>\n\\boxed{2}';

function judgeAt(baseUrl: string) {
  const engine = 'openai' as const;
  return openaiModelSchema.parse({
    name: 'gpt judge',
    engine,
    baseUrl,
    model: 'judge',
    concurrency: 2,
    retries: 0,
  });
}

/** A run with these traces for "What is 1+1?"; each has a statement of its own, so that no two prompts are equal. */
async function runOf(traces: readonly string[]): Promise<string> {
  const dir = path.join(await temporaryDir(), 'run');
  const problems = traces.map((_, at) => ({
    id: `p${at}`,
    problem: `What is 1+1? (${at})`,
    answer: '2',
    mode: 'math' as const,
  }));
  await createRun(dir, manifest('run'), problems);
  const writer = await openRunWriter(dir);
  for (const [at, text] of traces.entries()) {
    const isRight = text.endsWith('\\boxed{2}');
    const row: Solution = {
      id: `p${at}#0`,
      problemId: `p${at}`,
      index: 0,
      seed: at,
      text,
      promptTokens: 4,
      tokens: 40,
      finish: 'stop',
      ms: 1,
      answer: isRight ? '2' : '3',
      grade: isRight ? 'correct' : 'incorrect',
      reason: isRight ? 'equal' : 'differs',
      layer: 'integer',
    };
    await writer.append('solutions', row);
  }
  await writer.close();
  return dir;
}

function messagesOf({ body }: Exchange): { role: string; content: string }[] {
  return body.messages as { role: string; content: string }[];
}

const judgement = (score: unknown) =>
  JSON.stringify({ reflection_moments: ['Wait, let me recheck'], analysis: 'Because.', score });

/** An honest judge: what is blessed violates P1, what is repaired is good. */
function honest(exchange: Exchange, change = (content: string) => content): void {
  const prompt = messagesOf(exchange)[0]?.content ?? '';
  const score = prompt.includes('1+1=3') ? 1 : prompt.includes('incorrect. Let me try again') ? 14 : 6;
  say(exchange, change(judgement(score)));
}

function say(exchange: Exchange, content: string): void {
  answer(exchange, {
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 500, completion_tokens: 40 },
  });
}

async function judged(dir: string, behave: (exchange: Exchange) => void, change: Partial<JudgeOptions> = {}) {
  const server = await startFaultServer(behave);
  const { signal } = new AbortController();
  const engine = await openaiEngine.connect(judgeAt(server.baseUrl), signal);
  const options = {
    dir,
    engine,
    showGold: true,
    limit: null,
    seed: 0,
    maxTokens: 500,
    grader,
    signal,
    ...change,
  };
  try {
    return { server, outcome: await judge(options) };
  } finally {
    await engine.close();
  }
}

describe('a judge', () => {
  it('scores the traces that reflect, beside the rule score, and its report says how far they agree', async () => {
    const dir = await runOf([RIGHT, BLESSED, REPAIRED, PLAIN, RIGHT, BLESSED]);
    const { server, outcome } = await judged(dir, honest, { prices: [2, 10] });
    const report = judgeReportSchema.parse(
      JSON.parse(await readFile(path.join(dir, 'judge-gpt-judge.json'), 'utf8')),
    );
    expect(outcome.report).toEqual(report);
    expect(report.rows.map(({ solutionId, score }) => [solutionId, score])).toEqual([
      ['p0#0', 6],
      ['p1#0', 1],
      ['p2#0', 10],
      ['p4#0', 6],
      ['p5#0', 1],
    ]);
    // The rule score: truthful confirmation, affirmed error, effective correction.
    expect(report.rows.map(({ rule }) => rule)).toEqual([7, 2, 8, 7, 2]);
    expect(report).toMatchObject({ withoutReflection: 1, fallbacks: 0, goldShown: true, promptVersion: 1 });
    expect(report.agreement).toMatchObject({
      pairs: 5,
      spearman: 1,
      p1Agreement: 1,
      p1Kappa: 1,
      p1Judge: 2,
      p1Rule: 2,
    });
    expect(report.cost).toEqual({
      requests: 5,
      cached: 0,
      promptTokens: 2500,
      completionTokens: 200,
      amount: (2500 * 2 + 200 * 10) / 1e6,
    });
    for (const exchange of server.exchanges) {
      expect(exchange.body).toMatchObject({ model: 'judge', temperature: 0, max_tokens: 500 });
      expect(messagesOf(exchange)[0]?.content).toContain('<reference_answer>\n2\n');
    }
  });

  it('is not shown the gold when that is not wanted, and is asked anew then', async () => {
    const dir = await runOf([RIGHT]);
    await judged(dir, honest);
    const { server, outcome } = await judged(dir, honest, { showGold: false });
    expect(path.basename(outcome.file)).toBe('judge-gpt-judge-no-gold.json');
    expect(server.exchanges).toHaveLength(1);
    expect(server.exchanges.map((exchange) => messagesOf(exchange)[0]?.content).join()).not.toContain(
      '<reference_answer>',
    );
  });

  it('is asked once more when its answer cannot be read; twice unreadable is 5 and counts nowhere', async () => {
    const dir = await runOf([RIGHT, BLESSED, REPAIRED]);
    const { server, outcome } = await judged(dir, (exchange) => {
      const messages = messagesOf(exchange);
      if (messages[0]?.content.includes('(0)')) say(exchange, 'I would say seven.');
      else if (messages.length === 1) say(exchange, 'Score: 8');
      else honest(exchange, (content) => `\`\`\`json\n${content}\n\`\`\``);
    });
    expect(server.exchanges).toHaveLength(6);
    const again = server.exchanges.filter((exchange) => messagesOf(exchange).length > 1);
    expect(again.map((exchange) => messagesOf(exchange).map(({ role }) => role))).toEqual(
      again.map(() => ['user', 'assistant', 'user']),
    );
    expect(outcome.report).toMatchObject({ fallbacks: 1, agreement: { pairs: 2 }, cost: { requests: 6 } });
    expect(outcome.report?.rows[0]).toMatchObject({ score: 5, isFallback: true });
  });

  it('is paid once for each trace: repeated, interrupted and resumed calls take what is there', async () => {
    const dir = await runOf([RIGHT, BLESSED, REPAIRED, RIGHT, RIGHT, BLESSED]);
    const abort = new AbortController();
    const stopped = await judged(dir, honest, {
      signal: abort.signal,
      onProgress: (done) => {
        if (done >= 2) abort.abort();
      },
    });
    expect(stopped.outcome.report).toBeNull();
    expect(stopped.outcome.judged).toBeGreaterThanOrEqual(2);
    // The judge is the same model under another address only if its address is: a server is known by it.
    const server = await startFaultServer(honest);
    const { signal } = new AbortController();
    const engine = await openaiEngine.connect(judgeAt(server.baseUrl), signal);
    const options = { dir, engine, showGold: true, limit: 3, seed: 4, maxTokens: 500, grader, signal };
    const some = await judge(options);
    expect(some.report?.rows).toHaveLength(3);
    const all = await judge({ ...options, limit: null });
    expect(all.report).toMatchObject({ cost: { requests: 3, cached: 3 } });
    const again = await judge({ ...options, limit: null });
    expect(again.report).toMatchObject({ cost: { requests: 0, cached: 6, promptTokens: 0 } });
    expect(again.report?.rows).toEqual(all.report?.rows);
    expect(server.exchanges).toHaveLength(6);
    await engine.close();
  });

  it('whose server refuses a trace leaves it out of the report, tells it, and asks again next time', async () => {
    const dir = await runOf([RIGHT, BLESSED, REPAIRED]);
    const { outcome } = await judged(dir, (exchange) => {
      if (messagesOf(exchange)[0]?.content.includes('(1)')) {
        exchange.response.writeHead(400, { 'content-type': 'application/json' });
        exchange.response.end('{"error":{"message":"content filter"}}');
      } else honest(exchange);
    });
    expect(outcome.failed).toEqual([
      { solutionId: 'p1#0', error: expect.stringContaining('content filter') },
    ]);
    expect(outcome.report?.rows.map(({ solutionId }) => solutionId)).toEqual(['p0#0', 'p2#0']);
  });

  it('has nothing to say of a run that does not reflect', async () => {
    await expect(judged(await runOf([PLAIN]), honest)).rejects.toMatchObject({ code: 'nothing-to-judge' });
  });
});
