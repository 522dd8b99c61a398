import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Driver } from '../../scripts/host/driver.ts';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { Scenario } from '../../scripts/host/scenario.ts';
import type { DatasetMeta } from '../../src/core/schema/dataset.ts';
import type { RunManifest } from '../../src/core/schema/run.ts';
import { solution, startEvent, writeRun } from '../vscode/runFixtures.ts';
import { menu } from './contextMenu.ts';
import { type ModelServer, startModelServer } from './modelServer.ts';
import { selectToo } from './selection.ts';
import { shotInThemes } from './themes.ts';

const SCFT = '20260102-100000-train';
const RLERR = '20260103-100000-train';
const ENGINE = {
  ...{
    name: 'llama.cpp',
    version: '3',
    device: 'NVIDIA H200',
    backend: 'cuda',
    processes: 1,
    threads: 4,
    slots: 8,
  },
  gpuLayers: { used: 30, of: 33 },
  contextTokens: 4096,
};
let server: ModelServer;

/** Of a dataset of twelve critiques. */
const META: DatasetMeta = {
  ...{
    schemaVersion: 1,
    kind: 'scft',
    createdAt: '2026-01-01T00:00:00Z',
    records: 12,
    size: 12,
    shortfall: null,
  },
  ...{ i2c: 8, c2c: 4, mix: [2, 1], funnel: [], reviews: { accepted: 12, rejected: 0 } },
  ...{ sha256: 'a'.repeat(64), problemHashes: [], parents: [] },
};

