/**
 * Runs that this window has started and not seen the end of. They go on without it; a reloaded window, and the extension
 * host after one that died, take them up again.
 */
import * as vscode from 'vscode';
import type { Services } from './services.ts';

const STARTED = 'reflection.startedRuns';

/** Their directories. */
export function startedRuns({ context }: Services): readonly string[] {
  return context.workspaceState.get<readonly string[]>(STARTED) ?? [];
}

/** Remembers a run until disposed: when its end has been told. */
export function rememberStarted(services: Services, dir: string): vscode.Disposable {
  write(services, [...others(services, dir), dir]);
  return new vscode.Disposable(() => forgetStarted(services, dir));
}

export function forgetStarted(services: Services, dir: string): void {
  write(services, others(services, dir));
}

function others(services: Services, dir: string): string[] {
  return startedRuns(services).filter((known) => known !== dir);
}

function write({ context }: Services, dirs: readonly string[]): void {
  void context.workspaceState.update(STARTED, dirs.length === 0 ? undefined : dirs);
}
