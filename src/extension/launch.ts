/**
 * Starts the same `reflection` command that a terminal would, in a session of its own. The editor chooses the run
 * directory and then only reads it: closing the window loses nothing, and a reload finds the run again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/errors.ts';
import { apiKeyEnvironment } from './apiKeys.ts';
import { requireTrust, type Services } from './services.ts';
import { setting } from './settings.ts';

/** Exit codes of the command line (src/cli/exitCodes.ts). */
const EXIT = { done: 0, withFailedSamples: 3, interrupted: 130 } as const;
/** Enough to hold the error, not a whole progress log. */
const ERROR_CHARACTERS = 4000;

export interface LaunchedCommand {
  /** How it ended. Rejects with a `UserError` when the command failed. */
  readonly ended: Promise<Outcome>;
  /** What it printed on stdout, however it ended. */
  readonly output: Promise<string>;
  /** What it warned of on stderr, such as rows that could not be used. */
  readonly warnings: Promise<readonly string[]>;
  readonly logFile: string;
  /** Asks it to finish the current samples and end. */
  stop(): void;
}

export type Outcome = 'done' | 'withFailedSamples' | 'interrupted';

/** The bundle of the command line, in this extension. */
export function cliFile(services: Services): string {
  return path.join(services.context.extensionPath, 'dist', 'cli.mjs');
}

/** Starts `reflection ...parameters` in a folder. `secrets`: variables for this process alone, which are never logged. */
export async function launchCommand(
  services: Services,
  folder: vscode.WorkspaceFolder,
  parameters: readonly string[],
  secrets: Readonly<Record<string, string>> = {},
): Promise<LaunchedCommand> {
  // Those who call have asked, in words of their own; nothing is started where one of them forgot.
  requireTrust(vscode.l10n.t('Running a command'));
  const logs = (services.context.storageUri ?? services.context.globalStorageUri).fsPath;
  await mkdir(logs, { recursive: true });
  const name = `${parameters[0]}-${Date.now()}`;
  const files = { stdout: path.join(logs, `${name}.out`), stderr: path.join(logs, `${name}.log`) };
  services.log.info(`reflection ${parameters.join(' ')}  (output in ${files.stderr})`);
  const keys = await apiKeyEnvironment(services, folder.uri.fsPath);
  const child = start(services, folder, parameters, files, { ...keys, ...secrets });
  const exited = exitOf(child);
  const ended = exited.then((code) => outcomeOf(code, parameters, files.stderr));
  const output = exited.then(() => readFile(files.stdout, 'utf8'));
  const warnings = exited.then(async () => warningsIn(await readFile(files.stderr, 'utf8')));
  // Callers wait for one of them; the failure of the others is the same failure.
  for (const promise of [ended, output, warnings]) promise.catch(() => undefined);
  child.unref();
  return { ended, output, warnings, logFile: files.stderr, stop: () => stopCommand(child) };
}

function start(
  services: Services,
  folder: vscode.WorkspaceFolder,
  parameters: readonly string[],
  files: { stdout: string; stderr: string },
  secrets: Readonly<Record<string, string>>,
): ChildProcess {
  // Files, not pipes: a closed window must not break the output of a command that goes on.
  const [stdout, stderr] = [openSync(files.stdout, 'w'), openSync(files.stderr, 'w')];
  try {
    return spawn(process.execPath, [cliFile(services), ...parameters, '--workspace', folder.uri.fsPath], {
      cwd: folder.uri.fsPath,
      detached: true,
      stdio: ['ignore', stdout, stderr],
      env: { ...commandEnvironment(folder), ...secrets },
      windowsHide: true,
    });
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

/** What a started command sees: the user's environment, without what belongs to this editor's own processes. */
export function commandEnvironment(folder: vscode.WorkspaceFolder): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(entry[0]),
  );
  const python = setting('reflection.python', folder.uri);
  return {
    ...Object.fromEntries(inherited),
    // In desktop VS Code process.execPath is Electron, which is Node only when asked to be.
    ELECTRON_RUN_AS_NODE: '1',
    ...(python === '' ? {} : { REFLECTION_PYTHON: python }),
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal])),
    );
  });
}

async function outcomeOf(code: number, parameters: readonly string[], stderrFile: string): Promise<Outcome> {
  if (code === EXIT.done) return 'done';
  if (code === EXIT.withFailedSamples) return 'withFailedSamples';
  if (code === EXIT.interrupted) return 'interrupted';
  throw commandError(code, parameters, await readFile(stderrFile, 'utf8'), stderrFile);
}

/** The command's own words: `error: MESSAGE` and, indented below, its remedy. */
export function commandError(
  code: number,
  parameters: readonly string[],
  stderr: string,
  logFile: string,
): UserError {
  const text = stderr.slice(-ERROR_CHARACTERS);
  const at = text.lastIndexOf('error: ');
  const [message, ...rest] = (at < 0 ? text : text.slice(at + 'error: '.length)).trim().split('\n');
  const remedy = at < 0 ? '' : (rest.find((line) => line.trim() !== '')?.trim() ?? '');
  return new UserError(
    'command-failed',
    message?.trim() ||
      vscode.l10n.t('"reflection {0}" ended with exit code {1} and said nothing.', parameters[0] ?? '', code),
    { place: { file: logFile }, remedy: remedy || vscode.l10n.t('See the whole output in {0}.', logFile) },
  );
}

/** Lines `warning: ...` of the command's stderr. */
function warningsIn(stderr: string): string[] {
  return [...stderr.matchAll(/^warning: (.+)$/gm)].map(([, text]) => text ?? '');
}

function stopCommand(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  // To the command alone: it ends its own helpers after the samples that they are working on.
  child.kill('SIGTERM');
}
