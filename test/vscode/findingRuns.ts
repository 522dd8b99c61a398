/** Solutions with critiques, and the review of their findings: what the suites about findings share. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { type Review, reviewSchema } from '../../src/core/schema/lines.ts';
import { diagnosticsOf, openFolder, runName } from './extensionUnderTest.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

/** All suites share one folder: no two runs have the same name. */
export function freshRun(kind: string): string {
  return `findings-${randomUUID().slice(0, 8)}-${kind}`;
}

/** A run with one wrong solution, and a run that criticises it: the first critique reaches the gold answer or not. */
export function writePair(grades: readonly ('correct' | 'incorrect')[]): {
  run: string;
  critiqueDir: string;
  sample: string;
} {
  const folder = openFolder().uri.fsPath;
  const run = freshRun('evaluate');
  const wrong = solution('tank', 0);
  writeRun(folder, { kind: 'evaluate', id: run, solutions: [wrong, solution('cards', 0)] });
  const critiqueDir = writeRun(folder, {
    kind: 'critique',
    id: freshRun('critique'),
    solutions: [wrong],
    critiques: grades.map((grade, index) => critique(wrong, index, grade)),
    parents: [{ kind: 'run', id: run, role: 'solutions' }],
  });
  return { run, critiqueDir, sample: wrong.id };
}

export function open(run: string, sample: string): Thenable<vscode.Uri> {
  return vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
    run: runName(run),
    solution: sample,
  });
}

/** Opens the transcript of such a pair and waits for its finding. */
export async function openPair(grades: readonly ('correct' | 'incorrect')[] = ['correct']): Promise<{
  run: string;
  sample: string;
  critiqueDir: string;
  uri: vscode.Uri;
  diagnostic: vscode.Diagnostic;
}> {
  const pair = writePair(grades);
  const uri = await open(pair.run, pair.sample);
  const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
  assert.ok(diagnostic);
  return { ...pair, uri, diagnostic };
}

export function reviewsIn(dir: string): Review[] {
  const file = path.join(dir, 'reviews.jsonl');
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => reviewSchema.parse(JSON.parse(line)));
}

export async function quickFixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range);
}

/** Does what a click on the action does; gives what its command gives. */
export async function apply(action: vscode.CodeAction | undefined): Promise<unknown> {
  assert.ok(action?.command);
  return vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}
