import { describe, expect, it } from 'vitest';
import { earlierPlaces, splitSteps } from '../../../src/core/reflection/index.ts';

const SOLUTION = `Step 1: The tank is tripled: 37*3=111.
Step 2: Then 37 more are added: 111+47=158.
Wait, let me recheck my solution.
Step 1: The tank is tripled: 37*3=111.
Step 2: Adding the rest, 111+47=158.
The answer is 158.`;
const steps = splitSteps(SOLUTION);
const last = steps.at(-1)?.span ?? [0, 0];

const called = (remark: string, place = last) =>
  earlierPlaces(remark, SOLUTION, steps, place).map((span) => SOLUTION.slice(...span));

describe('earlier places that a remark calls on', () => {
  it('are the nearest step of the number that it names', () => {
    const [span] = earlierPlaces('This contradicts step 1, where the tank held 111.', SOLUTION, steps, last);
    expect(span).toEqual(steps[2]?.span);
    expect(called('From the first step it follows that 111+37=148.')).toEqual([
      'Step 1: The tank is tripled: 37*3=111.',
    ]);
  });

  it('are what it quotes from further up, word for word', () => {
    expect(called('The problem says "37 more are added", but here 47 are.')).toEqual(['37 more are added']);
    expect(called('It says "Adding the rest", which is this line.')).toEqual([]);
  });

  it('are not the place itself, nor its namesake in an earlier attempt', () => {
    expect(called('Check 2: 111+37=148, the solution has 158. Wrong.')).toEqual([]);
    expect(called('Step 2 and the last step are wrong.')).toEqual([]);
  });

  it('are none before the first step, or when the whole solution is meant', () => {
    expect(called('Step 2 is wrong, unlike step 1.', steps[0]?.span ?? [0, 0])).toEqual([]);
    expect(called('Step 1 contradicts "111".', [0, SOLUTION.length])).toEqual([]);
    expect(earlierPlaces('"" and step 1', '', [], [0, 0])).toEqual([]);
  });
});
