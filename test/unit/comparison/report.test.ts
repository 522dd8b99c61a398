import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracyByLevel,
  comparisonGrid,
  comparisonReport,
  configurationTable,
  passCurve,
  type ReportInput,
  transitionRows,
} from '../../../src/core/comparison/index.ts';
import { groupByProblem } from '../../../src/core/metrics/index.ts';
import { runManifestSchema } from '../../../src/core/schema/run.ts';
import { compareWithBaseline, summarizeRun } from '../../../src/core/stats/index.ts';
import { critique, PROBLEMS, solution } from '../../vscode/runFixtures.ts';

const base = groupByProblem({
  problems: PROBLEMS,
  solutions: PROBLEMS.flatMap(({ id }) => [solution(id, 0), solution(id, 1, 'correct'), solution(id, 2)]),
});
const better = groupByProblem({
  problems: PROBLEMS,
  solutions: PROBLEMS.flatMap(({ id }) => [0, 1, 2].map((index) => solution(id, index, 'correct'))),
});
const OPTIONS = { draws: 100, permutations: 100 };

const manifest = (temperature: number, name: string) =>
  runManifestSchema.parse({
    schemaVersion: 1,
    id: `run-of-${name}`,
    kind: 'evaluate',
    title: name,
    createdAt: '2026-01-01T10:00:00Z',
    seed: 0,
    n: 3,
    model: { name, engine: 'llama', path: '/models/nano.gguf' },
    sampling: { temperature, topP: 1, topK: 0, minP: 0, maxTokens: 256 },
    options: {},
    parents: [],
    host: { name: 'here', platform: 'linux-x64', cpus: 2, memoryBytes: 1 },
    workbench: { version: '0.1.0', commit: null },
    commandLine: [],
  });

function report(one: string, other: string, command = 'reflection compare a b'): ReportInput {
  const arms = [
    { label: one, groups: base },
    { label: other, groups: better },
  ] as const;
  return {
    command,
    labels: [one, other],
    baseline: summarizeRun(arms[0], OPTIONS),
    comparisons: compareWithBaseline(arms[0], [arms[1]], OPTIONS).map((comparison) => ({
      ...comparison,
      differences: [{ setting: 'temperature', baseline: '0.6', other: '1', effect: 'It may matter.' }],
    })),
    configuration: configurationTable([manifest(0.6, one), manifest(1, other)]),
  };
}

