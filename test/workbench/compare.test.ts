import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { chartsWithoutTable, seriousFaults, unreachedControls } from './accessibility.ts';
import { levelled, writeCritiques, writeEvaluations } from './panelRuns.ts';
import { chooseTheme, themeOfPanel } from './themes.ts';

const MODELS = ['nano', 'scft-nano', 'rlerr-nano', 's2r-nano'];

/** The Compare panel with four runs of forty problems: verdicts, grid, curves, matrix, export, keyboard and axe. */
export const scenario: Scenario = {
  prepare(workspace) {
    const problems = levelled(40);
    writeEvaluations(workspace, { problems, samples: 16, models: MODELS });
    writeCritiques(workspace, problems.slice(0, 10));
  },
  steps: {
    'four runs are compared with one baseline, and each gets a verdict': async (driver) => {
      const { palette, pickMany, webview } = driver;
      await chooseTheme(driver, 'dark');
      await palette('Reflection: Compare Checkpoints');
      await pickMany(MODELS.map((model) => new RegExp(`^${model} on aime-made`)));
      const panel = webview('editor');
      await panel.locator('.verdict h1').nth(2).waitFor();
      const words = await panel.locator('.verdicts').innerText();
      assert.match(words, /s2r-nano is better than nano/);
      assert.match(words, /p < 0\.001/);
      assert.match(await panel.locator('.warnings').innerText(), /s2r-nano: temperature 0\.6 → 1/);
    },

    'the other metrics follow, in one table with a paired difference for each run': async ({ webview }) => {
      const panel = webview('editor');
      await panel.locator('main[aria-busy="false"]').waitFor();
      await panel.locator('.metrics tbody tr', { hasText: 'pass@8' }).waitFor();
      assert.equal(await panel.locator('.metrics tbody tr').first().locator('.forest').count(), 3);
      assert.equal(await panel.locator('.pass-curve polyline').count(), 4);
      assert.equal(await panel.locator('.levels tbody tr').count(), 5);
    },

    'the filter leaves what regressed, and the table behind the grid says the same': async (driver) => {
      const panel = driver.webview('editor');
      const shown = panel.locator('.shown');
      assert.match(await shown.innerText(), /^40 of 40/);
      await panel.locator('#filter').click();
      await panel.locator('#filter vscode-option', { hasText: 'regressed' }).click();
      await driver.until('fewer rows', async () => !(await shown.innerText()).startsWith('40'));
      const count = Number((await shown.innerText()).split(' ')[0]);
      await panel.locator('summary', { hasText: 'Problems as a table' }).click();
      // Nothing of the table is there while it is closed.
      await panel.locator('.problems table tbody tr').first().waitFor();
      assert.equal(await panel.locator('.problems table tbody tr').count(), count);
      const last = await panel.locator('.problems table tbody tr td:last-child').allInnerTexts();
      assert.ok(
        last.every((points) => points.startsWith('▼')),
        last.join(' '),
      );
      await panel.locator('summary', { hasText: 'Problems as a table' }).click();
      await panel.locator('#filter').click();
      await panel.locator('#filter vscode-option', { hasText: 'all' }).click();
      await panel.locator('.shown', { hasText: /^40 of 40/ }).waitFor();
    },

    'the grid is read and walked by keyboard, and Enter opens the sample in both runs': async (driver) => {
      const { webview, page, palette, until } = driver;
      const panel = webview('editor');
      await panel.locator('.grid').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'End', 'Home', 'PageDown', 'ArrowUp']) {
        await page.keyboard.press(key);
      }
      await panel.locator('#grid-keys', { hasText: /sample 1: nano (in)?correct/ }).waitFor();
      assert.equal(await panel.locator('#grid-cursor').count(), 1);
      await page.keyboard.press('Enter');
      await page.locator('.monaco-diff-editor .view-line', { hasText: 'Problem' }).first().waitFor();
      await page.locator('.tab.active', { hasText: /sample 1: nano on aime-made/ }).waitFor();
      await palette('View: Close Editor');
      await until('the panel is back', () => panel.locator('.grid').isVisible());
    },

    'it is exported with its settings and the command': async ({ webview, page, palette }) => {
      await webview('editor').locator('vscode-button', { hasText: 'Markdown' }).click();
      const lines = page.locator('.editor-instance .view-line');
      await lines
        .filter({ hasText: /scft-nano.on.aime-made,.rlerr-nano/ })
        .first()
        .waitFor();
      // The report is an untitled document: closing it asks.
      await palette('View: Close All Editors in Group');
      await page.locator('.monaco-dialog-box .monaco-button', { hasText: "Don't Save" }).click();
      await page.locator('.tab').first().waitFor({ state: 'detached' });
    },

    'critiques: a cell of the transition matrix opens the critiques that it counts': async (driver) => {
      const { palette, pickMany, webview, page } = driver;
      await palette('Reflection: Compare Checkpoints');
      await pickMany([/^nano critiques/, /^scft-nano critiques/]);
      const panel = webview('editor');
      const cell = panel.locator('.matrix .cell', { hasText: 'i→c' }).first();
      await cell.waitFor();
      const count = Number((await cell.locator('strong').innerText()).trim());
      await cell.click();
      await panel.locator('.cell-rows li').first().waitFor();
      assert.equal(await panel.locator('.cell-rows li').count(), count);
      await panel.locator('.cell-rows li button').first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.tab', { hasText: '.critique' }).waitFor();
      await page.locator('.tab', { hasText: '.transcript' }).waitFor();
    },

    'Tab comes to every control, every chart has its numbers, and axe-core finds no serious fault': async (
      driver,
    ) => {
      const { palette, pickMany, webview, shot } = driver;
      await palette('View: Close All Editors');
      await palette('Reflection: Compare Checkpoints');
      await pickMany(MODELS.map((model) => new RegExp(`^${model} on aime-made`)));
      const panel = webview('editor');
      await panel.locator('main[aria-busy="false"]').waitFor();
      await panel.locator('.metrics tbody tr', { hasText: 'pass@8' }).waitFor();
      assert.deepEqual(await unreachedControls(panel, driver.page), []);
      assert.deepEqual(await chartsWithoutTable(panel), []);
      await panel.locator('main').evaluate((main) => main.scrollIntoView({ block: 'start' }));
      const faults: string[] = [];
      for (const theme of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, theme);
        await themeOfPanel(panel, theme);
        const rules = theme === 'light' ? null : ['color-contrast'];
        faults.push(...(await seriousFaults(panel, rules)).map((fault) => `${theme}: ${fault}`));
        await shot(`compare-top-${theme}`);
        await panel.locator('#problems').scrollIntoViewIfNeeded();
        await panel.locator('.grid').evaluate((grid) => grid.scrollIntoView({ block: 'center' }));
        await shot(`compare-grid-${theme}`);
        await panel.locator('#levels').evaluate((levels) => levels.scrollIntoView({ block: 'start' }));
        await shot(`compare-curves-${theme}`);
        await panel.locator('main').evaluate((main) => main.scrollIntoView({ block: 'start' }));
      }
      assert.deepEqual(faults, []);
    },

    'a run that is written while it is shown is compared as far as it is': async (driver) => {
      const { webview, workspace } = driver;
      const file = path.join(workspace, '.reflection/runs/20260104-100000-evaluate/solutions.jsonl');
      const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
      // Torn in the middle of a line, as by a crash: the rows before it count.
      fs.writeFileSync(file, `${lines.slice(0, 320).join('\n')}\n${lines[320]?.slice(0, 40)}`);
      const panel = webview('editor');
      await panel
        .locator('.metrics tbody tr', { hasText: '(20 problems' })
        .or(panel.locator('.verdict', { hasText: '20 problems' }))
        .first()
        .waitFor();
    },
  },
};
