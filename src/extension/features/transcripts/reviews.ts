import os from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { FindingGroup } from '../../../core/findings/index.ts';
import { standingReviews, type UndoLine, undoLines } from '../../../core/runs/index.ts';
import type { Review } from '../../../core/schema/lines.ts';
import { visibleLine } from '../../../core/visibleText.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { setting } from '../../settings.ts';

export type Decision = 'accept' | 'reject' | 'superficial';

export interface Decided {
  readonly folder: vscode.Uri;
  readonly groups: readonly FindingGroup[];
}

export interface Reviews {
  /**
   * Appends one line for each critique that makes one of the claims. Undone together. What is decided on may still be
   * looked up: the decision's turn is that of the call.
   */
  decide(found: Promise<Decided> | Decided, decision: Decision): Promise<void>;
  /** Keeps a person's own text of a critique. */
  edit(folder: vscode.Uri, run: string, critiqueId: string, text: string): Promise<void>;
  /**
   * Takes back the reviewer's last decision in the runs that were reviewed in this window, and in those that are shown:
   * after a reload of the window nothing else is known, and nothing else is needed.
   */
  undo(shown: readonly RunEntry[]): Promise<void>;
}

/** Decisions on findings and critiques, kept in the run that holds the critique. */
export function createReviews(services: Services): Reviews {
  const touched = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  /** One decision after the other, each on what the one before has written: keys come faster than disks. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(() => services.runs.refresh()).then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const note = async (folder: vscode.Uri, run: string, line: Line, at: string): Promise<void> => {
    const entry = runNamed(services, folder, run);
    const reviews = await services.runs.samples.reviews(entry);
    const standing = standingReviews(reviews).get(line.critiqueId);
    // A decision on the whole critique overrules those on its findings: the new one has to be of the same kind.
    const whole = standing?.whole ?? null;
    const finding = whole === null ? line.finding : undefined;
    const { finding: _, ...rest } = line;
    await append(entry.dir, { ...rest, ...(finding === undefined ? {} : { finding }) }, at);
    touched.add(entry.dir);
  };
  return {
    decide: (found, decision) => {
      // Awaited in its turn; nobody is to take a failure until then for one that nobody handles.
      Promise.resolve(found).catch(() => undefined);
      return inTurn(async () => {
        const { folder, groups } = await found;
        const at = now();
        for (const { run, critique, finding } of groups.flatMap(({ claims }) => claims)) {
          await note(folder, run, { critiqueId: critique.id, finding, decision }, at);
        }
      });
    },
    edit: (folder, run, critiqueId, text) =>
      inTurn(() => note(folder, run, { critiqueId, decision: 'edited', text }, now())),
    undo: (shown) =>
      inTurn(async () => {
        const dirs = new Set([...touched, ...shown.map(({ dir }) => dir)]);
        const runs = services.runs.runs.filter(({ dir }) => dirs.has(dir));
        const files = await Promise.all(
          runs.map(async (run) => ({ dir: run.dir, reviews: await services.runs.samples.reviews(run) })),
        );
        const lines = undoLines(files, reviewer());
        if (lines.length === 0) throw nothingToUndo();
        const at = now();
        for (const { dir, line } of lines) await append(dir, line, at);
        tellUndone(lines);
      }),
  };
}

/** It may be days since the decision: what was taken back is said. */
function tellUndone([first, ...rest]: readonly UndoLine[]): void {
  if (first === undefined) return;
  const { decision, critiqueId, at } = first.taken;
  const time = new Date(at).toLocaleString();
  const what = visibleLine(critiqueId, 60);
  const told =
    rest.length === 0
      ? vscode.l10n.t('Taken back: {0} of {1}, {2}', decision, what, time)
      : vscode.l10n.t('Taken back: {0} of {1} and {2} more, {3}', decision, what, rest.length, time);
  void vscode.window.setStatusBarMessage(told, TOLD_MS);
}

const TOLD_MS = 8000;

function nothingToUndo(): UserError {
  return new UserError('nothing-to-undo', vscode.l10n.t('There is no review of yours here to take back.'), {
    remedy: vscode.l10n.t(
      'Open a transcript of the run, or decide again: a later decision replaces an earlier one.',
    ),
  });
}

type Line = Omit<Review, 'by' | 'at'>;

let latest = 0;

/** What is decided at once has one time, and no two decisions have the same: an undo knows them by it. */
function now(): string {
  latest = Math.max(latest + 1, Date.now());
  return new Date(latest).toISOString();
}

function reviewer(): string {
  return setting('reflection.reviewer') || os.userInfo().username;
}

async function append(dir: string, line: Line, at: string): Promise<void> {
  const { appendReview } = await import('../../runReading.ts');
  return appendReview(dir, { ...line, by: reviewer(), at });
}

function runNamed(services: Services, folder: vscode.Uri, run: string) {
  const entry = services.runs.find(folder, run);
  if (entry !== undefined) return entry;
  throw new UserError(
    'run-gone',
    vscode.l10n.t('The run {0} that holds the critique is not there any more.', run),
    {
      remedy: vscode.l10n.t('Put its directory back, or criticise the solution again.'),
    },
  );
}
