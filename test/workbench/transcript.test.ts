import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { critique, solution, writeRun } from '../vscode/runFixtures.ts';
import { chooseTheme } from './themes.ts';
import { cursorOnFinding, saidBeside } from './transcriptEditor.ts';

const TEXT = [
  'Step 1: 37*3=111. The answer is 111.',
  'Step 2: 111+47=158. The answer is 158.',
  'Wait, let me double-check. The answer is 158.',
  'Wait, 111+37=148. The answer is 148.',
  'The answer is \\boxed{148}.',
].join('\n');

/** What a reader sees of a transcript that no API tells: words beside the lines, and the colour of the bars. */
export const scenario: Scenario = {
  prepare(workspace) {
    const reflecting = solution('tank', 0, 'correct', TEXT);
    writeRun(workspace, {
      kind: 'critique',
      id: '20260101-100000-critique',
      solutions: [reflecting, solution('tank', 1)],
      critiques: [critique(reflecting, 0)],
    });
  },
  steps: {
    'each reflection says in words what it did': async (driver) => {
      const { palette, picks, page, until } = driver;
      await palette('Reflection: Open Transcript');
      await picks()
        .filter({ hasText: /critique/ })
        .first()
        .click();
      await picks().filter({ hasText: 'tank#0' }).first().click();
      await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
      for (const words of ['↺ i→i superficial', '↺ i→c'])
        await until(words, async () => (await saidBeside(driver)).some((said) => said.includes(words)));
    },

    'the finding at the cursor is told at the end of its line, and only that one': async (driver) => {
      const { page } = driver;
      const tells = async () => (await saidBeside(driver)).filter((said) => said.includes('Check 2')).length;
      assert.equal(await tells(), 0);
      await page.locator('.monaco-editor .view-lines').first().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('F8');
      await cursorOnFinding(driver, 'tank#0', 'Check 2');
      assert.equal(await tells(), 1);
    },

    'links above it lead to the neighbours': async ({ page }) => {
      await page.locator('.codelens-decoration a', { hasText: 'tank#1' }).click();
      await page.locator('.tab.active', { hasText: 'tank#1' }).waitFor();
      await page.locator('.codelens-decoration a', { hasText: 'tank#0' }).click();
      await page.locator('.tab.active', { hasText: 'tank#0' }).waitFor();
    },

    'the bars have a colour in every theme, and an opaque one': async (driver) => {
      for (const theme of ['light', 'contrast', 'dark'] as const) {
        await chooseTheme(driver, theme);
        for (const name of ['charts-green', 'charts-red', 'charts-blue', 'charts-yellow']) {
          const colour = await themeColour(driver.page, name);
          assert.match(colour, /^(?:#[0-9a-f]{6}|rgb\([\d, ]+\))$/i, `${name} in ${theme}: ${colour}`);
        }
        await driver.shot(`transcript-${theme}`);
      }
    },
  },
};

async function themeColour(page: Page, name: string): Promise<string> {
  return z
    .string()
    .parse(
      await page.evaluate(
        `getComputedStyle(document.querySelector('.monaco-workbench')).getPropertyValue('--vscode-${name}').trim()`,
      ),
    );
}
