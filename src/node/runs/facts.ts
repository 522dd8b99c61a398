/** Where and with what a run was made: the part of its manifest that is the same for every kind. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { RunManifest } from '../../core/schema/run.ts';
import { packageRoot } from '../packageRoot.ts';

export function hostFacts(): RunManifest['host'] {
  return {
    name: os.hostname(),
    platform: `${os.platform()}-${os.arch()}`,
    cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  };
}

/** Version of the workbench, and the commit when it runs from a checkout. */
export async function workbenchFacts(): Promise<RunManifest['workbench']> {
  const manifest = await readFile(path.join(packageRoot(), 'package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(manifest));
  const commit = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: packageRoot() }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  return { version, commit };
}
