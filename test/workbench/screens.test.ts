import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { critique, solution, startEvent, writeRun } from '../vscode/runFixtures.ts';
import { chooseTheme } from './themes.ts';
import { cursorOnFinding } from './transcriptEditor.ts';

const EVALUATED = 'scft-nano, step 28 on two';
const TRAINED = '20260101-130000-train';

/** Every screen with runs of known content: what each must say, what it looks like in three themes, and bad news. */
export const scenario: Scenario = {
  prepare: writeRuns,
  steps: {
    'the side bar shows runs with their number, and the loss of a training run': async (driver) => {
      const { openContainer, treeRow, webview, shot } = driver;
      await chooseTheme(driver, 'dark');
      await openContainer('Reflection');
      await treeRow(/nano.*pass@1 25\.0 %/).waitFor();
      await treeRow(/scft-nano, step 28.*pass@1 75\.0 %/).waitFor();
      await treeRow(/Acc@t2/).waitFor();
      const run = webview('sideBar').locator('.run');
      await run.locator('canvas').waitFor();
      assert.match(await run.locator('.numbers').innerText(), /step 17 \/ 28\s+loss 0\.1/);
      assert.match(
        (await run.locator('.chart').getAttribute('aria-label')) ?? '',
        /loss from 0\.\d+ to 0\.\d+ in 17 steps/,
      );
      await shot('screens-side-bar');
    },

    'the loss can be read as a table': async ({ webview }) => {
      const run = webview('sideBar').locator('.run');
      await run.locator('summary').click();
      await run.locator('tbody tr').nth(16).waitFor();
      assert.equal(await run.locator('tbody tr').count(), 17);
      await run.locator('summary').click();
    },

    'a new step appears by itself': async ({ webview, workspace, until }) => {
      const file = path.join(workspace, '.reflection/runs', TRAINED, 'events.jsonl');
      const step = { type: 'step', t: Date.now() / 1000, step: 18, total: 28, metrics: { loss: 0.05 } };
      fs.appendFileSync(file, `${JSON.stringify(step)}\n`);
      const run = webview('sideBar').locator('.run');
      await until('step 18', async () => (await run.getAttribute('data-step')) === '18');
    },

    'a line that is half written is waited for': async ({ webview, workspace, until }) => {
      const file = path.join(workspace, '.reflection/runs', TRAINED, 'events.jsonl');
      const line = `${JSON.stringify({ type: 'step', t: Date.now() / 1000, step: 19, total: 28, metrics: { loss: 0.04 } })}\n`;
      fs.appendFileSync(file, line.slice(0, 30));
      fs.appendFileSync(file, line.slice(30));
      const run = webview('sideBar').locator('.run');
      await until('step 19', async () => (await run.getAttribute('data-step')) === '19');
    },

    'a comparison is opened from the palette, and says what it can tell': async (driver) => {
      const { palette, pickMany, webview } = driver;
      await palette('Reflection: Compare Checkpoints');
      await pickMany([/^nano on two.*evaluate/, EVALUATED]);
      const panel = webview('editor');
      await panel.locator('.verdict h1').waitFor();
      await panel.locator('main[aria-busy="false"]').waitFor();
      assert.match(
        await panel.locator('.verdict h1').innerText(),
        /Cannot tell scft-nano, step 28 from nano/,
      );
      assert.equal(await panel.locator('.metrics tbody tr').first().locator('th').innerText(), 'pass@1');
      assert.match(await panel.locator('.warnings').innerText(), /temperature 0\.6 → 1/);
      assert.equal(await panel.locator('.grid-row').count(), 2);
    },

    'what a model wrote is text in the comparison': async ({ webview }) => {
      const panel = webview('editor');
      assert.equal(await panel.locator('.grid script, .grid img').count(), 0);
      assert.ok((await panel.locator('.grid').innerText()).includes('<img src=x onerror=alert(1)>'));
    },

    'the panel comes back when the window is reloaded': async (driver) => {
      const { page, palette, webview, openContainer } = driver;
      const loaded = page.waitForEvent('load');
      await palette('Developer: Reload Window');
      await loaded;
      await webview('editor').locator('.verdict h1').waitFor();
      await openContainer('Reflection');
    },

    'the other run can be the baseline': async ({ webview }) => {
      const panel = webview('editor');
      await panel.locator('#baseline').click();
      await panel.locator('vscode-option', { hasText: 'scft-nano, step 28' }).click();
      await panel.locator('.verdict h1', { hasText: 'nano from scft-nano, step 28' }).waitFor();
      await panel.locator('.metrics tbody tr', { hasText: '−50.0 points' }).first().waitFor();
    },

    'every screen in every theme': async (driver) => {
      const { shot, palette, picks, pick, page } = driver;
      for (const name of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, name);
        await shot(`screens-compare-${name}`);
      }
      await palette('Reflection: Open Transcript');
      await pick(/^nano on two.*evaluate/);
      await picks()
        .filter({ hasText: /to review/ })
        .first()
        .click();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      await page.locator('.monaco-editor .view-line', { hasText: 'Step 2' }).click();
      for (const name of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, name);
        await shot(`screens-transcript-${name}`);
      }
    },

    'the Problems view reads as a sentence': async ({ problem, palette }) => {
      const row = await problem('critiques');
      assert.match(
        await row.innerText(),
        /2 of 2 critiques: Check 2: 111\+37=148, the solution has 158\. Wrong\./,
      );
      await palette('View: Toggle Panel Visibility');
    },

    'the list of quick fixes is reached by keyboard': async (driver) => {
      const { page, pick, until, workspace } = driver;
      await page.locator('.monaco-editor .view-line', { hasText: 'Step 2' }).click();
      await cursorOnFinding(driver, null, 'Check 2');
      await page.keyboard.press('Control+.');
      await pick('Mark superficial');
      const file = path.join(workspace, '.reflection/runs/20260101-110000-critique/reviews.jsonl');
      await until(
        'a review is written',
        () => fs.existsSync(file) && fs.readFileSync(file, 'utf8').includes('superficial'),
      );
    },

    'a run whose manifest is broken is told, and hides no other': async ({ treeRow, workspace }) => {
      const dir = path.join(workspace, '.reflection/runs/20260102-000000-broken');
      fs.mkdirSync(dir);
      fs.writeFileSync(path.join(dir, 'run.json'), '{ not json');
      await treeRow(/20260102-000000-broken.*not JSON/).waitFor();
      await treeRow(/scft-nano, step 28/).waitFor();
    },

    'a training run that is deleted leaves the view': async ({ webview, workspace }) => {
      fs.rmSync(path.join(workspace, '.reflection/runs', TRAINED), { recursive: true });
      await webview('sideBar').locator('.empty').waitFor();
    },

    'a comparison whose run is deleted says so': async ({ page, webview, workspace }) => {
      await page.locator('.tab', { hasText: 'Compare' }).click();
      const panel = webview('editor');
      await panel.locator('.verdict h1').waitFor();
      fs.rmSync(path.join(workspace, '.reflection/runs/20260101-120000-evaluate'), { recursive: true });
      await panel.locator('h1', { hasText: 'is not there any more' }).waitFor();
    },
  },
};

