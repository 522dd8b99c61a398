import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { type Review, reviewSchema } from '../../src/core/schema/lines.ts';
import {
  activate,
  closeEditors,
  diagnosticsOf,
  eventually,
  openFolder,
  runName,
} from './extensionUnderTest.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

const { Warning, Hint, Information } = vscode.DiagnosticSeverity;
let serial = 0;

/** A run with one wrong solution, and a run that criticises it: the first critique reaches the gold answer or not. */
function writePair(grades: readonly ('correct' | 'incorrect')[]): {
  run: string;
  critiqueDir: string;
  sample: string;
} {
  const folder = openFolder().uri.fsPath;
  const run = `findings-${++serial}-evaluate`;
  const wrong = solution('tank', 0);
  writeRun(folder, { kind: 'evaluate', id: run, solutions: [wrong, solution('cards', 0)] });
  const critiqueDir = writeRun(folder, {
    kind: 'critique',
    id: `findings-${serial}-critique`,
    solutions: [wrong],
    critiques: grades.map((grade, index) => critique(wrong, index, grade)),
    parents: [{ kind: 'run', id: run, role: 'solutions' }],
  });
  return { run, critiqueDir, sample: wrong.id };
}

function open(run: string, sample: string): Thenable<vscode.Uri> {
  return vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
    run: runName(run),
    solution: sample,
  });
}

function reviewsIn(dir: string): Review[] {
  const file = path.join(dir, 'reviews.jsonl');
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => reviewSchema.parse(JSON.parse(line)));
}

describe('findings', () => {
  before(activate);
  afterEach(closeEditors);

  it('are diagnostics on the step, from critiques in another run', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(diagnostic);
    assert.equal(document.getText(diagnostic.range), 'Step 2: 111+37=158.');
    assert.equal(diagnostic.message, 'Check 2: 111+37=148, the solution has 158. Wrong.');
    assert.equal(diagnostic.source, 'reflection');
    assert.equal(diagnostic.severity, Warning);
    assert.ok(typeof diagnostic.code === 'object' && diagnostic.code.value === 'wrong-step');
  });

  it('lead to the sentence of the critique', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    const related = diagnostic?.relatedInformation?.[0];
    assert.ok(related);
    const whole = await vscode.workspace.openTextDocument(related.location.uri);
    assert.equal(whole.getText(related.location.range), 'Check 2: 111+37=148, the solution has 158. Wrong.');
  });

  it('are hints when no critique reached the gold answer', async () => {
    const { run, sample } = writePair(['incorrect']);
    const uri = await open(run, sample);
    const found = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.deepEqual(
      found.map(({ severity }) => severity),
      [Hint],
    );
  });

  it('count the critiques that agree', async () => {
    const { run, sample } = writePair(['correct', 'incorrect', 'incorrect']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.match(diagnostic?.message ?? '', /^3 of 3 critiques: /);
  });

  it('that confirm a step are shown when asked for', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the wrong step');
    const settings = vscode.workspace.getConfiguration('reflection.findings');
    await settings.update('confirmed', true, vscode.ConfigurationTarget.Global);
    const both = await diagnosticsOf(uri, ({ length }) => length === 2, 'both steps');
    assert.equal(both[0]?.severity, Information);
    await settings.update('confirmed', undefined, vscode.ConfigurationTarget.Global);
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the wrong step alone again');
  });

  it('appear when a critique is written while the transcript is open', async () => {
    const folder = openFolder().uri.fsPath;
    const run = `findings-${++serial}-evaluate`;
    const wrong = solution('tank', 0);
    writeRun(folder, { kind: 'evaluate', id: run, solutions: [wrong] });
    const uri = await open(run, wrong.id);
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
    writeRun(folder, {
      kind: 'critique',
      id: `findings-${serial}-late`,
      critiques: [critique(wrong, 0)],
      parents: [{ kind: 'run', id: run, role: 'solutions' }],
    });
    await diagnosticsOf(uri, ({ length }) => length === 1, 'the new finding');
  });
});

describe('quick fixes on a finding', () => {
  before(activate);
  afterEach(closeEditors);

  async function fixes(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
    return vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
    );
  }

  async function apply(action: vscode.CodeAction | undefined): Promise<void> {
    assert.ok(action?.command);
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
  }

  it('review, show and edit the critique', async () => {
    const { run, sample } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const actions = await fixes(uri, diagnostic.range);
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
    assert.deepEqual(await fixes(uri, new vscode.Range(0, 0, 0, 1)), [], 'nothing to fix elsewhere');
  });

  it('append one line to the run of the critique, and the diagnostic follows', async () => {
    const { run, sample, critiqueDir } = writePair(['correct']);
    const uri = await open(run, sample);
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length > 0, 'a diagnostic');
    assert.ok(diagnostic);
    const [accept, reject, superficial] = await fixes(uri, diagnostic.range);
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
    const [accept, reject] = await fixes(uri, diagnostic.range);
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
    const [accept] = await fixes(uri, diagnostic.range);
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
    await apply((await fixes(uri, diagnostic.range))[3]);
    const beside = vscode.window.visibleTextEditors.find(({ document }) =>
      document.uri.path.endsWith('.critique'),
    );
    assert.ok(beside);
    assert.ok(beside.document.getText().includes('Therefore, the answer is incorrect.'));
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), uri.toString(), 'focus stays');
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

describe('more findings than an editor shows', () => {
  before(activate);
  afterEach(closeEditors);

  it('are counted in one more diagnostic', async () => {
    const lines = Array.from({ length: 1200 }, (_, at) => `Step ${at + 1}: ${at}+1=${at + 3}.`);
    const wrong = solution('tank', 0, 'incorrect', lines.join('\n'));
    let start = 0;
    const findings = lines.map((line, at) => {
      const span: [number, number] = [start, start + line.length];
      start += line.length + 1;
      const message = `Check ${at + 1}: ${at}+1=${at + 1}. Wrong.`;
      return { span, kind: 'wrong-step' as const, message, confidence: 0.9, anchor: 'step' as const };
    });
    const id = `findings-${++serial}-many`;
    const made = { ...critique(wrong, 0), findings, text: findings.map(({ message }) => message).join('\n') };
    writeRun(openFolder().uri.fsPath, { kind: 'critique', id, solutions: [wrong], critiques: [made] });
    const uri = await open(id, wrong.id);
    const found = await diagnosticsOf(uri, ({ length }) => length > 1000, 'many diagnostics');
    assert.equal(found.length, 1001);
    const more = found.find(({ code }) => code === 'more');
    assert.match(more?.message ?? '', /^200 more findings are not shown/);
  });
});
