import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { type RunState, stateOf } from '../../core/runs/index.ts';
import type { RunManifest } from '../../core/schema/run.ts';
import { isRun } from './createRun.ts';
import { errorCode, onDisk } from './diskErrors.ts';
import { isWriterAlive } from './processAlive.ts';
import { readManifest } from './readRun.ts';
import { foldEvents } from './sampleIndex/eventFold.ts';

/** A run as a list shows it: read without its samples. */
export interface RunSummary {
  readonly id: string;
  readonly dir: string;
  readonly manifest: RunManifest;
  readonly state: RunState;
}

export interface RunListing {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Directories with a manifest that cannot be read. */
  readonly faults: readonly { readonly dir: string; readonly message: string }[];
}

/** The runs under a root such as `.reflection/runs`; a root that is not there has none. */
export async function listRuns(root: string): Promise<RunListing> {
  const runs: RunSummary[] = [];
  const faults: { dir: string; message: string }[] = [];
  for (const name of await runNames(root)) {
    const dir = path.join(root, name);
    try {
      runs.push(await summariseRun(dir));
    } catch (thrown) {
      faults.push({ dir, message: messageOf(thrown) });
    }
  }
  runs.sort(
    (a, b) => Date.parse(b.manifest.createdAt) - Date.parse(a.manifest.createdAt) || b.id.localeCompare(a.id),
  );
  return { runs, faults };
}

/** Manifest and present state of one run. */
export async function summariseRun(dir: string): Promise<RunSummary> {
  const manifest = await readManifest(dir);
  return { id: manifest.id, dir, manifest, state: await readRunState(dir) };
}

/** Present state of one run, from its events and from asking for its process. */
export async function readRunState(dir: string): Promise<RunState> {
  const read = await foldEvents(dir);
  const processAlive = read.end === null ? await isWriterAlive(read.process) : null;
  // A process that ended after its events were read is not lost: what it wrote last is there now.
  const fold = processAlive === false ? await foldEvents(dir) : read;
  return stateOf(fold, { now: Date.now() / 1000, processAlive });
}

/** Names of the directories under a root that hold a run. */
export async function runNames(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const names: string[] = [];
    for (const entry of entries) {
      if (entry.isDirectory() && (await isRun(path.join(root, entry.name)))) names.push(entry.name);
    }
    return names;
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return [];
    return onDisk(root, () => Promise.reject(thrown));
  }
}
