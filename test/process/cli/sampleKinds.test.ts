/** `reflection sample` of every kind, and `judge`, on the embedded model: stopped, killed, resumed; with a server's help. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  datasetMetaSchema,
  offlineRecordSchema,
  s2rRecordSchema,
  scftRecordSchema,
  selfDistillRecordSchema,
} from '../../../src/core/schema/dataset.ts';
import { judgeReportSchema } from '../../../src/core/schema/judge.ts';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { answer, type Exchange, startFaultServer } from '../engines/faultServer.ts';
import { eventually, FEW_AT_ONCE, runCli, startCli, workspaceWith } from './cli.ts';

const SET = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');

async function rowsOf<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => schema.parse(JSON.parse(line)));
}

async function metaOf(file: string) {
  return datasetMetaSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** Lines of the run's solutions and critiques; a line that is torn by a kill counts, too. */
async function countLines(dir: string): Promise<number> {
  const files = ['solutions.jsonl', 'critiques.jsonl'].map((name) => path.join(dir, name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
}

async function idsOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): string => JSON.parse(line).id);
}

const KINDS = [
  ['scft', scftRecordSchema, ['--solutions', '12', '--critiques', '3', '--temperature', '1']],
  ['self-distill', selfDistillRecordSchema, ['--solutions', '20']],
  ['s2r', s2rRecordSchema, ['--solutions', '12', '--critiques', '3', '--keep-all']],
  ['offline', offlineRecordSchema, ['--solutions', '20', '--accuracy', '0:1']],
] as const;

