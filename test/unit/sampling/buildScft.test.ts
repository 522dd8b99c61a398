import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import { standingReviews } from '../../../src/core/runs/index.ts';
import {
  availableTypes,
  buildScft,
  createHeldOut,
  FILTER_ORDER,
  largestSplit,
  type ScftInput,
  splitByMix,
} from '../../../src/core/sampling/index.ts';
import { scftRecordSchema } from '../../../src/core/schema/dataset.ts';
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import { scftInput } from './cases.ts';

describe('any run', () => {
  it('keeps or drops each candidate exactly once', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        const { records, dropped } = buildScft(input);
        const critiqued = new Set(input.critiques.map(({ solutionId }) => solutionId));
        const candidates = [
          ...input.critiques.map(({ id }) => id),
          ...input.solutions.map(({ id }) => id).filter((id) => !critiqued.has(id)),
        ];
        const accounted = [...records.map(({ id }) => id), ...dropped.map(({ candidate }) => candidate)];
        expect(accounted.sort()).toEqual(candidates.sort());
      }),
    );
  });

  it('keeps only finished critiques with a right answer, of finished and graded solutions', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        for (const record of buildScft(input).records) {
          expect(scftRecordSchema.safeParse(record).success).toBe(true);
          const critique = input.critiques.find(({ id }) => id === record.id);
          const solution = input.solutions.find(({ id }) => id === record.gen.solutionId);
          expect(critique).toMatchObject({ grade: 'correct', finish: 'stop', text: record.c });
          expect(solution).toMatchObject({
            grade: record.type === 'c2c' ? 'correct' : 'incorrect',
            finish: 'stop',
          });
          expect(record.prompt).toContain(record.y);
        }
      }),
    );
  });

  it('keeps at most one record for each question and type, and no text twice', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        const { records } = buildScft(input);
        const keys = records.map(({ q, type }) => `${type} ${q.replace(/\s+/g, ' ')}`);
        expect(new Set(keys).size).toBe(records.length);
        expect(new Set(records.map(({ c }) => c)).size).toBe(records.length);
      }),
    );
  });

  it('meets mix and size exactly, or explains the shortfall, and leaves out no record that would fit', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        const { records, meta } = buildScft(input);
        const { i2c, c2c } = splitByMix(records.length, input.mix);
        expect({ i2c: meta.i2c, c2c: meta.c2c }).toEqual({ i2c, c2c });
        expect(records.filter(({ type }) => type === 'i2c')).toHaveLength(i2c);
        if (input.size !== null) {
          expect(records.length).toBeLessThanOrEqual(input.size);
          expect(meta.shortfall === null).toBe(records.length === input.size);
        }
        const available = availableTypes(input);
        const next = splitByMix(records.length + 1, input.mix);
        const hasRoom = input.size === null || records.length < input.size;
        expect(hasRoom && next.i2c <= available.i2c && next.c2c <= available.c2c).toBe(false);
      }),
    );
  });

  it('depends on the seed and the ids, not on the order of the lists', () => {
    fc.assert(
      fc.property(
        scftInput.chain((input) =>
          fc.record({
            input: fc.constant(input),
            problems: fc.shuffledSubarray([...input.problems], { minLength: input.problems.length }),
            solutions: fc.shuffledSubarray([...input.solutions], { minLength: input.solutions.length }),
            critiques: fc.shuffledSubarray([...input.critiques], { minLength: input.critiques.length }),
          }),
        ),
        ({ input, ...shuffled }) => {
          expect(buildScft({ ...input, ...shuffled })).toEqual(buildScft(input));
        },
      ),
    );
  });

  it('never keeps a rejected critique, and lets an accepted one through the optional filters', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        const standing = standingReviews(input.reviews);
        const { records, dropped } = buildScft(input);
        for (const { id, review } of records) {
          const decision = standing.get(id)?.decision;
          expect(decision).not.toBe('reject');
          expect(decision).not.toBe('superficial');
          expect(review === 'accept').toBe(decision === 'accept' || decision === 'edited');
        }
        for (const { candidate, filter } of dropped) {
          if (['accept', 'edited'].includes(standing.get(candidate)?.decision ?? ''))
            expect(['too-long', 'verdict']).not.toContain(filter);
        }
      }),
    );
  });

  it('gives a funnel in the fixed order whose stages add up', () => {
    fc.assert(
      fc.property(scftInput, (input) => {
        const { funnel, records, dropped } = buildScft(input);
        expect(funnel.map(({ filter }) => filter)).toEqual(FILTER_ORDER);
        let left = records.length + dropped.length;
        for (const stage of funnel) {
          expect(stage.entered).toBe(left);
          left -= stage.dropped;
        }
        expect(left).toBe(records.length);
      }),
    );
  });
});

