import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/core/answers/index.ts';
import { regradeRun } from '../../src/node/grading/regradeRun.ts';
import { evaluate } from '../../src/node/pipeline/index.ts';
import { readRun } from '../../src/node/runs/index.ts';
import { evaluateOptions } from './pipeline/fixtures.ts';

describe('regradeRun', () => {
  it('gives the grades that the run has, under the policy that the run had', async () => {
    const options = await evaluateOptions();
    await evaluate(options);
    const report = await regradeRun(options.dir, defaultPolicy);
    expect(report).toMatchObject({ samples: 12, changes: {} });
  });

  it('writes the new grades beside the old ones, which stay', async () => {
    const options = await evaluateOptions();
    await evaluate(options);
    const before = readFileSync(path.join(options.dir, 'solutions.jsonl'), 'utf8');
    const { solutions } = await readRun(options.dir);
    // Under this policy 12 and 120 are the same: whatever was wrong by less becomes right.
    const policy = { ...defaultPolicy, name: 'generous', absoluteTolerance: [1e6] };
    const report = await regradeRun(options.dir, policy);
    const wrong = solutions.filter(
      ({ grade, answer }) => grade === 'incorrect' && /^\d+$/.test(answer ?? ''),
    ).length;
    expect(wrong).toBeGreaterThan(0);
    expect(report.changes['incorrect→correct']).toBeGreaterThanOrEqual(wrong);
    expect(readFileSync(path.join(options.dir, 'solutions.jsonl'), 'utf8')).toBe(before);
    const lines: { id: string; was: string; grade: string }[] = readFileSync(report.file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id, was }) => [id, was])).toEqual(solutions.map(({ id, grade }) => [id, grade]));
    const settings: unknown = JSON.parse(
      readFileSync(path.join(options.dir, 'grades', 'generous.policy.json'), 'utf8'),
    );
    expect(settings).toMatchObject({ policy, graderVersion: report.graderVersion });
  });
});