function writeRuns(workspace: string): void {
  const problems = path.join(projectRoot, 'media/problems');
  fs.copyFileSync(path.join(problems, 'demo-5.jsonl'), path.join(workspace, 'demo-5.jsonl'));
  const hostile = {
    id: 'cards',
    problem: '<img src=x onerror=alert(1)> Tom has 35 cards.',
    answer: '104',
    mode: 'math',
  } as const;
  const tank = {
    id: 'tank',
    problem: 'A tank holds 37 litres. It is tripled, then 37 are added.',
    answer: '148',
    mode: 'math',
  } as const;
  const set = [tank, hostile];
  const wrong = solution('tank', 0);
  const base = [wrong, solution('tank', 1, 'correct'), solution('cards', 0), solution('cards', 1)];
  const better = base.map((row) =>
    row.id === 'cards#1' ? row : solution(row.problemId, row.index, 'correct'),
  );
  const run = '20260101-100000-evaluate';
  writeRun(workspace, { kind: 'evaluate', id: run, problems: set, solutions: base });
  writeRun(workspace, {
    kind: 'critique',
    id: '20260101-110000-critique',
    createdAt: '2026-01-01T11:00:00Z',
    problems: set,
    solutions: base,
    critiques: base.flatMap((row) => [critique(row, 0), critique(row, 1, 'incorrect')]),
    parents: [{ kind: 'run', id: run, role: 'solutions' }],
  });
  writeRun(workspace, {
    kind: 'evaluate',
    id: '20260101-120000-evaluate',
    createdAt: '2026-01-01T12:00:00Z',
    model: 'scft-nano, step 28',
    temperature: 1,
    problems: set,
    solutions: better,
  });
  writeRun(workspace, {
    kind: 'train',
    id: TRAINED,
    createdAt: '2026-01-01T13:00:00Z',
    events: [
      startEvent(),
      ...Array.from({ length: 17 }, (_, at) => ({
        type: 'step' as const,
        t: Date.now() / 1000 - 17 + at,
        step: at + 1,
        total: 28,
        metrics: { loss: 0.9 * Math.exp(-at / 6) + 0.05 },
      })),
    ],
  });
}
