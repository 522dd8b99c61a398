/** The pipelines on the embedded model in its child process. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/node/engines/engine.ts';
import { connectEngine } from '../../../src/node/engines/index.ts';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import {
  continuedIn,
  continuedSolution,
  critique,
  evaluate,
  sample,
} from '../../../src/node/pipeline/index.ts';
import { identifyProblems, readProblemSet } from '../../../src/node/problems/readProblems.ts';
import { readRun } from '../../../src/node/runs/index.ts';
import { readWorkspace, resolveModel } from '../../../src/node/workspace/index.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { scft } from './fixtures.ts';

const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 340 };
let engine: Engine;

async function nano() {
  return resolveModel(await readWorkspace(packageRoot()), 'nano');
}

beforeAll(async () => {
  engine = await connectEngine((await nano()).config, new AbortController().signal);
});
afterAll(() => engine?.close());

async function options(count: number) {
  const file = path.join(packageRoot(), 'media', 'problems', 'demo-60.jsonl');
  const problems = (await readProblemSet(file)).problems.slice(0, count);
  const { prompts } = await nano();
  const dir = path.join(await temporaryDir(), 'run');
  return {
    dir,
    problems,
    problemSet: identifyProblems('demo', file, problems),
    engine,
    prompts,
    sampling,
    seed: 3,
  };
}

describe('the embedded model', () => {
  it('solves problems of its family, and criticises its solutions with findings on their steps', async () => {
    const base = await options(60);
    await evaluate({ ...base, n: 1 });
    const run = await readRun(base.dir);
    expect(run.solutions).toHaveLength(60);
    expect(run.solutions.filter(({ grade }) => grade === 'undetermined')).toEqual([]);
    const right = run.solutions.filter(({ grade }) => grade === 'correct').length;
    // It solves about seven of ten; far off either way means broken prompts or a broken grader.
    expect(right).toBeGreaterThan(20);
    expect(right).toBeLessThan(58);

    const dir = path.join(path.dirname(base.dir), 'critiques');
    await critique({ ...base, dir, n: 1, source: { kind: 'run', dir: base.dir } });
    const critiques = await readRun(dir);
    const texts = new Map(critiques.solutions.map(({ id, text }) => [id, text]));
    const findings = critiques.critiques.flatMap((row) =>
      row.findings.map((finding) => ({
        ...finding,
        text: texts.get(row.solutionId)?.slice(...finding.span) ?? '',
      })),
    );
    const onSteps = findings.filter(({ anchor }) => anchor === 'step');
    expect(onSteps.length).toBeGreaterThan(critiques.critiques.length / 2);
    for (const { text } of onSteps) expect(text).toMatch(/^Step \d/);
    expect(critiques.critiques.filter(({ verdict }) => verdict === 'none').length).toBeLessThan(20);
  });

  it('goes on from the beginning of a solution, word for word', async () => {
    const base = await options(3);
    await evaluate({ ...base, n: 1 });
    const source = await readRun(base.dir);
    const [first] = source.solutions;
    const at = (first?.text ?? '').indexOf('Step 2');
    expect(at).toBeGreaterThan(0);
    const continued = continuedSolution(source, first?.id ?? '', at);
    const dir = path.join(path.dirname(base.dir), 'continued');
    const problems = base.problems.filter(({ id }) => id === first?.problemId);
    const problemSet = identifyProblems('one', null, problems);
    const result = await evaluate({ ...base, dir, problems, problemSet, n: 6, continued });
    expect(result.failed).toBe(0);
    const { solutions, manifest } = await readRun(dir);
    expect(continuedIn(manifest)).toEqual(continued);
    for (const { text, grade } of solutions) {
      expect(text.startsWith(continued.prefix)).toBe(true);
      expect(text.slice(at)).toMatch(/^Step 2/);
      expect(['correct', 'incorrect']).toContain(grade);
    }
    expect(() => continuedSolution(source, first?.id ?? '', 1e6)).toThrow(/cannot be cut/);
  });

  it('makes an SCFT dataset from itself, the same one each time it is asked', async () => {
    const base = await options(24);
    const settings = { ...base, n: 2, critiques: 4, dataset: scft() };
    const { dataset, failed } = await sample(settings);
    expect(failed).toBe(0);
    expect(dataset?.meta.kind === 'scft' && dataset.meta.i2c).toBeGreaterThan(0);
    expect(dataset?.meta.funnel.map(({ dropped }) => dropped).some((dropped) => dropped > 0)).toBe(true);
    expect((await sample(settings)).dataset?.isUnchanged).toBe(true);
  });
});
