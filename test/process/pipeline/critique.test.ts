import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProblems } from '../../../src/core/problems/index.ts';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import { critique, evaluate } from '../../../src/node/pipeline/index.ts';
import { identifyProblems } from '../../../src/node/problems/readProblems.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { contentOf, evaluateOptions, sampling } from './fixtures.ts';
import { memoryEngine } from './memoryEngine.ts';

async function evaluated() {
  const options = await evaluateOptions({ n: 6 });
  await evaluate(options);
  const dir = path.join(path.dirname(options.dir), 'critiques');
  const base = { dir, engine: memoryEngine(), prompts: nanoPrompts, sampling, seed: 9, n: 2 };
  return { runDir: options.dir, base, source: { kind: 'run' as const, dir: options.dir } };
}

describe('critique', () => {
  it('reads the finished solutions of a run, copies them, and names the run as its parent', async () => {
    const { base, source, runDir } = await evaluated();
    const result = await critique({ ...base, source });
    const [origin, run] = [await readRun(runDir), await readRun(base.dir)];
    const finished = origin.solutions.filter(({ finish }) => finish === 'stop');
    expect(finished.length).toBeLessThan(origin.solutions.length);
    expect(run.solutions).toEqual(finished);
    expect(result.counts).toEqual({ wanted: finished.length * 2, reused: 0, made: finished.length * 2 });
    expect(run.manifest.parents).toEqual([{ kind: 'run', id: origin.manifest.id, role: 'solutions' }]);
    for (const row of run.critiques) {
      const solution = finished.find(({ id }) => id === row.solutionId);
      expect(row.id).toBe(`${row.solutionId}/${row.index}`);
      const [before, after] = [solution?.grade, row.grade].map((grade) => (grade === 'correct' ? 'c' : 'i'));
      expect(row.transition).toBe(`${before}→${after}`);
    }
  });

  it('finds the step in the original text, think tags and all', async () => {
    const { base, source } = await evaluated();
    await critique({ ...base, source });
    const run = await readRun(base.dir);
    const withFindings = run.critiques.filter(({ findings }) => findings.length > 0);
    expect(withFindings.length).toBeGreaterThan(0);
    for (const { solutionId, findings } of withFindings) {
      const text = run.solutions.find(({ id }) => id === solutionId)?.text ?? '';
      expect(findings.map(({ span }) => text.slice(...span))).toEqual([
        expect.stringMatching(/^Step 1: \d+\+\d+=\d+\.$/),
      ]);
    }
  });

  it('can be asked about certain solutions only, and topped up', async () => {
    const { base, source, runDir } = await evaluated();
    const finished = (await readRun(runDir)).solutions.filter(({ finish }) => finish === 'stop');
    const solutionIds = finished.slice(0, 2).map(({ id }) => id);
    const some = { ...base, source: { ...source, solutionIds } };
    await critique({ ...some, n: 1 });
    // In the other order they are the same solutions.
    await critique({ ...some, source: { ...source, solutionIds: solutionIds.toReversed() }, n: 4 });
    const { critiques } = await readRun(base.dir);
    expect(critiques.map(({ id }) => id).sort()).toEqual(
      solutionIds.flatMap((id) => [0, 1, 2, 3].map((index) => `${id}/${index}`)).sort(),
    );
    await expect(
      critique({ ...base, source: { ...source, solutionIds: ['sum-9#0'] } }),
    ).rejects.toMatchObject({ code: 'no-solutions' });
  });

  it('interrupted and resumed, is the run that was never interrupted', async () => {
    const { base, source } = await evaluated();
    await critique({ ...base, source });
    const whole = await contentOf(base.dir);
    for (const stop of [0, 1, 7]) {
      const dir = path.join(path.dirname(base.dir), `stopped-${stop}`);
      const abort = new AbortController();
      const stopped = await critique({
        ...base,
        dir,
        source,
        signal: abort.signal,
        onProgress: ({ done }) => {
          if (done >= stop) abort.abort();
        },
      });
      expect(stopped.isInterrupted).toBe(true);
      await critique({ ...base, dir, source });
      expect(await contentOf(dir)).toEqual(whole);
    }
  });

  it('reads the worked solution of a problem document; without an answer it is not called wrong', async () => {
    const { base } = await evaluated();
    const document =
      '---\nid: mine\nanswer: 9\n---\n## Problem\nWhat is 4+5?\n## Solution\nStep 1: 4+5=9.\nDone.\n';
    const { problems } = parseProblems(document, { file: 'mine.problem.md', format: 'markdown' });
    const problemSet = identifyProblems('mine', null, problems);
    await critique({ ...base, source: { kind: 'problems', problems, problemSet } });
    const run = await readRun(base.dir);
    expect(run.solutions).toMatchObject([
      { id: 'mine#0', text: problems[0]?.solution, answer: null, grade: 'undetermined' },
    ]);
    expect(run.critiques.map(({ transition }) => transition)).toEqual([null, null]);
    const spans = run.critiques.flatMap(({ findings }) => findings.map(({ span }) => span));
    expect(problems[0]?.solution?.slice(...(spans[0] ?? [0, 0]))).toMatch(/^Step 1: 4\+5=9\./);
  });

  it('says what is missing when a set has no worked solutions', async () => {
    const { base } = await evaluated();
    const { problems, problemSet } = await evaluateOptions();
    await expect(
      critique({ ...base, source: { kind: 'problems', problems, problemSet } }),
    ).rejects.toMatchObject({ code: 'no-solutions', remedy: expect.stringContaining('## Solution') });
  });

  it('asks with the text that a trained critic knows when told to, and keeps to it', async () => {
    const { base, source } = await evaluated();
    const prompts = { ...nanoPrompts, critique: 'critique t: {problem} | {solution}' };
    await critique({ ...base, prompts, source, template: 'training' });
    await expect(critique({ ...base, prompts, source })).rejects.toThrow('options.template');
  });
});
