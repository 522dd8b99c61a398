/** The host's side of one inference child: start it, talk to it, know how it ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { InferenceChild, InferenceHost } from '../../core/protocol/inference.ts';
import { createRemote, type Remote, serve } from '../../core/rpc.ts';
import { makeTemporaryFolder } from '../temporaryFolder.ts';
import { processPort } from './processPort.ts';

const CLOSE_MS = 5000;
const KEPT_LINES = 12;
const LINE_LENGTH = 300;

export interface InferenceProcess {
  readonly pid: number | undefined;
  readonly remote: Remote<InferenceChild>;
  /** Resolves once, when the process is gone, with how it went: never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** Lets the child free its model, then ends it; waits for a few seconds at most. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

export interface ProcessEnd {
  /** A sentence part, such as `was killed by SIGABRT`. */
  readonly how: string;
  /** The last lines that it wrote to its error output. */
  readonly lines: readonly string[];
}

/** Thrown by every pending call when the process ends. */
export class InferenceProcessError extends Error {
  override readonly name = 'InferenceProcessError';
}

/** `extraEnvironment` chooses the GPUs that the child sees. */
export function startInferenceProcess(
  host: InferenceHost,
  extraEnvironment: Readonly<Record<string, string>> = {},
): InferenceProcess {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  // Evaluated prompts go through it from slot to slot. Not a name that others can guess.
  const folder = makeTemporaryFolder('inference');
  const child = fork(childFile(), [folder], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // In VS Code the running executable is Electron. llama.cpp would start a debugger to print a backtrace.
    env: { ...environment, ...extraEnvironment, ELECTRON_RUN_AS_NODE: '1', GGML_NO_BACKTRACE: '1' },
  });
  const port = processPort(child);
  const connection = createRemote<InferenceChild>(port);
  const stopServing = serve<InferenceHost>(port, host);
  const lines = lastLines(child);

  const ended = new Promise<ProcessEnd>((resolve) => {
    const settle = (how: string) => {
      rmSync(folder, { recursive: true, force: true });
      stopServing();
      connection.dispose(new InferenceProcessError(describeEnd({ how, lines })));
      resolve({ how, lines });
    };
    child.on('error', (error) => settle(`could not be started (${error.message})`));
    // `close`, not `exit`: by then the error output has been read to its end.
    child.once('close', (code, signal) =>
      settle(signal === null ? `ended with code ${code}` : `was killed by ${signal}`),
    );
  });

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
  }

  async function close(): Promise<void> {
    const tooLate = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
    await connection.remote.close().catch(() => undefined);
    clearTimeout(tooLate);
    // Nothing is left in it. Not `disconnect`: after that Node never reports `close`.
    await kill();
  }

  return { pid: child.pid, remote: connection.remote, ended, close, kill };
}

/** Such as `The inference process was killed by SIGABRT: llama-model.cpp:1226: GGML_ASSERT(n_layer > 0) failed.` */
export function describeEnd({ how, lines }: ProcessEnd): string {
  // The folders of the machine that built llama.cpp tell nobody anything.
  const told = lines.map((line) => line.replace(/\S*[/\\](?=[\w-]+\.\w+:\d+)/g, '')).join(' | ');
  return `The inference process ${how}${told === '' ? '' : `: ${told}`}.`;
}

/** Beside the bundle that this code is part of, or in the build's folder when run from source. */
function childFile(): string {
  const beside = path.join(import.meta.dirname, 'inference.mjs');
  return existsSync(beside) ? beside : path.join(import.meta.dirname, '../../../dist/inference.mjs');
}

function lastLines(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = (parts.pop() ?? '').slice(-LINE_LENGTH);
    lines.push(...parts.map((line) => line.trim().slice(0, LINE_LENGTH)).filter((line) => line !== ''));
    lines.splice(0, lines.length - KEPT_LINES);
  });
  child.stderr?.on('end', () => {
    if (rest.trim() !== '') lines.push(rest.trim());
  });
  return lines;
}
