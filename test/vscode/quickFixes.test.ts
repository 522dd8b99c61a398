import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, eventually } from './extensionUnderTest.ts';
import { apply, open, quickFixes, reviewsIn, writePair } from './findingRuns.ts';

describe('quick fixes on a finding', () => {
  before(activate);
  afterEach(closeEditors);

  it('review, show and edit the critique', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const actions = await quickFixes(uri, diagnostic.range);
    assert.deepEqual(
      actions.map(({ title }) => title),
      [
        'Accept',
        'Reject',
        'Mark superficial',
        'Show whole critique',
        'Edit critique',
        'Resample 4 critiques here',
        'Resample 16 critiques here',
        'Continue from before this step',
        'Ask another model',
      ],
    );
    assert.deepEqual(
      actions.filter(({ isPreferred }) => isPreferred === true).map(({ title }) => title),
      ['Accept'],
    );
    assert.deepEqual(await quickFixes(uri, new vscode.Range(0, 0, 0, 1)), [], 'nothing to fix elsewhere');
  });

  it('append one line to the run of the critique, and the diagnostic follows', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const [accept, reject, superficial] = await quickFixes(uri, diagnostic.range);
    await apply(accept);
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(accepted)') === true, 'accepted');
    await apply(superficial);
    const [faded] = await diagnosticsOf(uri, (found) => found[0]?.tags !== undefined, 'faded');
    assert.deepEqual(faded?.tags, [vscode.DiagnosticTag.Unnecessary]);
    await apply(reject);
    await diagnosticsOf(uri, ({ length }) => length === 0, 'rejected');
    const reviews = reviewsIn(critiqueDir);
    assert.deepEqual(
      reviews.map(({ critiqueId, finding, decision }) => [critiqueId, finding, decision]),
      [
        [`${sample}/0`, 1, 'accept'],
        [`${sample}/0`, 1, 'superficial'],
        [`${sample}/0`, 1, 'reject'],
      ],
    );
    assert.ok(reviews.every(({ by }) => by !== ''));
  });

  it('are taken back one by one', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const [accept, reject] = await quickFixes(uri, diagnostic.range);
    await apply(accept);
    await apply(reject);
    await diagnosticsOf(uri, ({ length }) => length === 0, 'rejected');
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('(accepted)') === true, 'accepted again');
    await vscode.commands.executeCommand('reflection.undoReview');
    await diagnosticsOf(uri, (found) => found[0]?.message.endsWith('Wrong.') === true, 'undecided again');
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ decision }) => decision),
      ['accept', 'reject', 'accept', 'undone'],
    );
  });

  it('decide for every critique that makes the claim', async () => {
    const { run, sample, critiqueDir } = writePair(['correct', 'incorrect']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const [accept] = await quickFixes(uri, diagnostic.range);
    await apply(accept);
    assert.deepEqual(
      reviewsIn(critiqueDir).map(({ critiqueId }) => critiqueId),
      [`${sample}/0`, `${sample}/1`],
    );
  });

  it('show the whole critique beside', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    await apply((await quickFixes(uri, diagnostic.range))[3]);
    const beside = vscode.window.visibleTextEditors.find(({ document }) =>
      document.uri.path.endsWith('.critique'),
    );
    assert.ok(beside);
    assert.ok(beside.document.getText().includes('Therefore, the answer is incorrect.'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString(), 'focus stays');
  });

  it('open the text of the critique to edit it, and decide nothing by that', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const actions = await quickFixes(uri, diagnostic.range);
    await apply(actions.find(({ title }) => title === 'Edit critique'));
    const edited = vscode.window.activeTextEditor?.document;
    assert.equal(edited?.uri.scheme, 'reflection-edit');
    assert.ok(edited?.getText().startsWith('Check 1: 37*3=111'));
    assert.deepEqual(reviewsIn(critiqueDir), []);
  });

  it('work by keyboard: next finding, then accept at the cursor', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    await vscode.commands.executeCommand('reflection.nextFinding');
    const editor = vscode.window.activeTextEditor;
    assert.ok(diagnostic && editor?.selection.active.isEqual(diagnostic.range.start));
    await vscode.commands.executeCommand('reflection.acceptFinding');
    await eventually(vscode.languages.onDidChangeDiagnostics, () => reviewsIn(critiqueDir)[0], 'a review');
  });
});