/** The trees of the side bar with everything that they can say, their menus, and what is asked before a training. */
export const scenario: Scenario = {
  async prepare(workspace) {
    server = await startModelServer();
    const openai = (url: string) => ({ engine: 'openai', baseUrl: url, model: 'm' });
    const models = {
      gone: { engine: 'llama', path: 'gone.gguf' },
      local: openai(server.baseUrl),
      stopped: openai('http://127.0.0.1:9/v1'),
      elsewhere: { ...openai('https://models.example/v1'), apiKeyEnv: 'KEY_OF_NOBODY' },
      big: { engine: 'llama', path: 'big.gguf' },
    };
    fs.writeFileSync(path.join(workspace, 'reflection.json'), JSON.stringify({ models }, null, 2));
    fs.writeFileSync(path.join(workspace, 'big.gguf'), 'GGUF');
    fs.mkdirSync(path.join(workspace, 'sets'));
    for (const name of ['demo-5.jsonl', 'sets/more.jsonl']) {
      fs.copyFileSync(path.join(projectRoot, 'media/problems/demo-5.jsonl'), path.join(workspace, name));
    }
    writeRuns(workspace);
    fs.writeFileSync(path.join(workspace, 'reviewed.meta.json'), JSON.stringify(META));
  },
  steps: {
    'the Models view says what each model is, what ran it, and whether its server answers': async (
      driver,
    ) => {
      const { openContainer, treeRow, shot } = driver;
      await openContainer('Reflection');
      await expand(driver, 'Models');
      await collapse(driver, 'Training');
      await collapse(driver, 'Runs');
      await treeRow(/^nano.*CPU.*built in.*in use/).waitFor();
      await treeRow(/^big.*running: .*NVIDIA H200, 30 of 33 layers.*0\.00 GB/).waitFor();
      await treeRow(/^gone.*file is missing/).waitFor();
      await treeRow(/^local.*http:\/\/127\.0\.0\.1:\d+$/).waitFor();
      await treeRow(/^stopped.*does not answer: 127\.0\.0\.1:9/).waitFor();
      await treeRow(/^elsewhere.*key is not set/).waitFor();
      await shot('trees-models');
    },

    'a server that is stopped is noticed when it is asked again': async (driver) => {
      const { treeRow, toast, clearToasts } = driver;
      await menu(driver, treeRow(/^local/), 'Check Server');
      assert.match(await toast(/answers/), /127\.0\.0\.1:\d+ answers\./);
      server.stop();
      await clearToasts();
      await menu(driver, treeRow(/^local/), 'Check Server');
      assert.match(await toast(/does not answer/), /Start the server/);
      await treeRow(/^local.*does not answer/).waitFor();
      await clearToasts();
    },

    'another model is used with one click, and stays in use': async (driver) => {
      const { treeRow } = driver;
      const row = treeRow(/^big/);
      await row.hover();
      await row.locator('a.action-label[aria-label="Use This Model"]').click();
      await treeRow(/^big.*in use/).waitFor();
      await treeRow(/^nano.*built in$/).waitFor();
    },

    'the file of the models is a click away': async (driver) => {
      await menu(driver, driver.treeRow(/^gone/), 'Open reflection.json');
      await driver.page.locator('.tab.active', { hasText: 'reflection.json' }).waitFor();
    },

    'the Problem Sets view says how each set came out, and where it lies': async (driver) => {
      const { treeRow, shot } = driver;
      await collapse(driver, 'Models');
      await expand(driver, 'Problem Sets');
      await treeRow(/^demo-5\.jsonl.*pass@1 75\.0 %/).waitFor();
      await treeRow(/^more\.jsonl.*not evaluated yet · sets/).waitFor();
      await shot('trees-problem-sets');
    },

    'the Checkpoints view is the lineage: base, SCFT on its data, RLERR from that': async (driver) => {
      const { treeRow, shot } = driver;
      await collapse(driver, 'Problem Sets');
      await expand(driver, 'Checkpoints');
      const base = treeRow(/^nano.*base/);
      const scft = treeRow(/^scft-nano · step 28.*pass@1 75\.0 %.*data: reviewed\.jsonl/);
      const rlerr = treeRow(/^rlerr-nano · step 45.*not evaluated yet · data: demo-5\.jsonl/);
      const levels = await Promise.all([base, scft, rlerr].map((row) => row.getAttribute('aria-level')));
      assert.deepEqual(levels, ['1', '2', '3']);
      await rlerr.hover();
      await rlerr.locator('a.action-label[aria-label="Evaluate Checkpoint"]').click();
      await driver.picks().filter({ hasText: 'demo-5.jsonl' }).first().waitFor();
      await driver.page.keyboard.press('Escape');
      // A row that is drawn anew under the pointer does not know that it is there.
      const told = driver.page.locator('.workbench-hover', { hasText: 'version aaaaaaaaaaaa' }).first();
      await driver.until('the hover tells the version of the data', async () => {
        await driver.page.mouse.move(800, 400);
        await scft.hover();
        return await told.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      });
      await shot('trees-checkpoints');
    },

    'rows that are selected together are compared': async (driver) => {
      const { treeRow, palette, webview } = driver;
      await collapse(driver, 'Checkpoints');
      await expand(driver, 'Runs');
      const [base, trained] = [treeRow(/^nano.*pass@1 50\.0 %/), treeRow(/^scft-nano.*pass@1 75\.0 %/)];
      await base.click();
      await treeRow(/^tank/).first().waitFor();
      await selectToo(driver, '.sidebar', trained);
      await menu(driver, trained, 'Compare Checkpoints');
      await webview('editor').locator('.verdict h1').waitFor();
      assert.match(await webview('editor').locator('.verdict h1').innerText(), /scft-nano/);
      await palette('View: Close All Editors');
    },

    'every tree can be read in every theme': async (driver) => {
      for (const title of ['Checkpoints', 'Problem Sets', 'Models']) await expand(driver, title);
      await driver.treeRow(/^elsewhere/).waitFor();
      await shotInThemes(driver, 'trees');
      for (const title of ['Checkpoints', 'Problem Sets', 'Models']) await collapse(driver, title);
    },

    'a run that is active is a badge on the container': async ({ page }) => {
      await page
        .locator('.activitybar .action-item:has(.action-label[aria-label^="Reflection"]) .badge', {
          hasText: /^1$/,
        })
        .waitFor();
    },

    'Start Training asks data, recipe with its hardware, and model, and shows the command': async (
      driver,
    ) => {
      const { palette, picks, pick, toast, shot, until } = driver;
      await palette('Reflection: Start Training…');
      await picks()
        .filter({ hasText: /reviewed\.jsonl.*12 records/ })
        .waitFor();
      await picks()
        .filter({ hasText: /^demo-5\.jsonl/ })
        .waitFor();
      await shot('trees-training-data');
      await picks()
        .filter({ hasText: /reviewed\.jsonl/ })
        .click();
      await picks().filter({ hasText: 'scft-nano' }).first().waitFor();
      assert.equal(await picks().filter({ hasText: /rlerr/ }).count(), 0, 'only recipes that fit the data');
      await shot('trees-training-recipe');
      await pick('scft-nano');
      await pick('nano');
      const command = picks().filter({ hasText: 'Start' }).first();
      assert.match(
        await command.innerText(),
        /reflection train scft-nano --data \S*reviewed\.jsonl --model nano/,
      );
      await shot('trees-training-command');
      await pick(/Copy the command/);
      await toast(/nothing was started/);
      const copied = /^reflection train scft-nano --data .* --model nano$/;
      await until('the command is copied', async () => copied.test(await clipboard(driver)));
    },

    'a command that was copied runs in a terminal': async (driver) => {
      const { palette, page, until, terminalText } = driver;
      await palette('Terminal: Create New Terminal');
      await page.locator('.terminal-wrapper.active').waitFor();
      await until('a prompt', async () => (await terminalText()).trim() !== '');
      await page.keyboard.type('reflection runs --help\n');
      await until('its help', async () => (await terminalText()).includes('Usage: reflection runs'));
      await palette('Terminal: Kill the Active Terminal Instance');
    },

    'Doctor writes a report that can be copied': async (driver) => {
      const { palette, toastButton, page, shot, until } = driver;
      await palette('Reflection: Doctor');
      const told = page.locator('.notification-list-item-message', {
        hasText: /probes failed|has what is needed/,
      });
      await until('the report', () => told.first().isVisible(), 100_000);
      const lines = page.locator('.monaco-editor .view-line');
      await lines
        .filter({ hasText: /Reflection.Workbench:.Doctor/ })
        .first()
        .waitFor();
      await shot('trees-doctor');
      await toastButton(/probes failed|has what is needed/, 'Copy Report');
      await until('the report is copied', async () =>
        (await clipboard(driver)).includes('Workbench: Doctor'),
      );
      const report = await clipboard(driver);
      assert.match(report, /^Reflection Workbench: Doctor\nVS Code [\d.]+, linux/);
      assert.match(report, /^[✓!✗] /m);
      await palette('View: Close All Editors');
      await until('nobody is asked to save it', async () => (await page.locator('.tab').count()) === 0);
    },
  },
};

