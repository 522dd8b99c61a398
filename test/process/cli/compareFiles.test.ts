import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { gradeArms, readArm } from '../../../src/node/comparison/arms.ts';
import { levelled, writeEvaluations } from '../../workbench/panelRuns.ts';
import { runCli, workspaceWith } from './cli.ts';

const PROBLEMS = 12;
const SAMPLES = 4;

/** Answers of a model that is right on every `period`-th sample; the right answer of all problems is 148. */
function results(period: number, extra: (at: number) => object = () => ({})): string {
  return levelled(PROBLEMS)
    .flatMap(({ id }, problem) =>
      Array.from({ length: SAMPLES }, (_, sample) => ({
        problemId: id,
        answer: (problem + sample) % period === 0 ? 148 : 7,
        ...extra(problem),
      })),
    )
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

const ARGS = ['--draws', '200', '--json'];

it('two files are compared, and what they do not record is neither a number nor a silence', async () => {
  const cwd = await workspaceWith({
    'base.jsonl': results(4, () => ({ gold: '148' })),
    'tuned.jsonl': results(2),
  });
  const { code, stdout } = await runCli(['compare', 'base.jsonl', 'tuned.jsonl', ...ARGS], { cwd });
  expect(code).toBe(0);
  const [comparison] = JSON.parse(stdout).comparisons;
  expect(comparison).toMatchObject({ baseline: 'base', other: 'tuned', problems: { shared: PROBLEMS } });
  const ids = comparison.metrics.map(({ id }: { id: string }) => id);
  expect(ids).toContain('pass@1');
  expect(ids).toContain('maj@4');
  // Neither tokens nor texts are there: 0 tokens and no reflection would be made up.
  expect(ids).not.toContain('tokens');
  expect(ids).not.toContain('truncated');
  expect(ids.some((id: string) => id.startsWith('err'))).toBe(false);
  expect(comparison.metrics[0].baseline.value).toBeCloseTo(1 / 4);
  expect(comparison.metrics[0].other.value).toBeCloseTo(1 / 2);
  expect(comparison.differences).toHaveLength(1);
  expect(comparison.differences[0].setting).toBe('settings');
}, 60_000);

it("a file without gold answers is graded by those of a run, and agrees with the run's own grades", async () => {
  const cwd = await workspaceWith({});
  const [run = ''] = writeEvaluations(cwd, {
    problems: levelled(PROBLEMS),
    samples: SAMPLES,
    models: ['nano'],
  });
  const lines = fs.readFileSync(path.join(cwd, '.reflection/runs', run, 'solutions.jsonl'), 'utf8');
  const rows = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ problemId, index, answer }) => JSON.stringify({ problemId, index, answer }));
  fs.writeFileSync(path.join(cwd, 'same.jsonl'), rows.join('\n'));
  const { stdout } = await runCli(['compare', run, 'same.jsonl', ...ARGS], { cwd });
  const [comparison] = JSON.parse(stdout).comparisons;
  expect(comparison.metrics[0].paired.difference).toBe(0);
}, 60_000);

it('answers are compared as another arm says that they are to be', async () => {
  const rows = (extra: object) =>
    ['yes', 'no', 'yes'].map((answer, at) => JSON.stringify({ id: `p${at}`, answer, ...extra })).join('\n');
  const cwd = await workspaceWith({
    'known.jsonl': rows({ gold: 'True', mode: 'boolean' }),
    'own.jsonl': rows({ gold: 'True' }),
  });
  const { stdout } = await runCli(['compare', 'known.jsonl', 'own.jsonl', ...ARGS], { cwd });
  const [passAt1] = JSON.parse(stdout).comparisons[0].metrics;
  expect([passAt1.baseline.value, passAt1.other.value]).toEqual([2 / 3, 2 / 3]);
}, 60_000);

it('answers are found in the texts where no column has them, and reflections are counted in them', async () => {
  const rows = (period: number) =>
    levelled(PROBLEMS)
      .map(({ id }, at) => {
        const answer = at % period === 0 ? 148 : 7;
        const response = `So it is ${answer}. Wait, let me check that again. Yes: \\boxed{${answer}}`;
        return JSON.stringify({ id, response, gold: 148 });
      })
      .join('\n');
  const cwd = await workspaceWith({ 'base.jsonl': rows(4), 'tuned.jsonl': rows(2) });
  const { stdout } = await runCli(['compare', 'base.jsonl', 'tuned.jsonl', ...ARGS], { cwd });
  const { metrics } = JSON.parse(stdout).comparisons[0];
  const found = (id: string) => metrics.find((metric: { id: string }) => metric.id === id)?.other.value;
  expect(found('pass@1')).toBe(1 / 2);
  expect(found('no-answer')).toBe(0);
  expect(metrics.some(({ id }: { id: string }) => id.startsWith('err'))).toBe(true);
  expect(found('tokens')).toBeUndefined();
}, 60_000);

it('is given up on a signal: answers of a large file take minutes', async () => {
  const cwd = await workspaceWith({ 'base.jsonl': results(4, () => ({ gold: '148' })) });
  const arm = await readArm(path.join(cwd, 'base.jsonl'));
  const stopped = AbortSignal.abort(new Error('enough'));
  await expect(gradeArms([arm], stopped)).rejects.toThrow('enough');
  await expect(readArm(path.join(cwd, 'base.jsonl'), { signal: stopped })).rejects.toThrow('enough');
});

it('a row that cannot be used is named with file, line and field', async () => {
  const cwd = await workspaceWith({
    'good.jsonl': results(2),
    'bad.jsonl': '{"id": "p", "correct": true}\n{"id": "q", "correct": "perhaps"}\n',
  });
  const bad = await runCli(['compare', 'bad.jsonl', 'good.jsonl'], { cwd });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain('bad.jsonl:2: field "correct": "perhaps" says neither right nor wrong');
  const nobody = await runCli(['compare', 'good.jsonl', 'good.jsonl'], { cwd });
  expect(nobody.stderr).toContain(
    'good.jsonl:1: field "gold": nobody knows the right answer of problem "aime-001"',
  );
}, 60_000);

it('the command of a report repeats it, also with a name that a shell would split', async () => {
  const cwd = await workspaceWith({
    'my base.jsonl': results(4, () => ({ gold: 148 })),
    'tuned.jsonl': results(2),
  });
  const report = async (...names: string[]) =>
    (await runCli(['compare', ...names, '--draws', '200', '--format', 'md'], { cwd })).stdout;
  const markdown = await report('my base.jsonl', 'tuned.jsonl');
  expect(markdown).toContain("reflection compare 'my base.jsonl' tuned.jsonl --draws 200 --seed 0");
  expect(markdown).toMatch(/results file SHA-256 \| [0-9a-f]{64}/);
}, 60_000);
