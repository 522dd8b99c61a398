import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoPrompts } from '../../../src/core/prompts/index.ts';
import { parseTrajectory } from '../../../src/core/reflection/index.ts';
import { standingReviews } from '../../../src/core/runs/index.ts';
import {
  buildS2r,
  S2R_FILTER_ORDER,
  type S2rInput,
  trajectoryText,
  trialsOf,
} from '../../../src/core/sampling/index.ts';
import { s2rRecordSchema } from '../../../src/core/schema/dataset.ts';
import { s2rInput } from './s2rCases.ts';

/** Rows with the verification that they use, from the ids in the record. */
function checkEach(input: S2rInput, check: (record: ReturnType<typeof buildS2r>['records'][number]) => void) {
  for (const record of buildS2r(input).records) check(record);
}

describe('any S2R run', () => {
  it('gives records of the schema whose text is the protocol and reads back as its actions', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        checkEach(input, (record) => {
          expect(s2rRecordSchema.safeParse(record).success).toBe(true);
          expect(trajectoryText(record.actions)).toBe(record.answer);
          const read = parseTrajectory(record.answer);
          expect(read.isValid).toBe(true);
          expect(read.actions.map(({ type, text, verdict }) => ({ type, text, verdict }))).toEqual(
            record.actions.map(({ type, text, verdict }) => ({ type, text, verdict })),
          );
          expect(read.actions.every(({ implicit }) => !implicit)).toBe(true);
          for (const [at, { type, marker, text }] of record.actions.entries()) {
            const [check, retry] = ['\n\nWait, let me recheck my solution.\n\n', '\n\nLet me try again.\n\n'];
            expect(type).toBe(at % 2 === 0 ? 'solve' : 'verify');
            expect(marker).toBe(at === 0 ? '' : type === 'verify' ? check : retry);
            if (type === 'solve') expect(text).toContain('\\boxed{');
            else expect(text).toMatch(/Therefore, the answer is (?:in)?correct\.$/);
          }
        });
      }),
    );
  });

  it('has no blank lines around the markers for the embedded model, and reads back all the same', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        checkEach({ ...input, prompts: nanoPrompts }, ({ answer, actions, trials }) => {
          expect(actions[1]?.marker).toBe('\nWait, let me recheck my solution.\n');
          if (trials > 1) expect(actions[2]?.marker).toBe('\nLet me try again.\n');
          expect(parseTrajectory(answer).actions.map(({ text }) => text)).toEqual(
            actions.map(({ text }) => text),
          );
        });
      }),
    );
  });

  it('ends with a right solve, has distinct wrong ones before it, and every verdict is true', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        checkEach(input, ({ actions, trials }) => {
          const solves = actions.filter(({ type }) => type === 'solve');
          expect(solves).toHaveLength(trials);
          expect(solves.map(({ correct }) => correct)).toEqual([
            ...Array.from({ length: trials - 1 }, () => false),
            true,
          ]);
          expect(new Set(solves.map(({ answer }) => answer)).size).toBe(trials);
          const verifications = actions.filter(({ type }) => type === 'verify');
          expect(verifications.every(({ correct }) => correct)).toBe(true);
          expect(verifications.map(({ verdict }) => verdict)).toEqual([
            ...Array.from({ length: trials - 1 }, () => 'incorrect'),
            'correct',
          ]);
        });
      }),
    );
  });

  it('has as many solves as the table says', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        checkEach(input, ({ problemId, trials, wrong }) => {
          const own = input.solutions.filter((solution) => solution.problemId === problemId);
          expect(wrong).toBe(own.filter(({ grade }) => grade === 'incorrect').length);
          expect(trials).toBeLessThanOrEqual(wrong === 0 ? 1 : wrong === 1 ? 2 : wrong <= 3 ? 3 : 4);
          expect(trials === 1).toBe(wrong === 0);
        });
      }),
    );
  });

  it('keeps or drops each verification, and each solution without one, exactly once; the funnel adds up', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        const { records, dropped, funnel } = buildS2r(input);
        const verified = new Set(input.critiques.map(({ solutionId }) => solutionId));
        const candidates = [
          ...input.critiques.map(({ id }) => id),
          ...input.solutions.map(({ id }) => id).filter((id) => !verified.has(id)),
        ];
        const used = records.flatMap(({ gen }) =>
          gen.critiqueIds.map((id, at) => {
            const solutionId = gen.solutionIds[at] ?? '';
            return verified.has(solutionId) ? id : solutionId;
          }),
        );
        expect([...used, ...dropped.map(({ candidate }) => candidate)].sort()).toEqual(candidates.sort());
        expect(funnel.map(({ filter }) => filter)).toEqual([...S2R_FILTER_ORDER]);
        const total = funnel.reduce((entered, stage) => {
          expect(stage.entered).toBe(entered);
          return entered - stage.dropped;
        }, candidates.length);
        expect(total).toBe(used.length);
      }),
    );
  });

  it('never uses a rejected verification, counts reviews, and keeps to the size or says why not', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        const standing = standingReviews(input.reviews);
        const { records, dropped, meta } = buildS2r(input);
        const accepted = records.flatMap(({ gen }) =>
          gen.critiqueIds.filter((id) => standing.get(id)?.decision === 'accept'),
        );
        for (const { gen, review } of records) {
          const decisions = gen.critiqueIds.map((id) => standing.get(id)?.decision);
          expect(decisions).not.toContain('reject');
          expect(decisions).not.toContain('superficial');
          expect(review === 'accept').toBe(decisions.includes('accept'));
        }
        expect(meta.reviews.accepted).toBe(accepted.length);
        expect(meta.reviews.rejected).toBe(dropped.filter(({ filter }) => filter === 'review').length);
        for (const { candidate, filter } of dropped)
          if (standing.get(candidate)?.decision === 'accept') expect(filter).not.toBe('too-long');
        if (input.size !== null) {
          expect(records.length).toBeLessThanOrEqual(input.size);
          expect(meta.shortfall === null).toBe(records.length === input.size);
        }
      }),
    );
  });

  it('depends on the seed and the ids, not on the order of the lists', () => {
    const shuffled = s2rInput.chain((input) =>
      fc.record({
        input: fc.constant(input),
        solutions: fc.shuffledSubarray([...input.solutions], { minLength: input.solutions.length }),
        critiques: fc.shuffledSubarray([...input.critiques], { minLength: input.critiques.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ input, solutions, critiques }) => {
        expect(buildS2r({ ...input, solutions, critiques })).toEqual(buildS2r(input));
      }),
    );
  });

  it('without thinning keeps every problem with a right answer and, if any is wrong, a verified wrong one', () => {
    fc.assert(
      fc.property(s2rInput, (input) => {
        const { dropped, records } = buildS2r({ ...input, isThinned: false, size: null });
        const thinned = buildS2r({ ...input, isThinned: true, size: null });
        const ids = new Set(records.map(({ id }) => id));
        expect(thinned.records.every(({ id }) => ids.has(id))).toBe(true);
        for (const { filter, detail } of dropped)
          if (filter === 'trials') expect(detail).toMatch(/wrong solutions/);
      }),
    );
  });
});