/** What was copied last. */
async function clipboard({ page }: Driver): Promise<string> {
  return String(await page.evaluate('navigator.clipboard.readText()'));
}

/** A pane of the side bar by its title; done when it is as asked: a closing pane keeps its rows for a fifth of a second. */
async function setPane({ page, until }: Driver, title: string, isOpen: boolean): Promise<void> {
  const header = page.locator('.pane-header', { hasText: new RegExp(`^\\s*${title}`) });
  const pane = page.locator('.sidebar .pane', { has: header });
  if ((await header.getAttribute('aria-expanded')) !== String(isOpen)) await header.click();
  const word = isOpen ? 'open' : 'closed';
  await until(`${title} is ${word}`, async () => (await pane.locator('.pane-body').count()) > 0 === isOpen);
}
const expand = (driver: Driver, title: string) => setPane(driver, title, true);
const collapse = (driver: Driver, title: string) => setPane(driver, title, false);

function writeRuns(workspace: string): void {
  const file = path.join(workspace, 'demo-5.jsonl');
  const problemSet = { name: 'demo-5', path: file, sha256: 'a'.repeat(64), count: 2 };
  const checkpoint = path.join(workspace, '.reflection/runs', SCFT, 'checkpoints/step-000028');
  const evaluate = (id: string, day: number, correct: number, manifest: Partial<RunManifest>) =>
    writeRun(workspace, {
      kind: 'evaluate',
      id,
      createdAt: `2026-02-0${day}T10:00:00Z`,
      problemSet,
      solutions: [0, 1, 2, 3].map((at) =>
        solution(at < 2 ? 'tank' : 'cards', at % 2, at < correct ? 'correct' : 'incorrect'),
      ),
      manifest,
    });
  const { gpuLayers: _, ...engine } = ENGINE;
  evaluate('20260201-100000-evaluate', 1, 2, {
    title: 'nano on demo-5',
    engine: { ...engine, device: 'cpu', backend: 'cpu' },
  });
  evaluate('20260202-100000-evaluate', 2, 3, {
    title: 'scft-nano from nano, step 28 on demo-5',
    // It was evaluated on another machine, and the folder of the runs was copied here.
    model: { name: `${SCFT}@step-000028`, engine: 'llama', path: '/cluster/runs/step-000028/model.gguf' },
    parents: [{ kind: 'checkpoint', id: `${SCFT}@step-000028`, role: 'model' }],
  });
  writeRun(workspace, {
    kind: 'evaluate',
    id: '20260203-100000-evaluate',
    createdAt: '2026-02-03T10:00:00Z',
    model: 'big',
    events: [
      { ...startEvent(), t: Date.now() / 1000 - 10 },
      { type: 'progress', t: Date.now() / 1000, stage: 'solutions', done: 1, total: 40 },
      // Of a machine whose clock is ahead: it is not stalled for as long as this test takes.
      { type: 'heartbeat', t: Date.now() / 1000 + 3600 },
    ],
    manifest: { title: 'big on demo-5', engine: ENGINE },
  });
  writeTraining(workspace, SCFT, {
    ...{ step: 28, title: 'scft-nano from nano', day: 2, trainedFrom: 'nano', data: 'reviewed.jsonl' },
  });
  writeTraining(workspace, RLERR, {
    ...{ step: 45, title: 'rlerr-nano from scft', day: 3, trainedFrom: checkpoint, data: 'demo-5.jsonl' },
  });
}

interface Training {
  readonly step: number;
  readonly title: string;
  readonly day: number;
  readonly trainedFrom: string;
  readonly data: string;
}

function writeTraining(
  workspace: string,
  id: string,
  { step, title, day, trainedFrom, data }: Training,
): void {
  const name = `step-${String(step).padStart(6, '0')}`;
  const dir = writeRun(workspace, {
    kind: 'train',
    id,
    createdAt: `2026-01-0${day}T10:00:00Z`,
    parents: [{ kind: 'dataset', id: path.join(workspace, data), role: 'data' }],
    events: [
      startEvent(),
      { type: 'checkpoint', t: 2, step, path: `checkpoints/${name}`, bytes: 4, gguf: true },
      { type: 'run_end', t: 3, status: 'ok', error: null },
    ],
    manifest: { title },
  });
  const checkpoint = path.join(dir, 'checkpoints', name);
  fs.mkdirSync(checkpoint, { recursive: true });
  const mark = { step, worldSize: 1, files: {}, gguf: 'model.gguf', trainedFrom, dataSha256: 'a'.repeat(64) };
  fs.writeFileSync(path.join(checkpoint, 'complete.json'), JSON.stringify(mark));
}
