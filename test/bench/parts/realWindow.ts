/** What a person waits for in a real window, from the click to what they wanted to see. */
import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import type { Driver } from '../../../scripts/host/driver.ts';
import type { ensureHost } from '../../../scripts/host/install.ts';
import { projectRoot } from '../../../scripts/host/paths.ts';
import { openWorkbench } from '../../../scripts/host/workbenchWindow.ts';
import { writeRun } from '../../vscode/runFixtures.ts';
import { levelled, writeEvaluations } from '../../workbench/panelRuns.ts';
import { ms, print, timed } from './printed.ts';
import { BLAME, BLAMED, LONG } from './transcriptRuns.ts';

type Host = Awaited<ReturnType<typeof ensureHost>>;

export const MODELS = ['nano', 'scft-nano', 'rlerr-nano', 's2r-nano'];

export async function realWindow(host: Host, browser: Browser): Promise<void> {
  await inWindow(host, browser, writeTranscripts, transcripts);
  const write = (workspace: string) => {
    writeEvaluations(workspace, { problems: levelled(90), samples: 64, models: MODELS });
  };
  await inWindow(host, browser, write, comparison);
  largeSet();
}

async function inWindow(
  host: Host,
  browser: Browser,
  prepare: (workspace: string) => void,
  measure: (driver: Driver) => Promise<void>,
): Promise<void> {
  const workbench = await openWorkbench(host, browser, projectRoot, { prepare, steps: {} });
  try {
    await measure(workbench.driver);
  } finally {
    await workbench.close();
  }
}

function writeTranscripts(workspace: string): void {
  for (const model of ['first', 'second']) {
    writeRun(workspace, { kind: 'evaluate', id: `${model}-evaluate`, model, solutions: [LONG] });
  }
  writeRun(workspace, {
    kind: 'critique',
    id: 'blamed-critique',
    model: 'blamed',
    solutions: [BLAMED],
    critiques: [BLAME],
  });
}

async function transcripts(driver: Driver): Promise<void> {
  const { page, palette, picks } = driver;
  const open = async (run: string, shown: string) => {
    await palette('Reflection: Open Transcript');
    await picks().filter({ hasText: run }).first().click();
    const sample = picks().filter({ hasText: 'tank#0' }).first();
    await sample.waitFor();
    const seen = await timed(async () => {
      await sample.click();
      await page.locator('.editor-instance .view-line', { hasText: shown }).first().waitFor();
    });
    return seen.took;
  };
  const kilobytes = (LONG.text.length / 1000).toFixed(0);
  for (const run of ['first', 'second']) {
    const took = await open(run, 'Wait, let me check');
    print(
      `in a window: the ${run} transcript of ${kilobytes} kB, to its text`,
      ms(took),
      'aim: under 300 ms',
    );
  }
  const findings = await timed(async () => {
    await open('blamed', 'Step 1: 0+1=3');
    await page.locator('.monaco-editor .squiggly-warning').first().waitFor();
    // 999 of them, and a line that says how many more there are.
    await page.locator('#status\\.problems', { hasText: '999' }).waitFor();
  });
  print('in a window: 1,000 findings, from the palette to the squiggles', ms(findings.took));
}

async function comparison(driver: Driver): Promise<void> {
  await driver.palette('Reflection: Compare Checkpoints');
  await driver.pickMany(MODELS.map((model) => new RegExp(`^${model} on aime-made`)));
  const opened = await timed(() => driver.webview('editor').locator('.verdict h1').nth(2).waitFor());
  print('in a window: from the choice of the runs to the verdicts', ms(opened.took), 'aim: under 1 s');
  await driver.palette('Developer: Show Running Extensions');
  const row = driver.page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ hasText: 'reflection-workbench' });
  const words = await row.locator('.activation-time').innerText();
  print('in a window: activation', /(\d+)\s*ms/.exec(words)?.[0] ?? words, 'aim: under 50 ms');
}

/** A problem set of 50,000 lines in a real extension host, where a test measures it. */
function largeSet(): void {
  const arguments_ = ['scripts/host/runTests.ts', '--grep', '50,000 lines'];
  const { stdout } = spawnSync(process.execPath, arguments_, { cwd: projectRoot, encoding: 'utf8' });
  for (const [, what = '', took = '', busy = ''] of stdout.matchAll(/measured: (.+): (.+ ms), (.+)/g)) {
    print(`in a window: ${what}`, took, busy);
  }
}
