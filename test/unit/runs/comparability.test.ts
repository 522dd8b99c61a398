import { expect, it } from 'vitest';
import { settingDifferences } from '../../../src/core/runs/comparability.ts';

const sampling = { temperature: 0.6, topP: 0.95, topK: 0, minP: 0, maxTokens: 512 };
const run = {
  kind: 'evaluate',
  n: 8,
  sampling,
  problemSet: { name: 'demo', path: null, sha256: 'a'.repeat(64), count: 5 },
  model: { name: 'nano', engine: 'llama', path: '/nano.gguf' },
} as const;

it('runs that differ in the model alone are comparable', () => {
  const other = { ...run, model: { ...run.model, name: 'scft', path: '/scft.gguf' } };
  expect(settingDifferences(run, other)).toEqual([]);
});

it('the same problem set under another name is the same set', () => {
  const renamed = { ...run, problemSet: { ...run.problemSet, name: 'copy', path: '/copy.jsonl' } };
  expect(settingDifferences(run, renamed)).toEqual([]);
});

it('each difference names both values and its effect', () => {
  const other = {
    ...run,
    n: 4,
    sampling: { ...sampling, temperature: 1 },
    problemSet: { ...run.problemSet, sha256: 'b'.repeat(64) },
  };
  const found = settingDifferences(run, other);
  expect(found.map(({ setting }) => setting)).toEqual(['problem set', 'temperature', 'samples per problem']);
  expect(found[1]).toMatchObject({ baseline: '0.6', other: '1' });
  for (const { effect } of found) expect(effect).toMatch(/\.$/);
});

it('critiques of sampling runs are compared by their own sampling, recorded or that of the solutions', () => {
  const sample = { ...run, kind: 'sample' as const, critiques: 4, options: { mix: [2, 1] } };
  expect(settingDifferences(sample, { ...sample, critiqueSampling: sampling })).toEqual([]);
  const hotter = { ...sample, critiqueSampling: { ...sampling, temperature: 1 } };
  const found = settingDifferences(sample, { ...hotter, critiques: 2, options: { mix: [1, 1] } });
  expect(found.map(({ setting }) => setting)).toEqual([
    'sampling of the critiques',
    'critiques per solution',
    'mix, size and filters',
  ]);
  expect(settingDifferences(run, { ...run, critiqueSampling: { ...sampling, temperature: 1 } })).toEqual([]);
});

it('what was not recorded is said, not hidden', () => {
  const { sampling: _, ...unrecorded } = run;
  const found = settingDifferences(run, unrecorded);
  expect(found.length).toBeGreaterThan(0);
  expect(found.every(({ other }) => other === 'not recorded')).toBe(true);
});

it('critics of different solutions are told apart, runs of solutions are not', () => {
  const critique = (id: string) => ({
    ...run,
    kind: 'critique' as const,
    parents: [{ kind: 'run' as const, id, role: 'solutions' }],
  });
  expect(settingDifferences(critique('a'), critique('a'))).toEqual([]);
  expect(settingDifferences(critique('a'), critique('b')).map(({ setting }) => setting)).toEqual([
    'critiqued solutions',
  ]);
});

it('quantised weights are told from whole ones', () => {
  const engine = { name: 'llama.cpp', version: '1', device: 'cpu', processes: 1, threads: 1, slots: 8 };
  const whole = { ...run, engine: { ...engine, dtype: 'F16' } };
  const quantised = { ...run, engine: { ...engine, dtype: 'Q8_0' } };
  expect(settingDifferences(whole, whole)).toEqual([]);
  expect(settingDifferences(whole, quantised)).toMatchObject([
    { setting: 'number format (dtype)', baseline: 'F16', other: 'Q8_0' },
  ]);
  expect(settingDifferences(whole, { ...run, engine })[0]).toMatchObject({ other: 'not recorded' });
});

it('a run that stops on settled problems is told apart from one that does not, and absent means fixed', () => {
  const fixed = { ...run, stopping: { rule: 'fixed' } } as const;
  const adaptive = { ...run, stopping: { rule: 'settled', threshold: 0.5, level: 0.95, batch: 4 } } as const;
  expect(settingDifferences(run, fixed)).toEqual([]);
  expect(settingDifferences(fixed, adaptive)).toMatchObject([
    {
      setting: 'when sampling stops',
      baseline: 'after n samples',
      effect: expect.stringContaining('unbiased'),
    },
  ]);
});
