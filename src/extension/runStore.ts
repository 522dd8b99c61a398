/**
 * The runs of the open folders, as they are on disk now. Everything that shows runs reads from here, and holds the
 * store while it is on screen: nothing is read while nobody looks.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../core/errors.ts';
import type { RunState } from '../core/runs/index.ts';
import type { RunManifest } from '../core/schema/run.ts';
import {
  MANIFEST_FILE,
  RUN_LINES,
  type RunData,
  readRun,
  runNames,
  runsRoot,
  summariseRun,
} from '../node/runs/index.ts';
import { type Follower, followState, isOver } from './followRun.ts';

/** One run of an open folder. */
export interface RunEntry {
  readonly folder: vscode.WorkspaceFolder;
  /** Name of the directory. */
  readonly id: string;
  readonly dir: string;
  readonly manifest: RunManifest;
  readonly state: RunState;
  /** Changes whenever anything in the directory does. */
  readonly revision: string;
}

/** A directory whose manifest cannot be read. */
export interface RunFault {
  readonly folder: vscode.WorkspaceFolder;
  readonly dir: string;
  readonly message: string;
}

export interface RunStore extends vscode.Disposable {
  /** Newest first. Empty until the first look; `refresh` looks at once. */
  readonly runs: readonly RunEntry[];
  readonly faults: readonly RunFault[];
  /** Fires when a run appeared, changed or went, at most a few times a second. */
  readonly onDidChange: vscode.Event<void>;
  find(folder: vscode.Uri, id: string): RunEntry | undefined;
  /** Everything in a run; read again only when the directory has changed. */
  data(run: RunEntry): Promise<RunData>;
  refresh(): Promise<void>;
  /** Keeps looking until disposed. */
  hold(): vscode.Disposable;
}

const LOOK_MS = 2000;
/** How many runs are kept in memory with their samples. */
const DATA_KEPT = 6;

export function createRunStore(log: vscode.LogOutputChannel): RunStore {
  const changed = new vscode.EventEmitter<void>();
  const known = new Map<string, RunEntry>();
  const followers = new Map<string, Follower>();
  const cache = new Map<string, { revision: string; data: Promise<RunData> }>();
  let faults: readonly RunFault[] = [];
  let sorted: readonly RunEntry[] = [];
  let holders = 0;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isDisposed = false;

  function publish(): void {
    sorted = [...known.values()].sort(
      (a, b) =>
        Date.parse(b.manifest.createdAt) - Date.parse(a.manifest.createdAt) || b.id.localeCompare(a.id),
    );
    changed.fire();
  }

  /** One look at the disk. Two timers at once share one look. */
  function look(): Promise<void> {
    looking ??= lookOnce(false).finally(() => {
      looking = undefined;
    });
    return looking;
  }

  /** `isThorough`: runs that are followed are read again too, because the caller needs to know how they are now. */
  async function lookOnce(isThorough: boolean): Promise<void> {
    const seen = new Set<string>();
    const newFaults: RunFault[] = [];
    let isChanged = false;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      const root = runsRoot(folder.uri.fsPath);
      for (const name of await runNames(root)) {
        const dir = path.join(root, name);
        try {
          isChanged = (await lookAt(folder, dir, isThorough)) || isChanged;
          seen.add(dir);
        } catch (thrown) {
          newFaults.push({ folder, dir, message: messageOf(thrown) });
        }
      }
    }
    for (const dir of [...known.keys()]) {
      if (seen.has(dir)) continue;
      forget(dir);
      isChanged = true;
    }
    if (JSON.stringify(faults.map(faultText)) !== JSON.stringify(newFaults.map(faultText))) isChanged = true;
    faults = newFaults;
    if (isChanged && !isDisposed) publish();
  }

  async function lookAt(folder: vscode.WorkspaceFolder, dir: string, isThorough: boolean): Promise<boolean> {
    const old = known.get(dir);
    // A follower keeps state and revision together; a new revision beside an old state would be believed.
    if (old !== undefined && followers.has(dir) && !isThorough) return false;
    const revision = await revisionOf(dir);
    const isSame = old?.revision === revision;
    if (old !== undefined && isSame && isOver(old.state.status)) return false;
    const { id, manifest, state } = await summariseRun(dir);
    known.set(dir, { folder, id, dir, manifest, state, revision });
    if (!followers.has(dir) && holders > 0 && !isOver(state.status)) follow(dir);
    return !isSame || old?.state.status !== state.status;
  }

  function follow(dir: string): void {
    const follower = followState(dir, (state) => {
      void revisionOf(dir).then((revision) => {
        const entry = known.get(dir);
        if (entry === undefined || isDisposed) return;
        // The revision may be younger than the state. A last state is not left at that: the next look reads it anew.
        const mark = isOver(state.status) ? `${revision} over` : revision;
        known.set(dir, { ...entry, state, revision: mark });
        publish();
      });
    });
    followers.set(dir, follower);
    follower.ended
      .catch((thrown: unknown) => log.warn(`following ${dir} ended: ${messageOf(thrown)}`))
      .finally(() => followers.delete(dir));
  }

  function forget(dir: string): void {
    followers.get(dir)?.dispose();
    known.delete(dir);
    cache.delete(dir);
  }

  function schedule(): void {
    timer = setTimeout(() => {
      look()
        .catch((thrown: unknown) => log.warn(`looking for runs failed: ${messageOf(thrown)}`))
        .finally(() => {
          if (holders > 0 && !isDisposed) schedule();
        });
    }, LOOK_MS);
  }

  function release(): void {
    holders -= 1;
    if (holders > 0) return;
    clearTimeout(timer);
    for (const follower of followers.values()) follower.dispose();
  }

  return {
    get runs() {
      return sorted;
    },
    get faults() {
      return faults;
    },
    onDidChange: changed.event,
    find: (folder, id) =>
      sorted.find((run) => run.id === id && run.folder.uri.toString() === folder.toString()),
    data(run) {
      const cached = cache.get(run.dir);
      if (cached?.revision === run.revision) return cached.data;
      const data = readRun(run.dir);
      cache.delete(run.dir);
      cache.set(run.dir, { revision: run.revision, data });
      const oldest = cache.keys().next().value;
      if (cache.size > DATA_KEPT && oldest !== undefined) cache.delete(oldest);
      data.catch(() => cache.delete(run.dir));
      return data;
    },
    refresh: () => lookOnce(true),
    hold() {
      holders += 1;
      if (holders === 1) {
        void look().catch((thrown: unknown) => log.warn(`looking for runs failed: ${messageOf(thrown)}`));
        schedule();
      }
      let isReleased = false;
      return new vscode.Disposable(() => {
        if (!isReleased) release();
        isReleased = true;
      });
    },
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
      for (const follower of followers.values()) follower.dispose();
      changed.dispose();
    },
  };
}

/** Size and time of each file of a run: the same text, the same content. */
async function revisionOf(dir: string): Promise<string> {
  const names = [MANIFEST_FILE, ...Object.values(RUN_LINES)];
  const parts = await Promise.all(
    names.map((name) =>
      stat(path.join(dir, name)).then(
        ({ size, mtimeMs }) => `${size}@${mtimeMs}`,
        () => '-',
      ),
    ),
  );
  return parts.join(' ');
}

function faultText({ dir, message }: RunFault): string {
  return `${dir}: ${message}`;
}
