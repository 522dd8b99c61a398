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
import { MANIFEST_FILE, RUN_LINES, runsRoot } from '../node/runs/layout.ts';
import { type Follower, followState, isOver } from './followRun.ts';
import type { RunSamples } from './runSamples.ts';

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
  /** Too large to be read whole: its samples come through the index. */
  readonly isLarge: boolean;
}

/** A directory whose manifest cannot be read. */
export interface RunFault {
  readonly folder: vscode.WorkspaceFolder;
  readonly dir: string;
  readonly message: string;
}

const LOOK_MS = 2000;
/** Bytes of solutions and critiques that are read in a moment. */
const LARGE_BYTES = 32 << 20;

export class RunStore implements vscode.Disposable {
  /** Newest first. Empty until the first look; `refresh` looks at once. */
  runs: readonly RunEntry[] = [];
  faults: readonly RunFault[] = [];

  readonly #changed = new vscode.EventEmitter<void>();
  readonly #log: vscode.LogOutputChannel;
  readonly #known = new Map<string, RunEntry>();
  readonly #followers = new Map<string, Follower>();
  /** Looks in turn: of two at once, the one that began first would forget what only the other has seen. */
  #looking: Promise<unknown> = Promise.resolve();
  /** Waits for its turn: whoever asks until then shares it. */
  #refreshing: Promise<void> | undefined;
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  /** What is in the runs. */
  readonly samples: RunSamples;

  constructor(log: vscode.LogOutputChannel, samples: RunSamples) {
    this.#log = log;
    this.samples = samples;
  }

  /** Fires when a run appeared, changed or went, at most a few times a second. */
  get onDidChange(): vscode.Event<void> {
    return this.#changed.event;
  }

  find(folder: vscode.Uri, id: string): RunEntry | undefined {
    return this.runs.find((run) => run.id === id && run.folder.uri.toString() === folder.toString());
  }

  /** Looks now, at the runs that are followed as well: the caller needs to know how they are. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#inTurn(() => {
      this.#refreshing = undefined;
      return this.#look(true);
    });
    return this.#refreshing;
  }

  /** Keeps looking until disposed. */
  hold(): vscode.Disposable {
    this.#holders += 1;
    if (this.#holders === 1) this.#lookAndRepeat();
    let isReleased = false;
    return new vscode.Disposable(() => {
      if (!isReleased) this.#release();
      isReleased = true;
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopLooking();
    this.#changed.dispose();
  }

  #release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.#stopLooking();
  }

  #stopLooking(): void {
    clearTimeout(this.#timer);
    for (const follower of this.#followers.values()) follower.dispose();
  }

  #lookAndRepeat(): void {
    this.#inTurn(() => this.#look(false))
      .catch((thrown: unknown) => this.#log.warn(`looking for runs failed: ${messageOf(thrown)}`))
      .finally(() => {
        if (this.#holders === 0 || this.#isDisposed) return;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#lookAndRepeat(), LOOK_MS);
      });
  }

  #inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.#looking.then(look);
    this.#looking = turn.catch(() => undefined);
    return turn;
  }

  async #look(isThorough: boolean): Promise<void> {
    const seen = new Set<string>();
    const faults: RunFault[] = [];
    let isChanged = false;
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
      if (folder.uri.scheme !== 'file') continue;
      const root = runsRoot(folder.uri.fsPath);
      if (!(await isThere(root))) continue;
      const { runNames } = await import('./runReading.ts');
      for (const name of await runNames(root)) {
        const dir = path.join(root, name);
        try {
          isChanged = (await this.#lookAt(folder, dir, isThorough)) || isChanged;
          seen.add(dir);
        } catch (thrown) {
          faults.push({ folder, dir, message: messageOf(thrown) });
        }
      }
    }
    for (const dir of [...this.#known.keys()].filter((known) => !seen.has(known))) {
      this.#forget(dir);
      isChanged = true;
    }
    if (faultsText(faults) !== faultsText(this.faults)) isChanged = true;
    this.faults = faults;
    if (isChanged) this.#publish();
  }

  /** Whether the run has changed since the last look. */
  async #lookAt(folder: vscode.WorkspaceFolder, dir: string, isThorough: boolean): Promise<boolean> {
    const old = this.#known.get(dir);
    // A follower keeps state and revision together; a new revision beside an old state would be believed.
    if (old !== undefined && this.#followers.has(dir) && !isThorough) return false;
    const { revision, isLarge } = await lookOf(dir);
    const isSame = old?.revision === revision;
    if (old !== undefined && isSame && isOver(old.state.status)) return false;
    const { summariseRun } = await import('./runReading.ts');
    const { id, manifest, state } = await summariseRun(dir);
    this.#known.set(dir, { folder, id, dir, manifest, state, revision, isLarge });
    if (!this.#followers.has(dir) && this.#holders > 0 && !isOver(state.status)) this.#follow(dir);
    return !isSame || old?.state.status !== state.status;
  }

  #follow(dir: string): void {
    let taken = Promise.resolve();
    const follower = followState(dir, (state) => {
      taken = taken.then(() => this.#take(dir, state));
    });
    this.#followers.set(dir, follower);
    follower.ended
      .catch((thrown: unknown) => this.#log.warn(`following ${dir} ended: ${messageOf(thrown)}`))
      .finally(() => this.#followers.delete(dir));
  }

  async #take(dir: string, state: RunState): Promise<void> {
    const { revision, isLarge } = await lookOf(dir);
    const entry = this.#known.get(dir);
    if (entry === undefined) return;
    // The revision may be younger than the state. A last state is not left at that: the next look reads it anew.
    const isLast = isOver(state.status);
    this.#known.set(dir, { ...entry, state, isLarge, revision: isLast ? `${revision} over` : revision });
    this.#publish();
  }

  #forget(dir: string): void {
    this.#followers.get(dir)?.dispose();
    this.#known.delete(dir);
    this.samples.forget(dir);
  }

  #publish(): void {
    if (this.#isDisposed) return;
    this.runs = [...this.#known.values()].sort(
      (a, b) =>
        Date.parse(b.manifest.createdAt) - Date.parse(a.manifest.createdAt) || b.id.localeCompare(a.id),
    );
    this.#changed.fire();
  }
}

/** Without a folder of runs, nothing that reads them is loaded. */
function isThere(dir: string): Promise<boolean> {
  return stat(dir).then(
    () => true,
    () => false,
  );
}

/** Size and time of each file of a run: the same text, the same content. */
async function lookOf(dir: string): Promise<Pick<RunEntry, 'revision' | 'isLarge'>> {
  const names = [MANIFEST_FILE, ...Object.values(RUN_LINES)];
  let samplesBytes = 0;
  const parts = await Promise.all(
    names.map((name) =>
      stat(path.join(dir, name)).then(
        ({ size, mtimeMs }) => {
          if (name === RUN_LINES.solutions || name === RUN_LINES.critiques) samplesBytes += size;
          return `${size}@${mtimeMs}`;
        },
        () => '-',
      ),
    ),
  );
  return { revision: parts.join(' '), isLarge: samplesBytes > LARGE_BYTES };
}

function faultsText(faults: readonly RunFault[]): string {
  return faults.map(({ dir, message }) => `${dir}: ${message}`).join('\n');
}
