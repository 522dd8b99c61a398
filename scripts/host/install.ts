/**
 * Installs the embedded VS Code host: code-server's VS Code server and web workbench, about 300 MB on disk
 * and half a minute. Nothing but the package registry is asked. `node scripts/host/install.ts`
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ensureChromium } from './chromium.ts';
import { codeServerDir, hostDir } from './paths.ts';

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
  const stamp = currentStamp();
  if (readStamp() !== stamp) {
    installCodeServer(log);
    fs.writeFileSync(stampFile, stamp);
  }
  return { codeServer: codeServerDir, node: process.execPath, chromium };
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

function readStamp(): string | undefined {
  return fs.existsSync(stampFile) ? fs.readFileSync(stampFile, 'utf8') : undefined;
}

/**
 * Without install scripts: of the native modules that those would compile, only spdlog and native-watchdog
 * are ever loaded by the server, and the rest (node-pty, parcel/watcher, ripgrep) ship prebuilt.
 */
function installCodeServer(log: (line: string) => void): void {
  const started = performance.now();
  log('installing the embedded VS Code host (about 40 s, once) ...');
  npm(['ci', '--ignore-scripts'], hostDir);
  // As code-server's own postinstall does; `npm ci` calls its shrinkwrap out of sync.
  const production = ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  npm(production, vscodeDir);
  npm(production, path.join(vscodeDir, 'extensions'));
  run(process.execPath, ['./postinstall.mjs'], path.join(vscodeDir, 'extensions'));
  rebuildNatives(log);
  trim();
  const version = run(process.execPath, ['out/server-main.js', '--version'], vscodeDir);
  const seconds = Math.round((performance.now() - started) / 1000);
  log(`embedded VS Code ${version.split('\n')[0]} installed in ${seconds} s`);
}

/** The two natives only feed logs, so a machine without a C++ compiler gets a louder host and not a failure. */
function rebuildNatives(log: (line: string) => void): void {
  try {
    npm(['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'], vscodeDir);
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

function npm(args: string[], cwd: string): void {
  run('npm', args, cwd);
}

function run(command: string, args: string[], cwd: string): string {
  const nodeDir = path.dirname(process.execPath);
  const headers = path.dirname(nodeDir);
  const env = {
    ...process.env,
    PATH: `${nodeDir}${path.delimiter}${process.env.PATH ?? ''}`,
    // node-gyp compiles against the headers beside this Node: nothing is downloaded, and a `nodedir`
    // of the user's own that belongs to another Node is overruled.
    ...(fs.existsSync(path.join(headers, 'include/node/node.h')) && { npm_config_nodedir: headers }),
  };
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    const output = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-25).join('\n');
    throw new Error(`${command} ${args.join(' ')} failed (exit ${result.status}) in ${cwd}:\n${output}`);
  }
  return result.stdout;
}

function logToStderr(line: string): void {
  process.stderr.write(`host: ${line}\n`);
}

// `import.meta.main` would say it, but it is younger than the oldest Node 24.
if (process.argv[1] && fs.realpathSync(process.argv[1]) === import.meta.filename) {
  const host = await ensureHost();
  console.log(JSON.stringify(host, null, 2));
}
