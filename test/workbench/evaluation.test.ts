import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Driver } from '../../scripts/host/driver.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { isAlive } from '../process/isAlive.ts';
import { extensionHost } from './hostProcess.ts';
import { type PatientServer, startPatientServer } from './modelServer.ts';
import { eventsOf, linesOf, MANY, manyProblems, runDirectories } from './runsOnDisk.ts';

const MINUTES = 60_000;
let server: PatientServer;

/** A model at work for longer than what happens to its window: reload, a dead extension host, an end that nobody saw. */
export const scenario: Scenario = {
  stepLimitMs: 5 * MINUTES,
  // The server below answers in one piece.
  settings: { 'reflection.liveText': false },
  async prepare(workspace) {
    fs.writeFileSync(path.join(workspace, 'many.jsonl'), manyProblems());
    const two = ['a', 'b'].map((id) => ({ id, problem: `${id}: what is 7 * 10?`, answer: '70' }));
    fs.writeFileSync(
      path.join(workspace, 'two.jsonl'),
      two.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
    server = await startPatientServer('The answer is \\boxed{70}.');
    const served = { engine: 'openai', baseUrl: server.baseUrl, model: 'patient' };
    fs.writeFileSync(path.join(workspace, 'reflection.json'), JSON.stringify({ models: { served } }));
  },
  steps: {
    'an evaluation is counted where it was started': async (driver) => {
      await evaluate(driver, 'many.jsonl', 'nano', SAMPLES);
      await counted(driver);
    },

    'a reloaded window counts on': async (driver) => {
      await reload(driver);
      await counted(driver);
      await driver.statusBar(/nano on many/).waitFor();
      await more(driver);
      assert.equal(eventsOf(newest(driver), 'run_start').length, 1, 'it is the same process');
      assert.equal(eventsOf(newest(driver), 'run_end').length, 0, 'and nobody has stopped it');
      await driver.shot('evaluation-1-reloaded');
    },

    'so does the window after a killed extension host': async (driver) => {
      if (!(await killHost(driver))) return;
      await reload(driver);
      await counted(driver);
      await more(driver);
      assert.equal(eventsOf(newest(driver), 'run_start').length, 1, 'it is the same process');
    },

    'the notification of that window stops it, and offers to go on': async (driver) => {
      const { pid } = lastStart(driver);
      await driver.toastButton(COUNT, 'Cancel');
      await message(driver, STOPPED).waitFor({ timeout: MINUTES });
      await driver.until('the process is gone', () => !isAlive(pid));
      const before = samples(driver);
      assert.ok(before < MANY * SAMPLES);
      await driver.shot('evaluation-2-stopped');
      await driver.toastButton(STOPPED, 'Resume');
      await driver.until('more samples', () => samples(driver) > before, MINUTES);
      assert.equal(eventsOf(newest(driver), 'run_start').length, 2);
    },

    'a run that died while nobody looked is told, and goes on with one click': async (driver) => {
      if (!(await killHost(driver))) return;
      const { pid } = lastStart(driver);
      process.kill(pid, 'SIGKILL');
      await driver.until('the process is gone', () => !isAlive(pid));
      const before = samples(driver);
      await reload(driver);
      await message(driver, /nano on many: its process is gone \(\d+\/\d+ solutions/).waitFor({
        timeout: MINUTES,
      });
      await driver.shot('evaluation-3-lost');
      await driver.toastButton(/its process is gone/, 'Resume');
      await driver.until('more samples', () => samples(driver) > before, MINUTES);
      assert.equal(eventsOf(newest(driver), 'run_start').length, 3);
      await stop(driver, STOPPED);
    },

    'what has been told is not told again': async (driver) => {
      await reload(driver);
      await driver.openContainer('Reflection');
      await driver.treeRow(/nano.*\d+\/\d+ solutions/).waitFor();
      assert.equal(await message(driver, /nano on many|Stopped/).count(), 0);
    },

    'a run that ends after the reload tells its number and what comes next': async (driver) => {
      await evaluate(driver, 'two.jsonl', 'served', 1);
      await driver.until('the server is asked', () => server.requests() > 0, MINUTES);
      await reload(driver);
      await message(driver, WAITING).waitFor({ timeout: MINUTES });
      server.answer();
      await message(driver, ALL_RIGHT).waitFor({ timeout: MINUTES });
      await driver.toastButton(ALL_RIGHT, 'Open Transcript');
      await driver.picks().first().waitFor();
      await driver.page.keyboard.press('Escape');
      await driver.clearToasts();
    },

    'a test run goes on without its window, too': async (driver) => {
      server.think();
      const asked = server.requests();
      const { palette, page, openFile } = driver;
      await openFile('two.jsonl');
      await palette('Testing: Focus on Test Explorer View');
      const suite = page.locator('.test-explorer .monaco-list-row', { hasText: 'two.jsonl' });
      await suite.hover();
      await suite.locator('.action-label.codicon-testing-run-icon').click();
      await driver.until('the server is asked', () => server.requests() > asked, MINUTES);
      await reload(driver);
      await message(driver, WAITING).waitFor({ timeout: MINUTES });
      server.answer();
      await message(driver, ALL_RIGHT).waitFor({ timeout: MINUTES });
      await driver.clearToasts();
    },

    'and so does rejection sampling': async (driver) => {
      const { palette, pick, answer } = driver;
      await palette('Reflection: Rejection-Sample Critiques');
      await pick('many.jsonl');
      await pick('nano');
      await answer('1000', 'Records wanted');
      await counted(driver);
      await reload(driver);
      await counted(driver);
      await more(driver);
      assert.equal(eventsOf(newest(driver), 'run_start').length, 1, 'it is the same process');
      await stop(driver, /Stopped: finished samples are kept/);
    },
  },
};

const COUNT = /\d+ of \d+ (solutions|critiques)/;
const STOPPED = /Stopped after \d+ of \d+ solutions/;
const WAITING = /served on two: (loading the model|0 of 2 solutions)/;
const ALL_RIGHT = /served on two: pass@1 100/;
/** Of each problem: more than any machine makes while its window comes back. */
const SAMPLES = 64;

async function evaluate(
  { palette, pick, answer }: Driver,
  file: string,
  model: string,
  n: number,
): Promise<void> {
  await palette('Reflection: Evaluate Problem File');
  await pick(file);
  await pick(model);
  await answer(String(n), 'Solutions for each problem');
}

/** The notification of the run says how far it is. */
async function counted(driver: Driver): Promise<void> {
  await message(driver, COUNT).waitFor({ timeout: MINUTES });
}

function message({ page }: Driver, text: RegExp) {
  return page
    .locator('.notifications-toasts .notification-list-item-message')
    .filter({ hasText: text })
    .first();
}

async function reload({ page, palette }: Driver): Promise<void> {
  const loaded = page.waitForEvent('load');
  await palette('Developer: Reload Window');
  await loaded;
}

/** False where it cannot be told which process belongs to this window. */
async function killHost({ workspace, until }: Driver): Promise<boolean> {
  const host = extensionHost(workspace);
  if (host === null) return false;
  process.kill(host, 'SIGKILL');
  await until('the extension host is gone', () => extensionHost(workspace) !== host, MINUTES);
  return true;
}

async function stop(driver: Driver, told: RegExp): Promise<void> {
  const { pid } = lastStart(driver);
  await driver.toastButton(COUNT, 'Cancel');
  await message(driver, told).waitFor({ timeout: MINUTES });
  await driver.until('the process is gone', () => !isAlive(pid));
  await driver.clearToasts();
}

function newest({ workspace }: Driver): string {
  const dir = runDirectories(workspace).at(-1);
  assert.ok(dir);
  return dir;
}

function lastStart(driver: Driver): { pid: number } {
  const start = eventsOf(newest(driver), 'run_start').at(-1);
  assert.ok(start);
  return start;
}

/** Solutions and critiques of the newest run. */
function samples(driver: Driver): number {
  const files = ['solutions.jsonl', 'critiques.jsonl'];
  return files.reduce((sum, file) => sum + linesOf(newest(driver), file).length, 0);
}

async function more(driver: Driver): Promise<void> {
  const before = samples(driver);
  await driver.until('more samples', () => samples(driver) > before, MINUTES);
}
