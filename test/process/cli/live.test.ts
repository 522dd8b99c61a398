/** `--live`: texts as they grow, where the run is made and from another process. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readLiveText, readRun } from '../../../src/node/runs/index.ts';
import { prepareWorkspace } from '../pipeline/killing.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { eventually, runCli, startCli } from './cli.ts';

it('shows here and in watch what is then in the run', async () => {
  const workspace = await temporaryDir();
  await prepareWorkspace(workspace);
  const dir = path.join(workspace, 'run');
  const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
  const evaluate = ['evaluate', set, '--model', 'one', '--max-tokens', '120', '-n', '20', '--live'];
  const { ended } = startCli([...evaluate, '--run-dir', dir], { cwd: workspace });
  await eventually(async () => (await readLiveText(dir)) ?? undefined);
  const watched = await runCli(['watch', dir, '--live'], { cwd: workspace });
  const { code, stderr } = await ended;
  expect([code, watched.code]).toEqual([0, 0]);
  expect(await readdir(dir)).not.toContain('live.json');
  const texts = new Map((await readRun(dir)).solutions.map(({ id, text }) => [id, text]));
  for (const shown of [stderr, watched.stderr]) {
    const parts = [...shown.matchAll(/^-- (?<id>\S+#\d+)(?: .*)?\n(?<text>[\s\S]*?)\n(?=-- )/gm)];
    expect(parts.length).toBeGreaterThan(2);
    for (const { groups } of parts)
      expect(texts.get(groups?.id ?? '')).toContain(withoutNotes(groups?.text ?? '?'));
  }
  expect(stderr).toMatch(/^-- \S+#\d+ {2}solutions: \d+ of 100 are finished$/m);
  expect(await readFile(path.join(dir, 'events.jsonl'), 'utf8')).not.toContain('live');
});

/** Notes have lines of their own, also between two parts of a text. */
function withoutNotes(text: string): string {
  return text.replace(/\n\d+ more samples: about [^\n]*$/, '');
}
