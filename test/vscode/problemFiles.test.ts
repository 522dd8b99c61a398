import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, eventually, openFolder } from './extensionUnderTest.ts';
import { solution, writeRun } from './runFixtures.ts';

const STATEMENT =
  'A tank holds 37 litres of water. It is tripled, and then 37 more litres are added. How many litres are there now?';

async function opened(name: string, text: string): Promise<vscode.TextEditor> {
  const file = path.join(openFolder().uri.fsPath, name);
  fs.writeFileSync(file, text);
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
}

async function fixesAt(uri: vscode.Uri, range: vscode.Range): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, range);
}

/** Labels and documentation of what is offered at an offset of the first line. */
async function offered(editor: vscode.TextEditor, character: number): Promise<Map<string, string>> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    editor.document.uri,
    new vscode.Position(0, character),
  );
  return new Map(
    items.map(({ label, documentation }) => [
      typeof label === 'string' ? label : label.label,
      documentation instanceof vscode.MarkdownString ? documentation.value : (documentation ?? ''),
    ]),
  );
}

/** A comma too many, told by VS Code's JSON server: it is up, and completes. */
const isCommaTold = (found: readonly vscode.Diagnostic[]) =>
  found.some(({ message }) => /comma/i.test(message));

const row = (id: string, statement: string, answer: string) =>
  JSON.stringify({ id, problem: statement, answer });

describe('a problem file', () => {
  before(activate);
  afterEach(closeEditors);

  it('is linted, and its faults have fixes', async () => {
    const editor = await opened(
      'lint.jsonl',
      [
        row('a', 'Ann has 3 apples and buys 4 more. How many apples has she now?', '7'),
        row('a', 'Bob runs 5 km on each of 6 days. How many kilometres is that in all?', '30'),
        row('c', 'Count the \u202Elegs\u202C of three spiders that sit on one wall.', '24'),
        '{"id":"d","problem":"Dora folds a sheet of paper in half four times. How many layers has it?","answer":NaN}',
        '',
      ].join('\n'),
    );
    const { uri } = editor.document;
    const found = await diagnosticsOf(
      uri,
      (all) => [1, 2, 3].every((line) => all.some(({ range }) => range.start.line === line)),
      'a diagnostic on each faulty line',
    );
    const fix = async (line: number, title: string) => {
      const diagnostic = found.find(({ range }) => range.start.line === line);
      assert.ok(diagnostic, `a diagnostic on line ${line}`);
      const fixes = await fixesAt(uri, diagnostic.range);
      const chosen = fixes.find((action) => action.title === title);
      assert.ok(chosen?.edit, `${title} among ${fixes.map((action) => action.title).join()}`);
      await vscode.workspace.applyEdit(chosen.edit);
    };
    await fix(1, 'Give it the id "a~2"');
    await fix(2, 'Delete hidden characters');
    await fix(3, 'Write null instead');
    const lines = editor.document.getText().split('\n');
    assert.equal(JSON.parse(lines[1] ?? '').id, 'a~2');
    assert.equal(JSON.parse(lines[2] ?? '').problem, 'Count the legs of three spiders that sit on one wall.');
    assert.equal(JSON.parse(lines[3] ?? '').answer, null);
    await editor.document.save();
    const left = await diagnosticsOf(
      uri,
      (all) => all.length > 0 && all.every(({ code }) => code === 'missing-gold'),
      'only the missing answer is left',
    );
    assert.equal(left.length, 1);
  });

  it('tells beside each problem how it fared the last time', async () => {
    const editor = await opened('hints.jsonl', `${row('tank', '37*3+37?', '148')}\n`);
    const problemSet = { name: 'hints', path: editor.document.uri.fsPath, sha256: 'a'.repeat(64), count: 1 };
    writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'hints-1',
      problemSet,
      solutions: [solution('tank', 0), solution('tank', 1, 'correct')],
    });
    await vscode.commands.executeCommand('reflection.refresh');
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      editor.document.uri,
      new vscode.Range(0, 0, 1, 0),
    );
    assert.deepEqual(
      hints.map(({ label }) => label),
      ['◐ 1/2'],
    );
  });

  it('completes fields and modes of a row', async () => {
    const editor = await opened('fields.jsonl', '{"problem": "1+1?", "a\n{"mode": "\n');
    const at = async (line: number) => {
      const end = editor.document.lineAt(line).range.end;
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        editor.document.uri,
        end,
      );
      return items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const fields = await at(0);
    assert.ok(fields.includes('answer'));
    assert.ok(!fields.includes('problem'), 'a field that is there is not offered');
    assert.ok((await at(1)).includes('aime'));
  });
});

