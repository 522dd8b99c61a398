import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { critiqueSchema, solutionSchema } from '../../../src/core/schema/lines.ts';
import { CLI, eventually, FEW_AT_ONCE, runCli, startCli, TWO_PROBLEMS, workspaceWith } from './cli.ts';

const evaluation = z.looseObject({
  dir: z.string(),
  runId: z.string(),
  counts: z.object({ wanted: z.number(), reused: z.number(), made: z.number() }),
});

async function lines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(file, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
}

describe('reflection evaluate, critique, sample', () => {
  it('goes from a problem file to critiques and a dataset, with one JSON value on stdout each', async () => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const evaluated = await runCli(['evaluate', 'two.jsonl', '-n', '4', '--run-dir', 'run', '--json'], {
      cwd,
    });
    expect(evaluated.stderr).not.toContain('fault in the workbench');
    expect(evaluated.code).toBe(0);
    const { dir, counts } = evaluation.parse(JSON.parse(evaluated.stdout));
    expect(counts).toEqual({ wanted: 8, reused: 0, made: 8 });
    const solutions = await lines(path.join(dir, 'solutions.jsonl'), solutionSchema);
    expect(new Set(solutions.map(({ id }) => id)).size).toBe(8);
    expect(solutions.every(({ text }) => text.includes('\\boxed{'))).toBe(true);

    const again = await runCli(['evaluate', 'two.jsonl', '-n', '4', '--run-dir', 'run', '--json'], { cwd });
    expect(evaluation.parse(JSON.parse(again.stdout)).counts).toEqual({ wanted: 8, reused: 8, made: 0 });

    const critiqued = await runCli(['critique', 'run', '-n', '2', '--run-dir', 'critiques', '--json'], {
      cwd,
    });
    expect(critiqued.code).toBe(0);
    const critiques = await lines(path.join(cwd, 'critiques', 'critiques.jsonl'), critiqueSchema);
    expect(critiques).toHaveLength(16);
    expect(critiques.some(({ verdict, findings }) => verdict !== 'none' && findings.length > 0)).toBe(true);

    const sampled = await runCli(['sample', 'critiques', '-o', 'data.jsonl', '--json'], { cwd });
    expect(sampled.code).toBe(0);
    const meta = JSON.parse(await readFile(path.join(cwd, 'data.meta.json'), 'utf8'));
    expect(meta.funnel[0].entered).toBe(16);
    const shown = await runCli(['show', 'run'], { cwd });
    expect(shown.stdout).toMatch(/pass@1/);
    for (const args of [
      ['show', 'critiques'],
      ['compare', 'run', 'run'],
      ['critique', 'run', '-n', '2', '--run-dir', 'critiques'],
    ]) {
      const asJson = await runCli([...args, '--format', 'json', '--detail'], { cwd });
      expect(JSON.parse(asJson.stdout)).toBeTypeOf('object');
      const inLatex = await runCli([...args, '--format', 'latex'], { cwd });
      expect(inLatex.stdout).toContain('\\begin{tabular}');
    }
  });

  it('keeps what was finished when it is stopped, says how to go on, and goes on', async () => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS, 'reflection.json': FEW_AT_ONCE });
    const args = ['evaluate', 'two.jsonl', '--model', 'few', '-n', '40', '--run-dir', 'run', '--json'];
    const { child, ended } = startCli(args, { cwd });
    const file = path.join(cwd, 'run', 'solutions.jsonl');
    await eventually(async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.split('\n').length > 5 ? true : undefined;
    });
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/reflection resume run/);
    const before = await lines(file, solutionSchema);
    const resumed = await runCli(args, { cwd });
    expect(resumed.code).toBe(0);
    const after = await lines(file, solutionSchema);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after.map(({ id }) => id)).size).toBe(80);
    expect(after).toHaveLength(80);
  });
});

