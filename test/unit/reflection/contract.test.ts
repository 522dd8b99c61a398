/** The rule score of spec A4.2 on the traces that the Python trainer's tests read, too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ruleScore } from '../../../src/core/reflection/index.ts';
import type { Grade } from '../../../src/core/schema/common.ts';

interface Fixture {
  readonly id: string;
  readonly text: string;
  readonly grades: Record<string, Grade>;
  readonly finalGrade?: Grade;
  readonly expected: {
    readonly s: number;
    readonly answersOnly: number;
    readonly isCapped: boolean;
    readonly why: string;
    readonly reflections: unknown[];
  };
}

const FILE = new URL('../../fixtures/contract/reflection.jsonl', import.meta.url);
const fixtures: Fixture[] = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('rule score contract', () => {
  it('has at least 200 traces, with every class and every verdict', () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(200);
    const all = JSON.stringify(fixtures.map((fixture) => fixture.expected.reflections));
    for (const name of [
      'effective-correction',
      'truthful-confirmation',
      'redundant-confirmation',
      'failed-correction',
      'affirmed-error',
      'repeated-error',
      'destroyed',
      'not-scorable',
    ]) {
      expect(all).toContain(`"class":"${name}"`);
    }
  });

  it.each(fixtures.map((fixture) => [fixture.id, fixture] as const))('%s', (_id, fixture) => {
    const grade = (answer: string): Grade => fixture.grades[answer] ?? 'incorrect';
    const options = {
      grade,
      ...(fixture.finalGrade === undefined ? {} : { finalGrade: fixture.finalGrade }),
    };
    const { s, isCapped, why, reflections } = ruleScore(fixture.text, options);
    const answersOnly = ruleScore(fixture.text, { ...options, answersOnly: true }).s;
    expect({ s, isCapped, why, reflections, answersOnly }).toMatchObject({
      s: fixture.expected.s,
      isCapped: fixture.expected.isCapped,
      why: fixture.expected.why,
      reflections: fixture.expected.reflections,
      answersOnly: fixture.expected.answersOnly,
    });
  });
});
