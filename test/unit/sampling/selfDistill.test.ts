import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSelfDistill, createHeldOut } from '../../../src/core/sampling/index.ts';
import { selfDistillRecordSchema } from '../../../src/core/schema/dataset.ts';
import { scftInput } from './cases.ts';

describe('Self-Distill', () => {
  it('keeps right, finished solutions only, as many as asked for or as there are, one of each problem first', () => {
    fc.assert(
      fc.property(scftInput, ({ problems, solutions, prompts, size, seed, source }) => {
        const { records, dropped, funnel, meta } = buildSelfDistill({
          problems,
          solutions,
          prompts,
          size,
          seed,
          source,
        });
        for (const record of records) {
          expect(selfDistillRecordSchema.safeParse(record).success).toBe(true);
          const solution = solutions.find(({ id }) => id === record.id);
          expect(solution).toMatchObject({ grade: 'correct', finish: 'stop', text: record.y });
        }
        const counts = [...Map.groupBy(records, ({ id }) => id.split('#')[0]).values()].map(
          (own) => own.length,
        );
        const texts = records.map(({ id, y }) => `${id.split('#')[0]} ${y.trim()}`);
        expect(new Set(texts).size).toBe(records.length);
        // A second one of a problem only when every problem that has one gave its first.
        const possible = new Set(
          [
            ...records.map(({ id }) => id),
            ...dropped.filter(({ filter }) => filter === 'size').map(({ candidate }) => candidate),
          ].map((id) => id.split('#')[0]),
        );
        if (Math.max(0, ...counts) > 1) expect(counts.length).toBe(possible.size);
        expect(records.length + dropped.length).toBe(solutions.length);
        expect(funnel.reduce((left, stage) => left - stage.dropped, solutions.length)).toBe(records.length);
        if (size !== null) expect(meta.shortfall === null).toBe(records.length === size);
      }),
    );
  });
});

describe('a held-out set', () => {
  const statement =
    'A train leaves at noon and goes 60 km in the first hour and 80 km in each hour after that; how far is it at 5 pm?';
  const heldOut = createHeldOut({ name: 'aime', sha256: 'x' }, [
    { id: 'h1', problem: statement },
    { id: 'h2', problem: 'What is 3+4?' },
  ]);

  it('knows its problems again, reformatted or with another ending, and no others', () => {
    expect(heldOut.find(`  ${statement.toUpperCase()}\n`)).toMatch(/it is h1 of aime/);
    expect(heldOut.find(statement.replace('at 5 pm?', 'in the evening?'))).toMatch(
      /runs of 13 words with h1 of aime/,
    );
    expect(heldOut.find('What is  3+4?')).toMatch(/h2/);
    expect(heldOut.find('What is 3+5?')).toBeNull();
    const other =
      'A ship leaves at dawn and sails 20 miles; how far is it from a train that goes 60 km in the first hour?';
    expect(heldOut.find(other)).toBeNull();
  });

  it('answers the same however often and in whatever order it is asked', () => {
    expect(heldOut.find('What is 3+5?')).toBeNull();
    expect(heldOut.find(statement)).toMatch(/h1/);
    expect(heldOut.find(statement)).toMatch(/h1/);
  });
});
