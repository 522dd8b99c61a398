import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import { findRecipe } from '../../src/core/recipes/index.ts';
import type { ScftRecord } from '../../src/core/schema/dataset.ts';
import type { RunEvent } from '../../src/core/schema/event.ts';
import { isAlive } from '../process/isAlive.ts';
import { extensionHost } from './hostProcess.ts';
import { eventsOf } from './runsOnDisk.ts';

const MINUTES = 100_000; // less than a step of a scenario may take

/** A training that takes longer than what happens to its window: closed terminal, reload, stop, resume. */
export const scenario: Scenario = {
  stepLimitMs: 5 * MINUTES,
  prepare(workspace) {
    const records = Array.from({ length: 8 }, (_, at) => record(at));
    fs.writeFileSync(
      path.join(workspace, 'data.jsonl'),
      records.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
    // More steps than a fast machine makes while all of this happens; the last one is never waited for.
    const slow = { epochs: 30_000, batchSize: 8, microBatchSize: 8, heartbeatSeconds: 1 };
    const recipe = { ...findRecipe('scft-nano')?.config, ...slow };
    fs.writeFileSync(path.join(workspace, 'slow.json'), JSON.stringify(recipe));
    const task = {
      type: 'reflection',
      label: 'slow training',
      recipe: 'slow.json',
      data: 'data.jsonl',
      model: 'nano',
    };
    fs.mkdirSync(path.join(workspace, '.vscode'));
    fs.writeFileSync(
      path.join(workspace, '.vscode/tasks.json'),
      JSON.stringify({
        version: '2.0.0',
        tasks: [{ ...task, runDir: '.reflection/runs/20260101-000000-train-slow' }],
      }),
    );
  },
  steps: {
    'a task of tasks.json trains in the terminal, and the side bar follows': async (driver) => {
      const { palette, picks, openContainer, until, page } = driver;
      const offered = picks().filter({ hasText: /slow training/ });
      // A window that has only just opened may close the list of tasks again.
      await until('the task is chosen', async () => {
        await palette('Tasks: Run Task');
        return await offered
          .first()
          .click({ timeout: 10_000 })
          .then(
            () => true,
            () => false,
          );
      });
      await page.locator('.terminal-wrapper').first().waitFor();
      await openContainer('Reflection');
      await until('a first step', async () => (await shownStep(driver)) > 0, 2 * MINUTES);
      await driver.shot('training-1-running');
    },

    'closing the terminal leaves the trainer running': async (driver) => {
      const { palette, page, until } = driver;
      await palette('Terminal: Kill the Active Terminal Instance');
      await page.locator('.terminal-wrapper').first().waitFor({ state: 'detached' });
      const step = await shownStep(driver);
      await until('a later step', async () => (await shownStep(driver)) > step + 1, MINUTES);
      await until('it is shown as running', async () => (await shownState(driver)) === 'running');
    },

    'a reloaded window finds the run again': async (driver) => {
      const { palette, page, openContainer, until } = driver;
      const before = await shownStep(driver);
      const loaded = page.waitForEvent('load');
      await palette('Developer: Reload Window');
      await loaded;
      await openContainer('Reflection');
      await until('a later step', async () => (await shownStep(driver)) > before, MINUTES);
      await until('it is shown as running', async () => (await shownState(driver)) === 'running');
      assert.equal(starts(driver).length, 1, 'it is the same process');
    },

    'a killed extension host leaves the trainer running, and the next one finds it': async (driver) => {
      const { until, openContainer, statusBar, palette, page } = driver;
      const before = await shownStep(driver);
      const host = extensionHost(driver.workspace);
      if (host === null) return; // only Linux tells which processes belong to this window
      process.kill(host, 'SIGKILL');
      await until('the extension host is gone', () => extensionHost(driver.workspace) !== host, MINUTES);
      // VS Code starts another one by itself, but not for an extension under development.
      const isLater = async () => (await shownStep(driver)) > before + 1;
      await until(
        'a later step',
        async () => {
          const loaded = page.waitForEvent('load');
          await palette('Developer: Reload Window');
          await loaded;
          await openContainer('Reflection');
          // The browser sometimes keeps the panel's frame to itself after this: then once more.
          return await within(until('a step', isLater, MINUTES), MINUTES);
        },
        3 * MINUTES,
      );
      await statusBar(/%/).waitFor();
      assert.equal(starts(driver).length, 1, 'it is the same process');
    },

    'stopping saves a checkpoint and ends the process': async (driver) => {
      const { until, workspace } = driver;
      await run(driver).locator('vscode-button', { hasText: 'Stop' }).click();
      await until(
        'the run is stopped',
        async () => ['cancelled', 'interrupted'].includes(await shownState(driver)),
        MINUTES,
      );
      const checkpoints = fs.readdirSync(path.join(directory(workspace), 'checkpoints'));
      assert.equal(checkpoints.length, 1);
      const [start] = starts(driver);
      assert.ok(start);
      await until('the process is gone', () => !isAlive(start.pid));
      await driver.shot('training-2-stopped');
    },

    'resuming goes on from the checkpoint': async (driver) => {
      const { until } = driver;
      const stoppedAt = await shownStep(driver);
      await run(driver).locator('vscode-button', { hasText: 'Resume' }).click();
      await until(
        'a step after the checkpoint',
        async () => (await shownStep(driver)) > stoppedAt,
        2 * MINUTES,
      );
      const [, second] = starts(driver);
      assert.match(second?.resumedFrom ?? '', /^step-\d+$/);
    },

    'a killed trainer is told, not waited for': async (driver) => {
      const last = starts(driver).at(-1);
      assert.ok(last);
      process.kill(last.pid, 'SIGKILL');
      await driver.until('the run is lost', async () => (await shownState(driver)) === 'lost', MINUTES);
      assert.match(
        await run(driver).locator('.detail').innerText(),
        /Its process is gone\. Resuming goes on from step \d+/,
      );
      await driver.shot('training-3-lost');
    },
  },
};

function record(at: number): ScftRecord {
  const [a, b] = [11 + at, 5 + at];
  const question = `A box holds ${a} beads. Then ${b} more are added. How many beads are there now?`;
  const solution = `Step 1: ${a}+${b}=${a + b + 10}.\nThe answer is ${a + b + 10}.`;
  return {
    id: `made-${at}`,
    q: question,
    gold: String(a + b),
    y: solution,
    yAnswer: String(a + b + 10),
    yCorrect: 0,
    c: `Check 1: ${a}+${b}=${a + b}, the solution has ${a + b + 10}. Wrong.\nTherefore, the answer is incorrect. \\boxed{${a + b}}`,
    cAnswer: String(a + b),
    cCorrect: 1,
    type: 'i2c',
    prompt: `Please critique whether the following solution to the question is correct. Question: ${question} Solution: ${solution}`,
    system: null,
    tokensY: 20,
    tokensC: 40,
    gen: {
      run: 'made',
      model: 'made',
      modelSha256: null,
      solutionId: `made#${at}`,
      critiqueId: `made#${at}/0`,
      seed: 0,
    },
    review: 'none',
  };
}

/** Whether it comes to its end in time; a call into a frame can hang. */
async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const done = work.then(
    () => true,
    () => false,
  );
  return await Promise.race([done, delay(limitMs, false, { ref: false })]);
}

function run({ webview }: Driver): Locator {
  return webview('sideBar').locator('.run').first();
}

async function shownStep(driver: Driver): Promise<number> {
  const row = run(driver);
  return (await row.count()) === 0 ? 0 : Number((await row.getAttribute('data-step')) ?? 0);
}

async function shownState(driver: Driver): Promise<string> {
  const row = run(driver);
  if ((await row.count()) === 0) return '';
  return (await row.locator('.state').innerText()).replace(/^\W+/, '').trim();
}

function directory(workspace: string): string {
  return path.join(workspace, '.reflection/runs/20260101-000000-train-slow');
}

/** Each start of a trainer that the run's events tell of. */
function starts({ workspace }: Driver): Extract<RunEvent, { type: 'run_start' }>[] {
  return eventsOf(directory(workspace), 'run_start');
}
