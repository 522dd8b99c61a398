/** What every step of the set-up uses: running programs, and doing a thing once. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs a program with the terminal attached; rejects with its command line when it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          Object.assign(
            new Error(`${path.basename(command)} ${args.join(' ')} ended with ${signal ?? code}`),
            { code },
          ),
        );
    });
  });
}

/** Hash of some files' contents and of what the result depends on besides them. */
export function stampOf(files, ...extra) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.update(JSON.stringify([process.platform, process.arch, ...extra])).digest('hex');
}

/** Does `work` unless `stampFile` holds `stamp`; writes the stamp after it succeeded. */
export async function once(stampFile, stamp, work) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  rmSync(stampFile, { force: true });
  await work();
  writeFileSync(stampFile, stamp);
}
