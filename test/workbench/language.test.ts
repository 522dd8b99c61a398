import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { z } from 'zod';
import type { Scenario } from '../../scripts/host/scenario.ts';
import {
  levelled,
  writeCritiques,
  writeEvaluations,
  writeSamplingRun,
  writeTrainingRun,
} from './panelRuns.ts';

const MODELS = ['nano', 's2r-nano'];

/** Panels in a language of brackets: what stands without them is data, or a term that the core has words for. */
export const scenario: Scenario = {
  pseudoLanguage: true,
  prepare(workspace) {
    const problems = levelled(10);
    writeEvaluations(workspace, { problems, samples: 8, models: MODELS });
    writeCritiques(workspace, problems);
    writeSamplingRun(workspace);
    writeTrainingRun(workspace, 60);
  },
  steps: {
    'the comparison is translated before it is drawn, and says which language it is in': async (driver) => {
      const { palette, pickMany, webview, page } = driver;
      await palette('Reflection: Compare Checkpoints');
      await pickMany(MODELS.map((model) => new RegExp(`^\\[?${model} on aime-made.*evaluate`)));
      const panel = webview('editor');
      await panel.locator('main[aria-busy="false"] .levels').waitFor();
      assert.equal(await panel.locator('html').getAttribute('lang'), 'qps-ploc');
      await panel.locator('summary', { hasText: '[Problems as a table]' }).click();
      await panel.locator('vscode-button', { hasText: /\[Show all \d+ settings\]/ }).click();
      await panel.locator('.grid').focus();
      await page.keyboard.press('ArrowDown');
      await panel
        .locator('#grid-keys', { hasText: /\[aime-\d+, sample 0: .*Enter opens both\.\]/ })
        .waitFor();
      assert.deepEqual(await inEnglish(panel), []);
    },

    'so are the critiques of a comparison': async ({ palette, pickMany, webview }) => {
      await palette('View: Close All Editors');
      await palette('Reflection: Compare Checkpoints');
      await pickMany([/^\[?nano critiques/, /^\[?scft-nano critiques/]);
      const panel = webview('editor');
      await panel.locator('.matrix .cell', { hasText: 'i→c' }).first().click();
      await panel.locator('.cell-rows li').first().waitFor();
      await panel.locator('main[aria-busy="false"]').waitFor();
      assert.deepEqual(await inEnglish(panel), []);
    },

    'so is the rejection sampling': async ({ palette, pick, webview }) => {
      await palette('View: Close All Editors');
      await palette('Reflection: Show Rejection Sampling');
      await pick(/nano on aime-made/);
      const panel = webview('editor');
      await panel.locator('.funnel .link').first().click();
      await panel.locator('.dropped li').first().waitFor();
      await panel.locator('button', { hasText: /\[Show the \d+ filters/ }).click();
      assert.deepEqual(await inEnglish(panel), []);
    },

    'so are the dashboard and the training view': async ({ palette, pick, webview, openContainer }) => {
      await palette('View: Close All Editors');
      await palette('Reflection: Show Training Dashboard');
      await pick(/rlerr nano/);
      const panel = webview('editor');
      await panel.locator('#rollouts').waitFor();
      assert.deepEqual(await inEnglish(panel), []);
      await openContainer('Reflection');
      const view = webview('sideBar');
      await view.locator('.run canvas').first().waitFor();
      assert.deepEqual(await inEnglish(view), []);
    },
  },
};

/** Places of what models and people wrote, and of what the core has words for in every language. */
const DATA = [
  ...['[role=rowheader]', '.problem-statement', '.example', '.prompt > div', '.completion > div', '.log'],
  ...['.verdict p', '.warnings li', '.metrics tbody', '.configuration tbody'],
  ...['.funnel tbody', '.dropped .detail', '.run .numbers', '.run .detail', '.alarms li'],
  ...['.curve-group h2', '.curve-name', '.curve-card summary span', '.rollouts td:nth-child(3)'],
].join();

/** Names, which every language shares: of runs, models, problems, formats, states and groups of curves. */
const SHARED = new RegExp(
  [
    '^(?:(?:nano|s2r|scft|rlerr|critiques|aime-made|on|done|running|stalled|lost|reward|[ ,·-])+',
    'aime-[0-9#/]+|[0-9]{8}-[0-9]{6}-train|Markdown|LaTeX|CSV|pass@[0-9]',
    'Reward|Loss|Reflection|Length|Drift|Optimiser)$',
  ].join('|'),
);

/** What a panel draws or has read aloud outside brackets. */
async function inEnglish(panel: FrameLocator): Promise<string[]> {
  const main = await panel.locator('main').elementHandle();
  const frame = await main?.ownerFrame();
  const found = z.array(z.string()).parse(await frame?.evaluate(TEXTS));
  const outside = found.map(withoutBrackets).filter((text) => /[A-Za-z]{2,}/.test(text));
  return [...new Set(outside)].filter((text) => !SHARED.test(text));
}

/** A text in brackets may have others in it. */
function withoutBrackets(text: string): string {
  const outer = text.replace(/\[[^[\]]*\]/g, '').trim();
  return outer === text ? text : withoutBrackets(outer);
}

// Text rather than a function: it runs in the page, and this project's types know no DOM outside webview/.
const TEXTS = `{
  const main = document.querySelector('main');
  const data = '${DATA}';
  const found = [];
  const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    if (!texts.currentNode.parentElement.closest(data)) found.push(texts.currentNode.data.trim());
  }
  for (const element of main.querySelectorAll('[aria-label], [title], [placeholder]')) {
    if (element.closest(data)) continue;
    for (const name of ['aria-label', 'title', 'placeholder']) found.push(element.getAttribute(name) ?? '');
  }
  found;
}`;
