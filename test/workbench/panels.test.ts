import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { startEvent } from '../vscode/runFixtures.ts';
import { chartsWithoutTable, seriousFaults, unreachedControls } from './accessibility.ts';
import { HOSTILE, SAMPLED, TRAINED, trainingEvent, writeSamplingRun, writeTrainingRun } from './panelRuns.ts';
import { chooseTheme, themeOfPanel } from './themes.ts';

/** The Rejection Sampling panel and the Training dashboard: live, by keyboard, with hostile text, in three themes. */
export const scenario: Scenario = {
  prepare(workspace) {
    writeSamplingRun(workspace);
    writeTrainingRun(workspace, 200);
  },
  steps: {
    'the funnel says what is kept, what was dropped, and why': async (driver) => {
      const { palette, pick, webview } = driver;
      await chooseTheme(driver, 'dark');
      await palette('Reflection: Show Rejection Sampling');
      await pick(/nano on aime-made/);
      const panel = webview('editor');
      await panel.locator('.funnel tbody tr').first().waitFor();
      assert.match(await panel.locator('h1').innerText(), /^\d+ records? of 40 wanted/);
      assert.match(await panel.locator('.funnel').innerText(), /ending wrong/);
      assert.match(await panel.locator('.mix').innerText(), /asked 2:1 \(the line\), have 2\.1 : 1/);
      assert.equal(await panel.locator('[aria-labelledby="yield"] tbody tr').count(), 5);
    },

    'a drop count opens the dropped ones by keyboard, and each of them its texts': async (driver) => {
      const { webview, page, palette } = driver;
      const panel = webview('editor');
      const count = panel.locator('.funnel .link', { hasText: 'ending wrong' });
      await count.focus();
      await page.keyboard.press('Enter');
      const rows = panel.locator('.dropped li');
      await rows.first().waitFor();
      // A page at a time.
      assert.equal(await rows.count(), Math.min(100, Number.parseInt(await count.innerText(), 10)));
      await rows.first().locator('button').focus();
      await page.keyboard.press('Enter');
      await page.locator('.tab', { hasText: '.critique' }).waitFor();
      await palette('View: Close All Editors');
    },

    'what a model wrote is text: no markup, no link, no script, and not without end': async (driver) => {
      const { palette, pick, webview } = driver;
      await palette('Reflection: Show Rejection Sampling');
      await pick(/nano on aime-made/);
      const panel = webview('editor');
      await panel.locator('.example').first().waitFor();
      await panel.locator('vscode-button', { hasText: 'Show 20' }).click();
      const examples = panel.locator('.example pre');
      await examples.nth(19).waitFor();
      const texts = await examples.allInnerTexts();
      assert.ok(
        texts.some((text) => text.includes('<img src=x onerror=alert(1)>')),
        'the hostile text is shown',
      );
      assert.ok(
        texts.every((text) => text.length < 2000),
        'every text is bounded',
      );
      assert.equal(
        await panel.locator('.example img, .example script, .example a, .example iframe').count(),
        0,
      );
    },

    'what is finished is kept as a dataset, which can be trained on': async (driver) => {
      const { webview, workspace, until } = driver;
      const panel = webview('editor');
      await panel.locator('vscode-button', { hasText: 'Keep what is finished' }).click();
      const file = path.join(workspace, '.reflection/runs', SAMPLED, 'dataset.jsonl');
      await until('the dataset', () => fs.existsSync(file), 60_000);
      assert.equal(fs.readFileSync(file, 'utf8').trimEnd().split('\n').length, 40);
      await panel.locator('vscode-button', { hasText: 'Start Training…' }).waitFor();
    },

    'the dashboard draws each metric in its group, and reads as a table': async (driver) => {
      const { palette, pick, webview, until } = driver;
      await palette('View: Close All Editors');
      await palette('Reflection: Show Training Dashboard');
      await pick(/rlerr nano/);
      const panel = webview('editor');
      await panel.locator('.curve-card canvas').first().waitFor();
      const groups = await panel.locator('.curve-group h2').allInnerTexts();
      assert.deepEqual(groups, ['Reward', 'Loss', 'Reflection', 'Length', 'Drift', 'Optimiser']);
      await panel.locator('.alarms li', { hasText: /reward rises while/ }).waitFor();
      const first = panel.locator('.curve-card').first();
      await first.locator('summary').click();
      await until('a table', async () => (await first.locator('tbody tr').count()) === 20);
      await first.locator('summary').click();
    },

    'rollouts: by kind, and one prompt through the steps': async ({ webview, page, until }) => {
      const panel = webview('editor');
      await panel.locator('#stratum').click();
      await panel.locator('#stratum vscode-option', { hasText: 'worst' }).click();
      await until('the worst only', async () => {
        const kinds = await panel.locator('.rollouts tbody tr td:nth-child(2)').allInnerTexts();
        return kinds.length > 0 && kinds.every((kind) => kind === 'worst');
      });
      assert.match(
        await panel.locator('.rollouts tbody tr').first().innerText(),
        /outcome 0 \+ reflection 0\.2 = 0\.2/,
      );
      await panel.locator('.prompt .link').first().focus();
      await page.keyboard.press('Enter');
      await panel.locator('.filters', { hasText: 'One prompt, through the steps' }).waitFor();
      const steps = (await panel.locator('.rollouts tbody tr td:first-child').allInnerTexts()).map(Number);
      assert.deepEqual(
        steps,
        [...steps].sort((a, b) => a - b),
      );
      assert.ok(steps.length > 2);
      await panel.locator('vscode-button', { hasText: 'Show all prompts' }).click();
    },

    'the rollouts of a step: by its number, from an alarm, and by a click into a chart': async (driver) => {
      const { webview, page, until } = driver;
      const panel = webview('editor');
      const steps = async () => [
        ...new Set(await panel.locator('.rollouts tbody tr td:first-child').allInnerTexts()),
      ];
      const shown = (step: string) =>
        until(`the rollouts of step ${step}`, async () => (await steps()).join() === step);
      await panel.locator('#stratum').click();
      await panel.locator('#stratum vscode-option', { hasText: 'all' }).click();
      await panel.locator('#rollout-step').fill('47');
      await page.keyboard.press('Enter');
      await shown('40');
      await panel.locator('.filters', { hasText: 'logged at step 40' }).waitFor();
      await panel.locator('.alarms .link', { hasText: 'show its rollouts' }).focus();
      await page.keyboard.press('Enter');
      await shown('180');
      await panel.locator('vscode-button', { hasText: 'All steps' }).click();
      const chart = panel.locator('.curve-card .u-over').first();
      const box = await chart.boundingBox();
      await chart.click({ position: { x: (box?.width ?? 0) / 2, y: 30 } });
      await until('about the middle', async () => ['80', '100'].includes((await steps()).join()));
      await panel.locator('vscode-button', { hasText: 'All steps' }).click();
    },

    'a rollout opens beside, and nobody is asked to save it': async ({ webview, page, palette }) => {
      const panel = webview('editor');
      await panel.locator('.completion .link', { hasText: 'whole text' }).first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.tab', { hasText: /rollout \d+, step \d+/ }).waitFor();
      await page
        .locator('.editor-instance .view-line', { hasText: /A.tank.holds/ })
        .first()
        .waitFor();
      await palette('View: Close Editor');
      await page.locator('.tab', { hasText: /rollout \d+, step \d+/ }).waitFor({ state: 'detached' });
      assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
      await panel.locator('#rollouts').waitFor();
    },

    'steps appear as they are written, also one whose line was torn': async (driver) => {
      const { webview, workspace, until } = driver;
      const file = path.join(workspace, '.reflection/runs', TRAINED, 'events.jsonl');
      const lines = [201, 202, 203].map((step) => `${JSON.stringify(trainingEvent(step))}\n`).join('');
      fs.appendFileSync(file, lines.slice(0, -20));
      const root = webview('editor').locator('[data-step]');
      await until('step 202', async () => (await root.getAttribute('data-step')) === '202');
      fs.appendFileSync(file, lines.slice(-20));
      await until('step 203', async () => (await root.getAttribute('data-step')) === '203');
    },

    'a hostile rollout is shown as text': async ({ webview, workspace }) => {
      const file = path.join(workspace, '.reflection/runs', TRAINED, 'events.jsonl');
      const rollout = {
        type: 'rollout',
        t: Date.now() / 1000,
        step: 203,
        prompt: HOSTILE,
        completion: HOSTILE + 'y'.repeat(10_000_000),
        rewards: { '<b>outcome</b>': 1 },
        advantage: 0,
        stratum: 'worst',
      };
      fs.appendFileSync(file, `${JSON.stringify(rollout)}\n`);
      const panel = webview('editor');
      const row = panel.locator('.rollouts tbody tr', { hasText: 'onerror' }).first();
      await row.waitFor();
      assert.equal(
        await panel.locator('.rollouts img, .rollouts script, .rollouts a, .rollouts b').count(),
        0,
      );
      assert.ok((await row.innerText()).length < 4000);
      // Typeset, it is formulas and text, and still no more than that.
      await row.locator('.formula.typeset').first().waitFor();
      assert.equal(await panel.locator('.rollouts img, .rollouts script, .rollouts a').count(), 0);
    },

    'both panels come back when the window is reloaded': async (driver) => {
      const { page, palette, webview, pick, until } = driver;
      await palette('Reflection: Show Rejection Sampling');
      await pick(/nano on aime-made/);
      await webview('editor').locator('.funnel').waitFor();
      const loaded = page.waitForEvent('load');
      await palette('Developer: Reload Window');
      await loaded;
      await webview('editor').locator('.funnel tbody tr').first().waitFor();
      await page.locator('.tab', { hasText: 'Training' }).click();
      await until('the dashboard', () => webview('editor').locator('.curve-card canvas').first().isVisible());
    },

    'Tab comes to every control, and numbers stand behind every chart': async (driver) => {
      const { webview, page, openContainer } = driver;
      const panel = webview('editor');
      for (const [tab, ready] of [
        ['Training', '.curve-card canvas'],
        ['Rejection Sampling', '.funnel tbody tr'],
      ] as const) {
        await page.locator('.tab', { hasText: tab }).click();
        await panel.locator(ready).first().waitFor();
        assert.deepEqual(await unreachedControls(panel, page), [], tab);
        assert.deepEqual(await chartsWithoutTable(panel), [], tab);
      }
      await openContainer('Reflection');
      const view = webview('sideBar');
      await view.locator('.run canvas').first().waitFor();
      assert.deepEqual(await unreachedControls(view, page), [], 'side bar');
      assert.deepEqual(await chartsWithoutTable(view), [], 'side bar');
    },

    'axe-core finds no serious fault in the Training view of the side bar': async (driver) => {
      const { webview, openContainer } = driver;
      await openContainer('Reflection');
      const view = webview('sideBar');
      await view.locator('.run canvas').first().waitFor();
      assert.match(await view.locator('.numbers').innerText(), /reward 0\.\d+[\s\S]*KL 0\.00/);
      await view.locator('summary', { hasText: 'Reward as a table' }).click();
      await driver.until('a table', async () => (await view.locator('.chart-table tbody tr').count()) === 20);
      const faults: string[] = [];
      for (const theme of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, theme);
        await themeOfPanel(view, theme);
        const rules = theme === 'light' ? null : ['color-contrast'];
        faults.push(...(await seriousFaults(view, rules)).map((fault) => `side bar, ${theme}: ${fault}`));
        await driver.shot(`side-bar-${theme}`);
      }
      assert.deepEqual(faults, []);
    },

    'axe-core finds no serious fault in any theme': async (driver) => {
      const { webview, shot, page, palette } = driver;
      await palette('View: Close Primary Side Bar');
      const panel = webview('editor');
      const faults: string[] = [];
      for (const [tab, name, ready] of [
        ['Training', 'dashboard', '.curve-card canvas'],
        ['Rejection Sampling', 'sampling', '.funnel tbody tr'],
      ] as const) {
        await page.locator('.tab', { hasText: tab }).click();
        await panel.locator(ready).first().waitFor();
        for (const theme of ['light', 'contrast', 'dark'] as const) {
          await chooseTheme(driver, theme);
          await themeOfPanel(panel, theme);
          const rules = theme === 'light' ? null : ['color-contrast'];
          faults.push(...(await seriousFaults(panel, rules)).map((fault) => `${name}, ${theme}: ${fault}`));
          await shot(`${name}-${theme}`);
          if (name === 'dashboard') {
            await panel
              .locator('#rollouts')
              .evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
            await shot(`${name}-rollouts-${theme}`);
            await panel.locator('main').evaluate((main) => main.scrollIntoView({ block: 'start' }));
          }
        }
      }
      assert.deepEqual(faults, []);
    },

    'a run that goes on is followed, and one whose directory is deleted is told': async (driver) => {
      const { webview, workspace } = driver;
      const dir = path.join(workspace, '.reflection/runs', SAMPLED);
      fs.appendFileSync(path.join(dir, 'events.jsonl'), `${JSON.stringify(startEvent())}\n`);
      const panel = webview('editor');
      await panel
        .locator('[role=status]', { hasText: /stalled|running/ })
        .first()
        .waitFor();
      fs.rmSync(dir, { recursive: true });
      await panel.locator('h1', { hasText: 'is not there any more' }).waitFor();
    },
  },
};
