import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { UserError } from '../../core/errors.ts';
import type { Problem } from '../../core/schema/problem.ts';
import { type RunManifest, runManifestSchema } from '../../core/schema/run.ts';
import { diskError, errorCode, onDisk } from './diskErrors.ts';
import { MANIFEST_FILE, RUN_LINES } from './layout.ts';

/**
 * Makes a run directory: its own copy of the problems, so that it can be read on its own, and then the manifest.
 * The manifest is written last and at once: a directory without it is no run.
 */
export async function createRun(
  dir: string,
  manifest: RunManifest,
  problems: readonly Problem[],
): Promise<void> {
  const checked = runManifestSchema.parse(manifest);
  if (await isRun(dir)) {
    throw new UserError('run-exists', `There is a run in ${dir} already.`, {
      place: { file: path.join(dir, MANIFEST_FILE) },
      remedy: 'Resume it, or choose another run directory.',
    });
  }
  const problemsFile = path.join(dir, RUN_LINES.problems);
  const manifestFile = path.join(dir, MANIFEST_FILE);
  const lines = problems.map((problem) => `${JSON.stringify(problem)}\n`).join('');
  await makeDirectory(dir);
  await onDisk(problemsFile, () => writeFileAtomic(problemsFile, lines));
  await onDisk(manifestFile, () => writeFileAtomic(manifestFile, `${JSON.stringify(checked, null, 2)}\n`));
}

/** Makes a directory and those above it. Node's own way reports a read-only disk as a missing directory. */
export async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (thrown) {
    const code = errorCode(thrown);
    const parent = path.dirname(dir);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || parent === dir) throw diskError(dir, thrown);
    await makeDirectory(parent);
    await onDisk(dir, () => mkdir(dir)).catch((again: unknown) => {
      // Another process may have been first.
      if (!(again instanceof Error) || errorCode(again) !== 'EEXIST') throw again;
    });
  }
}

/** Whether the directory holds a run. */
export async function isRun(dir: string): Promise<boolean> {
  return stat(path.join(dir, MANIFEST_FILE)).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
