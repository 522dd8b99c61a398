import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, openFolder } from './extensionUnderTest.ts';

async function lenses(name: string, text: string): Promise<vscode.CodeLens[]> {
  const file = path.join(openFolder().uri.fsPath, name);
  fs.writeFileSync(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
}

const titles = (found: vscode.CodeLens[]) => found.map(({ command }) => command?.title ?? '');

describe('code lenses of a problem file', () => {
  before(activate);
  afterEach(closeEditors);

  it('offer the file and each problem', async () => {
    const found = await lenses(
      'lens.jsonl',
      '{"id":"a","problem":"1+1?","answer":"2"}\n{"id":"b","question":"2+2?","answer":"4","solution":"Two and two."}\n',
    );
    assert.deepEqual(titles(found), [
      '$(beaker) Evaluate file',
      'Rejection-sample critiques',
      'a: solve',
      'sample',
      'b: solve',
      'critique',
      'sample',
    ]);
    const solve = found.find(({ command }) => command?.title === 'b: solve');
    assert.equal(solve?.range.start.line, 1);
    const target: unknown = solve?.command?.arguments?.[0];
    assert.deepEqual(target, { file: vscode.window.activeTextEditor?.document.uri.fsPath, problem: 'b' });
  });

  it('leave other JSON lines alone, and training sets', async () => {
    assert.deepEqual(await lenses('log.jsonl', '{"level":"info","message":"hello"}\n'), []);
    const record = { id: 'r', q: '1+1?', gold: '2', y: 'y', yAnswer: '2', yCorrect: 1, c: 'c', cAnswer: '2' };
    assert.deepEqual(await lenses('set.jsonl', `${JSON.stringify(record)}\n`), []);
  });

  it('skip a broken line', async () => {
    const found = await lenses(
      'broken.jsonl',
      '{"id":"a","problem":"1?","answer":"1"}\n{oops\n{"id":"c","problem":"3?","answer":"3"}\n',
    );
    assert.deepEqual(
      titles(found).filter((title) => title.includes('solve')),
      ['a: solve', 'c: solve'],
    );
  });

  it('can be switched off', async () => {
    const settings = vscode.workspace.getConfiguration('reflection');
    await settings.update('codeLens', false, vscode.ConfigurationTarget.Global);
    assert.deepEqual(await lenses('off.jsonl', '{"id":"a","problem":"1?","answer":"1"}\n'), []);
    await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Global);
  });
});

describe('rows of a problem file that cannot be used', () => {
  before(activate);
  afterEach(closeEditors);

  it('are marked on their line with the remedy, and mended by saving', async () => {
    const file = path.join(openFolder().uri.fsPath, 'faulty.jsonl');
    fs.writeFileSync(
      file,
      '{"id":"a","problem":"How many are one and one apples?","answer":"1"}\n{"id":"b","problem":"How many are two and two pears?",\n',
    );
    const document = await vscode.workspace.openTextDocument(file);
    const [found] = await diagnosticsOf(document.uri, ({ length }) => length === 1, 'a diagnostic');
    assert.equal(found?.range.start.line, 1);
    assert.equal(found?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(found?.message ?? '', /not JSON.*Correct the line/s);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(
      document.uri,
      document.lineAt(1).range,
      '{"id":"b","problem":"How many are two and two pears?","answer":"2"}',
    );
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await diagnosticsOf(document.uri, ({ length }) => length === 0, 'no diagnostic');
  });
});
