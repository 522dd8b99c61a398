import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';
import { activations } from '../../scripts/host/hostLogs.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { menu } from './contextMenu.ts';
import { linesOf, runDirectories } from './runsOnDisk.ts';
import { selectToo } from './selection.ts';

const MINUTES = 60_000;

const PROBLEMS = [
  {
    id: 'beads',
    problem: 'A box holds 14 beads. Then 8 more are added. How many are there now?',
    answer: '22',
  },
  { id: 'hens', problem: 'A farm keeps 14 hens. Then 7 are lost. How many are left?', answer: '7' },
];

/** Folders with nothing in them that wakes the extension: what can be done with their files is in the explorer all the same. */
export const scenario: Scenario = {
  stepLimitMs: 4 * MINUTES,
  prepare(workspace) {
    const file = (name: string) => path.join(workspace, name);
    fs.writeFileSync(file('exam.json'), JSON.stringify(PROBLEMS));
    fs.writeFileSync(file('package.json'), '{}');
    const csv = PROBLEMS.map(({ id, problem, answer }) => `${id},${problem},${answer}\n`).join('');
    fs.writeFileSync(file('exam.csv'), `id,problem,answer\n${csv}`);
    const fixtures = path.join(projectRoot, 'test/fixtures/problems');
    fs.copyFileSync(path.join(fixtures, 'aime-int64.snappy.parquet'), file('aime.parquet'));
    for (const [name, isRight] of [
      ['before.json', false],
      ['after.json', true],
    ] as const) {
      const rows = PROBLEMS.map(({ id, answer }) => ({
        problemId: id,
        answer: isRight ? answer : '0',
        gold: answer,
      }));
      fs.writeFileSync(file(name), JSON.stringify(rows));
    }
  },
  steps: {
    'nothing has woken the extension': async (driver) => {
      await row(driver, 'exam.csv').waitFor();
      assert.deepEqual(woken(driver), []);
    },

    'a CSV file that is opened has a line above each problem': async (driver) => {
      await driver.openFile('exam.csv');
      await driver.page.locator('.codelens-decoration', { hasText: 'beads: solve' }).waitFor();
      await wokenAgain(driver, 0, 'onLanguage:csv');
      await driver.palette('View: Close All Editors');
    },

    'a JSON file is evaluated from the explorer': async (driver) => {
      await cold(driver);
      await menu(driver, row(driver, 'exam.json'), 'Evaluate Problem File', 'Reflection');
      await evaluated(driver, 'exam.json');
      await wokenAgain(driver, 1, 'onCommand:reflection.evaluate');
    },

    'a file that is known to be something else is left alone': async (driver) => {
      await row(driver, 'package.json').click({ button: 'right' });
      const entries = driver.page.locator('.context-view .action-label');
      await entries.filter({ hasText: 'Rename' }).waitFor();
      assert.equal(await entries.filter({ hasText: /^Reflection$|Evaluate Problem File/ }).count(), 0);
      await driver.page.keyboard.press('Escape');
    },

    'a Parquet file is evaluated from the explorer': async (driver) => {
      await cold(driver);
      await menu(driver, row(driver, 'aime.parquet'), 'Evaluate Problem File');
      await evaluated(driver, 'aime.parquet');
      await wokenAgain(driver, 2, 'onCommand:reflection.evaluate');
    },

    'two JSON files of results are compared from the explorer': async (driver) => {
      await cold(driver);
      await row(driver, 'before.json').click();
      await driver.page.locator('.tab.active', { hasText: 'before.json' }).waitFor();
      await selectToo(driver, EXPLORER, row(driver, 'after.json'));
      await menu(driver, row(driver, 'after.json'), 'Compare Checkpoints', 'Reflection');
      await driver
        .webview('editor')
        .locator('.verdict h1', { hasText: 'after' })
        .waitFor({ timeout: MINUTES });
      await wokenAgain(driver, 3, 'onCommand:reflection.compare');
    },
  },
};

const EXPLORER = '.explorer-folders-view';

function row({ page }: Driver, name: string): Locator {
  return page.locator(`${EXPLORER} .monaco-list-row`, { hasText: name });
}

/** What has woken the extension, in each life of the window. */
function woken({ workspace }: Driver): string[] {
  return activations(path.join(path.dirname(workspace), 'user'), 'reflection-workbench.reflection-workbench');
}

/** What has woken it in its newest life; the host's log may be a moment behind. */
async function wokenAgain(driver: Driver, before: number, by: string): Promise<void> {
  await driver.until(`it is woken by ${by}`, () => woken(driver).length > before);
  assert.deepEqual(woken(driver).slice(before), [by]);
}

/** A window without the runs of earlier steps, which would wake the extension. */
async function cold(driver: Driver): Promise<void> {
  fs.rmSync(path.join(driver.workspace, '.reflection'), { recursive: true, force: true });
  const loaded = driver.page.waitForEvent('load');
  await driver.palette('Developer: Reload Window');
  await loaded;
  await row(driver, 'exam.json').waitFor();
}

async function evaluated(driver: Driver, name: string): Promise<void> {
  const { pick, answer, until, workspace, toast } = driver;
  await pick('nano');
  await answer('1', 'Solutions for each problem');
  const solved = () => {
    const [run] = runDirectories(workspace);
    return run !== undefined && linesOf(run, 'solutions.jsonl').length > 0;
  };
  await until(`solutions of ${name}`, solved, 3 * MINUTES);
  await toast(/pass@1/);
  await driver.clearToasts();
}
