import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Driver } from '../../scripts/host/driver.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { eventsOf, linesOf, runDirectories } from './runsOnDisk.ts';

const MINUTES = 60_000;

/** What goes wrong on real machines: each is told with its remedy, and nothing that was finished is lost. */
export const scenario: Scenario = {
  stepLimitMs: 4 * MINUTES,
  prepare(workspace) {
    const problems = path.join(projectRoot, 'media/problems');
    fs.copyFileSync(path.join(problems, 'demo-60.jsonl'), path.join(workspace, 'demo-60.jsonl'));
    const [row = ''] = fs.readFileSync(path.join(problems, 'demo-5.jsonl'), 'utf8').split('\n');
    fs.writeFileSync(path.join(workspace, 'faulty.jsonl'), `${row}\n{"id":"b","problem":"2?",\n`);
    fs.writeFileSync(path.join(workspace, 'broken.gguf'), 'GGUF but no more');
    // In the folder: a remote window does not take settings that name programs from the user's own machine.
    fs.mkdirSync(path.join(workspace, '.vscode'));
    const settings = { 'reflection.python': '/nonexistent/python' };
    fs.writeFileSync(path.join(workspace, '.vscode/settings.json'), JSON.stringify(settings));
    const models = { broken: { engine: 'llama', path: 'broken.gguf' } };
    fs.writeFileSync(path.join(workspace, 'reflection.json'), JSON.stringify({ models }));
  },
  steps: {
    'a run that is cancelled keeps what it has': async (driver) => {
      const { openContainer, palette, pick, answer, toastButton, until, workspace, treeRow } = driver;
      await openContainer('Reflection');
      await palette('Reflection: Evaluate Problem File');
      await pick('demo-60.jsonl');
      await pick('nano');
      await answer('64', 'Solutions for each problem');
      await until('some solutions', () => solutions(workspace) > 20, MINUTES);
      await driver.shot('bad-1-running');
      await toastButton(/nano on demo-60/, 'Cancel');
      await toastWithin(driver, /Stopped after \d+ of 3840 solutions/, MINUTES);
      await treeRow(/nano/).locator('.codicon-debug-pause').waitFor();
      assert.ok(solutions(workspace) > 20);
      await driver.shot('bad-2-stopped');
    },

    'and goes on from there when it is resumed': async (driver) => {
      const { treeRow, until, workspace, toastButton } = driver;
      const before = solutions(workspace);
      const row = treeRow(/nano/).first();
      await row.hover();
      await row.locator('a.action-label[aria-label="Resume Run"]').click();
      await until('more solutions', () => solutions(workspace) > before, MINUTES);
      await toastButton(/of 3840/, 'Cancel');
      // The row may still be that of the first stop.
      await until('it has ended again', () => ends(workspace) === 2, MINUTES);
      await treeRow(/nano/).locator('.codicon-debug-pause').waitFor();
      assert.equal(new Set(ids(workspace)).size, ids(workspace).length, 'no sample was made twice');
      await driver.clearToasts();
    },

    'a broken model file is named, with what to do': async (driver) => {
      const { palette, pick, answer, toast } = driver;
      await palette('Reflection: Evaluate Problem File');
      await pick('demo-60.jsonl');
      await pick('broken');
      await answer('1', 'Solutions for each problem');
      await toastWithin(driver, /GGUF file is damaged/, MINUTES);
      assert.match(await toast(/GGUF file is damaged/), /broken\.gguf.*Download or convert the file again/);
      await driver.shot('bad-3-model');
      await driver.clearToasts();
    },

    'a bad line is marked in the file and told after the run': async (driver) => {
      const { openFile, palette, pick, answer, page, problem } = driver;
      await openFile('faulty.jsonl');
      await page.locator('.monaco-editor .squiggly-error').first().waitFor();
      const row = await problem('not JSON');
      assert.match(await row.innerText(), /Correct the line/);
      await palette('Reflection: Evaluate Problem File');
      await pick('faulty.jsonl');
      await pick('nano');
      await answer('1', 'Solutions for each problem');
      await toastWithin(driver, /faulty\.jsonl:2.*not JSON/, MINUTES);
      await driver.shot('bad-4-line');
      await driver.clearToasts();
    },

    'training without Python says what is missing, and leaves no run behind': async (driver) => {
      const { palette, pick, until, workspace, terminalText } = driver;
      const data = path.join(workspace, 'data.jsonl');
      fs.writeFileSync(data, '{}\n');
      fs.writeFileSync(path.join(workspace, 'data.meta.json'), JSON.stringify(meta()));
      await palette('Reflection: Start Training…');
      await pick(/data\.jsonl/);
      await pick('scft-nano');
      await pick('nano');
      await pick('Start');
      await until(
        'the terminal says it, and what to do',
        async () => /nonexistent.*could not be run.*reflection\.python/.test(await terminalText()),
        MINUTES,
      );
      assert.deepEqual(
        runDirectories(workspace).filter((dir) => dir.includes('-train-')),
        [],
      );
      await driver.shot('bad-5-python');
    },
  },
};

function meta() {
  return {
    schemaVersion: 1,
    kind: 'scft',
    createdAt: '2026-01-01T00:00:00Z',
    records: 1,
    i2c: 1,
    c2c: 0,
    mix: [2, 1],
    size: 1,
    shortfall: null,
    funnel: [],
    reviews: { accepted: 0, rejected: 0 },
    sha256: 'a'.repeat(64),
    problemHashes: [],
    parents: [],
  };
}

/** The run of the long evaluation, once it is there. */
function longRun(workspace: string): string | undefined {
  return runDirectories(workspace).find((dir) => dir.includes('demo-60'));
}

function ids(workspace: string): string[] {
  const dir = longRun(workspace);
  return dir === undefined ? [] : linesOf<{ id: string }>(dir, 'solutions.jsonl').map(({ id }) => id);
}

function ends(workspace: string): number {
  const dir = longRun(workspace);
  return dir === undefined ? 0 : eventsOf(dir, 'run_end').length;
}

function solutions(workspace: string): number {
  return ids(workspace).length;
}

async function toastWithin({ page, until }: Driver, text: RegExp, limitMs: number): Promise<void> {
  const message = page.locator('.notification-list-item-message').filter({ hasText: text }).first();
  await until(`a notification ${text}`, () => message.isVisible(), limitMs);
}
