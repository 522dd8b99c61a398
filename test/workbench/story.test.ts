import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Driver } from '../../scripts/host/driver.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { venvPython } from '../../scripts/setup/python.mjs';
import type { Review } from '../../src/core/schema/lines.ts';
import { chooseTheme } from './themes.ts';
import { cursorOnFinding } from './transcriptEditor.ts';

const MINUTES = 60_000;

/**
 * The first ten minutes of the README, row by row: the whole chain as a person goes through it who has installed the
 * package, with the real embedded model and the real trainer: solve, read a critique, review it, make a training set,
 * train, evaluate the checkpoint, compare. Nothing of this folder is there to help but the Python packages, which the
 * environment names: a setting of the machine is not read from the user settings of a window in a browser.
 */
export const scenario: Scenario = {
  installed: true,
  env: { REFLECTION_PYTHON: venvPython },
  stepLimitMs: 8 * MINUTES,
  prepare(workspace) {
    const problems = path.join(projectRoot, 'media/problems');
    fs.copyFileSync(path.join(problems, 'demo-5.jsonl'), path.join(workspace, 'demo-5.jsonl'));
  },
  steps: {
    'the palette evaluates a problem file with the built-in model': async (driver) => {
      const { openContainer, palette, pick, answer, treeRow, shot, workspace, until } = driver;
      await chooseTheme(driver, 'dark');
      await openContainer('Reflection');
      await palette('Reflection: Evaluate Problem File');
      await pick('demo-5.jsonl');
      await shot('story-1-choose-model');
      await pick('nano');
      await answer('4', 'Solutions for each problem');
      await toastWithin(driver, /pass@1/, 3 * MINUTES);
      await treeRow(/nano.*pass@1/).waitFor();
      await shot('story-2-evaluated');
      const run = await until('the run is written', () => runsOf(workspace, 'evaluate')[0]);
      assert.equal(readLines(run, 'solutions.jsonl').length, 20);
      const { model } = JSON.parse(fs.readFileSync(path.join(run, 'run.json'), 'utf8'));
      assert.ok(!model.path.startsWith(projectRoot), 'the model is that of the package');
    },

    'its panels load from the package': async ({ webview }) => {
      await webview('sideBar').locator('.empty', { hasText: 'No training runs yet' }).waitFor();
    },

    'a critique marks the step that it talks about': async (driver) => {
      const { palette, pick, answer, shot, page, picks, clearToasts } = driver;
      await palette('Reflection: Critique Solutions');
      await pick('nano on demo-5');
      await pick('nano');
      await answer('4', 'Critiques of each solution');
      await toastWithin(driver, /Acc@t2/, 3 * MINUTES);
      await palette('Reflection: Open Transcript');
      await pick('nano on demo-5');
      await shot('story-3-choose-solution');
      await picks()
        .filter({ hasText: /to review/ })
        .first()
        .click();
      await page.locator('.monaco-editor .squiggly-warning, .monaco-editor .squiggly-hint').first().waitFor();
      await clearToasts();
      await page.keyboard.press('F8');
      await cursorOnFinding(driver, null);
      await shot('story-4-finding');
    },

    'a quick fix accepts the finding, and the decision is a line of the run': async (driver) => {
      const { page, picks, workspace, until, shot } = driver;
      await page.keyboard.press('Control+.');
      const accept = picks()
        .filter({ hasText: /^\s*Accept/ })
        .first();
      await accept.waitFor();
      await shot('story-5-quick-fix');
      await accept.click();
      const reviews = await until('a review is written', () => {
        const found = runsOf(workspace, 'critique').flatMap((run) => readLines(run, 'reviews.jsonl'));
        return found.length > 0 && found;
      });
      const [first] = reviews as Review[];
      assert.equal(first?.decision, 'accept');
      assert.equal(typeof first?.finding, 'number');
      await shot('story-6-accepted');
    },

    'rejection sampling makes a training set': async (driver) => {
      const { palette, pick, answer, workspace, shot } = driver;
      await palette('Reflection: Rejection-Sample Critiques');
      await pick('demo-train-300.jsonl');
      await pick('nano');
      await answer('24', 'Records wanted');
      await toastWithin(driver, /i→c/, 6 * MINUTES);
      await shot('story-7-dataset');
      const [run] = runsOf(workspace, 'sample');
      assert.ok(run);
      assert.ok(readLines(run, 'dataset.jsonl').length > 0);
    },

    'training runs in the terminal, and the side bar follows it': async (driver) => {
      const { palette, pick, page, webview, until, shot, workspace, openContainer } = driver;
      await palette('Reflection: Start Training…');
      await driver.picks().filter({ hasText: 'records' }).first().click();
      await pick('scft-nano');
      await pick('nano');
      await pick('Start');
      await page.locator('.terminal-wrapper').first().waitFor();
      await openContainer('Reflection');
      const row = webview('sideBar').locator('.run').first();
      await row.waitFor({ timeout: 2 * MINUTES });
      const stepOf = async () => Number((await row.getAttribute('data-step')) ?? 0);
      const first = await until('a first step', async () => (await stepOf()) || undefined, 6 * MINUTES);
      await shot('story-8-training');
      await until('a later step', async () => (await stepOf()) > first || (await isDone(row)), 3 * MINUTES);
      await until('training ends', () => isDone(row), 6 * MINUTES);
      await shot('story-9-trained');
      const [trained = ''] = runsOf(workspace, 'train');
      const config = fs.readFileSync(path.join(trained, 'run.json'), 'utf8');
      assert.ok(!config.includes(`${projectRoot}/scripts`), 'the trainer is that of the package');
    },

    'the checkpoint is evaluated and compared with its base': async (driver) => {
      const { palette, treeRow, pickMany, answer, webview, shot, clearToasts } = driver;
      await clearToasts();
      await palette('View: Toggle Panel Visibility');
      await treeRow(/step \d+.*not evaluated yet/)
        .first()
        .waitFor();
      await palette('Reflection: Evaluate Problem File');
      await driver.pick('demo-5.jsonl');
      await driver
        .picks()
        .filter({ hasText: /step \d+/ })
        .first()
        .click();
      await answer('4', 'Solutions for each problem');
      await toastWithin(driver, /pass@1/, 3 * MINUTES);
      await clearToasts();
      await palette('Reflection: Compare Checkpoints');
      await pickMany([/^nano on demo-5/, /step \d+ on demo-5/]);
      const panel = webview('editor');
      await panel.locator('.verdict h1').waitFor({ timeout: MINUTES });
      assert.match(await panel.locator('.verdict').innerText(), /better than|worse than|Cannot tell/);
      await shot('story-10-compare');
    },

    'a row of the comparison opens both transcripts': async ({ webview, page, shot }) => {
      await webview('editor').locator('.grid-row .grid-problem').first().click();
      await page.locator('.monaco-diff-editor').waitFor();
      await page.locator('.monaco-diff-editor .view-line', { hasText: 'Problem' }).first().waitFor();
      await shot('story-11-diff');
    },
  },
};

/** A toast that comes when a model has done its work. */
async function toastWithin({ page, until }: Driver, text: RegExp, limitMs: number): Promise<void> {
  const message = page.locator('.notification-list-item-message').filter({ hasText: text }).first();
  await until(`a notification ${text}`, () => message.isVisible(), limitMs);
}

async function isDone(row: {
  locator(selector: string): { innerText(): Promise<string> };
}): Promise<boolean> {
  return (await row.locator('.state').innerText()).includes('done');
}

/** Directories of the runs of a kind, newest first. */
function runsOf(workspace: string, kind: string): string[] {
  const root = path.join(workspace, '.reflection/runs');
  if (!fs.existsSync(root)) return [];
  return fs
    .readdirSync(root)
    .filter((name) => name.includes(`-${kind}-`))
    .sort()
    .reverse()
    .map((name) => path.join(root, name));
}

function readLines(dir: string, file: string): unknown[] {
  const full = path.join(dir, file);
  if (!fs.existsSync(full)) return [];
  return fs
    .readFileSync(full, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
