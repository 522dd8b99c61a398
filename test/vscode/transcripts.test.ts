import assert from 'node:assert/strict';
import fs from 'node:fs';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { transcriptAddress, transcriptUri } from '../../src/extension/transcriptAddress.ts';
import {
  activate,
  closeEditors,
  diagnosticsOf,
  eventually,
  openFolder,
  runName,
} from './extensionUnderTest.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

function open(run: string, sample: string): Thenable<vscode.Uri> {
  return vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
    run: runName(run),
    solution: sample,
  });
}

describe('transcripts', () => {
  before(activate);
  afterEach(closeEditors);

  it('are read-only documents with provenance, problem and solution', async () => {
    const dir = writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'transcripts-1',
      solutions: [solution('tank', 0)],
    });
    const written = fs.readFileSync(`${dir}/solutions.jsonl`, 'utf8');
    const uri = await open('transcripts-1', 'tank#0');
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText();
    assert.match(text, /^tank#0 · nano · T 0\.6 · seed 1000/);
    assert.ok(text.includes('A tank holds 37 litres.'));
    assert.ok(text.includes('Step 2: 111+37=158.'));
    assert.equal(document.languageId, 'reflection-transcript');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'x');
    await vscode.workspace.applyEdit(edit).then(undefined, () => false);
    await document.save();
    assert.equal(fs.readFileSync(`${dir}/solutions.jsonl`, 'utf8'), written);
  });

  it('have addresses that hold no path of a file, whatever an id is', () => {
    for (const sample of ['a#0', 'a/b#1/2', '../../etc/passwd', '%2e%2e', 'ü ∕ %', 'x.transcript']) {
      const address = { folder: 'file:///w', run: 'r', kind: 'transcript', sample } as const;
      const uri = vscode.Uri.parse(transcriptUri(address).toString());
      assert.deepEqual(transcriptAddress(uri), address);
      assert.equal(uri.path.split('/').length, 3);
    }
  });

  it('of a run that is not there say so', async () => {
    const folder = openFolder().uri.toString();
    const uri = transcriptUri({ folder, run: '../../..', kind: 'transcript', sample: 'x' });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /is not there any more/);
  });

  it('say so when the run is deleted while it is shown, and lose their findings', async () => {
    const folder = openFolder().uri.fsPath;
    const wrong = solution('tank', 0);
    const dir = writeRun(folder, {
      kind: 'critique',
      id: 'transcripts-deleted',
      solutions: [wrong],
      critiques: [critique(wrong, 0)],
    });
    const uri = await open('transcripts-deleted', wrong.id);
    await diagnosticsOf(uri, ({ length }) => length === 1, 'a finding');
    fs.rmSync(dir, { recursive: true });
    const document = await vscode.workspace.openTextDocument(uri);
    await eventually(
      vscode.workspace.onDidChangeTextDocument,
      () => /is not there any more/.test(document.getText()) || undefined,
      'the document says that the run is gone',
    );
    await diagnosticsOf(uri, ({ length }) => length === 0, 'no finding');
  });

  it('show markup, escapes, right-to-left marks and long lines as text', async () => {
    const hostile = [
      '<script>alert(1)</script> [click](command:workbench.action.quit) javascript:alert(1)',
      '\u001b[31mred\u001b[0m \u0000 \u202Eevil\u202C \u2028 separator',
      `${'9'.repeat(200_000)}`,
      '\\boxed{158}',
    ].join('\n');
    const text = `${hostile}\r\nend`;
    writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'transcripts-hostile',
      solutions: [solution('tank', 0, 'incorrect', text)],
    });
    const document = await vscode.workspace.openTextDocument(await open('transcripts-hostile', 'tank#0'));
    // What begins with a NUL is no text to an editor: it stands there as a sign.
    const shown = text.replaceAll('\r\n', '\n').replaceAll('\0', '␀');
    assert.ok(document.getText().replaceAll('\r\n', '\n').includes(shown));
  });

  it('of one line of ten megabytes open, and say how far they were read', async () => {
    const text = `${'Wait, 9 '.repeat(1_250_000)}\\boxed{158}`;
    writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'transcripts-endless',
      solutions: [solution('tank', 0, 'incorrect', text)],
    });
    const uri = await open('transcripts-endless', 'tank#0');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(document.getText().includes(text));
    const isEnd = ({ code }: vscode.Diagnostic) => code === 'more';
    const found = await diagnosticsOf(uri, (all) => all.some(isEnd), 'where reading ends');
    assert.match(found.find(isEnd)?.message ?? '', /first 1,?000,?000 characters/);
  });

  it('keep findings on their step when the solution mixes line ends', async () => {
    const mixed = solution(
      'tank',
      0,
      'incorrect',
      'Intro\r\nmore\rStep 1: 37*3=111.\nStep 2: 111+37=158.\nend \\boxed{158}',
    );
    writeRun(openFolder().uri.fsPath, {
      kind: 'critique',
      id: 'transcripts-mixed',
      solutions: [mixed],
      critiques: [critique(mixed, 0)],
    });
    const uri = await open('transcripts-mixed', 'tank#0');
    const [diagnostic] = await diagnosticsOf(uri, ({ length }) => length === 1, 'a finding');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(diagnostic);
    assert.equal(document.getText(diagnostic.range), 'Step 2: 111+37=158.');
  });

  it('have an outline of steps and reflections, and the thinking to fold', async () => {
    const text = [
      '<think>',
      'Step 1: 37*3=111.',
      'Step 2: 111+47=158. The answer is 158.',
      'Wait, let me double-check. The answer is 158.',
      'Wait, 111+37=148. The answer is 148.',
      '</think>',
      'The answer is \\boxed{148}.',
    ].join('\n');
    writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'transcripts-outline',
      solutions: [solution('tank', 0, 'correct', text)],
    });
    const uri = await open('transcripts-outline', 'tank#0');
    const document = await vscode.workspace.openTextDocument(uri);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    const names = (all: readonly vscode.DocumentSymbol[]): string[] =>
      all.flatMap(({ name, children }) => [name, ...names(children)]);
    assert.deepEqual(names(symbols).slice(0, 5), ['Problem', 'Solution', 'Thinking', 'Step 1', 'Step 2']);
    assert.ok(names(symbols).includes('↺ i→i superficial'), names(symbols).join());
    assert.ok(names(symbols).includes('↺ i→c'), names(symbols).join());
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      uri,
    );
    assert.ok(
      folds.some(
        ({ start, end }) =>
          document.lineAt(start).text === '<think>' && document.lineAt(end).text === '</think>',
      ),
    );
    const [faded] = await diagnosticsOf(uri, ({ length }) => length === 1, 'the superficial reflection');
    assert.equal(faded?.source, 'reflection trace');
    assert.deepEqual(faded?.tags, [vscode.DiagnosticTag.Unnecessary]);
    assert.equal(document.getText(faded?.range), 'Wait, let me double-check. The answer is 158.');
    await eventually(
      vscode.window.onDidChangeTextEditorVisibleRanges,
      () => (vscode.window.activeTextEditor?.visibleRanges.length ?? 0) > 1 || undefined,
      'the thinking is folded',
    );
  });

  it('of a half-written run show what is whole', async () => {
    const dir = writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'transcripts-torn',
      solutions: [solution('tank', 0)],
    });
    fs.appendFileSync(`${dir}/solutions.jsonl`, 'not json\n{"id":"tank#1","problemId":"ta');
    const document = await vscode.workspace.openTextDocument(await open('transcripts-torn', 'tank#0'));
    assert.ok(document.getText().includes('Step 2'));
    const missing = await vscode.workspace.openTextDocument(await open('transcripts-torn', 'tank#1'));
    assert.match(missing.getText(), /has no solution/);
  });
});
