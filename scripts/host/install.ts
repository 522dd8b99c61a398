/**
 * Installs the embedded VS Code host: code-server's VS Code server and web workbench, about 300 MB on disk
 * and half a minute. Nothing but the package registry is asked. `node scripts/host/install.ts`
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { lock } from 'proper-lockfile';
import { ensureChromium } from './chromium.ts';
import { codeServerDir, hostDir, projectRoot } from './paths.ts';

export interface Host {
  /** The code-server package; the VS Code server is lib/vscode/out/server-main.js in it. */
  codeServer: string;
  /** The Node 24 that runs the server and the extension host. */
  node: string;
  chromium: string;
}

/** Node 24 is what this server is built for; older ones end in `node:module does not export registerHooks`. */
const NODE_MAJOR = 24;
const vscodeDir = path.join(codeServerDir, 'lib/vscode');
const stampFile = path.join(hostDir, 'node_modules/.installed');

/** Everything that the embedded host needs, installed when missing. A second call takes milliseconds. */
export async function ensureHost(log: (line: string) => void = logToStderr): Promise<Host> {
  checkPlatform();
  const chromium = ensureChromium(log);
  if (!isInstalled()) await installOnce(log);
  return { codeServer: codeServerDir, node: process.execPath, chromium };
}

function isInstalled(): boolean {
  return fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === currentStamp();
}

/** Two commands that start at the same time must not install into the same folder: the second one waits. */
async function installOnce(log: (line: string) => void): Promise<void> {
  const retries = { retries: 300, factor: 1, minTimeout: 1_000 }; // five minutes, by the second
  const lockfilePath = path.join(projectRoot, 'node_modules/.host-install.lock');
  const release = await lock(hostDir, { retries, lockfilePath });
  try {
    if (isInstalled()) return;
    await installCodeServer(log);
    fs.writeFileSync(stampFile, currentStamp());
  } finally {
    await release();
  }
}

function checkPlatform(): void {
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded VS Code host runs on Linux and macOS. On Windows use desktop VS Code: ' +
        'code --extensionDevelopmentPath=<this folder>',
    );
  }
  if (Number(process.versions.node.split('.')[0]) !== NODE_MAJOR) {
    throw new Error(
      `The embedded VS Code host needs Node ${NODE_MAJOR}, this is ${process.version}. ` +
        'Run `npm run setup` and start this through npm: the pinned Node is first in its PATH.',
    );
  }
}

/** Changes when the packages, this file or the Node that the native modules are compiled for change. */
function currentStamp(): string {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json', 'install.ts']) {
    hash.update(fs.readFileSync(path.join(hostDir, name)));
  }
  return hash.update(`${process.platform} ${process.arch} ${process.versions.modules}`).digest('hex');
}

/**
 * Without install scripts: of the native modules that those would compile, only spdlog and native-watchdog
 * are ever loaded by the server, and the rest (node-pty, parcel/watcher, ripgrep) ship prebuilt.
 */
async function installCodeServer(log: (line: string) => void): Promise<void> {
  const started = performance.now();
  log('installing the embedded VS Code host (about 40 s, once) ...');
  await npm(['ci', '--ignore-scripts'], hostDir);
  // As code-server's own postinstall does; `npm ci` calls its shrinkwrap out of sync.
  const production = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await npm(production, vscodeDir);
  await npm(production, path.join(vscodeDir, 'extensions'));
  await run(process.execPath, ['./postinstall.mjs'], path.join(vscodeDir, 'extensions'));
  await rebuildNatives(log);
  trim();
  const version = await run(process.execPath, ['out/server-main.js', '--version'], vscodeDir);
  const seconds = Math.round((performance.now() - started) / 1000);
  log(`embedded VS Code ${version.split('\n')[0]} installed in ${seconds} s`);
}

/** The two natives only feed logs, so a machine without a C++ compiler gets a louder host and not a failure. */
async function rebuildNatives(log: (line: string) => void): Promise<void> {
  try {
    await npm(['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'], vscodeDir);
  } catch (error) {
    log(
      'warning: the log modules were not compiled, so the host prints more noise than it should. ' +
        `For quiet: install g++, make and python3, remove ${stampFile} and try again.\n${error}`,
    );
  }
}

/** Removes what no test and no demo loads: 594 MB become about 300. */
function trim(): void {
  const modules = path.join(vscodeDir, 'node_modules');
  const unused = [
    path.join(modules, '@github'),
    path.join(modules, '@microsoft/mxc-sdk'),
    path.join(vscodeDir, 'extensions/copilot'),
    ...foreignRipgreps(path.join(modules, '@vscode/ripgrep-universal/bin')),
  ];
  for (const dir of unused) fs.rmSync(dir, { recursive: true, force: true });
  for (const file of fs.readdirSync(codeServerDir, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.map')) fs.rmSync(path.join(codeServerDir, file), { force: true });
  }
}

function foreignRipgreps(dir: string): string[] {
  if (!fs.existsSync(dir)) return [];
  const own = `${process.platform}-${process.arch}`;
  return fs
    .readdirSync(dir)
    .filter((name) => name !== own)
    .map((name) => path.join(dir, name));
}

async function npm(args: string[], cwd: string): Promise<void> {
  await run('npm', args, cwd);
}

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const nodeDir = path.dirname(process.execPath);
  const headers = path.dirname(nodeDir);
  const env = {
    ...process.env,
    PATH: `${nodeDir}${path.delimiter}${process.env.PATH ?? ''}`,
    // node-gyp compiles against the headers beside this Node: nothing is downloaded, and a `nodedir`
    // of the user's own that belongs to another Node is overruled.
    ...(fs.existsSync(path.join(headers, 'include/node/node.h')) && { npm_config_nodedir: headers }),
  };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (child.exitCode === 0) return stdout;
  const output = `${stdout}${stderr}`.trim().split('\n').slice(-25).join('\n');
  const how = child.signalCode ?? `exit ${child.exitCode}`;
  throw new Error(`${command} ${args.join(' ')} failed (${how}) in ${cwd}:\n${output}`);
}

function logToStderr(line: string): void {
  process.stderr.write(`host: ${line}\n`);
}

// `import.meta.main` would say it, but it is younger than the oldest Node 24.
if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  try {
    await ensureHost();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
