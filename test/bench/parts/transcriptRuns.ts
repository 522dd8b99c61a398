/** A solution of 500 kB, and one with 1,000 findings: what transcripts are measured with. */
import type { Critique, Solution } from '../../../src/core/schema/lines.ts';
import { critique, solution } from '../../vscode/runFixtures.ts';

export const LONG: Solution = solution(
  'tank',
  0,
  'incorrect',
  'Step 1: 37*3=111. Wait, let me check.\n'.repeat(13_500),
);

const STEPS = Array.from({ length: 1000 }, (_, at) => `Step ${at + 1}: ${at}+1=${at + 3}.`);

export const BLAMED: Solution = solution('tank', 0, 'incorrect', STEPS.join('\n'));

/** One critique that blames every step, calling on the one before it. */
export const BLAME: Critique = blame();

function blame(): Critique {
  let start = 0;
  const findings = STEPS.map((step, at) => {
    const span: [number, number] = [start, start + step.length];
    start += step.length + 1;
    const message = `Check ${at + 1}: after step ${at}, ${at}+1=${at + 1}, the solution has ${at + 3}. Wrong.`;
    return { span, kind: 'wrong-step' as const, message, confidence: 0.9, anchor: 'step' as const };
  });
  return { ...critique(BLAMED, 0), findings, text: findings.map(({ message }) => message).join('\n') };
}