describe('grading policy and columns', () => {
  it('grades by the named policy, which resuming keeps', async () => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const policyOf = async () =>
      JSON.parse(await readFile(path.join(cwd, 'run', 'run.json'), 'utf8')).grader.policy;
    const args = ['evaluate', 'two.jsonl', '-n', '2', '--run-dir', 'run', '--policy', 'boxed', '--json'];
    expect((await runCli(args, { cwd })).code).toBe(0);
    expect(await policyOf()).toBe('boxed');
    const file = path.join(cwd, 'run', 'solutions.jsonl');
    const [first = ''] = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, `${first}\n`);
    const resumed = await runCli(['resume', 'run', '--json'], { cwd });
    expect(resumed.stderr).not.toContain('another configuration');
    expect(resumed.code).toBe(0);
    expect(await lines(file, solutionSchema)).toHaveLength(4);
    expect(await policyOf()).toBe('boxed');
  });

  it.each([
    ['evaluate', ['-n', '1'], ['-n', '2']],
    ['sample', ['--solutions', '1', '--critiques', '1'], ['--solutions', '2', '--critiques', '1']],
  ])('tops a run of %s up by its own policy, and refuses another one', async (command, once, more) => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const run = [command, 'two.jsonl', '--run-dir', 'run', '--json'];
    expect((await runCli([...run, ...once, '--policy', 'boxed'], { cwd })).code).toBe(0);
    const refused = await runCli([...run, ...more, '--policy', 'lenient'], { cwd });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('grader.policy: "boxed" in the run, "lenient" asked for');
    expect((await runCli([...run, ...more], { cwd })).code).toBe(0);
    const manifest = JSON.parse(await readFile(path.join(cwd, 'run', 'run.json'), 'utf8'));
    expect(manifest.grader.policy).toBe('boxed');
    if (command === 'sample') {
      const meta = JSON.parse(await readFile(path.join(cwd, 'run', 'dataset.meta.json'), 'utf8'));
      expect(meta.grader).toEqual(manifest.grader);
      const again = await runCli(['sample', 'run', '-o', 'd.jsonl', '--policy', 'boxed'], { cwd });
      expect(again.stderr).toContain('a run with grades');
    }
    expect(await lines(path.join(cwd, 'run', 'solutions.jsonl'), solutionSchema)).toHaveLength(4);
  });

  it('reads the statement and the gold from the columns that --field names', async () => {
    const row = { problem: 'Not this one.', task: 'What is 2+3?', wanted: '5', answer: '6' };
    const cwd = await workspaceWith({ 'own.jsonl': `${JSON.stringify(row)}\n` });
    const fields = ['--field', 'problem=task', '--field', 'answer=wanted'];
    for (const [command, ...more] of [
      ['evaluate', '-n', '1'],
      ['sample', '--solutions', '1', '--critiques', '1'],
    ]) {
      const run = [`${command}`, 'own.jsonl', ...more, ...fields, '--run-dir', `${command}`, '--json'];
      expect((await runCli(run, { cwd })).code).toBe(0);
      const text = await readFile(path.join(cwd, `${command}`, 'problems.jsonl'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ problem: 'What is 2+3?', answer: '5' });
    }
    const linted = await runCli(['lint', 'own.jsonl', '--field', 'answer=nowhere'], { cwd });
    expect(linted.stdout).toContain('no column "nowhere"');
  });
});

