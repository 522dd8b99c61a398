import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Driver } from '../../scripts/host/driver.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import type { Critique } from '../../src/core/schema/lines.ts';
import { menu } from './contextMenu.ts';
import { eventsOf, linesOf, MANY, manyProblems, runDirectories, solutionsIn } from './runsOnDisk.ts';
import { shotInThemes } from './themes.ts';

const MINUTES = 60_000;

/** A problem file as a suite of tests, the models that can try it, and a key that is typed and never shown. */
export const scenario: Scenario = {
  stepLimitMs: 6 * MINUTES,
  // What the embedded model says of a right solution is that its steps are right.
  settings: { 'reflection.findings.confirmed': true },
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
      await until('five solutions', () => solutionsIn(workspace).length === 5, 3 * MINUTES);
      const rows = page.locator('.test-explorer .monaco-list-row', { hasText: /first-00\d/ });
      const decided = rows.locator('.codicon-testing-passed-icon, .codicon-testing-failed-icon');
      await until('the suite is open', async () => {
        if ((await suite.getAttribute('aria-expanded')) !== 'true') {
          await suite.click();
          await page.keyboard.press('ArrowRight');
        }
        return (await rows.count()) > 0;
      });
      await until('every test is decided', async () => (await decided.count()) === 5, MINUTES);
      const right = solutionsIn(workspace).filter(({ grade }) => grade === 'correct').length;
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
      await until('some solutions', () => solutionsIn(workspace).length > 8, 3 * MINUTES);
      await page.locator(CANCEL).filter({ visible: true }).first().click();
      await until('the run has ended as cancelled', () => ends(workspace).includes('cancelled'), 2 * MINUTES);
      assert.ok(solutionsIn(workspace).length < MANY, 'not every problem was tried');
    },

    'the critique profile tries the worked solutions, and the others are skipped': async (driver) => {
      const { openFile, until, workspace, page, shot } = driver;
      fs.writeFileSync(
        path.join(workspace, 'worked.jsonl'),
        WORKED.map((row) => `${JSON.stringify(row)}\n`).join(''),
      );
      await openFile('worked.jsonl');
      await critiqueProfile(driver, 'worked.jsonl');
      const found = () =>
        runDirectories(workspace).flatMap((dir) => linesOf<Critique>(dir, 'critiques.jsonl'));
      await until(
        'a critique of each worked solution',
        () => found().length === WORKED.length - 1,
        3 * MINUTES,
      );
      const row = (id: string) => page.locator('.test-explorer .monaco-list-row', { hasText: id });
      if (!(await row('worked-0').isVisible())) {
        await page.locator('.test-explorer .monaco-list-row', { hasText: 'worked.jsonl' }).click();
        await page.keyboard.press('ArrowRight');
      }
      for (const { problemId, grade } of found()) {
        const icon = grade === 'correct' ? 'passed' : grade === 'incorrect' ? 'failed' : 'errored';
        await row(problemId).locator(`.codicon-testing-${icon}-icon`).waitFor();
      }
      await row('unsolved').locator('.codicon-testing-skipped-icon').waitFor();
      await shot('problems-2-critiques');
    },

    'what it finds stands on the solution of a problem document': async (driver) => {
      const { openFile, until, workspace, problem, page } = driver;
      const { id, problem: statement, answer, solution } = WORKED[0];
      fs.writeFileSync(
        path.join(workspace, 'one.problem.md'),
        `---\nid: ${id}\nanswer: ${answer}\n---\n\n## Problem\n\n${statement}\n\n## Solution\n\n${solution}\n`,
      );
      // Their doubtful rows would fill the Problems view.
      await driver.palette('View: Close All Editors');
      await openFile('one.problem.md');
      await critiqueProfile(driver, 'one.problem.md');
      const run = await until('its run is over', () => {
        const dir = runDirectories(workspace).at(-1) ?? '';
        return dir.includes('one') && eventsOf(dir, 'run_end').length > 0 ? dir : undefined;
      });
      const findings = linesOf<Critique>(run, 'critiques.jsonl').flatMap((critique) => critique.findings);
      assert.ok(findings.length > 0, 'the model says something of a step');
      for (const { message } of findings) await problem(message);
      await page.locator('.monaco-editor .squiggly-info, .monaco-editor .squiggly-warning').first().waitFor();
    },

    'cancelling it ends the command, too': async (driver) => {
      const { openFile, until, workspace, page } = driver;
      const [{ solution }] = WORKED;
      fs.writeFileSync(path.join(workspace, 'many-worked.jsonl'), manyProblems({ solution }));
      await openFile('many-worked.jsonl');
      await critiqueProfile(driver, 'many-worked.jsonl');
      const run = await until(
        'some critiques',
        () => {
          const dir = runDirectories(workspace).at(-1) ?? '';
          return linesOf(dir, 'critiques.jsonl').length > 8 ? dir : undefined;
        },
        3 * MINUTES,
      );
      await page.locator(CANCEL).filter({ visible: true }).first().click();
      await until(
        'it has ended as cancelled',
        () => eventsOf(run, 'run_end')[0]?.status === 'cancelled',
        2 * MINUTES,
      );
      assert.ok(linesOf(run, 'critiques.jsonl').length < MANY, 'not every solution was tried');
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

/** Solutions as the embedded model writes them, so that it knows what to say: right, right, wrong, none. */
const WORKED = [
  {
    id: 'worked-0',
    problem:
      'A club has 29 members. Next, 12 are lost. After that the number falls by 10. Then the number is tripled. How many members are there now?',
    answer: '21',
    solution:
      '<think>\nStep 1: 29-12=17.\nStep 2: 17-10=7.\nStep 3: 7*3=21.\nThe answer is 21.\n</think>\n\\boxed{21}',
  },
  {
    id: 'worked-1',
    problem:
      'A box contains 30 beads. Next, 29 are lost. Next, the number becomes three times as large. Then 19 more are added. How many beads are there now?',
    answer: '22',
    solution:
      '<think>\nStep 1: 30-29=1.\nStep 2: 1*3=3.\nStep 3: 3+19=22.\nThe answer is 22.\n</think>\n\\boxed{22}',
  },
  {
    id: 'worked-2',
    problem:
      'A library holds 29 books. After that the number grows by 9. Then the number is tripled. What is the number of books at the end?',
    answer: '114',
    solution: '<think>\nStep 1: 29+9=28.\nStep 2: 28*3=84.\nThe answer is 84.\n</think>\n\\boxed{84}',
  },
  {
    id: 'unsolved',
    problem: 'A box holds 11 beads. Then 5 more are added. How many are there now?',
    answer: '16',
  },
] as const;

const CANCEL = '.sidebar .action-label[aria-label^="Cancel Test Run"]';

async function critiqueProfile(driver: Driver, file: string): Promise<void> {
  const { palette, page, pick } = driver;
  await palette('Testing: Focus on Test Explorer View');
  await palette('Test: Refresh Tests');
  const suite = page.locator('.test-explorer .monaco-list-row', { hasText: file });
  await menu(driver, suite, 'Execute Using Profile...');
  await pick('Critique worked solutions');
}

/** How each run that is over has ended. */
function ends(workspace: string): string[] {
  return runDirectories(workspace).flatMap((dir) => eventsOf(dir, 'run_end').map(({ status }) => status));
}
