import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, diagnosticsOf, openFolder } from './extensionUnderTest.ts';
import { solution, writeRun } from './runFixtures.ts';

const PROBLEMS = 50_000;
/** A guard against one long block, not a measurement: whatever else the machine does counts as well. */
const LONGEST_BLOCK_MS = 1500;

const row = (at: number) =>
  JSON.stringify({
    id: `p${at}`,
    problem: `Box ${at} holds ${at} red and ${at * 7 + 3} blue beads. How many beads are there in the box?`,
    answer: `${at * 8 + 3}`,
  });

/** `npm run bench -- editor --window` prints what this measures. */
describe('a problem set of 50,000 lines', () => {
  const blocked = monitorEventLoopDelay({ resolution: 5 });
  let editor: vscode.TextEditor;
  let run = '';
  let dir = '';

  before(async function () {
    this.timeout(60_000);
    await activate();
    run = path.join(openFolder().uri.fsPath, 'large.jsonl');
    const rows = Array.from({ length: PROBLEMS }, (_, at) => row(at));
    // The last problem is the first once more, under another id: lint has to have read them all to say so.
    const copy = row(0).replace('"p0"', '"again"');
    fs.writeFileSync(run, `${[...rows, copy].join('\n')}\n`);
    dir = writeRun(openFolder().uri.fsPath, {
      kind: 'evaluate',
      id: 'large-set',
      problemSet: { name: 'large', path: run, sha256: 'c'.repeat(64), count: PROBLEMS },
      problems: [{ id: 'p0', problem: 'Box 0', answer: '3', mode: 'math' }],
      solutions: [solution('p0', 0, 'correct')],
    });
    await vscode.commands.executeCommand('reflection.refresh');
    editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(run));
    blocked.enable();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await closeEditors();
    fs.rmSync(run);
    fs.rmSync(dir, { recursive: true });
  });

  async function measured<T>(what: string, work: () => Thenable<T>): Promise<T> {
    blocked.reset();
    const began = performance.now();
    const value = await work();
    const took = Math.round(performance.now() - began);
    const longest = Math.round(blocked.max / 1e6);
    console.log(`measured: ${what}: ${took} ms, the host was busy for ${longest} ms at a time at most`);
    assert.ok(longest < LONGEST_BLOCK_MS, `${what}: one block of ${longest} ms`);
    return value;
  }
  const lenses = () =>
    vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', editor.document.uri);

  it('has its lenses, its lint and its grades, and the host is free meanwhile', async function () {
    this.timeout(120_000);
    const found = await measured('lenses of 50,000 problems', lenses);
    assert.ok(found.length > 500);
    const hints = await measured('inlay hints', () =>
      vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        editor.document.uri,
        new vscode.Range(0, 0, 40, 0),
      ),
    );
    assert.deepEqual(
      hints.map(({ label }) => label),
      ['✓ 1/1'],
    );
    await measured('lint of 50,000 problems', () =>
      diagnosticsOf(
        editor.document.uri,
        (all) => all.some(({ range }) => range.start.line === PROBLEMS),
        'the copy is found',
        100_000,
      ),
    );
  });

  it('takes an edit without being read anew', async function () {
    this.timeout(60_000);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), `${row(PROBLEMS + 1)}\n`));
    const found = await measured('lenses after an edit', lenses);
    assert.match(found[2]?.command?.title ?? '', new RegExp(`^p${PROBLEMS + 1}`));
  });
});
