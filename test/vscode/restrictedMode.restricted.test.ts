import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, diagnosticsOf, eventually, openFolder, runName } from './extensionUnderTest.ts';
import { critique, solution, writeRun } from './runFixtures.ts';

describe('restricted mode', () => {
  before(activate);

  it('lets runs be read: transcript, findings, review', async () => {
    const wrong = solution('tank', 0);
    const dir = writeRun(openFolder().uri.fsPath, {
      kind: 'critique',
      id: 'restricted',
      solutions: [wrong],
      critiques: [critique(wrong, 0)],
    });
    const uri = await vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
      run: runName('restricted'),
      solution: wrong.id,
    });
    await diagnosticsOf(uri, ({ length }) => length === 1, 'a finding');
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.rejectFinding');
    await diagnosticsOf(uri, ({ length }) => length === 0, 'the finding rejected');
    assert.ok(fs.existsSync(`${dir}/reviews.jsonl`));
  });

  it('starts nothing', async () => {
    for (const command of ['resampleCritiques', 'continueFromHere', 'askAnotherModel']) {
      const answer = await vscode.commands.executeCommand(`reflection.${command}`, { n: 4, model: 'nano' });
      assert.equal(answer, undefined, command);
    }
    const root = `${openFolder().uri.fsPath}/.reflection/runs`;
    const before = fs.readdirSync(root);
    const file = `${openFolder().uri.fsPath}/set.jsonl`;
    fs.writeFileSync(file, '{"problem":"1+1?","answer":"2"}\n');
    const data = `${openFolder().uri.fsPath}/data.jsonl`;
    for (const command of [
      'evaluate',
      'critique',
      'sample',
      'train',
      'doctor',
      'resumeRun',
      'stopRun',
      'exportReviewed',
    ]) {
      const target = { file, data, model: 'nano', recipe: 'scft-nano', n: 1, run: runName('restricted') };
      assert.equal(await vscode.commands.executeCommand(`reflection.${command}`, target), undefined, command);
    }
    assert.deepEqual(fs.readdirSync(root), before);
    assert.equal(vscode.tasks.taskExecutions.length, 0);
  });

  it('writes a review through no link to a file of the user', async () => {
    const wrong = solution('tank', 0);
    const dir = writeRun(openFolder().uri.fsPath, {
      kind: 'critique',
      id: 'linked',
      solutions: [wrong],
      critiques: [critique(wrong, 0)],
    });
    const profile = `${openFolder().uri.fsPath}/profile`;
    fs.writeFileSync(profile, 'echo hello\n');
    fs.symlinkSync(profile, `${dir}/reviews.jsonl`);
    const uri = await vscode.commands.executeCommand<vscode.Uri>('reflection.openTranscript', {
      run: runName('linked'),
      solution: wrong.id,
    });
    await diagnosticsOf(uri, ({ length }) => length === 1, 'a finding');
    await vscode.commands.executeCommand('reflection.nextFinding');
    await vscode.commands.executeCommand('reflection.acceptFinding');
    assert.equal(fs.readFileSync(profile, 'utf8'), 'echo hello\n');
  });

  it('ignores settings of the folder that name a program, a model or the reviewer', async () => {
    const folder = openFolder().uri;
    const values = {
      'reflection.samples': 3,
      'reflection.python': '/evil',
      'reflection.defaultModel': '/evil.gguf',
      'reflection.reviewer': 'somebody else',
    };
    await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(folder, '.vscode'));
    const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
    await vscode.workspace.fs.writeFile(file, Buffer.from(JSON.stringify(values)));
    const read = (key: string) => vscode.workspace.getConfiguration('reflection', folder).get(key);
    await eventually(
      vscode.workspace.onDidChangeConfiguration,
      () => read('samples') === 3 || undefined,
      'the settings of the folder were read',
    );
    assert.equal(read('python'), '');
    assert.equal(read('defaultModel'), 'nano');
    assert.equal(read('reviewer'), '');
  });
});
