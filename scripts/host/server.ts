import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Host } from './install.ts';
import { hostDir, makeTempDir, removeDir } from './paths.ts';

export interface ServerOptions {
  userDataDir: string;
  extensionsDir: string;
  /** 0, the default, is any free port. */
  port?: number;
  /** User settings on top of the quiet ones. */
  settings?: Record<string, unknown>;
  /** Added to the environment of the server, and so to that of the extension host. */
  env?: Record<string, string>;
  /** When true the window starts in restricted mode, and trust can be given in it. Default: all is trusted. */
  restricted?: boolean;
  /** Further flags of the VS Code server. */
  args?: string[];
}

export interface Server {
  port: number;
  /** `127.0.0.1:PORT`: the authority of the page and of every vscode-remote URI in it. */
  authority: string;
  /** Settles when the server process has ended, asked or not. */
  exited: Promise<string>;
  /** The last lines that the server printed, for the message of a failure. */
  recentOutput(): string;
  stop(): Promise<void>;
}

const LISTEN_LIMIT_MS = 60_000;
const TERM_LIMIT_MS = 3_000;
const LISTENING = /Extension host agent listening on (\d+)/;
/** No extension gallery: nothing is asked of the network. */
const NO_GALLERY = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '' });

/** Starts the VS Code server on 127.0.0.1, without a login; resolves when it listens. */
export async function startServer(host: Host, options: ServerOptions): Promise<Server> {
  writeSettings(options);
  const socketDir = makeTempDir('rwh-');
  const child = spawn(host.node, serverArgs(host, options), {
    env: serverEnv(options.env ?? {}, socketDir),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // its own process group, so that stop() can sweep the extension hosts with it
  });
  const output = collectOutput(child);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(String(signal ?? code)));
  });
  const sweep = () => killGroup(child);
  process.on('exit', sweep); // the caller left without stop()
  const stop = async () => {
    await stopGroup(child, exited);
    process.off('exit', sweep);
    removeDir(socketDir);
  };
  try {
    const port = await listening(child, exited, output);
    return { port, authority: `127.0.0.1:${port}`, exited, recentOutput: output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address of a workbench window on a folder or a .code-workspace file. */
export function workbenchUrl(server: Server, workspace: string): string {
  const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
  const escaped = workspace.split('/').map(encodeURIComponent).join('/');
  return `http://${server.authority}/?${kind}=${escaped}`;
}

function serverArgs(host: Host, options: ServerOptions): string[] {
  return [
    path.join(host.codeServer, 'lib/vscode/out/server-main.js'),
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...['--without-connection-token', '--accept-server-license-terms'],
    ...['--server-data-dir', path.join(options.userDataDir, '.server')],
    ...['--user-data-dir', options.userDataDir, '--extensions-dir', options.extensionsDir],
    ...['--disable-telemetry', '--telemetry-level', 'off', '--disable-update-check', '--disable-experiments'],
    '--disable-getting-started-override',
    ...(options.restricted ? [] : ['--disable-workspace-trust']),
    // When this process is killed outright, the server ends by itself a few minutes after the window has gone.
    // The variant without delay would end it when the extension host exits, before the tests' verdict arrives.
    ...['--reconnection-grace-time', '60', '--enable-remote-auto-shutdown'],
    ...(options.args ?? []),
  ];
}

/** This may itself run in a terminal of VS Code: what that terminal sets must not leak into the server. */
function serverEnv(extra: Record<string, string>, socketDir: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|CODE_SERVER_|PORT$|NODE_OPTIONS$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    ...extra,
    TMPDIR: socketDir,
    XDG_RUNTIME_DIR: socketDir,
    EXTENSIONS_GALLERY: NO_GALLERY,
  };
}

/** This server keeps user settings on its own side, so a file written before the start is enough. */
function writeSettings(options: ServerOptions): void {
  const quiet: Record<string, unknown> = JSON.parse(
    fs.readFileSync(path.join(hostDir, 'settings.quiet.json'), 'utf8'),
  );
  const trust = {
    'security.workspace.trust.enabled': options.restricted ?? false,
    'security.workspace.trust.startupPrompt': 'never',
  };
  fs.mkdirSync(path.join(options.userDataDir, 'User'), { recursive: true });
  fs.mkdirSync(options.extensionsDir, { recursive: true });
  fs.writeFileSync(
    path.join(options.userDataDir, 'User/settings.json'),
    JSON.stringify({ ...quiet, ...trust, ...options.settings }, null, 2),
  );
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text;
}

async function listening(
  child: ChildProcess,
  exited: Promise<string>,
  output: () => string,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const look = () => {
    const port = LISTENING.exec(output())?.[1];
    if (port) resolve(Number(port));
  };
  const fail = (what: string) => reject(new Error(`the VS Code server ${what}:\n${output()}`));
  const timer = setTimeout(() => fail(`did not listen within ${LISTEN_LIMIT_MS / 1000} s`), LISTEN_LIMIT_MS);
  child.stdout?.on('data', look);
  void exited.then((how) => fail(`ended (${how}) before it listened`));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.stdout?.off('data', look);
  }
}

/** SIGTERM stops the server but may leave extension hosts behind: they ignore it and wait for a reconnection. */
async function stopGroup(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), TERM_LIMIT_MS);
  await exited;
  clearTimeout(timer);
  killGroup(child);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group has gone already.
  }
}
