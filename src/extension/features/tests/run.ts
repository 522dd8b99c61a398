import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { fileStem } from '../../../core/problems/index.ts';
import type { Critique, Solution } from '../../../core/schema/lines.ts';
import { newRunId, runsRoot } from '../../../node/runs/layout.ts';
import { tailRun } from '../../../node/runs/tailRun.ts';
import { launchCommand } from '../../launch.ts';
import { modelInUse } from '../../modelInUse.ts';
import { modelTitle } from '../../modelTitle.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { setting } from '../../settings.ts';
import { rememberStarted } from '../../startedRuns.ts';
import type { TestItems } from './items.ts';
import { resultOf } from './results.ts';

/** What a run profile does with each problem. */
export interface TestProfile {
  readonly kind: 'evaluate' | 'critique';
  readonly n: number;
}

/** Problems of one file that are to be tried. */
interface Part {
  readonly file: vscode.Uri;
  readonly tests: vscode.TestItem[];
  /** Every problem of the file: its name need not be given for each. */
  readonly isWhole: boolean;
}

/**
 * Runs the command line on each file and tells each test as soon as all of its samples are there. Cancelling ends the
 * command, and the run is over when the command is.
 */
export async function runTests(
  services: Services,
  controller: vscode.TestController,
  items: TestItems,
  profile: TestProfile,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  requireTrust(vscode.l10n.t('Running a model'));
  const run = controller.createTestRun(request);
  try {
    for (const part of await partsOf(controller, items, request)) {
      if (token.isCancellationRequested) break;
      await runPart(services, items, profile, run, part, token);
    }
  } finally {
    run.end();
  }
}

async function partsOf(
  controller: vscode.TestController,
  items: TestItems,
  { include, exclude }: vscode.TestRunRequest,
): Promise<Part[]> {
  if (include === undefined) await items.discover();
  const wanted = include ?? [...controller.items].map(([, item]) => item);
  const excluded = new Set(exclude ?? []);
  const parts = new Map<string, { file: vscode.Uri; tests: Set<vscode.TestItem>; size: number }>();
  for (const item of wanted) {
    const suite = item.parent ?? item;
    if (suite.uri === undefined || excluded.has(suite)) continue;
    if (suite.children.size === 0) await items.resolve(suite);
    const children = [...suite.children].map(([, child]) => child);
    const part = parts.get(suite.id) ?? { file: suite.uri, tests: new Set(), size: children.length };
    for (const test of item === suite ? children : [item]) if (!excluded.has(test)) part.tests.add(test);
    parts.set(suite.id, part);
  }
  return [...parts.values()].map(({ file, tests, size }) => ({
    file,
    tests: [...tests],
    isWhole: tests.size === size,
  }));
}

async function runPart(
  services: Services,
  items: TestItems,
  profile: TestProfile,
  run: vscode.TestRun,
  part: Part,
  token: vscode.CancellationToken,
): Promise<void> {
  const folder = workspaceFolder(part.file);
  const model = modelInUse(services, folder);
  const title = `${modelTitle(services, folder, model)} on ${fileStem(part.file.fsPath)}`;
  const dir = path.join(runsRoot(folder.uri.fsPath), newRunId(new Date(), profile.kind, title));
  const tests = new Map<string, vscode.TestItem>();
  for (const test of part.tests) {
    const problem = items.problem(test);
    const canRun = problem !== undefined && (profile.kind === 'evaluate' || problem.solution !== undefined);
    if (canRun) tests.set(problem.id, test);
    else {
      run.appendOutput(
        `${vscode.l10n.t('{0}: there is no worked solution to criticise', oneLine(test.label))}\r\n`,
        undefined,
        test,
      );
      run.skipped(test);
    }
  }
  if (tests.size === 0) return;
  for (const test of tests.values()) run.enqueued(test);
  await mkdir(path.dirname(dir), { recursive: true });
  const only = part.isWhole ? [] : [...tests.keys()].flatMap((id) => ['--problem', id]);
  const started = rememberStarted(services, dir);
  const launched = await launchCommand(services, folder, [
    ...[profile.kind, part.file.fsPath, '--model', model, '-n', String(profile.n), ...only],
    ...['--title', title, '--run-dir', dir, '--json'],
  ]).catch((thrown: unknown) => {
    started.dispose();
    throw thrown;
  });
  const cancelled = token.onCancellationRequested(() => launched.stop());
  const over = new AbortController();
  const telling = tellResults(services, items, profile, run, { dir, tests }, over.signal);
  try {
    await launched.ended;
  } catch (thrown) {
    for (const test of tests.values()) run.errored(test, new vscode.TestMessage(messageOf(thrown)));
    tests.clear();
  } finally {
    cancelled.dispose();
    started.dispose();
    over.abort();
    await telling;
    for (const test of tests.values()) run.skipped(test);
    await services.runs.refresh();
  }
}

/** Tells a test once all of its samples are there, and takes it out of `tests`. Ends with what is there at the abort. */
async function tellResults(
  services: Services,
  items: TestItems,
  { kind, n }: TestProfile,
  run: vscode.TestRun,
  { dir, tests }: { readonly dir: string; readonly tests: Map<string, vscode.TestItem> },
  signal: AbortSignal,
): Promise<void> {
  const samples = new Map<string, (Solution | Critique)[]>();
  const take = (row: Solution | Critique) => {
    const test = tests.get(row.problemId);
    const problem = test && items.problem(test);
    if (test === undefined || problem === undefined) return;
    const rows = samples.get(row.problemId) ?? [];
    samples.set(row.problemId, [...rows, row]);
    if (rows.length === 0) run.started(test);
    const answer = row.answer ?? vscode.l10n.t('no answer');
    run.appendOutput(`${row.id}: ${oneLine(answer)} (${row.grade})\r\n`, undefined, test);
    if (rows.length + 1 < n) return;
    const threshold = setting('reflection.tests.passThreshold', test.uri);
    const result = resultOf(problem, [...rows, row], threshold);
    if (result.state === 'passed') run.passed(test, row.ms);
    else {
      if (test.uri !== undefined && test.range !== undefined)
        result.message.location = new vscode.Location(test.uri, test.range);
      run[result.state](test, result.message, row.ms);
    }
    tests.delete(row.problemId);
  };
  try {
    for await (const delta of tailRun(dir, { signal, pollMs: POLL_MS })) {
      for (const row of kind === 'evaluate' ? delta.solutions : delta.critiques) take(row);
    }
    // What was written between the last look and the end.
    const seen = new Set([...samples.values()].flat().map(({ id }) => id));
    const rest = await lastRows(services, dir, kind);
    for (const row of rest) if (!seen.has(row.id)) take(row);
  } catch (thrown) {
    services.log.warn(`results of ${dir} could not be followed: ${messageOf(thrown)}`);
  }
}

const POLL_MS = 250;

async function lastRows(
  services: Services,
  dir: string,
  kind: TestProfile['kind'],
): Promise<readonly (Solution | Critique)[]> {
  await services.runs.refresh();
  const entry = services.runs.runs.find((run) => run.dir === dir);
  if (entry === undefined) return [];
  const data = await services.runs.samples.data(entry);
  return kind === 'evaluate' ? data.solutions : data.critiques;
}

/** A model's answer in a terminal: one line, and no escape sequences. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ');
}
