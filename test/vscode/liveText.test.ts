import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunEvent } from '../../src/core/schema/event.ts';
import { activate, closeEditors, eventually, openFolder, runName } from './extensionUnderTest.ts';
import { freshRun } from './findingRuns.ts';
import { startEvent, writeRun } from './runFixtures.ts';

const now = () => Date.now() / 1000;

/** As the pipeline does it: readers see the old file or the new one. */
function write(dir: string, id: string, text: string): void {
  const file = path.join(dir, 'live.json');
  fs.writeFileSync(`${file}.new`, JSON.stringify({ id, start: 0, text, t: now() }));
  fs.renameSync(`${file}.new`, file);
}

function holds(document: vscode.TextDocument, text: string): Promise<boolean> {
  return eventually(
    vscode.workspace.onDidChangeTextDocument,
    () => document.getText().includes(text) || undefined,
    `the document holds ${text}`,
  );
}

describe('the text of a running run', () => {
  before(activate);
  afterEach(closeEditors);

  it('grows in its document until the run is over, and is nothing to click or to run', async () => {
    const id = freshRun('live');
    const started: RunEvent[] = [
      { ...startEvent(), t: now() } as RunEvent,
      { type: 'progress', t: now(), stage: 'solutions', done: 1, total: 4 },
    ];
    const dir = writeRun(openFolder().uri.fsPath, { kind: 'evaluate', id, events: started });
    write(dir, 'tank#1', 'Step 1: 37*3=1');
    await vscode.commands.executeCommand('reflection.watchRun', { run: runName(id) });
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.equal(document.languageId, 'reflection-transcript');
    await holds(document, '── tank#1, 14 characters so far ──\n\nStep 1: 37*3=1\n');
    assert.match(document.getText(), /^nano on two · 1\/4 solutions\n/);
    const more = 'Step 1: 37*3=111.\nStep 2: [x](command:y) \u202e\u001b[31m';
    write(dir, 'tank#1', more);
    await holds(document, more);
    fs.rmSync(path.join(dir, 'live.json'));
    await holds(document, 'Nothing is being written at the moment.');
    const end: RunEvent = { type: 'run_end', t: now(), status: 'ok', error: null };
    fs.appendFileSync(path.join(dir, 'events.jsonl'), `${JSON.stringify(end)}\n`);
    await holds(document, 'Nothing is being written any more.');
  });
});
