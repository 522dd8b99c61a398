import { expect, it } from 'vitest';
import { groupByProblem } from '../../../src/core/metrics/index.ts';
import { headlineOf, progressOf, runState } from '../../../src/core/runs/index.ts';
import type { Grade } from '../../../src/core/schema/common.ts';
import type { Solution } from '../../../src/core/schema/lines.ts';
import { summarizeRun } from '../../../src/core/stats/index.ts';

function solution(problem: number, index: number, grade: Grade): Solution {
  const problemId = `p${problem}`;
  const text = {
    text: '\\boxed{1}',
    promptTokens: 1,
    tokens: 1,
    finish: 'stop',
    ms: 1,
    seed: index,
  } as const;
  return {
    id: `${problemId}#${index}`,
    problemId,
    index,
    ...text,
    answer: '1',
    grade,
    reason: '',
    layer: '',
  };
}

const summaryOf = (solutions: Solution[]) =>
  summarizeRun({ label: '', groups: groupByProblem({ solutions }) }, { draws: 200 });

it('a run of solutions is its pass@1 with half the width of its interval', () => {
  const half = [0, 1, 2, 3].map((problem) => solution(problem, 0, problem < 2 ? 'correct' : 'incorrect'));
  expect(headlineOf(summaryOf(half))).toMatch(/^pass@1 50\.0 % ±\d+\.\d$/);
});

it('a value at its edge shows how far it could be from it', () => {
  const all = [0, 1, 2, 3].map((problem) => solution(problem, 0, 'correct'));
  expect(headlineOf(summaryOf(all))).toBe('pass@1 100.0 % [39.8, 100.0]');
});

it('what could not be graded is said beside the number, not hidden in it', () => {
  const rows = [solution(0, 0, 'correct'), solution(0, 1, 'undetermined'), solution(1, 0, 'correct')];
  expect(headlineOf(summaryOf(rows))).toMatch(/^pass@1 100\.0 % .*, 1 undetermined$/);
});

it('a run without samples has no headline', () => {
  expect(headlineOf(summaryOf([]))).toBeNull();
});

const start = { type: 'run_start', t: 0, pid: 1, processStart: null, host: 'h' } as const;

it('a running evaluation counts its samples and says how long it needs', () => {
  const progress = [1, 2, 3].map(
    (done) => ({ type: 'progress', t: done, stage: 'solutions', done, total: 5 }) as const,
  );
  const state = runState([start, ...progress], { now: 3, processAlive: true });
  expect(progressOf(state)).toBe('3/5 solutions, 0:02 left');
});

it('a training shows its loss, and under a reward the reward', () => {
  const step = (metrics: Record<string, number>) =>
    ({ type: 'step', t: 1, step: 20, total: 28, metrics }) as const;
  const shown = (metrics: Record<string, number>) =>
    progressOf(runState([start, step(metrics)], { now: 1, processAlive: true }));
  expect(shown({ loss: 0.2143 })).toMatch(/^step 20\/28, loss 0\.214/);
  expect(shown({ loss: -0.01, reward: 0.83 })).toMatch(/^step 20\/28, reward 0\.830/);
});

it('a failed run shows its error', () => {
  const end = { type: 'run_end', t: 1, status: 'failed', error: 'out of memory\ntrace' } as const;
  expect(progressOf(runState([start, end], { now: 1, processAlive: false }))).toBe('out of memory');
});