describe('bad input', () => {
  it.each([
    [
      'a missing model',
      ['evaluate', 'two.jsonl', '--model', 'missing.gguf'],
      /missing\.gguf.*\n.*Check the path/,
    ],
    ['a file that is no model', ['evaluate', 'two.jsonl', '--model', 'two.jsonl'], /not a GGUF model/],
    ['an unknown model', ['evaluate', 'two.jsonl', '--model', 'nanoo'], /Did you mean nano/],
    [
      'an unknown grading policy',
      ['evaluate', 'two.jsonl', '--policy', 'boxd'],
      /no grading policy "boxd"[\s\S]*Did you mean boxed/,
    ],
    [
      'a mapped column that is not there',
      ['evaluate', 'two.jsonl', '--field', 'problem=prompt'],
      /no column "prompt"/,
    ],
    ['a missing problem file', ['evaluate', 'nothing.jsonl'], /nothing\.jsonl/],
    ['an unknown run', ['show', 'nothing'], /no run "nothing"/],
    [
      'a server that is not there',
      ['evaluate', 'two.jsonl', '--model', 'openai:m@http://127.0.0.1:9/v1'],
      /127\.0\.0\.1:9/,
    ],
    [
      'a dataset that is missing',
      ['train', 'scft-nano', '--data', 'no.jsonl', '--model', 'nano'],
      /no\.jsonl/,
    ],
    [
      'an unknown recipe',
      ['train', 'scft-nanoo', '--data', 'two.jsonl', '--model', 'nano'],
      /Did you mean scft-nano/,
    ],
    [
      'a misspelt field',
      ['train', 'scft-nano', '--data', 'two.jsonl', '--model', 'nano', '--set', 'learningRat=1'],
      /learningRat.*unknown field[\s\S]*learningRate/,
    ],
  ])('%s: exit 1, what is wrong and what to do', async (_name, args, message) => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('fault in the workbench');
    expect(code).toBe(1);
    expect(stdout).toBe('');
  });

  it.each([
    ['no argument', ['evaluate']],
    ['a number that is none', ['evaluate', 'two.jsonl', '-n', 'many']],
    ['columns of a run', ['sample', 'run', '-o', 'd.jsonl', '--field', 'id=x']],
    ['a field of no role', ['lint', 'two.jsonl', '--field', 'statement=prompt']],
    ['an unknown option', ['evaluate', 'two.jsonl', '--fast']],
    ['one run to compare', ['compare', 'run']],
  ])('%s: exit 2', async (_name, args) => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const made =
      args[0] === 'compare'
        ? await runCli(['evaluate', 'two.jsonl', '-n', '1', '--run-dir', 'run'], { cwd })
        : null;
    expect(made?.code ?? 0).toBe(0);
    expect((await runCli(args, { cwd })).code).toBe(2);
  });

  it.each([
    ['critique', 'rows.ndjson'],
    ['sample', 'rows.ndjson'],
    ['sample', 'mine'],
  ])('%s %s is about a problem set and not about a run', async (command, name) => {
    const config = JSON.stringify({ problemSets: { mine: 'rows.ndjson' } });
    const cwd = await workspaceWith({ 'rows.ndjson': '{"id": "a", "x": 1}\n', 'reflection.json': config });
    const { code, stderr } = await runCli([command, name, '--model', 'nano'], { cwd });
    expect(stderr).toMatch(/rows\.ndjson/);
    expect(stderr).not.toMatch(/no run/);
    expect(code).toBe(1);
  });

  it('a bad line in a problem file is told with its number, and the rest is evaluated', async () => {
    const cwd = await workspaceWith({});
    await writeFile(path.join(cwd, 'bad.jsonl'), `${TWO_PROBLEMS}{"id": "torn", "problem\n`);
    const { code, stderr, stdout } = await runCli(['evaluate', 'bad.jsonl', '-n', '1', '--json'], { cwd });
    expect(stderr).toMatch(/bad\.jsonl:3/);
    expect(code).toBe(0);
    expect(evaluation.parse(JSON.parse(stdout)).counts.wanted).toBe(2);
  });

  it('a torn last line in a run is repaired on resume, and nothing before it is lost', async () => {
    const cwd = await workspaceWith({ 'two.jsonl': TWO_PROBLEMS });
    const args = ['evaluate', 'two.jsonl', '-n', '2', '--run-dir', 'run', '--json'];
    await runCli(args, { cwd });
    const file = path.join(cwd, 'run', 'solutions.jsonl');
    const whole = await readFile(file, 'utf8');
    const [first = ''] = whole.split('\n');
    await writeFile(file, `${first}\n`);
    await appendFile(file, '{"id":"hens#1","problemId":"he');
    await appendFile(path.join(cwd, 'run', 'events.jsonl'), '');
    const resumed = await runCli(['resume', 'run', '--json'], { cwd });
    expect(resumed.code).toBe(0);
    const ids = (await lines(file, solutionSchema)).map(({ id }) => id);
    expect([...ids].sort()).toEqual(['cards#0', 'cards#1', 'hens#0', 'hens#1']);
  });

  it('has been built: the command under test is the bundle', async () => {
    expect(await readdir(path.dirname(CLI))).toContain('inference.mjs');
  });
});
