import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createComparer } from '../../../src/node/comparison/comparer.ts';
import {
  levelled,
  SAMPLED,
  TRAINED,
  trainingEvent,
  writeCritiques,
  writeEvaluations,
  writeSamplingRun,
  writeTrainingRun,
} from '../../workbench/panelRuns.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'comparer-'));
const at = (id: string, revision = '1') => ({ dir: path.join(folder, '.reflection/runs', id), revision });
const problems = levelled(12);
let evaluations: string[];
let critiques: string[];

beforeAll(() => {
  evaluations = writeEvaluations(folder, { problems, samples: 4, models: ['nano', 'scft'] });
  critiques = writeCritiques(folder, problems);
  writeSamplingRun(folder);
  writeTrainingRun(folder, 60);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('the comparing thread', () => {
  it('gives the headline first, and the same headline with everything else', async () => {
    const comparer = createComparer();
    const runs = evaluations.map((id) => at(id));
    const dir = runs[0]?.dir ?? '';
    const first = await comparer.compare(runs, dir, 'headline');
    const all = await comparer.compare(runs, dir, 'all');
    expect(first.pairs[0]?.comparison.verdict).toEqual(all.pairs[0]?.comparison.verdict);
    expect(first.pairs[0]?.comparison.metrics).toHaveLength(1);
    expect(all.pairs[0]?.comparison.metrics.length).toBeGreaterThan(5);
    expect(first.grid).toEqual(all.grid);
    expect(all.curves).toHaveLength(2);
    expect(all.levels).toHaveLength(5);
  }, 60_000);

  it('compares large runs from their indexes, with the same numbers', async () => {
    const [small, large] = [createComparer(), createComparer({ largeBytes: 0 })];
    for (const ids of [evaluations, critiques]) {
      const runs = ids.map((id) => at(id));
      const dir = runs[0]?.dir ?? '';
      for (const depth of ['headline', 'all'] as const) {
        const [whole, indexed] = [
          await small.compare(runs, dir, depth),
          await large.compare(runs, dir, depth),
        ];
        expect(indexed.grid).toEqual(whole.grid);
        expect(indexed.curves).toEqual(whole.curves);
        expect(indexed.levels).toEqual(whole.levels);
        const has = new Map(indexed.pairs[0]?.comparison.metrics.map((metric) => [metric.id, metric]));
        for (const metric of whole.pairs[0]?.comparison.metrics ?? []) {
          const same = has.get(metric.id);
          // What reads texts in another way than counting their reflections is left out, and nothing else.
          if (same === undefined) expect(metric.id).toMatch(/^agreement/);
          else expect(same.baseline).toEqual(metric.baseline);
        }
        expect(has.size).toBeGreaterThan(0);
      }
      const samples = await Promise.all(
        [small, large].map((comparer) => comparer.sampleAt(runs[0] ?? at(''), 'aime-003', 1)),
      );
      expect(samples[0]).toEqual(samples[1]);
    }
  }, 60_000);

  it('names the sample that stands at a position, and none beyond the last', async () => {
    const comparer = createComparer();
    const [run] = evaluations;
    expect(await comparer.sampleAt(at(run ?? ''), 'aime-001', 3)).toEqual({
      kind: 'solution',
      id: 'aime-001#3',
    });
    expect(await comparer.sampleAt(at(run ?? ''), 'aime-001', 4)).toBeNull();
    expect(await comparer.sampleAt(at(critiques[0] ?? ''), 'aime-001', 3)).toEqual({
      kind: 'critique',
      id: 'aime-001#1/1',
    });
  });

  it('reads a run again when its revision has changed', async () => {
    const comparer = createComparer();
    const [run] = evaluations;
    const file = path.join(at(run ?? '').dir, 'solutions.jsonl');
    const before = fs.readFileSync(file, 'utf8');
    await comparer.sampleAt(at(run ?? ''), 'aime-001', 0);
    fs.writeFileSync(file, before.split('\n').slice(4).join('\n'));
    expect(await comparer.sampleAt(at(run ?? ''), 'aime-001', 0)).not.toBeNull();
    expect(await comparer.sampleAt(at(run ?? '', '2'), 'aime-001', 0)).toBeNull();
    fs.writeFileSync(file, before);
  });

  it('counts what a sampling run kept and dropped, and gives the dropped ones a page at a time', async () => {
    const comparer = createComparer();
    const picture = await comparer.samplingPicture(at(SAMPLED));
    expect(picture.records).toBe(40);
    expect(picture.mix).toMatchObject({ asked: [2, 1], i2c: 27, c2c: 13 });
    for (const { filter, dropped } of picture.funnel ?? []) {
      const rows = await comparer.droppedRows(at(SAMPLED), filter, 0);
      expect(rows.total, filter).toBe(dropped);
      expect(rows.rows.length).toBe(Math.min(100, dropped));
    }
  });

  it('follows a training run: everything at first, nothing while nothing comes, then what came', async () => {
    const comparer = createComparer();
    const { dir } = at(TRAINED);
    const first = await comparer.watch(dir, -1);
    expect(first?.curves.find(({ name }) => name === 'loss')?.steps).toHaveLength(60);
    expect(first?.rollouts).toHaveLength(12);
    expect(await comparer.watch(dir, first?.version ?? -1)).toBeNull();
    const line = JSON.stringify(trainingEvent(61));
    fs.appendFileSync(path.join(dir, 'events.jsonl'), `${line}\n`);
    const next = await expect
      .poll(() => comparer.watch(dir, first?.version ?? -1), { timeout: 20_000 })
      .not.toBeNull()
      .then(() => comparer.watch(dir, first?.version ?? -1));
    expect(next?.curves.find(({ name }) => name === 'loss')?.steps.at(-1)).toBe(61);
    expect((await comparer.rollout(dir, 0))?.completion).toContain('boxed');
    expect(await comparer.rollout(dir, 1000)).toBeNull();
    comparer.unwatch(dir);
  }, 30_000);

  it('has nothing of a directory that is not there, and says so', async () => {
    const comparer = createComparer();
    await expect(comparer.compare([at('gone'), at('gone-too')], at('gone').dir, 'all')).rejects.toThrow(
      /run/,
    );
  });
});
