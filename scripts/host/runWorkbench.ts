/**
 * Runs the scenarios of test/workbench/*.test.ts: Playwright drives the real workbench in a headless Chromium.
 *
 *   node scripts/host/runWorkbench.ts [NAME ...] [--windows N] [--summary FILE]
 *
 * NAMEs choose the files whose name contains one of them. Each has a server and a window of its own; two are open at a time,
 * because a scenario waits more often than it computes. Screenshots go to dist/screenshots.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { ensureHost, type Host } from './install.ts';
import { projectRoot } from './paths.ts';
import { report, resultLine, summarise, type TestResult } from './results.ts';
import type { Scenario } from './scenario.ts';
import { openWorkbench, type Workbench } from './workbenchWindow.ts';

const STEP_LIMIT_MS = 120_000;
const TEST_DIR = 'test/workbench';
/** So that none of them is begun when the others are done. */
const LONGEST = ['story', 'training', 'evaluation', 'panels', 'screens'];

/** A window, its browser and its server want two cores. */
const WINDOWS = os.availableParallelism() >= 4 ? '2' : '1';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { summary: text, extension: text, windows: { ...text, default: WINDOWS } },
});
const extension = path.resolve(values.extension ?? projectRoot);
const host = await ensureHost();
const browser = await launchBrowser(host);
const results: TestResult[] = [];
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interrupted.abort());
const waiting = testFiles(positionals);
await Promise.all(Array.from({ length: Number(values.windows) }, oneAfterTheOther));
await browser.close();
const summary = summarise(results);
report('workbench', summary, values.summary);
process.exit(summary.failed === 0 && summary.passed > 0 && !interrupted.signal.aborted ? 0 : 1);

async function oneAfterTheOther(): Promise<void> {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    if (!interrupted.signal.aborted) results.push(...(await runTwiceAtMost(host, browser, file)));
  }
}

function testFiles(names: string[]): string[] {
  const isLong = (file: string) => LONGEST.includes(path.basename(file, '.test.ts'));
  return fs
    .readdirSync(path.join(projectRoot, TEST_DIR), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .sort((a, b) => Number(isLong(b)) - Number(isLong(a)) || (a < b ? -1 : 1))
    .map((file) => `${TEST_DIR}/${file}`);
}

/**
 * A browser on a busy machine loses a click now and then. A file that failed is run once more in a fresh window, and
 * what happened first stays on the screen; a fault of the product fails both times.
 */
async function runTwiceAtMost(host: Host, browser: Browser, file: string): Promise<TestResult[]> {
  const first = await runFile(host, browser, file);
  if (interrupted.signal.aborted || !first.some((result) => result.state === 'failed')) return first;
  console.log(`↻ ${file} failed; it is run once more, and that result counts`);
  return await runFile(host, browser, file);
}

async function runFile(host: Host, browser: Browser, file: string): Promise<TestResult[]> {
  let workbench: Workbench | undefined;
  const started = performance.now();
  try {
    const scenario = await loadScenario(file);
    workbench = await openWorkbench(host, browser, extension, scenario);
    return await runSteps(file, scenario, workbench);
  } catch (error) {
    const ms = performance.now() - started;
    return [told({ file, title: 'opens the workbench', state: 'failed', ms, error: words(error) })];
  } finally {
    await workbench?.close();
  }
}

async function loadScenario(file: string): Promise<Scenario> {
  const module: { scenario?: Scenario } = await import(pathToFileURL(path.join(projectRoot, file)).href);
  if (!module.scenario) throw new Error(`${file} exports no \`scenario\` (see scripts/host/README.md)`);
  return module.scenario;
}

async function runSteps(file: string, scenario: Scenario, workbench: Workbench): Promise<TestResult[]> {
  const steps = { ...scenario.steps, ...standingSteps(workbench) };
  const done: TestResult[] = [];
  for (const [title, step] of Object.entries(steps)) {
    if (done.some((result) => result.state === 'failed')) {
      done.push(told({ file, title, state: 'skipped', ms: 0 }));
      continue;
    }
    const started = performance.now();
    const error = await attempt(() => step(workbench.driver), scenario.stepLimitMs ?? STEP_LIMIT_MS);
    const ms = performance.now() - started;
    if (error === undefined) {
      done.push(told({ file, title, state: 'passed', ms }));
      continue;
    }
    const shot = `failed-${path.basename(file, '.test.ts')}`;
    await workbench.driver.shot(shot).catch(() => {});
    const where = `(dist/screenshots/${shot}.png)\n${workbench.diagnosis()}`;
    done.push(told({ file, title, state: 'failed', ms, error: `${words(error)}\n${where}` }));
  }
  return done;
}

/** What every scenario proves at its end. */
function standingSteps(workbench: Workbench): Scenario['steps'] {
  return {
    'asked nothing of the network': async () => {
      if (workbench.blocked.length > 0) throw new Error(workbench.blocked.join('\n'));
    },
    'kept to the content security policy of its panels': async () => {
      if (workbench.violations.length > 0) throw new Error(workbench.violations.join('\n'));
    },
    'no error of the extension was logged': async () => {
      const errors = workbench.extensionErrors();
      if (errors.length > 0) throw new Error(errors.join('\n'));
    },
  };
}

/** The error of the step, or undefined. A step that hangs, and an interruption, are errors too. */
async function attempt(step: () => Promise<void>, limitMs: number): Promise<unknown> {
  const settled = new AbortController();
  const timeout = delay(limitMs, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`the step took longer than ${limitMs} ms`);
  });
  const stop = new Promise((_, reject) => {
    interrupted.signal.addEventListener('abort', () => reject(new Error('interrupted')));
  });
  try {
    await Promise.race([step(), timeout, stop]);
    return undefined;
  } catch (error) {
    return error ?? new Error('the step threw nothing');
  } finally {
    settled.abort();
    timeout.catch(() => {});
  }
}

function told(result: TestResult): TestResult {
  console.log(resultLine(result));
  return result;
}

function words(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return stripVTControlCharacters(text); // Playwright colours its call logs
}
