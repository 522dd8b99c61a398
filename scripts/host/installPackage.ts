import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageExtension } from '../package.mjs';
import type { Host } from './install.ts';

let packed: Promise<string> | undefined;

/** Packs the extension, once a process, and installs it by the server's own command; the folder that it lies in then. */
export async function installPackage(
  host: Host,
  { userDataDir, extensionsDir }: { userDataDir: string; extensionsDir: string },
): Promise<string> {
  packed ??= packageExtension().then(({ file }) => file);
  const server = path.join(host.codeServer, 'lib/vscode/out/server-main.js');
  await promisify(execFile)(host.node, [
    ...[server, '--accept-server-license-terms', '--install-extension', await packed],
    ...['--server-data-dir', path.join(userDataDir, '.server')],
    ...['--user-data-dir', userDataDir, '--extensions-dir', extensionsDir],
  ]);
  const name = fs.readdirSync(extensionsDir).find((one) => one.startsWith('reflection-workbench.'));
  if (name === undefined) throw new Error('the package was not installed');
  return path.join(extensionsDir, name);
}