/** What people, models and strangers put into names. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    '=1+1',
    '@cmd',
    'a|b',
    'a,"b"\r\nc',
    '\\end{table}',
    '50 % & more_$x$ #1 ^2 ~',
    '](javascript:alert(1))',
    '<img src=x>',
    '```',
  ),
);

describe('a comparison as CSV', () => {
  it('is read back as it was, and holds nothing that a spreadsheet would run', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const input = report(one, other);
        const rows: Record<string, string>[] = parse(comparisonReport(input, 'csv'), { columns: true });
        const metric = rows.find(
          (row) => row.kind === 'metric' && row.baseline !== '' && row.name === 'pass@1',
        );
        expect(Number(metric?.value)).toBe(1);
        expect(Number(metric?.difference)).toBeCloseTo(2 / 3);
        expect(rows.filter(({ kind }) => kind === 'problem')).toHaveLength(PROBLEMS.length);
        expect(rows.find(({ kind }) => kind === 'command')?.value).toBe(input.command);
        for (const row of rows) {
          for (const text of [row.run, row.baseline, row.name]) expect(text).not.toMatch(/^[=+\-@]/);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('a comparison as Markdown', () => {
  it('keeps its columns and gives no name a meaning', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const text = comparisonReport(report(one, other), 'md');
        const tables = text.split('\n\n').filter((part) => part.startsWith('| '));
        expect(tables).toHaveLength(2);
        for (const table of tables) {
          const columns = table.split('\n').map((line) => line.replaceAll(/\\./g, '').split('|').length);
          expect(new Set(columns).size).toBe(1);
        }
        expect(text.replaceAll(/\\./g, '')).not.toMatch(/<img|\]\(/);
      }),
      { numRuns: 30 },
    );
  });

  it('says the verdict, what is not equal, every setting and the command', () => {
    const text = comparisonReport(report('nano', 'scft'), 'md');
    expect(text).toContain('# scft against nano');
    expect(text).toContain('Not equal: temperature (0.6 → 1). It may matter.');
    expect(text).toContain('| temperature | 0.6 | 1 | no |');
    expect(text).toContain('```sh\nreflection compare a b\n```');
  });

  it('is not ended by a command that holds a fence', () => {
    const text = comparisonReport(report('a', 'b', 'reflection compare "```" b'), 'md');
    expect(text).toContain('````sh\nreflection compare "```" b\n````');
  });
});

describe('a comparison as LaTeX', () => {
  it('has balanced environments and braces whatever the runs are called', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const text = comparisonReport(report(one, other), 'latex');
        const begins = [...text.matchAll(/(?<!textbackslash\{\})\\begin\{(\w+\*?)\}/g)].map(
          ([, what]) => what,
        );
        const ends = [...text.matchAll(/(?<!textbackslash\{\})\\end\{(\w+\*?)\}/g)].map(([, what]) => what);
        expect(begins.sort()).toEqual(ends.sort());
        const bare = text.replaceAll(/\\[{}%&_#$]/g, '').replaceAll(/^%.*$/gm, '');
        expect([...bare.matchAll(/\{/g)]).toHaveLength([...bare.matchAll(/\}/g)].length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what stands beside the numbers', () => {
  it('lists settings of all runs and marks what differs', () => {
    const rows = configurationTable([manifest(0.6, 'a'), manifest(1, 'a')]);
    const differing = rows.filter(({ isEqual }) => !isEqual).map(({ setting }) => setting);
    expect(differing).toEqual(['temperature']);
    expect(rows.some(({ setting }) => setting === 'server')).toBe(false);
  });

  it('has a pass@k curve that never falls', () => {
    const values = passCurve({ label: '', groups: base }, OPTIONS).points.map(
      ({ estimate }) => estimate.value ?? 0,
    );
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(passCurve({ label: '', groups: base }, OPTIONS).points.map(({ k }) => k)).toEqual([1, 2, 3]);
  });

  it('has no curve and no levels where there is nothing to draw', () => {
    expect(passCurve({ label: '', groups: [] }).points).toEqual([]);
    expect(accuracyByLevel([{ label: '', groups: base }], OPTIONS)).toEqual([]);
  });

  it('gives each level the accuracy of its problems', () => {
    const groups = base.map((group, at) => ({ ...group, level: String(at) }));
    const rows = accuracyByLevel(
      [
        { label: '', groups },
        { label: '', groups: groups.slice(0, 1) },
      ],
      OPTIONS,
    );
    expect(rows.map(({ level }) => level)).toEqual(['0', '1']);
    expect(rows[1]?.estimates[0]?.value).toBeCloseTo(1 / 3);
    expect(rows[1]?.estimates[1]).toBeNull();
  });

  it('has a grid as in the set, with a letter for each sample, and null where a run lacks the problem', () => {
    const grid = comparisonGrid([
      { groups: base, problems: PROBLEMS },
      { groups: better.filter(({ problemId }) => problemId === 'tank'), problems: PROBLEMS },
    ]);
    expect(grid.map(({ problemId, arms }) => [problemId, arms])).toEqual([
      ['tank', ['ici', 'ccc']],
      ['cards', ['ici', null]],
    ]);
    expect(grid[1]?.shares[1]).toBeNull();
  });

  it('finds the critiques of a transition, a page at a time', () => {
    const solutions = [solution('tank', 0)];
    const critiques = solutions.flatMap((row) =>
      [0, 1, 2].map((at) => critique(row, at, at === 1 ? 'incorrect' : 'correct')),
    );
    const groups = groupByProblem({ problems: PROBLEMS, critiques });
    expect(transitionRows(groups, 'i→c', 0)).toMatchObject({
      total: 2,
      rows: [{ critiqueId: 'tank#0/0' }, { critiqueId: 'tank#0/2' }],
    });
    expect(transitionRows(groups, 'i→c', 1).rows).toHaveLength(1);
    expect(transitionRows(groups, 'c→i', 0).total).toBe(0);
  });
});
