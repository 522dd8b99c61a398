#!/usr/bin/env node
/**
 * Stands in for the desktop `code` executable as @vscode/test-electron spawns it: the same flags in, the exit
 * code of the test run out. The window is a headless Chromium on the embedded VS Code server.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { blockOutside, developmentHost, launchBrowser, newWindow } from './browser.ts';
import { ensureHost } from './install.ts';
import { makeTempDir, removeDir } from './paths.ts';
import { type Server, startServer, workbenchUrl } from './server.ts';

/** Exit codes of this shim, beside those of the test run itself (0 and 1). */
const EXIT = { bug: 70, serverDied: 71, browserDied: 72, noResults: 74, timeout: 124, interrupted: 130 };
const TIMEOUT_MS = Number(process.env.REFLECTION_HOST_TIMEOUT_MS ?? 1_200_000);

const flags = readFlags(process.argv.slice(2));
const temp = makeTempDir('rwt-');
const resultsFile = process.env.REFLECTION_TEST_RESULTS ?? path.join(temp, 'results.json');
const outputFile = path.join(temp, 'output.txt');
const { promise: verdict, resolve: settle } = Promise.withResolvers<{ code: number; why?: string }>();
let server: Server | undefined;
let browser: Browser | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => settle({ code: EXIT.interrupted, why: `stopped by ${signal}` }));
}
process.on('uncaughtException', (error) => settle({ code: EXIT.bug, why: String(error.stack) }));
setTimeout(
  () => settle({ code: EXIT.timeout, why: `no verdict within ${TIMEOUT_MS} ms` }),
  TIMEOUT_MS,
).unref();

const launcher = process.ppid;
setInterval(() => {
  if (process.ppid !== launcher) settle({ code: EXIT.interrupted, why: 'the launcher has gone' });
}, 1_000).unref();

const stopFollowing = followOutput();
openWindow().catch((error: unknown) => settle({ code: EXIT.bug, why: String(error) }));
process.exitCode = await close(await verdict);
process.exit();

async function openWindow(): Promise<void> {
  const host = await ensureHost();
  const env = { REFLECTION_TEST_OUTPUT: outputFile, REFLECTION_TEST_RESULTS: resultsFile };
  const { userDataDir, extensionsDir, restricted } = flags;
  server = await startServer(host, { userDataDir, extensionsDir, restricted, env });
  void server.exited.then((how) =>
    settle({ code: EXIT.serverDied, why: `the VS Code server ended (${how})` }),
  );
  browser = await launchBrowser(host);
  browser.on('disconnected', () => settle({ code: EXIT.browserDied, why: 'Chromium ended' }));
  const context = await newWindow(browser);
  await blockOutside(context);
  await developmentHost(context, server, { extensions: flags.extensions, tests: flags.tests });
  const page = await context.newPage();
  page.on('crash', () => settle({ code: EXIT.browserDied, why: 'the workbench page crashed' }));
  // The workbench calls these two in a window that runs tests.
  await page.exposeFunction('codeAutomationLog', () => {});
  await page.exposeFunction('codeAutomationExit', (code: number) => settle({ code }));
  await page.goto(workbenchUrl(server, flags.workspace), { timeout: TIMEOUT_MS });
}

/** Ends what was started and gives the exit code; 0 only when the test runner got to its end. */
async function close({ code, why }: { code: number; why?: string }): Promise<number> {
  if (code === 0 && !fs.existsSync(resultsFile)) {
    code = EXIT.noResults;
    why = 'the extension host ended before the test runner reported';
  }
  stopFollowing();
  await browser?.close().catch(() => {});
  await server?.stop();
  if (why) console.error(`[host] ${why}`);
  if (why && server) console.error(indent(server.recentOutput().split('\n').slice(-20).join('\n')));
  removeDir(temp);
  return code;
}

/**
 * Copies the test runner's text to stdout as it grows. It comes through a file because the extension host's
 * console reaches this side without its formatting and mixed with the workbench's own lines.
 */
function followOutput(): () => void {
  const file = fs.openSync(outputFile, 'a+');
  const buffer = Buffer.alloc(65_536);
  let read = 0;
  const drain = () => {
    for (let n = fs.readSync(file, buffer, 0, buffer.length, read); n > 0; ) {
      fs.writeSync(1, buffer, 0, n);
      read += n;
      n = fs.readSync(file, buffer, 0, buffer.length, read);
    }
  };
  const timer = setInterval(drain, 100);
  return () => {
    clearInterval(timer);
    drain();
    fs.closeSync(file);
  };
}

/** test-electron's flags; those that mean something to desktop VS Code only are ignored. */
function readFlags(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string', multiple: true },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'extensions-dir': { type: 'string' },
      restricted: { type: 'boolean' }, // ours: desktop VS Code has no such flag
    },
  });
  const text = (value: unknown, name: string) => {
    if (typeof value === 'string') return path.resolve(value);
    throw new Error(`codeShim: ${name} is missing`);
  };
  return {
    workspace: text(positionals[0], 'the workspace folder'),
    tests: text(values.extensionTestsPath, '--extensionTestsPath'),
    extensions: (values.extensionDevelopmentPath ?? []).map((dir) => text(dir, '--extensionDevelopmentPath')),
    userDataDir: text(values['user-data-dir'], '--user-data-dir'),
    extensionsDir: text(values['extensions-dir'], '--extensions-dir'),
    restricted: values.restricted === true,
  };
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
