/** The embedded model's traces and critiques, as its family writes them. */
import { describe, expect, it } from 'vitest';
import {
  lastAttempt,
  parseTrajectory,
  readCritique,
  reflectionsOf,
  splitSteps,
  wholeSolution,
} from '../../../src/core/reflection/index.ts';

const TRACE = `<think>
Step 1: 28+39=57.
Step 2: 57-12=45.
The answer is 45.
Wait, let me recheck my solution.
Check 1: 28+39=67, the solution has 57. Wrong.
Therefore, the answer is incorrect. Let me try again.
Step 1: 28+39=67.
Step 2: 67-12=55.
The answer is 55.
</think>
\\boxed{55}`;

describe('a trace of the embedded model', () => {
  it('parses into solve, verify, solve', () => {
    const { actions, hasMarkers, isValid } = parseTrajectory(TRACE);
    expect(actions.map((action) => action.type)).toEqual(['solve', 'verify', 'solve']);
    expect(actions[1]?.verdict).toBe('incorrect');
    expect(hasMarkers).toBe(true);
    expect(isValid).toBe(false);
  });

  it('has one reflection', () => {
    expect(reflectionsOf(TRACE).spans).toHaveLength(1);
    expect(TRACE.slice(...(reflectionsOf(TRACE).spans[0] ?? [0, 0]))).toMatch(/^Wait, let me recheck/);
  });

  it('gives the critic the last attempt with the boxed answer', () => {
    const attempt = lastAttempt(TRACE);
    expect(attempt.text).toBe('Step 1: 28+39=67.\nStep 2: 67-12=55.\nThe answer is 55. \\boxed{55}');
    expect(TRACE.slice(...attempt.span)).toBe('Step 1: 28+39=67.\nStep 2: 67-12=55.\nThe answer is 55.');
  });

  it('loses its think tags as a whole solution', () => {
    expect(wholeSolution(TRACE)).not.toContain('think>');
    expect(wholeSolution(TRACE)).toContain('Wait, let me recheck');
  });

  it('splits the last attempt into its steps', () => {
    const steps = splitSteps(TRACE, lastAttempt(TRACE).span);
    expect(steps.map((step) => [step.number, TRACE.slice(...step.span)])).toEqual([
      [1, 'Step 1: 28+39=67.'],
      [2, 'Step 2: 67-12=55.'],
    ]);
  });
});

describe('a critique of the embedded model', () => {
  const wrong =
    'Check 1: 28+39=67, the solution has 67. Right.\nCheck 2: 67-12=56, the solution has 55. Wrong.\nTherefore, the answer is incorrect. Let me try again.\nStep 1: 28+39=67.\nStep 2: 67-12=56.\nThe answer is 56. \\boxed{56}';

  it('anchors "Check n" to Step n of the last attempt', () => {
    const { verdict, findings } = readCritique(wrong, TRACE);
    expect(verdict).toBe('incorrect');
    expect(findings.map((finding) => [finding.kind, finding.anchor, TRACE.slice(...finding.span)])).toEqual([
      ['confirmed', 'step', 'Step 1: 28+39=67.'],
      ['wrong-step', 'step', 'Step 2: 67-12=55.'],
    ]);
  });

  it('reads a confirmation', () => {
    const right =
      'Check 1: 28+39=67, the solution has 67. Right.\nTherefore, the answer is correct. \\boxed{55}';
    expect(readCritique(right, TRACE).verdict).toBe('correct');
    expect(readCritique(right, TRACE).findings.map((finding) => finding.kind)).toEqual(['confirmed']);
  });

  it('falls back to the whole attempt when no place is named', () => {
    const { findings } = readCritique('The solution is incorrect.', TRACE);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ anchor: 'whole', kind: 'wrong-step', span: lastAttempt(TRACE).span });
    expect(findings[0]?.confidence).toBeLessThan(0.5);
  });

  it('claims nothing when it states no verdict', () => {
    expect(readCritique('I am not sure what to say.', TRACE)).toEqual({ verdict: 'none', findings: [] });
  });
});
