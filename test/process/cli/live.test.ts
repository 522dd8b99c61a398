/** `--live`: texts as they grow, where the run is made and from another process. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/node/packageRoot.ts';
import { readLiveText, readRun } from '../../../src/node/runs/index.ts';
import { prepareWorkspace } from '../pipeline/killing.ts';
import { temporaryDir } from '../runs/fixtures.ts';
import { eventually, startCli } from './cli.ts';

/** Signals that stop a process need POSIX. */
it.skipIf(process.platform === 'win32')('shows here and in watch what is then in the run', async () => {
  const workspace = await temporaryDir();
  await prepareWorkspace(workspace);
  const dir = path.join(workspace, 'run');
  const set = path.join(packageRoot(), 'media', 'problems', 'demo-5.jsonl');
  const evaluate = ['evaluate', set, '--model', 'one', '--max-tokens', '120', '-n', '20', '--live'];
  const { child, ended } = startCli([...evaluate, '--run-dir', dir], { cwd: workspace });
  await eventually(async () => (await readLiveText(dir)) ?? undefined);
  // A fast machine would have made all samples before somebody watches.
  child.kill('SIGSTOP');
  const watching = startCli(['watch', dir, '--live'], { cwd: workspace });
  if (watching.child.stderr !== null) await once(watching.child.stderr, 'data');
  child.kill('SIGCONT');
  const watched = await watching.ended;
  const { code, stderr } = await ended;
  expect([code, watched.code]).toEqual([0, 0]);
  expect(await readdir(dir)).not.toContain('live.json');
  const texts = new Map((await readRun(dir)).solutions.map(({ id, text }) => [id, text]));
  for (const shown of [stderr, watched.stderr]) {
    const parts = [...shown.matchAll(/^-- (?<id>\S+#\d+)(?: .*)?\n(?<text>[\s\S]*?)\n(?=-- )/gm)];
    expect(parts.length).toBeGreaterThan(0);
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
