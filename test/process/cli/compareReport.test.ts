import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { levelled, writeEvaluations } from '../../workbench/panelRuns.ts';
import { runCli, workspaceWith } from './cli.ts';

it('a report names every setting, and its command computes the same report again', async () => {
  const cwd = await workspaceWith({});
  const ids = writeEvaluations(cwd, { problems: levelled(8), samples: 2, models: ['nano', 'scft', 'rlerr'] });
  const report = async (form: string, args: readonly string[] = ['compare', ...ids, '--draws', '200']) =>
    (await runCli([...args, '--format', form], { cwd })).stdout;

  const markdown = await report('md');
  expect(markdown).toMatch(/^# scft on aime-made, rlerr on aime-made against nano on aime-made/);
  expect(markdown).toContain('| temperature | 0.6 | 0.6 | 1 | no |');
  const command = /```sh\nreflection (.*)\n```/.exec(markdown)?.[1];
  expect(await report('md', command?.split(' '))).toBe(markdown);

  const latex = await report('latex');
  expect(latex.match(/\\begin\{table/g)).toHaveLength(3);

  const rows: Record<string, string>[] = parse(await report('csv'), { columns: true });
  expect(rows.filter(({ kind, name }) => kind === 'metric' && name === 'pass@1')).toHaveLength(3);
  expect(rows.filter(({ kind }) => kind === 'problem')).toHaveLength(16);
  expect(rows.find(({ kind }) => kind === 'command')?.value).toBe(`reflection ${command}`);
}, 120_000);