describe.each(KINDS)('sample --kind %s', (kind, schema, options) => {
  it('is stopped by Ctrl-C, killed, resumed, and ends with the dataset in the file that was asked for', async () => {
    const cwd = await workspaceWith({ 'reflection.json': FEW_AT_ONCE });
    const run = path.join(cwd, 'run');
    const asked = ['sample', SET, '--model', 'few', '--kind', kind, ...options];
    const first = startCli([...asked, '--run-dir', 'run', '-o', 'data.jsonl', '--json'], { cwd });
    await eventually(async () => ((await countLines(run)) >= 8 ? true : undefined));
    first.child.kill('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('reflection resume run');

    const before = await countLines(run);
    const second = startCli(['resume', 'run', '--json'], { cwd });
    await eventually(async () =>
      (await countLines(run)) >= before + 8 || second.child.exitCode !== null ? true : undefined,
    );
    second.child.kill('SIGKILL');
    await second.ended;

    const resumed = await runCli(['resume', 'run', '--json'], { cwd });
    expect(resumed.stderr).not.toContain('fault in the workbench');
    expect(resumed.code).toBe(0);
    const records = await rowsOf<{ id: string }>(path.join(cwd, 'data.jsonl'), schema);
    expect(records.length).toBeGreaterThan(1);
    expect(await metaOf(path.join(cwd, 'data.meta.json'))).toMatchObject({ kind, records: records.length });
    expect(JSON.parse(resumed.stdout).meta.records).toBe(records.length);
    for (const name of ['solutions.jsonl', 'critiques.jsonl']) {
      const ids = await idsOf(path.join(run, name));
      expect(new Set(ids).size).toBe(ids.length);
    }
    const again = await runCli(['resume', 'run'], { cwd });
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('(unchanged)');
    expect(again.stdout).toMatch(/filter +entered +dropped/);
  });
});

describe('a server beside the embedded model', () => {
  /** Verifies truly: it knows the answers. */
  async function verifier(golds: ReadonlyMap<string, string>) {
    return startFaultServer((exchange) => {
      const prompt = promptOf(exchange);
      const candidate = /Candidate answer: (\S+)/.exec(prompt)?.[1];
      const gold = [...golds].find(([statement]) => prompt.includes(statement))?.[1];
      say(exchange, `It was put back. The answer is ${candidate === gold ? 'right' : 'wrong'}.`);
    });
  }

  it('verifies for S2R, one verification for each answer, and stands in the records', async () => {
    const cwd = await workspaceWith({});
    const problems = (await readFile(SET, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const server = await verifier(
      new Map(problems.map(({ problem, answer: gold }) => [problem, String(gold)])),
    );
    const critic = `openai:strong@${server.baseUrl}`;
    const args = ['--solutions', '8', '--temperature', '1.2', '--keep-all', '--run-dir', 'run', '--json'];
    const made = await runCli(['sample', SET, '--kind', 's2r', '--critic', critic, ...args], { cwd });
    expect(made.stderr).not.toContain('fault in the workbench');
    expect(made.code).toBe(0);
    const records = await rowsOf(path.join(cwd, 'run', 'dataset.jsonl'), s2rRecordSchema);
    expect(records.length).toBeGreaterThan(2);
    expect(records.some(({ trials }) => trials > 1)).toBe(true);
    for (const { gen, answer: text } of records) {
      expect(gen.critic?.model).toBe('strong');
      expect(text).toMatch(/It was put back\. The answer is right\.\n\nTherefore, the answer is correct\.$/);
    }
    const asked = server.exchanges.map(promptOf);
    expect(new Set(asked).size).toBe(asked.length);
    // Resuming reaches the same server again and has nothing to ask.
    expect((await runCli(['resume', 'run', '--json'], { cwd })).code).toBe(0);
    expect(server.exchanges).toHaveLength(asked.length);
  });

  it('criticises the solutions of a run, as R1-Critique, and judges its reflections', async () => {
    const cwd = await workspaceWith({});
    const evaluated = await runCli(
      ['evaluate', SET, '-n', '6', '--temperature', '1', '--run-dir', 'run', '--json'],
      { cwd },
    );
    expect(evaluated.code).toBe(0);
    const problems = (await readFile(SET, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const server = await startFaultServer((exchange) => {
      const prompt = promptOf(exchange);
      const gold = problems.find(({ problem }) => prompt.includes(problem))?.answer;
      const judgement = { reflection_moments: [], analysis: 'Short.', score: prompt.length % 11 };
      say(
        exchange,
        prompt.includes('P1 Truthfulness') ? JSON.stringify(judgement) : `So it is \\boxed{${gold}}.`,
      );
    });
    const named = `openai:strong@${server.baseUrl}`;
    const critiqued = await runCli(
      ['sample', 'run', '--critic', named, '--critiques', '1', '--mix', '1:1', '--run-dir', 'scft', '--json'],
      { cwd },
    );
    expect(critiqued.stderr).not.toContain('fault in the workbench');
    expect(critiqued.code).toBe(0);
    const records = await rowsOf(path.join(cwd, 'scft', 'dataset.jsonl'), scftRecordSchema);
    expect(records.length).toBeGreaterThan(1);
    for (const { gen } of records) expect(gen).toMatchObject({ model: 'nano', critic: { model: 'strong' } });
    const distilled = await runCli(['sample', 'scft', '--kind', 'self-distill', '-o', 'd.jsonl', '--json'], {
      cwd,
    });
    expect(await metaOf(path.join(cwd, 'd.meta.json'))).toMatchObject({
      records: records.length,
      shortfall: null,
    });
    expect(distilled.stderr).toContain(`as many records as the SCFT dataset of the run: ${records.length}`);

    const judged = await runCli(['judge', 'run', '--judge', named, '--prices', '1:2', '--json'], { cwd });
    expect(judged.code).toBe(0);
    const report = judgeReportSchema.loose().parse(JSON.parse(judged.stdout));
    expect(report.rows.length).toBeGreaterThan(3);
    expect(report.agreement.pairs).toBeGreaterThan(3);
    const said = await runCli(['judge', 'run', '--judge', named], { cwd });
    expect(said.stdout).toMatch(/rank correlation \(Spearman\) -?\d/);
    expect(said.stdout).toContain(`${report.rows.length} judgements were there already`);
  });
});

describe('critique ability (spec A5)', () => {
  const rows = [
    { id: 'a', problem: 'What is 2+3?', answer: '5', solution: 'Add them. \\boxed{5}' },
    { id: 'b', problem: 'What is 2+4?', answer: '6', solution: 'Add them. \\boxed{7}' },
    { id: 'c', problem: 'What is 2+5?', answer: '7', solution: 'Add them. \\boxed{9}' },
    { id: 'd', problem: 'What is 2+6?', answer: '8', solution: 'Add them. \\boxed{8}' },
  ];
  const document = '---\nid: mine\nanswer: 9\n---\n## Problem\nWhat is 4+5?\n## Solution\nAdd. \\boxed{8}\n';
  const table = {
    'acc@t1': ['Acc@t1', 0.5],
    'acc@t2': ['Acc@t2', 0.75],
    delta: ['Δ = Acc@t2 − Acc@t1', 0.25],
    'delta.i-c': ['Δi→c', 0.5],
    'delta.c-i': ['Δc→i', 0.25],
  } as const;

  it("is printed for worked solutions of a set or a document, and for another model's run", async () => {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const cwd = await workspaceWith({ 'own.jsonl': lines, 'mine.problem.md': document });
    // Solves wrongly where it criticises rightly, but for one right solution that it talks out of its answer.
    const server = await startFaultServer((exchange) => {
      const prompt = promptOf(exchange);
      const row = rows.find(({ problem }) => prompt.includes(problem));
      const said = row?.id === 'd' ? '10' : (row?.answer ?? '9');
      const isCritique = prompt.includes('critique');
      say(exchange, isCritique ? `So it is \\boxed{${said}}.` : (row?.solution ?? ''));
    });
    const model = ['--model', `openai:critic@${server.baseUrl}`];
    const evaluated = await runCli(['evaluate', 'own.jsonl', '-n', '1', ...model, '--run-dir', 'run'], {
      cwd,
    });
    expect(evaluated.code).toBe(0);
    for (const source of ['own.jsonl', 'run']) {
      const printed = await runCli(['critique', source, ...model, '--run-dir', `of-${source}`], { cwd });
      expect(printed.code).toBe(0);
      const json = await runCli(['critique', source, ...model, '--run-dir', `of-${source}`, '--json'], {
        cwd,
      });
      const { metrics } = JSON.parse(json.stdout).summary;
      for (const [id, [label, value]] of Object.entries(table)) {
        expect(printed.stdout).toContain(label);
        const metric = metrics.find((one: { id: string }) => one.id === id);
        expect(metric.estimate.value).toBeCloseTo(value, 12);
      }
    }
    const own = await runCli(['critique', 'mine.problem.md', ...model, '--run-dir', 'doc', '--json'], {
      cwd,
    });
    const of = (id: string) =>
      JSON.parse(own.stdout).summary.metrics.find((one: { id: string }) => one.id === id).estimate.value;
    expect([of('acc@t1'), of('acc@t2'), of('delta.i-c')]).toEqual([0, 1, 1]);
  });
});

describe('a run on a server with a key', () => {
  it('is resumed with the key that reflection.json names, which the run does not hold', async () => {
    const server = await startFaultServer((exchange) => {
      if (exchange.headers.authorization === 'Bearer s3cret') say(exchange, 'So it is \\boxed{9}.');
      else exchange.response.writeHead(401).end('{}');
    });
    const served = { engine: 'openai', baseUrl: server.baseUrl, model: 'm', apiKeyEnv: 'TEST_KEY' };
    const config = JSON.stringify({ models: { ours: served } });
    const cwd = await workspaceWith({ 'reflection.json': config });
    const env = { TEST_KEY: 's3cret' };
    const args = ['sample', SET, '--model', 'ours', '--critic', 'ours', '--run-dir', 'run', '--json'];
    const made = await runCli([...args, '--solutions', '1', '--critiques', '1'], { cwd, env });
    expect(made.code).toBe(0);
    const file = path.join(cwd, 'run', 'critiques.jsonl');
    const [first = ''] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${first}\n`);
    const resumed = await runCli(['resume', 'run', '--json'], { cwd, env });
    expect(resumed.stderr).not.toContain('refuses the key');
    expect(resumed.code).toBe(0);
    const ids = await idsOf(file);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await readFile(path.join(cwd, 'run', 'run.json'), 'utf8')).not.toContain('s3cret');
  });
});

describe('wrong usage', () => {
  it.each([
    [['sample', SET, '--kind', 'sft'], 2, /Allowed choices are scft, self-distill, s2r, offline/],
    [['sample', SET, '--accuracy', '7:1'], 2, /two shares such as 0\.1:0\.7/],
    [['sample', SET, '--held-out', 'nowhere.jsonl'], 1, /nowhere\.jsonl/],
    [['sample', SET, '--solution', 'a#0'], 2, /Name the run/],
    [['judge', 'nothing', '--judge', 'nano'], 1, /nothing/],
    [['demo', path.join(SET, 'folder')], 1, /Choose another directory/],
    [['judge', 'nothing'], 2, /--judge <model>/],
  ] as const)('%j ends with %i and says what to do', async (args, code, words) => {
    const cwd = await workspaceWith({});
    const ended = await runCli([...args], { cwd });
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).not.toContain('fault in the workbench');
    expect(ended.code).toBe(code);
  });
});

function promptOf({ body }: Exchange): string {
  return (body.messages as { content: string }[]).map(({ content }) => content).join('\n');
}

function say(exchange: Exchange, content: string): void {
  answer(exchange, {
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
  });
}
