/** Datasets of every kind by the pipeline: what is generated, when it stops, and that resuming changes nothing. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { s2rPrompts } from '../../../src/core/prompts/index.ts';
import { createHeldOut } from '../../../src/core/sampling/index.ts';
import {
  offlineRecordSchema,
  s2rRecordSchema,
  scftRecordSchema,
  selfDistillRecordSchema,
} from '../../../src/core/schema/dataset.ts';
import { datasetFromRun, evaluate, type SampleOptions, sample } from '../../../src/node/pipeline/index.ts';
import { appendReview, readRun } from '../../../src/node/runs/index.ts';
import { contentOf, lineIds, sampleOptions, scft, sums } from './fixtures.ts';
import { memoryEngine } from './memoryEngine.ts';
import { rolloutScript, type Script, s2rScript, scriptedEngine } from './scriptedEngine.ts';

async function linesOf(file: string | undefined): Promise<unknown[]> {
  const lines = (await readFile(file ?? '', 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
}

type Kind = SampleOptions['dataset']['kind'];
const DATASETS: { [K in Kind]: Extract<SampleOptions['dataset'], { kind: K }> } = {
  scft: { kind: 'scft', mix: [2, 1], size: null },
  'self-distill': { kind: 'self-distill', size: null },
  s2r: { kind: 's2r', style: 'confirmative', isThinned: false, size: null },
  offline: { kind: 'offline', accuracy: [0.1, 0.9], isBalanced: true, size: null },
};

/** Options of a small run of the kind, on a deterministic engine. */
async function optionsOf(kind: Kind, change: Partial<SampleOptions> = {}, size: number | null = null) {
  const dataset = { ...DATASETS[kind], size };
  const base = await sampleOptions({ problems: sums(40), n: 4, critiques: 2, dataset, ...change });
  if (kind === 'scft' || kind === 'self-distill') return base;
  const script = kind === 's2r' ? s2rScript : rolloutScript;
  const critiques = kind === 's2r' ? 2 : 0;
  return { ...base, prompts: s2rPrompts, critiques, engine: scriptedEngine(script) };
}

const kinds = Object.keys(DATASETS) as Kind[];

