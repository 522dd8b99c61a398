import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  findingMessage,
  findingsBySolution,
  groupFindings,
  reviewProgress,
} from '../../../src/core/findings/index.ts';
import type { Grade } from '../../../src/core/schema/common.ts';
import type { Critique, Finding, FindingKind, Review } from '../../../src/core/schema/lines.ts';

const SOLUTION = 'p1#0';

function critique(index: number, findings: readonly Finding[], grade: Grade = 'correct'): Critique {
  return {
    id: `${SOLUTION}/${index}`,
    solutionId: SOLUTION,
    problemId: 'p1',
    index,
    seed: index,
    text: '',
    promptTokens: 1,
    tokens: 1,
    finish: 'stop',
    ms: 1,
    answer: null,
    grade,
    reason: '',
    layer: '',
    verdict: 'incorrect',
    transition: null,
    findings: [...findings],
  };
}

function finding(start: number, kind: FindingKind = 'wrong-step', message = `at ${start}`): Finding {
  return { span: [start, start + 5], kind, message, confidence: 0.9, anchor: 'step' };
}

function review(index: number, decision: Review['decision'], about?: number): Review {
  const at = '2026-01-01T00:00:00Z';
  return {
    critiqueId: `${SOLUTION}/${index}`,
    decision,
    by: 'me',
    at,
    ...(about === undefined ? {} : { finding: about }),
  };
}

it('critiques that claim the same of the same place are one finding with their number', () => {
  const critiques = [0, 1, 2].map((index) => critique(index, [finding(10)])).concat(critique(3, []));
  const [group, ...others] = groupFindings(SOLUTION, [{ run: 'r', critiques, reviews: [] }]);
  expect(others).toEqual([]);
  expect(group && findingMessage(group)).toBe('3 of 4 critiques: at 10');
});

it('one critique needs no count', () => {
  const [group] = groupFindings(SOLUTION, [
    { run: 'r', critiques: [critique(0, [finding(1)])], reviews: [] },
  ]);
  expect(group && findingMessage(group)).toBe('at 1');
});

it('a finding is verified when a critique that makes it reached the gold answer, and that one speaks', () => {
  const critiques = [
    critique(0, [{ ...finding(1), message: 'wrong critic', confidence: 1 }], 'incorrect'),
    critique(1, [{ ...finding(1), message: 'right critic', confidence: 0.2 }], 'correct'),
  ];
  const [group] = groupFindings(SOLUTION, [{ run: 'r', critiques, reviews: [] }]);
  expect(group?.isVerified).toBe(true);
  expect(group && findingMessage(group)).toContain('right critic');
});

it('a group is decided only when every critique in it is decided alike', () => {
  const critiques = [critique(0, [finding(1)]), critique(1, [finding(1)])];
  const decisionAfter = (reviews: Review[]) =>
    groupFindings(SOLUTION, [{ run: 'r', critiques, reviews }])[0]?.decision;
  expect(decisionAfter([review(0, 'accept', 0)])).toBeNull();
  expect(decisionAfter([review(0, 'accept', 0), review(1, 'reject', 0)])).toBeNull();
  expect(decisionAfter([review(0, 'accept', 0), review(1, 'accept')])).toBe('accept');
  const [accepted] = groupFindings(SOLUTION, [
    { run: 'r', critiques: critiques.slice(0, 1), reviews: [review(0, 'accept', 0)] },
  ]);
  expect(accepted && findingMessage(accepted)).toBe('at 1 (accepted)');
  expect(decisionAfter([review(0, 'accept', 0), review(1, 'accept', 0), review(1, 'undone', 0)])).toBeNull();
});

it('failed critiques and those of other solutions say nothing', () => {
  const other = { ...critique(0, [finding(1)]), solutionId: 'p1#1' };
  const failed = { ...critique(1, [finding(1)]), error: 'out of memory' };
  expect(groupFindings(SOLUTION, [{ run: 'r', critiques: [other, failed], reviews: [] }])).toEqual([]);
});

const anyFinding = fc
  .record({ start: fc.nat(30), kind: fc.constantFrom<FindingKind>('wrong-step', 'superficial', 'confirmed') })
  .map(({ start, kind }) => finding(start, kind));

it('no claim is lost or doubled, and groups stand in the order of the text', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyFinding, { maxLength: 5 }), { maxLength: 5 }), (lists) => {
      const critiques = lists.map((list, index) => critique(index, list));
      const groups = groupFindings(SOLUTION, [{ run: 'r', critiques, reviews: [] }]);
      const claimed = groups.flatMap(({ claims }) =>
        claims.map((one) => `${one.critique.id} ${one.finding}`),
      );
      const made = lists.flatMap((list, index) => list.map((_, at) => `${SOLUTION}/${index} ${at}`));
      expect(claimed.sort()).toEqual(made.sort());
      const starts = groups.map(({ span }) => span[0]);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      expect(new Set(groups.map(({ key }) => key)).size).toBe(groups.length);
    }),
  );
});

it('are the same for one solution as for all of them at once', () => {
  const other = { ...critique(0, [finding(9)]), id: 'p2#0/0', solutionId: 'p2#0' };
  const sources = [
    { run: 'r', critiques: [critique(0, [finding(3)]), other], reviews: [review(0, 'accept', 0)] },
    { run: 's', critiques: [critique(1, [finding(3), finding(20, 'confirmed')])], reviews: [] },
  ];
  const all = findingsBySolution(sources);
  expect([...all.keys()].sort()).toEqual([SOLUTION, 'p2#0']);
  for (const [id, groups] of all) expect(groups).toEqual(groupFindings(id, sources));
});

it('are counted as reviewed when every claim is decided; confirmed steps need no review', () => {
  const critiques = [
    critique(0, [finding(3), finding(20), finding(40, 'confirmed')]),
    critique(1, [finding(3)]),
  ];
  const progress = (reviews: Review[]) =>
    reviewProgress(groupFindings(SOLUTION, [{ run: 'r', critiques, reviews }]));
  expect(progress([])).toEqual({ reviewed: 0, total: 2 });
  expect(progress([review(0, 'accept', 0)])).toEqual({ reviewed: 0, total: 2 });
  expect(progress([review(0, 'accept', 0), review(1, 'accept', 0)])).toEqual({ reviewed: 1, total: 2 });
});
