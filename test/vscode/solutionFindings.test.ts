import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, openFolder } from './extensionUnderTest.ts';
import { apply, freshRun, quickFixes, reviewsIn } from './findingRuns.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

const STATEMENT = 'A tank holds 37 litres. It is tripled, then 37 more are added.';
const WORKED = 'Step 1: 37*3=111.\nStep 2: 111+37=158.\nThe answer is 158.';
const { Hint, Warning, Information } = vscode.DiagnosticSeverity;

let serial = 0;

/** A problem document with a worked solution in an editor, and a run that criticises it. */
async function criticised(): Promise<{
  editor: vscode.TextEditor;
  document: vscode.TextDocument;
  dir: string;
  finding: vscode.Diagnostic;
  /** Another critique of the same solution, made later. */
  again: (critiques: number) => void;
}> {
  const id = `worked-${++serial}`;
  const file = path.join(openFolder().uri.fsPath, `${id}.problem.md`);
  const head = `---\nid: ${id}\nanswer: 148\n---\n\n`;
  fs.writeFileSync(file, `${head}## Problem\n\n${STATEMENT}\n\n## Solution\n\n${WORKED}\n`);
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
  const row = solution(id, 0, 'incorrect', WORKED);
  const write = (createdAt: string, count: number) =>
    writeRun(openFolder().uri.fsPath, {
      kind: 'critique',
      id: freshRun('worked'),
      createdAt,
      problems: [{ id, problem: STATEMENT, answer: '148', mode: 'math' }],
      problemSet: { name: id, path: file, sha256: 'b'.repeat(64), count: 1 },
      solutions: [row],
      critiques: Array.from({ length: count }, (_, index) => critique(row, index)),
    });
  const dir = write('2026-01-01T10:00:00Z', 1);
  const { document } = editor;
  const [finding] = await diagnosticsOf(document.uri, ({ length }) => length === 1, 'a finding');
  assert.ok(finding);
  return { editor, document, dir, finding, again: (count) => write('2026-01-02T10:00:00Z', count) };
}

const isStale = (one: vscode.Diagnostic | undefined) =>
  typeof one?.code === 'object' && one.code.value === 'stale';

async function fix(uri: vscode.Uri, range: vscode.Range, title: string): Promise<void> {
  await apply((await quickFixes(uri, range)).find((action) => action.title === title));
}

describe('findings on the solution of a problem document', () => {
  before(activate);
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await closeEditors();
  });

  it('follow edits elsewhere', async () => {
    const { editor, document, finding } = await criticised();
    assert.equal(document.getText(finding.range), 'Step 2: 111+37=158.');
    assert.equal(finding.severity, Warning);
    const heading = document.positionAt(document.getText().indexOf('## Problem'));
    await editor.edit((edit) => edit.insert(heading, '\n\n'));
    const [moved] = await diagnosticsOf(
      document.uri,
      ([one]) => one?.range.start.line === finding.range.start.line + 2,
      'it has moved along',
    );
    assert.equal(document.getText(moved?.range), 'Step 2: 111+37=158.');
  });

  it('are stale when their text changes, and no longer when the edit is taken back', async () => {
    const { editor, document, finding } = await criticised();
    await editor.edit((edit) => edit.replace(finding.range, 'Step 2: 148.'));
    const [stale] = await diagnosticsOf(document.uri, ([one]) => isStale(one), 'it is stale');
    assert.equal(stale?.severity, Hint);
    assert.deepEqual(stale?.tags, [vscode.DiagnosticTag.Unnecessary]);
    assert.match(stale?.message ?? '', /the text was changed since/);
    await vscode.commands.executeCommand('undo');
    const [back] = await diagnosticsOf(document.uri, ([one]) => !isStale(one), 'it is fresh again');
    assert.equal(document.getText(back?.range), 'Step 2: 111+37=158.');
  });

  it('go when dismissed, stay away through reviews, and come with a newer critique', async () => {
    const { document, finding, dir, again } = await criticised();
    await fix(document.uri, finding.range, 'Dismiss this finding');
    await diagnosticsOf(document.uri, ({ length }) => length === 0, 'it is gone');
    fs.appendFileSync(
      path.join(dir, 'reviews.jsonl'),
      `${JSON.stringify({ critiqueId: 'x', decision: 'accept', by: 'bob', at: '2026-01-01T00:00:00Z' })}\n`,
    );
    await vscode.commands.executeCommand('reflection.refresh');
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    again(2);
    const [anew] = await diagnosticsOf(document.uri, ({ length }) => length === 1, 'the new critique');
    assert.match(anew?.message ?? '', /^2 of 2 critiques/);
  });

  it('are reviewed where they stand', async () => {
    const { document, finding, dir } = await criticised();
    await fix(document.uri, finding.range, 'Accept');
    const isAccepted = (one: vscode.Diagnostic | undefined) => one?.message.endsWith('(accepted)') === true;
    await diagnosticsOf(document.uri, ([one]) => isAccepted(one), 'accepted');
    await fix(document.uri, finding.range, 'Reject');
    await diagnosticsOf(document.uri, ({ length }) => length === 0, 'rejected');
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(document.uri, ([one]) => isAccepted(one), 'accepted again');
    assert.deepEqual(
      reviewsIn(dir).map(({ decision }) => decision),
      ['accept', 'reject', 'accept'],
    );
  });

  it('look as the settings say', async () => {
    const { document } = await criticised();
    const settings = vscode.workspace.getConfiguration('reflection.findings');
    const { Global } = vscode.ConfigurationTarget;
    await settings.update('verifiedSeverity', 'information', Global);
    await diagnosticsOf(document.uri, ([one]) => one?.severity === Information, 'as information');
    await settings.update('confirmed', true, Global);
    await diagnosticsOf(document.uri, ({ length }) => length === 2, 'the confirmed step, too');
    await settings.update('confirmed', undefined, Global);
    await settings.update('verifiedSeverity', undefined, Global);
    await diagnosticsOf(document.uri, ([one]) => one?.severity === Warning, 'as before');
  });
});
