/** Running the built command line as a user would: a process, its streams, its exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
export const CLI = path.join(root, 'dist', 'cli.mjs');
export const NANO = path.join(root, 'media', 'models', 'nano.gguf');

/**
 * `reflection.json` with the embedded model as `few`, which makes a few samples at a time: a machine with many cores would
 * make all of a small run at once, and before a test can stop it.
 */
export const FEW_AT_ONCE = JSON.stringify({
  models: {
    few: { engine: 'llama', path: NANO, gpu: 'cpu', processes: 1, slots: 4, prompts: 'nano' },
  },
});

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Called with the process once it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

export function startCli(
  args: readonly string[],
  options: CliOptions,
): { child: ChildProcess; ended: Promise<CliResult> } {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** A workspace folder that is gone after the test, with these files in it. */
export async function workspaceWith(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'reflection-cli-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text);
  return dir;
}

/** Resolves with the first value that is not undefined; asked again as fast as the event loop allows, up to a limit. */
export async function eventually<T>(ask: () => Promise<T | undefined>, seconds = 90): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`nothing after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const TWO_PROBLEMS = `${JSON.stringify({
  id: 'cards',
  problem:
    'Tom has 35 cards. Next, 17 more arrive. Then the number is multiplied by 2. How many cards are there now?',
  answer: '104',
})}\n${JSON.stringify({
  id: 'hens',
  problem: 'A farm keeps 28 hens. Then 9 more are added. Next, 5 are lost. How many hens are there now?',
  answer: '32',
})}\n`;
