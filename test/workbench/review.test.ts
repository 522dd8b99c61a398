import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { type Review, reviewSchema } from '../../src/core/schema/lines.ts';
import { critique, solution, writeRun } from '../vscode/runFixtures.ts';
import { cursorOnFinding } from './transcriptEditor.ts';

const CRITIC = '20260101-110000-critique';

/** Findings reviewed as in a code review: by keyboard, with progress, undo, a better text, and a dataset at the end. */
export const scenario: Scenario = {
  prepare(workspace) {
    const wrong = [solution('tank', 0), solution('tank', 1)];
    const run = '20260101-100000-evaluate';
    writeRun(workspace, { kind: 'evaluate', id: run, solutions: wrong });
    writeRun(workspace, {
      kind: 'critique',
      id: CRITIC,
      createdAt: '2026-01-01T11:00:00Z',
      solutions: wrong,
      critiques: wrong.map((row) => critique(row, 0)),
      parents: [{ kind: 'run', id: run, role: 'solutions' }],
    });
  },
  steps: {
    'findings are accepted, rejected and undone by keyboard': async (driver) => {
      const { openContainer, palette, picks, page, until, workspace } = driver;
      await openContainer('Reflection');
      await palette('Reflection: Open Transcript');
      await picks()
        .filter({ hasText: /evaluate/ })
        .first()
        .click();
      await picks().filter({ hasText: 'tank#0' }).first().click();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      const decisions = (...wanted: string[]) =>
        until(
          wanted.join(', '),
          () =>
            wanted.join() ===
            reviews(workspace)
              .map(({ decision }) => decision)
              .join(),
        );
      await page.keyboard.press('F8');
      await cursorOnFinding(driver, 'tank#0');
      await page.keyboard.press('Alt+a');
      await decisions('accept');
      await page.keyboard.press('F8');
      await cursorOnFinding(driver, 'tank#1');
      await page.keyboard.press('Alt+r');
      await decisions('accept', 'reject');
      await page.keyboard.press('Control+z');
      await decisions('accept', 'reject', 'undone');
    },

    'a review is undone after a reload of the window': async (driver) => {
      const { page, palette, until, workspace, statusBar } = driver;
      const loaded = page.waitForEvent('load');
      await palette('Developer: Reload Window');
      await loaded;
      await page.locator('.tab.active', { hasText: 'tank#1' }).waitFor();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      await page.locator('.monaco-editor .view-lines').first().click();
      await page.keyboard.press('Control+z');
      await statusBar(/Taken back: accept of tank#0\/0, /).waitFor();
      // Of the acceptance before, which was the last decision that still stood.
      const last = await until('the undo', () => {
        const rows = reviews(workspace);
        return rows.length === 4 ? rows.at(-1) : undefined;
      });
      assert.deepEqual([last.decision, last.undoes], ['undone', reviews(workspace)[0]?.at]);
      // From the end of this solution to its own finding, and on to that of the one before.
      await palette('Reflection: Previous Finding');
      await cursorOnFinding(driver, 'tank#1');
      await palette('Reflection: Previous Finding');
      await cursorOnFinding(driver, 'tank#0');
      await page.keyboard.press('Alt+a');
      await until('accepted again', () => reviews(workspace).length === 5);
    },

    'the Review view tells how far it is, and decides, too': async (driver) => {
      const { palette, page, treeRow, until, workspace, shot } = driver;
      await palette('Reflection: Focus on Review View');
      await page.locator('.sidebar .pane-header', { hasText: '1 of 2 reviewed' }).waitFor();
      // The header is drawn before the rows.
      await treeRow(/Check 2/)
        .filter({ hasText: '(accepted)' })
        .waitFor();
      const open = treeRow(/Check 2/).filter({ hasNotText: '(accepted)' });
      await open.hover();
      await open.locator('a.action-label[aria-label^="Accept Finding"]').click();
      await page.locator('.sidebar .pane-header', { hasText: '2 of 2 reviewed' }).waitFor();
      await treeRow('tank#1')
        .filter({ hasText: /1 of 1 reviewed/ })
        .first()
        .waitFor();
      await until('the decision', () => reviews(workspace).length === 6);
      await shot('review-1-progress');
    },

    'marking superficial and the whole critique have keys, too': async (driver) => {
      const { page, palette, treeRow, until, workspace } = driver;
      await treeRow(/Check 2/)
        .first()
        .click();
      await cursorOnFinding(driver, 'tank#0');
      const last = () => reviews(workspace).at(-1)?.decision;
      await page.keyboard.press('Alt+s');
      await until('superficial', () => last() === 'superficial');
      await page.keyboard.press('Control+z');
      await until('accepted as before', () => last() === 'accept');
      await page.keyboard.press('Alt+Enter');
      await page.locator('.tab', { hasText: '.critique' }).waitFor();
      await palette('View: Close Editors in Other Groups');
      await page.locator('.tab', { hasText: '.critique' }).waitFor({ state: 'detached' });
    },

    'a critique is edited beside, and saving is the review': async (driver) => {
      const { page, treeRow, until, workspace, palette, shot } = driver;
      await treeRow(/Check 2/)
        .first()
        .click();
      await cursorOnFinding(driver, 'tank#0');
      await palette('Reflection: Edit Critique');
      // The tab is there before the editor takes keys.
      await page.locator('.monaco-editor.focused[data-uri*=".critique"] .view-line').first().waitFor();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('Look at step 2. ');
      await page.keyboard.press('Control+s');
      const last = await until('the edited text', () => {
        const line = reviews(workspace).at(-1);
        return line?.decision === 'edited' ? (line.text ?? '') : undefined;
      });
      assert.match(last, /^Look at step 2\. Check 1/);
      await shot('review-2-edited');
    },

    'what was accepted and edited becomes a dataset': async ({ palette, toast, workspace }) => {
      await palette('Reflection: Export Reviewed Critiques as SCFT Dataset');
      assert.match(await toast(/records/), /1 records, 1 i→c/);
      const rows = fs.readFileSync(path.join(workspace, 'reviewed.jsonl'), 'utf8').trimEnd().split('\n');
      // One of a problem at most, as rejection sampling keeps them; the other is told among the dropped.
      assert.equal(rows.length, 1);
      assert.ok(fs.existsSync(path.join(workspace, 'reviewed.dropped.jsonl')));
    },
  },
};

function reviews(workspace: string): Review[] {
  const file = path.join(workspace, '.reflection/runs', CRITIC, 'reviews.jsonl');
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => reviewSchema.parse(JSON.parse(line)));
}
