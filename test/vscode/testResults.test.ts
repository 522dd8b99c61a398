import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { problemSchema } from '../../src/core/schema/problem.ts';
import { resultOf } from '../../src/extension/features/tests/results.ts';
import { solution } from './runFixtures.ts';

const TANK = problemSchema.parse({ id: 'tank', problem: '37*3+37?', answer: '148' });

describe('a problem as a test', () => {
  const mixed = [0, 1, 2, 3].map((index) => solution('tank', index, index < 2 ? 'correct' : 'incorrect'));

  it('passes when the share of right samples reaches the threshold of the setting', () => {
    assert.equal(resultOf(TANK, mixed, 0.5).state, 'passed');
    assert.equal(resultOf(TANK, mixed, 0.51).state, 'failed');
  });

  it('shows the gold answer against the commonest wrong one', () => {
    const other = { ...solution('tank', 4), answer: '99' };
    const result = resultOf(TANK, [...mixed, other], 0.9);
    assert.ok(result.state === 'failed');
    assert.equal(result.message.expectedOutput, '148');
    assert.equal(result.message.actualOutput, '158');
    assert.match(String(result.message.message), /2\/5 right; the commonest wrong answer is 158/);
  });

  it('counts what nobody can grade as neither right nor wrong', () => {
    const unread = [4, 5, 6].map((index) => solution('tank', index, 'undetermined'));
    assert.equal(resultOf(TANK, [...mixed, ...unread], 0.5).state, 'passed');
    assert.equal(resultOf(TANK, unread, 0.5).state, 'errored');
    assert.equal(resultOf(TANK, [], 0.5).state, 'errored');
  });
});
