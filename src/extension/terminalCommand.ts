/**
 * Makes `reflection` a command of the editor's terminals, where somebody wants to paste one: an installed extension is on
 * nobody's PATH. Behind what is there already, so that another `reflection` stays the one that it is.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cliFile } from './launch.ts';
import type { Services } from './services.ts';

export async function provideTerminalCommand(services: Services): Promise<void> {
  const { context } = services;
  const bin = path.join(context.globalStorageUri.fsPath, 'bin');
  await mkdir(bin, { recursive: true });
  const [node, cli] = [process.execPath, cliFile(services)];
  if (process.platform === 'win32') {
    const lines = ['@echo off', 'set ELECTRON_RUN_AS_NODE=1', `"${node}" "${cli}" %*`, ''];
    await writeFile(path.join(bin, 'reflection.cmd'), lines.join('\r\n'));
  } else {
    const file = path.join(bin, 'reflection');
    await writeFile(file, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(node)} ${quoted(cli)} "$@"\n`);
    await chmod(file, 0o755);
  }
  context.environmentVariableCollection.append('PATH', `${path.delimiter}${bin}`);
}

/** A word of a shell command. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`;
}
