import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { transcriptUri } from '../../src/extension/transcriptAddress.ts';
import { activate, closeEditors, openFolder } from './extensionUnderTest.ts';
import { freshRun, open } from './findingRuns.ts';
import { critique, PROBLEMS, solution, writeRun } from './runFixtures.ts';

const ROWS = PROBLEMS.map((problem) => `${JSON.stringify(problem)}\n`).join('');

async function lenses(uri: vscode.Uri): Promise<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
}

async function follow(uri: vscode.Uri, title: string): Promise<void> {
  const command = (await lenses(uri)).find((lens) => lens.command?.title.includes(title))?.command;
  assert.ok(command, `a link ${title}`);
  await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
}

const activeText = () => vscode.window.activeTextEditor?.document.uri.path ?? '';

describe('the links above a transcript', () => {
  let file: string;

  before(async () => {
    await activate();
    file = path.join(openFolder().uri.fsPath, 'links.jsonl');
    fs.writeFileSync(file, `\n${ROWS}`);
  });
  afterEach(closeEditors);

  function writeSamples(manifestFile: string | null): string {
    const id = freshRun('evaluate');
    const rows = [solution('cards', 0), solution('tank', 1), solution('tank', 0)];
    const problemSet = { name: 'links', path: manifestFile, sha256: 'a'.repeat(64), count: 2 };
    writeRun(openFolder().uri.fsPath, { kind: 'evaluate', id, solutions: rows, problemSet });
    return id;
  }

  it('lead to its neighbours in the order of the set, whichever was finished first', async () => {
    const id = writeSamples(file);
    const uri = await open(id, 'tank#1');
    const titles = (await lenses(uri)).map(({ command }) => command?.title);
    assert.deepEqual(titles, [
      'problem tank',
      'run folder',
      '$(arrow-left) tank#0',
      'cards#0 $(arrow-right)',
    ]);
    await follow(uri, 'cards#0');
    assert.ok(activeText().endsWith('/cards#0.transcript'), activeText());
    const last = vscode.window.activeTextEditor?.document.uri;
    assert.ok(last);
    assert.equal((await lenses(last)).length, 3, 'nothing comes after the last');
  });

  it('lead to the problem in its file, wherever it stands now', async () => {
    const uri = await open(writeSamples(file), 'cards#0');
    await follow(uri, 'problem cards');
    assert.equal(activeText(), file);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2);
  });

  it('open no file that is no problem file, whatever the run says', async () => {
    const secret = path.join(openFolder().uri.fsPath, 'id_rsa');
    fs.writeFileSync(secret, 'secret');
    const uri = await open(writeSamples(secret), 'tank#0');
    await follow(uri, 'problem tank');
    assert.ok(activeText().endsWith('.transcript'), activeText());
    const without = await open(writeSamples(null), 'tank#0');
    assert.ok((await lenses(without)).every(({ command }) => !command?.title.startsWith('problem')));
  });

  it('lead from a critique to its solution', async () => {
    const wrong = solution('tank', 0);
    const id = freshRun('critique');
    const made = critique(wrong, 0);
    writeRun(openFolder().uri.fsPath, { kind: 'critique', id, solutions: [wrong], critiques: [made] });
    const folder = openFolder().uri.toString();
    const uri = transcriptUri({ folder, run: id, kind: 'critique', sample: made.id });
    await vscode.commands.executeCommand('reflection.refresh');
    await vscode.window.showTextDocument(uri);
    await follow(uri, 'solution tank#0');
    assert.ok(activeText().endsWith('/tank#0.transcript'), activeText());
  });

  it('run commands of ours only, and nothing in the text of a model is a link', async () => {
    const id = freshRun('evaluate');
    const text =
      '[x](command:workbench.action.quit) command:workbench.action.quit https://example.org file:///etc';
    const hostile = { ...solution('tank', 0, 'incorrect', text), id: 'tank#0' };
    writeRun(openFolder().uri.fsPath, { kind: 'evaluate', id, solutions: [hostile] });
    const uri = await open(id, 'tank#0');
    const extension = vscode.extensions.getExtension('reflection-workbench.reflection-workbench');
    const own = new Set(
      extension?.packageJSON.contributes.commands.map(({ command }: { command: string }) => command),
    );
    for (const { command } of await lenses(uri)) assert.ok(own.has(command?.command), command?.command);
    const links = vscode.workspace.getConfiguration('editor', { uri, languageId: 'reflection-transcript' });
    assert.equal(links.get('links'), false);
  });
});
