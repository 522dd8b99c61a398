import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { seriousFaults } from './accessibility.ts';
import { selectToo } from './selection.ts';
import { chooseTheme, themeOfPanel } from './themes.ts';

const PROBLEMS = 30;
const SAMPLES = 4;

/** AIME-like rows of another program; `right` of four samples are right. The statements are full of formulas. */
function rows(right: number, extra: (problem: number) => object = () => ({})): string {
  return Array.from({ length: PROBLEMS * SAMPLES }, (_, at) => {
    const problem = Math.floor(at / SAMPLES);
    const isRight = (at + problem) % SAMPLES < right;
    return {
      problemId: `2025-I-${problem + 1}`,
      response: `By symmetry $\\binom{${problem + 4}}{2}$ remain, so \\[ N = \\frac{${problem}}{2} \\] and \\boxed{${isRight ? 70 + problem : 7}}.`,
      answer: isRight ? 70 + problem : 7,
      ...extra(problem),
    };
  })
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

const STATEMENTS = [
  'Find the sum of all integer bases $b>9$ for which $17_b$ is a divisor of $97_b.$',
  'On $\\triangle ABC$ points $A, D, E$ lie with $AD = 4$: $$\\sqrt{\\frac{a}{b}} = \\sum_{k=1}^{n} \\binom{n}{k}$$ Find it.',
  // What a hostile row may hold: macros without end, links, sizes, and depth.
  `$\\def\\x{\\x\\x}\\x$ and $\\href{javascript:alert(1)}{x}$ and $\\rule{9999em}{9999em}$ and $${'{'.repeat(900)}x${'}'.repeat(900)}$ and $\\frac$`,
];

/** Files of another program as arms of a comparison, and the formulas of their problems. */
export const scenario: Scenario = {
  prepare(workspace) {
    fs.writeFileSync(
      path.join(workspace, 'base.jsonl'),
      rows(1, (problem) => ({ gold: 70 + problem, question: STATEMENTS[problem % STATEMENTS.length] })),
    );
    fs.writeFileSync(path.join(workspace, 'tuned.jsonl'), rows(3));
    fs.writeFileSync(path.join(workspace, 'torn.jsonl'), `${rows(2)}{"problemId": "2025-I-1", "answ`);
  },
  steps: {
    'two files of the explorer are compared from its menu': async (driver) => {
      const { page, webview } = driver;
      await chooseTheme(driver, 'dark');
      const row = (name: string) =>
        page.locator('.explorer-folders-view .monaco-list-row', { hasText: name });
      await row('base.jsonl').click();
      await page.locator('.tab.active', { hasText: 'base.jsonl' }).waitFor();
      await selectToo(driver, '.explorer-folders-view', row('tuned.jsonl'));
      await row('tuned.jsonl').click({ button: 'right' });
      // A menu that has just opened takes no click.
      const compare = page.locator('.context-view .action-label', { hasText: 'Compare Checkpoints' });
      await compare.waitFor();
      await driver.until('the menu takes the click', async () => {
        if (await compare.isVisible()) await compare.click({ timeout: 2_000 }).catch(() => undefined);
        return !(await compare.isVisible());
      });
      const panel = webview('editor');
      await panel.locator('.verdict h1', { hasText: 'tuned is better than base' }).waitFor();
      await panel.locator('main[aria-busy="false"]').waitFor();
      assert.match(
        await panel.locator('.warnings').innerText(),
        /1 difference in settings[\s\S]*not recorded/,
      );
      const metrics = await panel.locator('.metrics tbody th').allInnerTexts();
      // The file has texts but counts no tokens: nothing is made up for them.
      assert.ok(metrics.includes('pass@1') && !metrics.includes('Tokens'), metrics.join(', '));
    },

    'the problem under the cursor is typeset, and its source is a key away': async (driver) => {
      const { webview, page } = driver;
      const panel = webview('editor');
      await panel.locator('#order').click();
      await panel.locator('#order vscode-option', { hasText: 'as in the set' }).click();
      await panel.locator('.grid').focus();
      await panel
        .locator('.problem', { hasText: /2025-I-1\b/ })
        .locator('.formula.typeset')
        .nth(2)
        .waitFor();
      assert.match(await panel.locator('.problem h3').innerText(), /gold 70/);
      await page.keyboard.press('ArrowDown');
      await panel.locator('.problem .katex-display').waitFor();
      await panel.locator('.problem').evaluate((one) => one.scrollIntoView({ block: 'center' }));
      await driver.shot('compare-problem');
      await panel.locator('.problem .maths-switch').focus();
      await page.keyboard.press('Enter');
      await panel.locator('.problem-statement', { hasText: '\\triangle ABC' }).waitFor();
      await panel.locator('.problem .formula').first().waitFor({ state: 'detached' });
    },

    'what is no formula, or more than one, stays as it was written': async ({ webview, page, until }) => {
      const panel = webview('editor');
      await panel.locator('.grid').focus();
      await page.keyboard.press('ArrowDown');
      await panel.locator('.problem', { hasText: /2025-I-3\b/ }).waitFor();
      await until(
        'the readable ones are typeset',
        async () => (await panel.locator('.formula.typeset').count()) >= 2,
      );
      const words = await panel.locator('.problem-statement').innerText();
      assert.match(words, /\\def\\x\{\\x\\x\}\\x/);
      assert.match(words, /\$\\frac\$/);
      assert.equal(await panel.locator('.problem a, .problem img, .problem script').count(), 0);
      const box = await panel.locator('.problem').boundingBox();
      assert.ok(box !== null && box.height < 700, `a rule of 9999 em is ${box?.height} high`);
    },

    'a sample opens in both files, read-only': async ({ webview, page, palette }) => {
      const panel = webview('editor');
      await panel.locator('.grid').focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await page.locator('.monaco-diff-editor .view-line', { hasText: 'symmetry' }).first().waitFor();
      await page.locator('.tab.active', { hasText: 'base.jsonl ↔ tuned.jsonl' }).waitFor();
      await palette('View: Close Editor');
    },

    'a file that changes is compared anew, and one with a torn row is named': async (driver) => {
      const { webview, workspace, palette, page } = driver;
      const panel = webview('editor');
      fs.writeFileSync(path.join(workspace, 'tuned.jsonl'), rows(1));
      await panel.locator('.verdict h1', { hasText: 'Cannot tell tuned from base' }).waitFor();
      fs.copyFileSync(path.join(workspace, 'torn.jsonl'), path.join(workspace, 'tuned.jsonl'));
      await panel.locator('h1.bad', { hasText: 'not JSON' }).waitFor();
      assert.match(await panel.locator('main').innerText(), /tuned\.jsonl:121/);
      fs.writeFileSync(path.join(workspace, 'tuned.jsonl'), rows(3));
      await panel.locator('.verdict h1', { hasText: 'tuned is better' }).waitFor();
      const loaded = page.waitForEvent('load');
      await palette('Developer: Reload Window');
      await loaded;
      await panel.locator('.verdict h1', { hasText: 'tuned is better' }).waitFor();
    },

    'axe-core finds no serious fault where formulas are typeset': async (driver) => {
      const { webview, page } = driver;
      const panel = webview('editor');
      await panel.locator('.grid').focus();
      await page.keyboard.press('ArrowDown');
      await panel.locator('.problem .formula.typeset').first().waitFor();
      const faults: string[] = [];
      for (const theme of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, theme);
        await themeOfPanel(panel, theme);
        const rules = theme === 'light' ? null : ['color-contrast'];
        faults.push(...(await seriousFaults(panel, rules)).map((fault) => `${theme}: ${fault}`));
      }
      assert.deepEqual(faults, []);
    },
  },
};
