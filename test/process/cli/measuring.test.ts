import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const set = (id: string, answer: string) =>
  `${JSON.stringify({ id: `${id}1`, problem: `What is ${id === 'a' ? '2+3' : '4+4'}?`, answer })}\n${JSON.stringify({ id: `${id}2`, problem: `What is ${id === 'a' ? '3+3' : '5+4'}?`, answer: '0' })}\n`;

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'methods-'));
  await writeFile(path.join(cwd, 'a.jsonl'), set('a', '5'));
  await writeFile(path.join(cwd, 'b.jsonl'), set('b', '8'));
  for (const name of ['a', 'b']) {
    for (const temperature of ['0', '1']) {
      const run = ['evaluate', `${name}.jsonl`, '-n', '2', '--temperature', temperature];
      const { code } = await runCli([...run, '--run-dir', `.reflection/runs/${name}-${temperature}`], {
        cwd,
      });
      expect(code).toBe(0);
    }
  }
});

afterAll(() => rm(cwd, { recursive: true, force: true }));

describe('reflection compare --over', () => {
  it('takes benchmarks of equal weight, whatever their order, and says what else differs', async () => {
    const args = ['compare', 'a-0,b-0', 'b-1,a-1', '--over', 'benchmarks', '--draws', '500'];
    const { stdout, code } = await runCli([...args, '--json'], { cwd });
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ over: 'benchmarks', problems: 4, metric: { id: 'pass@1' } });
    const parts: { label: string; baseline: number; other: number }[] = found.parts;
    expect(parts.map(({ label }) => label)).toEqual(['a', 'b']);
    const gaps = parts.map(({ baseline, other }) => other - baseline);
    expect(found.difference).toBeCloseTo(gaps.reduce((sum, gap) => sum + gap, 0) / 2);
    expect(found.cautions.join()).toContain('temperature');
    expect((await runCli([...args, '--format', 'md'], { cwd })).stdout).toContain('| benchmark |');
  });

  it('takes training seeds, and says that one run shows no spread', async () => {
    const { stdout, code } = await runCli(['compare', 'a-0,a-1', 'a-0', '--over', 'seeds'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/training seeds within each method/);
    expect(stdout).toMatch(/has one run/);
  });

  it.each([
    [['a-0,b-0', 'a-1'], /only one of the two methods has a run over b/],
    [['a-0', 'a-1', 'b-0'], /two methods/],
    [['a-0,a-1', 'a-0,a-1'], /two runs over one set/],
  ])('refuses what cannot be paired: %j', async (methods, message) => {
    const { stderr, code } = await runCli(['compare', ...methods, '--over', 'benchmarks'], { cwd });
    expect(stderr).toMatch(message);
    expect(code).not.toBe(0);
  });
});

describe('reflection show --reflections', () => {
  it('reads every sample, or the one that is named', async () => {
    const all = await runCli(['show', 'a-0', '--reflections', '--json'], { cwd });
    const rows: { id: string }[] = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id }) => id).sort()).toEqual(['a1#0', 'a1#1', 'a2#0', 'a2#1']);
    const one = await runCli(['show', 'a-0', '--reflections', 'a2#1'], { cwd });
    expect(one.stdout).toMatch(/^a2#1 {2}\w+, answer .*: R = \d+, \d+ reflections/);
    const none = await runCli(['show', 'a-0', '--reflections', 'a9#9'], { cwd });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('no sample "a9#9"') });
  });
});
