import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { solutionAt, writeLargeRun } from '../process/runs/largeRun.ts';
import { activate, closeEditors, diagnosticsOf, openFolder, runName } from './extensionUnderTest.ts';
import { critique, writeRun } from './runFixtures.ts';

const RUN = 'large-run';
const TEXT = 'Step 1: 37*3=111.\nStep 2: 111+37=158.\n';
const CRITICISED = [3, 390] as const;

/** More than is read whole: 400 problems, 16 samples each, 36 MB. Two of its solutions are criticised elsewhere. */
describe('a run too large to be read whole', () => {
  const dirs: string[] = [];

  before(async function () {
    this.timeout(60_000);
    await activate();
    const dir = path.join(openFolder().uri.fsPath, '.reflection/runs', RUN);
    fs.mkdirSync(path.dirname(dir), { recursive: true });
    await writeLargeRun(dir, { problems: 400, n: 16, characters: 5500 });
    assert.ok(fs.statSync(path.join(dir, 'solutions.jsonl')).size > 33 << 20);
    const solutions = CRITICISED.map((problem) => solutionAt(problem, 0, TEXT));
    dirs.push(
      dir,
      writeRun(openFolder().uri.fsPath, {
        kind: 'critique',
        id: 'critique-of-large',
        problems: CRITICISED.map((at) => ({
          id: `problem-${at}`,
          problem: 'How many?',
          answer: '1',
          mode: 'math',
        })),
        solutions,
        critiques: solutions.map((row) => critique(row, 0)),
        parents: [{ kind: 'run', id: RUN, role: 'solutions' }],
      }),
    );
    await vscode.commands.executeCommand('reflection.refresh');
  });
  after(async () => {
    await closeEditors();
    for (const dir of dirs) fs.rmSync(dir, { recursive: true });
  });

  const active = () => vscode.window.activeTextEditor?.document.uri.path;

  it('is reviewed from one criticised problem to the next, and back', async function () {
    this.timeout(60_000);
    const uri = await vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
      run: runName(RUN),
      solution: 'problem-3#0',
    });
    await diagnosticsOf(uri, ({ length }) => length === 1, 'a finding');
    await vscode.commands.executeCommand('reflection.nextFinding');
    assert.match(active() ?? '', /problem-3#0/);
    await vscode.commands.executeCommand('reflection.nextFinding');
    assert.match(active() ?? '', /problem-390#0/);
    await vscode.commands.executeCommand('reflection.nextFinding');
    assert.match(active() ?? '', /problem-390#0/, 'there is none after the last one');
    await vscode.commands.executeCommand('reflection.previousFinding');
    assert.match(active() ?? '', /problem-3#0/);
  });
});
