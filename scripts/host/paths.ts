import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const hostDir = import.meta.dirname;
export const projectRoot = path.resolve(hostDir, '../..');
export const codeServerDir = path.join(hostDir, 'node_modules/code-server');
export const screenshotsDir = path.join(projectRoot, 'dist/screenshots');

/**
 * A private folder for one launch. The name stays short because VS Code puts unix sockets into it,
 * and a socket's path may have 107 characters at most.
 */
export function makeTempDir(prefix: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), prefix));
}

/** Removes a launch's folder; processes on their way out may still write into it, hence the retries. */
export function removeDir(dir: string): void {
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