describe('reflection.json', () => {
  before(activate);
  afterEach(closeEditors);

  it('is checked and completed as it is typed', async () => {
    const editor = await opened('reflection.json', '{ "models": 3 }\n');
    try {
      const [found] = await diagnosticsOf(editor.document.uri, ({ length }) => length > 0, 'a diagnostic');
      assert.match(found?.message ?? '', /object/);
    } finally {
      fs.rmSync(editor.document.uri.fsPath);
    }
  });

  it('offers its fields, the engines and what each is for', async () => {
    const editor = await opened('reflection.json', '{ "models": { "big": {  } },  }\n');
    try {
      // Another diagnostic may be of an earlier file of this name.
      await diagnosticsOf(editor.document.uri, isCommaTold, 'a comma too many: the file was read');
      const inModel = await offered(editor, 23);
      for (const field of ['engine', 'path', 'baseUrl', 'apiKeyEnv', 'lora']) {
        assert.ok(inModel.has(field), `${field} among ${[...inModel.keys()].join()}`);
      }
      const atTop = await offered(editor, 29);
      assert.match(atTop.get('problemSets') ?? '', /Problem files by name/);
      assert.ok(!atTop.has('models'), 'a field that is there is not offered');
    } finally {
      fs.rmSync(editor.document.uri.fsPath);
    }
  });
});

describe('a problem set in JSON', () => {
  before(activate);
  afterEach(closeEditors);

  it('offers the fields of a row and the modes of its answer, and says what each is', async () => {
    const editor = await opened('my-problems.json', '[{ "problem": "1+1?",  "mode": "" },]\n');
    await diagnosticsOf(editor.document.uri, isCommaTold, 'a comma too many: the file was read');
    const fields = await offered(editor, 22);
    assert.match(fields.get('answer') ?? '', /gold answer/);
    assert.ok(!fields.has('problem'), 'a field that is there is not offered');
    const modes = await offered(editor, 32);
    assert.ok(
      [...modes.keys()].some((label) => label.includes('aime')),
      [...modes.keys()].join(),
    );
  });

  it('says what does not fit, and leaves columns of other names alone', async () => {
    const editor = await opened(
      'odd-problems.json',
      '[{ "question": "1+1?", "answer": 2, "source": "mine" }, { "problem": 5, "answer": "2" }]\n',
    );
    const found = await diagnosticsOf(editor.document.uri, (all) => all.length > 0, 'a diagnostic');
    assert.ok(
      found.every(({ range }) => range.start.character > 50),
      JSON.stringify(found),
    );
  });
});

describe('a problem document', () => {
  before(activate);
  afterEach(closeEditors);

  it('has an outline with the steps of its solution, and folds', async () => {
    const editor = await opened(
      'tank.problem.md',
      `---\nid: tank\nanswer: 148\n---\n\n## Problem\n\n${STATEMENT}\n\n## Solution\n\nStep 1: 37*3=111.\nStep 2: 111+37=148.\n`,
    );
    assert.equal(editor.document.languageId, 'reflection-problem');
    const { uri } = editor.document;
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      uri,
    );
    assert.deepEqual(
      symbols.map(({ name, children }) => [name, children.map((child) => child.name)]),
      [
        ['Problem', []],
        ['Solution', ['Step 1', 'Step 2']],
      ],
    );
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      uri,
    );
    assert.deepEqual(
      folds.map(({ start, end }) => [start, end]),
      [
        [0, 3],
        [5, 7],
        [9, 12],
      ],
    );
    await eventually(
      vscode.languages.onDidChangeDiagnostics,
      () => vscode.languages.getDiagnostics(uri).length === 0 || undefined,
      'nothing wrong with it',
    );
  });
});
