import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { shotInThemes } from './themes.ts';

const MINUTES = 60_000;

/** A problem file as a suite of tests, the models that can try it, and a key that is typed and never shown. */
export const scenario: Scenario = {
  stepLimitMs: 6 * MINUTES,
  prepare(workspace) {
    const problems = path.join(projectRoot, 'media/problems');
    fs.copyFileSync(path.join(problems, 'demo-5.jsonl'), path.join(workspace, 'demo-5.jsonl'));
    const served = {
      engine: 'openai',
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'big',
      apiKeyEnv: 'BIG_API_KEY',
    };
    fs.writeFileSync(path.join(workspace, 'reflection.json'), JSON.stringify({ models: { served } }));
  },
  steps: {
    'the Test Explorer tries each problem, and tells which were solved': async (driver) => {
      const { palette, page, until, workspace, shot, openFile } = driver;
      await openFile('demo-5.jsonl');
      await page.locator('.codelens-decoration', { hasText: 'first-001: solve' }).waitFor();
      await palette('Testing: Focus on Test Explorer View');
      const suite = page.locator('.test-explorer .monaco-list-row', { hasText: 'demo-5.jsonl' });
      await suite.waitFor();
      await palette('Test: Run All Tests');
      await until('five solutions', () => solutions(workspace).length === 5, 3 * MINUTES);
      const rows = page.locator('.test-explorer .monaco-list-row', { hasText: /first-00\d/ });
      const decided = rows.locator('.codicon-testing-passed-icon, .codicon-testing-failed-icon');
      if ((await rows.count()) === 0) {
        await suite.click();
        await page.keyboard.press('ArrowRight');
      }
      await until('every test is decided', async () => (await decided.count()) === 5, MINUTES);
      const right = solutions(workspace).filter(({ grade }) => grade === 'correct').length;
      assert.equal(await rows.locator('.codicon-testing-passed-icon').count(), right);
      await shot('problems-1-tests');
    },

    'the file tells beside each problem how it fared': async (driver) => {
      const { openFile, page } = driver;
      await openFile('demo-5.jsonl');
      await page
        .locator('.monaco-editor .view-line', { hasText: /[✓✗]\s[01]\/1/ })
        .first()
        .waitFor();
      await shotInThemes(driver, 'problem-file');
    },

    'the language status names the model in use, and leads to another': async ({ page }) => {
      await page.locator('.statusbar-item [aria-label*="Editor Language Status"]').first().hover();
      const status = page.locator('.hover-language-status', { hasText: 'nano' });
      await status.waitFor();
      assert.match(await status.innerText(), /model for demo-5\.jsonl: 5 problems/);
      await status.locator('a', { hasText: 'Change' }).click();
      await page.locator('.quick-input-title', { hasText: 'Select Model' }).waitFor();
      await page.keyboard.press('Escape');
    },

    'cancelling a test run ends the command': async (driver) => {
      const { palette, page, until, workspace, openFile } = driver;
      fs.writeFileSync(path.join(workspace, 'many.jsonl'), manyProblems());
      await openFile('many.jsonl');
      await palette('Testing: Focus on Test Explorer View');
      await palette('Test: Refresh Tests');
      const suite = page.locator('.test-explorer .monaco-list-row', { hasText: 'many.jsonl' });
      await suite.hover();
      await suite.locator('.action-label.codicon-testing-run-icon').click();
      await until('some solutions', () => solutions(workspace).length > 8, 3 * MINUTES);
      await palette('Test: Cancel Test Run');
      await until('the run has ended as cancelled', () => ends(workspace).includes('cancelled'), 2 * MINUTES);
      assert.ok(solutions(workspace).length < 10 * 300, 'not every problem was tried');
    },

    'a key is typed once, kept by the editor, and shown nowhere': async (driver) => {
      const { palette, openContainer, answer, treeRow, workspace, shot } = driver;
      await openContainer('Reflection');
      await palette('Reflection: Focus on Models View');
      await treeRow(/served.*key is not set/).waitFor();
      await palette('Reflection: Set API Key');
      await answer('sk-very-secret', 'Key for http://127.0.0.1:9');
      await treeRow(/served.*127\.0\.0\.1/).waitFor();
      await shot('problems-3-models');
      assert.ok(!fs.readFileSync(path.join(workspace, 'reflection.json'), 'utf8').includes('sk-very'));
    },

    'the problem sets are listed with how they came out': async ({ palette, treeRow }) => {
      await palette('Reflection: Focus on Problem Sets View');
      await treeRow(/demo-5\.jsonl.*pass@1/).waitFor();
    },
  },
};

/** More than are tried before a person can cancel: the training set of the demo, ten times. */
function manyProblems(): string {
  const file = path.join(projectRoot, 'media/problems/demo-train-300.jsonl');
  const rows: { id: string; problem: string }[] = lines(file).map((line) => JSON.parse(line));
  return Array.from({ length: 10 }, (_, day) =>
    rows.map((row) => ({ ...row, id: `${row.id}-${day}`, problem: `On day ${day}: ${row.problem}` })),
  )
    .flat()
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

function runFiles(workspace: string, name: string): string[] {
  const root = path.join(workspace, '.reflection/runs');
  const runs = fs.existsSync(root) ? fs.readdirSync(root) : [];
  return runs.map((run) => path.join(root, run, name)).filter((file) => fs.existsSync(file));
}

/** Whole lines; the last one may be half written. */
function lines(file: string): string[] {
  return fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

function solutions(workspace: string): { grade: string }[] {
  return runFiles(workspace, 'solutions.jsonl').flatMap((file) =>
    lines(file).map((line) => JSON.parse(line)),
  );
}

/** How each run that is over has ended. */
function ends(workspace: string): string[] {
  return runFiles(workspace, 'events.jsonl')
    .flatMap((file) => lines(file).map((line) => JSON.parse(line)))
    .filter(({ type }) => type === 'run_end')
    .map(({ status }) => status);
}