describe('the table of trial counts', () => {
  it.each([
    [0, 0, { trials: 1, keep: 0.2394 }],
    [1, 1, { trials: 2, keep: 0.5 }],
    [2, 2, { trials: 3, keep: 0.5 }],
    [3, 2, { trials: 3, keep: 0.5 }],
    [3, 3, { trials: 3, keep: 0.5 }],
    [2, 1, { trials: 2, keep: 1 }],
    [4, 3, { trials: 4, keep: 0.5 }],
    [20, 5, { trials: 4, keep: 0.5 }],
    [4, 2, { trials: 3, keep: 1 }],
    [5, 1, { trials: 2, keep: 1 }],
    [3, 0, null],
  ])('with W=%i and I=%i gives %o', (wrong, verified, row) => {
    expect(trialsOf(wrong, verified)).toEqual(row);
  });

  it('keeps easy problems as often as it says', () => {
    const problems = Array.from({ length: 4000 }, (_, at) => ({
      id: `p${at}`,
      problem: `What is ${at}?`,
      answer: '0',
      mode: 'math' as const,
    }));
    const [solutions, critiques] = [problems.map(rightSolution), problems.map(rightCritique)];
    const input = { ...fc.sample(s2rInput, 1)[0], problems, solutions, critiques, reviews: [], size: null };
    const { records } = buildS2r({ ...(input as S2rInput), isThinned: true, filters: {} });
    // Four standard deviations of a binomial share of 4,000.
    expect(Math.abs(records.length / 4000 - 0.2394)).toBeLessThan(0.027);
  });
});

function rightSolution({ id }: { id: string }) {
  return {
    id: `${id}#0`,
    problemId: id,
    index: 0,
    seed: 0,
    text: '\\boxed{0}',
    promptTokens: 1,
    tokens: 1,
    finish: 'stop' as const,
    ms: 1,
    answer: '0',
    grade: 'correct' as const,
    reason: 'equal',
    layer: 'string',
  };
}

function rightCritique(problem: { id: string }) {
  const solution = rightSolution(problem);
  return {
    ...solution,
    id: `${solution.id}/0`,
    solutionId: solution.id,
    text: 'It fits. Therefore, the answer is correct.',
    verdict: 'correct' as const,
    transition: null,
    findings: [],
  };
}