const solution = (id: string, correct: boolean): Solution => ({
  id: `${id}#0`,
  problemId: id,
  index: 0,
  seed: 1,
  text: `<think>\nStep 1: 1+1=${correct ? 2 : 3}.\n</think>\n\\boxed{${correct ? 2 : 3}}`,
  promptTokens: 5,
  tokens: 20,
  finish: 'stop',
  ms: 1,
  answer: correct ? '2' : '3',
  grade: correct ? 'correct' : 'incorrect',
  reason: correct ? 'equal' : 'differs',
  layer: 'integer',
});
const critique = (of: Solution, index: number, change: Partial<Critique> = {}): Critique => ({
  ...of,
  id: `${of.id}/${index}`,
  solutionId: of.id,
  index,
  text: `Critique ${index} of ${of.id}: \\boxed{2}`,
  answer: '2',
  grade: 'correct',
  verdict: of.grade === 'correct' ? 'correct' : 'incorrect',
  transition: of.grade === 'correct' ? 'c→c' : 'i→c',
  findings: [],
  ...change,
});
const build = (solutions: Solution[], critiques: Critique[], change: Partial<ScftInput> = {}) =>
  buildScft({
    problems: solutions.map(({ problemId }) => ({
      id: problemId,
      problem: `What is 1+1, ${problemId}?`,
      answer: '2',
      mode: 'math',
    })),
    solutions,
    critiques,
    reviews: [],
    prompts: nanoPrompts,
    mix: [2, 1],
    size: null,
    seed: 1,
    source: { run: 'r', model: 'm', modelSha256: 'abc' },
    ...change,
  });

describe('one candidate', () => {
  const wrong = solution('w', false);
  const only = { mix: [1, 0] as const };
  const held = createHeldOut({ name: 'aime', sha256: 'x' }, [{ id: 'h', problem: 'What is 1+1, W?' }]);
  const allFilters = { filters: { verdictMustMatch: true, heldOut: held, maxTokens: 24 } };

  it('becomes the record of spec A2: the solution of the slot, the training prompt, the provenance', () => {
    const { records } = build([wrong], [critique(wrong, 0)], only);
    expect(records).toEqual([
      {
        id: 'w#0/0',
        q: 'What is 1+1, w?',
        gold: '2',
        y: 'Step 1: 1+1=3. \\boxed{3}',
        yAnswer: '3',
        yCorrect: 0,
        c: 'Critique 0 of w#0: \\boxed{2}',
        cAnswer: '2',
        cCorrect: 1,
        type: 'i2c',
        prompt:
          'Please critique whether the following solution to the question is correct. Question: What is 1+1, w? Solution: Step 1: 1+1=3. \\boxed{3}',
        system: null,
        tokensY: 20,
        tokensC: 20,
        gen: { run: 'r', model: 'm', modelSha256: 'abc', solutionId: 'w#0', critiqueId: 'w#0/0', seed: 1 },
        review: 'none',
      },
    ]);
  });

  it.each([
    ['unfinished', { finish: 'length' as const }, {}],
    ['no-answer', { answer: null, grade: 'incorrect' as const }, {}],
    ['undetermined', { grade: 'undetermined' as const }, {}],
    ['wrong-answer', { answer: '3', grade: 'incorrect' as const }, {}],
    ['too-long', {}, { filters: { maxTokens: 24 } }],
    ['verdict', { verdict: 'correct' as const }, { filters: { verdictMustMatch: true } }],
    ['type', {}, { mix: [0, 1] as const }],
    ['contaminated', {}, { filters: { heldOut: held } }],
    // Asked in this order, whatever else is wrong.
    ['wrong-answer', { answer: '3', grade: 'incorrect' as const, verdict: 'correct' as const }, allFilters],
    ['verdict', { verdict: 'correct' as const }, allFilters],
    ['type', {}, { ...allFilters, mix: [0, 1] as const }],
    ['contaminated', {}, allFilters],
  ])('is dropped as %s', (filter, change, options) => {
    const { records, dropped } = build([wrong], [critique(wrong, 0, change)], { ...only, ...options });
    expect(records).toEqual([]);
    expect(dropped).toMatchObject([{ candidate: 'w#0/0', filter }]);
  });

  it('prefers the accepted critique to the others of its question', () => {
    const critiques = [0, 1, 2, 3, 4, 5].map((index) => critique(wrong, index));
    for (const { id } of critiques) {
      const review = { critiqueId: id, decision: 'accept' as const, by: 'ada', at: '2026-01-01T00:00:00Z' };
      expect(build([wrong], critiques, { ...only, reviews: [review] }).records).toMatchObject([
        { id, review: 'accept' },
      ]);
    }
  });

  it('says why a solution without a critique is not in the dataset', () => {
    const truncated = { ...solution('t', false), finish: 'length' as const };
    const { dropped } = build([wrong, truncated], [], only);
    expect(dropped.map(({ filter }) => filter).sort()).toEqual(['not-critiqued', 'unfinished']);
  });
});

describe('the mix', () => {
  it('takes 1,000 and 500 of 1,500 at 2:1', () => {
    expect(largestSplit({ i2c: 4000, c2c: 4000 }, [2, 1], 1500)).toEqual({ i2c: 1000, c2c: 500 });
  });

  it('says which type is short and by how much', () => {
    const solutions = [solution('a', false), solution('b', true), solution('c', true)];
    const { meta } = build(
      solutions,
      solutions.map((one) => critique(one, 0)),
      { size: 6 },
    );
    expect(meta).toMatchObject({ records: 2, i2c: 1, c2c: 1 });
    expect(meta.shortfall).toContain('i→c: 1 of 4');
    expect(meta.shortfall).not.toContain('c→c');
  });
});
