import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, runName } from './extensionUnderTest.ts';
import { open, reviewsIn, writePair } from './findingRuns.ts';

describe('the review of a critique', () => {
  before(activate);
  afterEach(closeEditors);

  it('edits it by saving: one line with the text, shown beside the model’s own, and undone', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.editCritique');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.scheme, 'reflection-edit');
    const before = editor?.document.getText() ?? '';
    await editor?.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Look at line 2. '));
    assert.ok(await editor?.document.save());
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(edited)') === true, 'edited');
    const [line] = reviewsIn(critiqueDir);
    assert.deepEqual([line?.decision, line?.text], ['edited', `Look at line 2. ${before}`]);
    const [diagnostic] = vscode.languages.getDiagnostics(uri);
    const whole = diagnostic?.relatedInformation?.[0]?.location.uri;
    assert.ok(whole);
    assert.match(
      (await vscode.workspace.openTextDocument(whole)).getText(),
      /As edited by .*\n\nLook at line 2/,
    );
    // Saved again without a change: nothing was decided.
    await editor?.document.save();
    assert.equal(reviewsIn(critiqueDir).length, 1);
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('Wrong.') === true, 'undecided again');
  });

  it('rejects an edited critique as a whole, and undoing brings the text back', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const target = { transcript: uri.toString(), finding: '' };
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.editCritique');
    await vscode.window.activeTextEditor?.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Mine. '));
    await vscode.window.activeTextEditor?.document.save();
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(edited)') === true, 'edited');
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('reflection.rejectFinding');
    await diagnosticsOf(uri, ({ length }) => length === 0, 'rejected');
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(edited)') === true, 'edited again');
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision, finding, text }) => [
        decision,
        finding,
        text?.startsWith('Mine. '),
      ]),
      [
        ['edited', undefined, true],
        ['reject', undefined, undefined],
        ['edited', undefined, true],
      ],
    );
    // A finding that is not there is told, not guessed.
    assert.equal(await vscode.commands.executeCommand('reflection.acceptFinding', target), undefined);
    assert.equal(reviewsIn(critiqueDir).length, 3);
  });

  it('accepts all verified findings by a source action, and undoes them together', async () => {
    const { run, sample, critiqueDir } = writePair(['correct', 'incorrect']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const document = await vscode.workspace.openTextDocument(uri);
    const [action, ...others] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      new vscode.Range(0, 0, document.lineCount, 0),
      vscode.CodeActionKind.Source.value,
    );
    assert.equal(action?.title, 'Accept all verified findings (1)');
    assert.equal(others.length, 0);
    await vscode.commands.executeCommand(
      action?.command?.command ?? '',
      ...(action?.command?.arguments ?? []),
    );
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(accepted)') === true, 'accepted');
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('Wrong.') === true, 'undecided again');
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision }) => decision),
      ['accept', 'accept', 'undone', 'undone'],
    );
  });

  it('keeps up with keys that come faster than the disk, and undoes them in turn', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    await vscode.commands.executeCommand('reflection.nextFinding');
    const keys = ['acceptFinding', 'markSuperficial', 'acceptFinding', 'undoReview', 'undoReview'];
    await Promise.all(keys.map((key) => vscode.commands.executeCommand(`reflection.${key}`)));
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision }) => decision),
      ['accept', 'superficial', 'accept', 'superficial', 'accept'],
    );
  });

  it('decides on findings of transcripts that are not open', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const [action] = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      vscode.languages.getDiagnostics(uri)[0]?.range,
    );
    const target: unknown = action?.command?.arguments?.[0];
    await closeEditors();
    await vscode.commands.executeCommand('reflection.rejectFinding', target);
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision }) => decision),
      ['reject'],
    );
    await vscode.commands.executeCommand('reflection.showFinding', target);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString());
    assert.equal(
      vscode.window.activeTextEditor?.document.lineAt(vscode.window.activeTextEditor.selection.active).text,
      'Step 2: 111+37=158.',
    );
  });

  it('becomes a dataset of what was accepted', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const target = { run: runName(path.basename(critiqueDir)) };
    assert.equal(await vscode.commands.executeCommand('reflection.exportReviewed', target), undefined);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.acceptFinding');
    const answer = await vscode.commands.executeCommand<{ data: string; records: number }>(
      'reflection.exportReviewed',
      target,
    );
    assert.equal(answer.records, 1);
    const [record] = fs.readFileSync(answer.data, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      [JSON.parse(record ?? '').id, JSON.parse(record ?? '').review],
      [`${sample}/0`, 'accept'],
    );
    assert.ok(fs.existsSync(answer.data.replace(/\.jsonl$/, '.meta.json')));
  });
});
