import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate, closeEditors, openFolder } from './extensionUnderTest.ts';

const TOKEN = 'hf_made_up_for_this_test';

/** Answers questions of the editor instead of a person, until the test has ended. */
const restore: (() => void)[] = [];
function answer<Name extends 'showInputBox' | 'showInformationMessage'>(name: Name, reply: unknown): void {
  const original = Object.getOwnPropertyDescriptor(vscode.window, name);
  Object.defineProperty(vscode.window, name, { configurable: true, value: async () => reply });
  restore.push(() => Object.defineProperty(vscode.window, name, original ?? {}));
}

function environment(name: string, value: string | undefined): void {
  const before = process.env[name];
  const set = (to: string | undefined) => {
    if (to === undefined) delete process.env[name];
    else process.env[name] = to;
  };
  set(value);
  restore.push(() => set(before));
}

/** A hub that asks for a token, and keeps the questions that it was asked. */
async function gatedHub(): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.end('{"problem": "What is 1 + 1?", "answer": "2", "unique_id": "one"}\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  restore.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}

/** All text that was written into the workspace. */
function everythingWritten(folder: string): string {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:log|out|json|jsonl|txt)$/.test(entry.name))
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

describe('importing problem sets', () => {
  before(activate);
  afterEach(async () => {
    for (const undo of restore.splice(0).reverse()) undo();
    await closeEditors();
  });

  it('takes a file of this machine into the workspace', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'import-')), 'mine.csv');
    fs.writeFileSync(file, 'question,answer\n"What is 2 + 2?",4\n');
    const imported = await vscode.commands.executeCommand<string>('reflection.importProblems', { file });
    assert.equal(imported, path.join(openFolder().uri.fsPath, 'problems', 'mine.jsonl'));
    assert.match(fs.readFileSync(imported, 'utf8'), /What is 2 \+ 2\?/);
  });

  it('fetches nothing when the person does not agree', async () => {
    const { url, asked } = await gatedHub();
    environment('HF_ENDPOINT', url);
    answer('showInformationMessage', undefined);
    await vscode.commands.executeCommand('reflection.importProblems', { set: 'math500' });
    assert.equal(asked.length, 0);
  });

  it('hands the stored token to the import alone, and writes it into no file of the workspace', async () => {
    const { url, asked } = await gatedHub();
    environment('HF_ENDPOINT', url);
    environment('HF_TOKEN', undefined);
    answer('showInputBox', TOKEN);
    assert.equal(await vscode.commands.executeCommand('reflection.setHubToken'), true);
    answer('showInformationMessage', 'Fetch');
    const file = await vscode.commands.executeCommand<string>('reflection.importProblems', {
      set: 'math500',
    });
    assert.equal(path.basename(file), 'math500.jsonl');
    assert.deepEqual(
      new Set(asked.map(({ headers }) => headers.authorization)),
      new Set([`Bearer ${TOKEN}`]),
    );
    assert.equal(process.env.HF_TOKEN, undefined);
    assert.ok(!everythingWritten(openFolder().uri.fsPath).includes(TOKEN));
    answer('showInputBox', '');
    assert.equal(await vscode.commands.executeCommand('reflection.setHubToken'), false);
  });
});