describe.each(kinds)('a dataset of kind %s', (kind) => {
  it('interrupted anywhere and resumed is the dataset of a run that never was', async () => {
    const whole = await optionsOf(kind);
    const { dataset, counts } = await sample(whole);
    expect(dataset?.meta.records).toBeGreaterThan(5);
    for (const share of [0, 0.3, 0.8]) {
      const options = await optionsOf(kind);
      const abort = new AbortController();
      let made = 0;
      const stopped = await sample({
        ...options,
        signal: abort.signal,
        onProgress: ({ sample: row }) => {
          if (row !== undefined) made += 1;
          if (made >= share * counts.made) abort.abort();
        },
      });
      expect(stopped).toMatchObject({ isInterrupted: true, dataset: null });
      const resumed = await sample(options);
      expect(await contentOf(options.dir)).toEqual(await contentOf(whole.dir));
      expect(await readFile(resumed.dataset?.file ?? '', 'utf8')).toBe(
        await readFile(dataset?.file ?? '', 'utf8'),
      );
      const ids = await lineIds(options.dir, 'solutions.jsonl');
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('stops when it has its size, has it exactly, and tops up to a larger one without repeating anything', async () => {
    const all = await sample(await optionsOf(kind));
    const options = await optionsOf(kind, {}, 5);
    const small = await sample(options);
    expect(small.dataset?.meta).toMatchObject({ kind, records: 5, size: 5, shortfall: null });
    expect(small.counts.made).toBeLessThan(all.counts.made);
    const asked = options.engine.asked.length;
    const again = await sample(options);
    expect(again.counts.made).toBe(0);
    expect(again.dataset?.isUnchanged).toBe(true);
    const more = await sample({ ...options, dataset: { ...options.dataset, size: 12 } });
    expect(more.dataset?.meta).toMatchObject({ records: 12, shortfall: null });
    expect(new Set(options.engine.asked).size).toBe(options.engine.asked.length);
    expect(options.engine.asked.length).toBeGreaterThanOrEqual(asked);
    const impossible = await sample({ ...options, dataset: { ...options.dataset, size: 5000 } });
    expect(impossible.dataset?.meta.shortfall).toMatch(/of 5000 records/);
  });

  it('says in its meta file what it holds, and accounts for every candidate', async () => {
    const options = await optionsOf(kind);
    const { dataset } = await sample(options);
    const run = await readRun(options.dir);
    const records = await linesOf(dataset?.file);
    expect(dataset?.meta).toMatchObject({ kind, records: records.length });
    expect(dataset?.meta.lengths?.max).toBeGreaterThanOrEqual(dataset?.meta.lengths?.median ?? Infinity);
    expect(dataset?.meta.parents).toMatchObject([{ kind: 'run', id: path.basename(options.dir) }]);
    expect(dataset?.meta.problemHashes.length).toBeGreaterThan(0);
    const [first] = dataset?.meta.funnel ?? [];
    const dropped = dataset?.meta.funnel.reduce((sum, stage) => sum + stage.dropped, 0) ?? 0;
    expect(run.dropped).toHaveLength(dropped);
    const critiqued = new Set(run.critiques.map(({ solutionId }) => solutionId));
    expect(first?.entered).toBe(
      run.critiques.length + run.solutions.filter(({ id }) => !critiqued.has(id)).length,
    );
  });

  it('samples and keeps nothing of a held-out set', async () => {
    const held = sums(40).slice(0, 30);
    const heldOut = createHeldOut({ name: 'bench', sha256: 'x', path: '/bench.jsonl' }, held);
    const options = await optionsOf(kind);
    const { dataset } = await sample({ ...options, dataset: { ...options.dataset, filters: { heldOut } } });
    const ids = new Set(held.map(({ id }) => id));
    expect(options.engine.asked.filter((id) => ids.has(id.split('#')[0] ?? ''))).toEqual([]);
    expect(dataset?.meta.records).toBeGreaterThan(0);
    expect(dataset?.meta.heldOut).toEqual({ name: 'bench', sha256: 'x' });
    // A run that was sampled without it is filtered all the same.
    const free = await optionsOf(kind);
    const without = await sample(free);
    const output = path.join(path.dirname(free.dir), 'clean.jsonl');
    const clean = await datasetFromRun(free.dir, { ...free.dataset, filters: { heldOut }, output }, free);
    expect(clean.meta.funnel.find(({ filter }) => filter === 'contaminated')?.dropped).toBeGreaterThan(0);
    expect(clean.meta.records).toBeLessThan(without.dataset?.meta.records ?? 0);
    const statements = new Set(held.map(({ problem }) => problem));
    for (const row of (await linesOf(output)) as { q: string }[]) expect(statements).not.toContain(row.q);
  });
});

describe('S2R', () => {
  it('verifies each distinct answer of problems with a right one, and no others', async () => {
    const options = await optionsOf('s2r');
    const { dataset } = await sample(options);
    const { solutions, critiques } = await readRun(options.dir);
    for (const [problemId, own] of Map.groupBy(solutions, (row) => row.problemId)) {
      const verified = critiques.filter((row) => row.problemId === problemId);
      const answers = new Set(own.map(({ answer }) => answer));
      const hasRight = own.some(({ grade }) => grade === 'correct');
      expect(verified).toHaveLength(hasRight ? 2 * answers.size : 0);
      const about = verified.map(({ solutionId }) => own.find(({ id }) => id === solutionId)?.answer);
      if (hasRight) expect(new Set(about)).toEqual(answers);
    }
    const records = (await linesOf(dataset?.file)).map((row) => s2rRecordSchema.parse(row));
    expect(Math.max(...records.map(({ trials }) => trials))).toBeGreaterThan(2);
    for (const { system, prompt, q } of records) {
      expect(system).toBe('Please reason step by step, and put your final answer within \\boxed{}.');
      expect(prompt).toBe(q);
    }
    // One verification serves every response with its answer: a record may take another response than the verified one.
    const borrowed = records.flatMap(({ gen }) =>
      gen.critiqueIds.filter((id, at) => !id.startsWith(`${gen.solutionIds[at]}/`)),
    );
    expect(borrowed.length).toBeGreaterThan(0);
  });

  it('asks another model to verify when told to, and names it in run and records', async () => {
    const options = await optionsOf('s2r');
    const critic = scriptedEngine(s2rScript, 'strong');
    const { dataset } = await sample({ ...options, critic: { engine: critic, prompts: s2rPrompts } });
    const run = await readRun(options.dir);
    expect(critic.asked.toSorted()).toEqual(run.critiques.map(({ id }) => id).toSorted());
    expect(options.engine.asked.toSorted()).toEqual(run.solutions.map(({ id }) => id).toSorted());
    expect(run.manifest.options.critic).toMatchObject({ name: 'strong', sha256: 'strong' });
    for (const row of await linesOf(dataset?.file))
      expect(s2rRecordSchema.parse(row).gen.critic).toEqual({ model: 'strong', modelSha256: 'strong' });
    await expect(sample(options)).rejects.toMatchObject({ code: 'run-differs' });
  });

  it('can have its verifications rewritten by the verifier, which takes their place', async () => {
    const options = await optionsOf('s2r');
    const script: Script = (prompt, draw) => {
      if (!prompt.includes('Rewrite the check')) return s2rScript(prompt, draw);
      // Now and then the rewriting turns the verdict around.
      const isCorrect = prompt.includes('is correct.\n') || prompt.endsWith('is correct.');
      return `I take mine apart (${draw}). Therefore, the answer is ${isCorrect === draw < 95 ? 'correct' : 'incorrect'}.`;
    };
    const refined = {
      ...options,
      engine: scriptedEngine(script),
      dataset: { ...DATASETS.s2r, isRefined: true },
    };
    const abort = new AbortController();
    await sample({
      ...refined,
      signal: abort.signal,
      onProgress: ({ sample: row }) => row?.id.endsWith('r') === true && abort.abort(),
    });
    const { dataset } = await sample(refined);
    const { critiques } = await readRun(options.dir);
    const rewritten = critiques.filter(({ refines }) => refines !== undefined);
    expect(rewritten.length).toBe(critiques.length / 2);
    for (const { id, refines } of rewritten) expect(id).toBe(`${refines}r`);
    const records = (await linesOf(dataset?.file)).map((row) => s2rRecordSchema.parse(row));
    expect(records.length).toBeGreaterThan(5);
    for (const { actions, gen } of records) {
      expect(gen.critiqueIds.every((id) => id.endsWith('r'))).toBe(true);
      for (const { type, text } of actions) if (type === 'verify') expect(text).toMatch(/^I take mine apart/);
    }
    expect(dataset?.meta.funnel.find(({ filter }) => filter === 'verdict')?.dropped).toBeGreaterThan(0);
    expect(new Set(refined.engine.asked).size).toBe(refined.engine.asked.length);
  });

  it('lets people overrule: a rejected verification never gets in, an accepted problem is not thinned out', async () => {
    const options = await optionsOf('s2r');
    const { dataset } = await sample(options);
    const records = (await linesOf(dataset?.file)).map((row) => s2rRecordSchema.parse(row));
    const [first, second] = records;
    const review = { by: 'ada', at: '2026-01-01T00:00:00Z' } as const;
    const [rejected] = first?.gen.critiqueIds ?? [];
    const [accepted] = second?.gen.critiqueIds ?? [];
    await appendReview(options.dir, { ...review, critiqueId: rejected ?? '', decision: 'reject' });
    await appendReview(options.dir, { ...review, critiqueId: accepted ?? '', decision: 'accept' });
    const output = path.join(path.dirname(options.dir), 'reviewed.jsonl');
    const thin = { ...DATASETS.s2r, isThinned: true, output };
    const reviewed = await datasetFromRun(options.dir, thin, options);
    const now = (await linesOf(output)).map((row) => s2rRecordSchema.parse(row));
    expect(now.flatMap(({ gen }) => gen.critiqueIds)).not.toContain(rejected);
    expect(now.find(({ id }) => id === second?.id)).toMatchObject({ review: 'accept' });
    expect(reviewed.meta.reviews).toEqual({ accepted: 1, rejected: expect.any(Number) });
    expect(reviewed.meta.reviews.rejected).toBeGreaterThan(0);
    expect(now.length).toBeLessThan(records.length);
  });
});

describe('offline rollouts', () => {
  it('keep the log-probabilities of the policy that sampled them', async () => {
    const options = await optionsOf('offline');
    const { dataset } = await sample(options);
    const { solutions } = await readRun(options.dir);
    expect(solutions.every(({ logprobs }) => logprobs !== undefined)).toBe(true);
    const records = (await linesOf(dataset?.file)).map((row) => offlineRecordSchema.parse(row));
    for (const { gen, tokens, answer } of records) {
      const row = solutions.find(({ id }) => id === gen.solutionId);
      expect(tokens.logprobs).toEqual(row?.logprobs?.values.slice(0, tokens.logprobs.length));
      expect(answer.startsWith(tokens.texts.join(''))).toBe(true);
      expect(gen).toMatchObject({ temperature: options.sampling.temperature, topP: 1 });
    }
    expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set([1, -1]));
    expect(records.some(({ actions }) => actions.length === 4)).toBe(true);
  });

  it('refuse, after the first problems, a model that tells no log-probabilities', async () => {
    const options = { ...(await optionsOf('offline')), engine: memoryEngine() };
    await expect(sample(options)).rejects.toMatchObject({ code: 'no-logprobs' });
  });
});

describe('Self-Distill', () => {
  it('has as many records as the SCFT dataset of the same run, all right', async () => {
    const options = await optionsOf('scft', {}, 21);
    const made = await sample(options);
    const size = made.dataset?.meta.records ?? 0;
    const output = path.join(path.dirname(options.dir), 'distill.jsonl');
    const distilled = await datasetFromRun(options.dir, { kind: 'self-distill', size, output }, options);
    expect(distilled.meta).toMatchObject({ kind: 'self-distill', records: size, shortfall: null });
    const { solutions } = await readRun(options.dir);
    for (const row of await linesOf(output)) {
      const record = selfDistillRecordSchema.parse(row);
      expect(solutions.find(({ id }) => id === record.id)).toMatchObject({
        grade: 'correct',
        text: record.y,
      });
    }
  });
});

describe('a run without anything to criticise', () => {
  it('ends with an empty dataset whose funnel says why', async () => {
    const options = await optionsOf('scft');
    const mute = scriptedEngine(() => 'I do not know.');
    const { dataset } = await sample({ ...options, engine: mute, dataset: scft({ mix: [0, 1], size: 3 }) });
    expect(dataset?.meta).toMatchObject({
      records: 0,
      lengths: null,
      shortfall: expect.stringContaining('0 of 3'),
    });
    expect(dataset?.meta.funnel.find(({ dropped }) => dropped > 0)?.dropped).toBe(160);
  });

  it('is refused at once when every problem is held out', async () => {
    const options = await optionsOf('scft');
    const heldOut = createHeldOut({ name: 'bench', sha256: 'x' }, options.problems);
    const dataset = { ...options.dataset, filters: { heldOut } };
    await expect(sample({ ...options, dataset })).rejects.toMatchObject({ code: 'all-held-out' });
    expect(options.engine.asked).toEqual([]);
  });
});

describe('an SCFT dataset', () => {
  it('of the solutions of another run is made of them, with critiques of its own', async () => {
    const options = await optionsOf('scft');
    const evaluated = { ...options, dir: path.join(path.dirname(options.dir), 'evaluated') };
    await evaluate(evaluated);
    const before = options.engine.asked.length;
    const { dataset } = await sample({ ...options, solutionsOf: { dir: evaluated.dir } });
    const [origin, run] = [await readRun(evaluated.dir), await readRun(options.dir)];
    expect(run.solutions).toEqual(origin.solutions);
    expect(options.engine.asked.slice(before).every((id) => id.includes('/'))).toBe(true);
    expect(dataset?.meta.records).toBeGreaterThan(5);
    const chosen = origin.solutions.filter(({ grade }) => grade === 'incorrect').slice(0, 2);
    const some = await sample({
      ...options,
      dir: path.join(path.dirname(options.dir), 'some'),
      solutionsOf: { dir: evaluated.dir, solutionIds: chosen.map(({ id }) => id) },
      dataset: scft({ mix: [1, 0] }),
    });
    const ids = chosen.map(({ id }) => id);
    for (const row of await linesOf(some.dataset?.file))
      expect(ids).toContain(scftRecordSchema.parse(row).gen.solutionId);
  });

  it('by another critic names it, and keeps to the slot and the training prompt of the model', async () => {
    const options = await optionsOf('scft');
    const engine = {
      ...memoryEngine('other'),
      identity: { ...memoryEngine().identity, name: 'r1', sha256: 'r1' },
    };
    const prompts = {
      ...options.prompts,
      critique: 'R1, critique this: {problem} {solution}',
      solutionSlot: 'whole' as const,
    };
    const { dataset } = await sample({ ...options, critic: { engine, prompts } });
    const records = (await linesOf(dataset?.file)).map((row) => scftRecordSchema.parse(row));
    expect(records.length).toBeGreaterThan(5);
    for (const record of records) {
      expect(record.gen).toMatchObject({ model: 'memory', critic: { model: 'r1', modelSha256: 'r1' } });
      expect(record.prompt).toContain('Please critique whether');
      expect(record.y).not.toContain('<think>');
    }
    expect(engine.asked.length).toBeGreaterThan(0);
    expect(options.engine.asked.every((id) => !id.includes('/'))).toBe(true);
  });
});
