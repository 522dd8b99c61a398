import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/schema/problem.ts';
import { findLeakage, problemHashes, trainedProblemHashes } from '../../../src/node/problems/leakage.ts';

function problem(id: string, statement: string): Problem {
  return { id, problem: statement, answer: '1', mode: 'math' };
}

describe('leakage guard', () => {
  it('finds exactly the problems that were trained on, in whatever layout', () => {
    const statements = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,12} [a-z]{3,12}$/), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(statements, fc.nat(), (all, cut) => {
        const trained = all.slice(0, cut % (all.length + 1));
        const hashes = problemHashes(trained.map((text) => ({ problem: text })));
        const evaluated = all.map((text, i) =>
          problem(String(i), `  ${text.toUpperCase().replace(' ', '\n  ')} `),
        );
        const { leaked, total, label } = findLeakage(evaluated, hashes);
        expect(leaked).toEqual(trained.map((_, i) => String(i)));
        expect(total).toBe(all.length);
        expect(label === null).toBe(trained.length === 0);
      }),
    );
  });

  it('says how many of how many', () => {
    const hashes = problemHashes([problem('x', 'One?'), problem('y', 'One?')]);
    expect(hashes).toHaveLength(1);
    expect(findLeakage([problem('a', 'One?'), problem('b', 'Two?')], hashes)).toMatchObject({
      leaked: ['a'],
      label: expect.stringContaining('1 of these 2'),
    });
  });

  it('knows a choice problem by its statement with and without options', () => {
    const choice: Problem = { id: 'c', problem: 'Which?', answer: 'A', mode: 'choice', options: ['1', '2'] };
    expect(findLeakage([choice], problemHashes([choice])).leaked).toEqual(['c']);
  });
});

describe('the problems that a checkpoint was trained on', () => {
  /** A chain of checkpoints, each trained from the one before; answers with the last model file. */
  function checkpoints(...hashes: readonly string[][]): string {
    const root = mkdtempSync(path.join(os.tmpdir(), 'leakage-'));
    let trainedFrom = '/models/base.gguf';
    for (const [step, problemHashes] of hashes.entries()) {
      const dir = path.join(root, `step-${step}`);
      mkdirSync(dir);
      const mark = {
        step,
        worldSize: 1,
        files: {},
        gguf: 'model.gguf',
        trainedFrom,
        dataSha256: 'x',
        problemHashes,
      };
      writeFileSync(path.join(dir, 'complete.json'), JSON.stringify(mark));
      trainedFrom = path.join(dir, 'model.gguf');
    }
    return trainedFrom;
  }

  it('are those of its own data and of its ancestors', async () => {
    expect(await trainedProblemHashes(checkpoints(['b'], ['a', 'c'], ['b']))).toEqual(['a', 'b', 'c']);
    const folder = path.dirname(checkpoints(['a']));
    expect(await trainedProblemHashes(folder)).toEqual(['a']);
  });

  it('are none for a model that is no checkpoint, and for one whose mark is torn', async () => {
    expect(await trainedProblemHashes('/models/base.gguf')).toEqual([]);
    expect(await trainedProblemHashes('served-model-id')).toEqual([]);
    const model = checkpoints(['a']);
    writeFileSync(path.join(path.dirname(model), 'complete.json'), '{"step": 1, "prob');
    expect(await trainedProblemHashes(model)).toEqual([]);
  });
});
