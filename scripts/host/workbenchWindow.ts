import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { blockOutside, developmentHost, newWindow } from './browser.ts';
import { createDriver, type Driver } from './driver.ts';
import { extensionErrors, extensionHostIsReady, recentLogLines } from './hostLogs.ts';
import type { Host } from './install.ts';
import { installPackage } from './installPackage.ts';
import { makeTempDir, removeDir } from './paths.ts';
import { speakPseudoLanguage, translatedExtension } from './pseudoLanguage.ts';
import type { Scenario } from './scenario.ts';
import { type Server, startServer, workbenchUrl } from './server.ts';
import { until } from './until.ts';

export interface Workbench {
  driver: Driver;
  /** Addresses outside this machine that the page asked for; none was answered. */
  blocked: string[];
  /** The browser's words for each breach of a content security policy. */
  violations: string[];
  /** Errors in the extension host's log that name the extension: a failed activation, an unhandled rejection. */
  extensionErrors(): string[];
  /** What the extension host and the page logged last, for the report of a failed step. */
  diagnosis(): string;
  close(): Promise<void>;
}

/** Generous: on a busy machine everything is slow, and only a failing test pays for it. */
const OPEN_LIMIT_MS = 180_000;
const ACTION_LIMIT_MS = 45_000;
/** Files that this server does not carry and this workbench asks for all the same. */
const HARMLESS = /404|ServiceWorker|authentication provider/;

/** A server of its own and one window on a fresh workspace; resolves when the workbench can be used. */
export async function openWorkbench(
  host: Host,
  browser: Browser,
  extension: string,
  scenario: Scenario,
): Promise<Workbench> {
  const temp = makeTempDir('rww-');
  const workspace = path.join(temp, 'workspace');
  const userDataDir = path.join(temp, 'user');
  fs.mkdirSync(workspace);
  let server: Server | undefined;
  const context = await newWindow(browser);
  const close = async () => {
    await context.close();
    await server?.stop();
    removeDir(temp);
  };
  try {
    await scenario.prepare?.(workspace);
    const extensionsDir = path.join(temp, 'extensions');
    const loaded = scenario.installed
      ? await installPackage(host, { userDataDir, extensionsDir })
      : scenario.pseudoLanguage
        ? translatedExtension(extension, path.join(temp, 'extension'))
        : extension;
    server = await startServer(host, { ...scenario, userDataDir, extensionsDir });
    const blocked = await blockOutside(context);
    if (!scenario.installed) await developmentHost(context, server, { extensions: [loaded] });
    if (scenario.pseudoLanguage) await speakPseudoLanguage(context);
    const page = await context.newPage();
    page.setDefaultTimeout(ACTION_LIMIT_MS);
    const { violations, messages } = listen(page);
    await page.goto(workbenchUrl(server, workspace), { waitUntil: 'commit', timeout: OPEN_LIMIT_MS });
    await page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: OPEN_LIMIT_MS });
    await until('the extension host is ready', () => extensionHostIsReady(userDataDir), OPEN_LIMIT_MS);
    return {
      driver: createDriver(page, workspace, userDataDir),
      blocked,
      violations,
      extensionErrors: () => extensionErrors(userDataDir, loaded),
      diagnosis: () => [...messages.slice(-10), ...recentLogLines(userDataDir)].join('\n'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(page: Page): { violations: string[]; messages: string[] } {
  const violations: string[] = [];
  const messages: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !HARMLESS.test(text)) messages.push(`[page] ${text.slice(0, 500)}`);
    if (/violates the following Content Security Policy/.test(text)) violations.push(text);
  });
  page.on('pageerror', (error) => messages.push(`[page] ${error.message}`));
  page.on('dialog', (dialog) => void dialog.accept().catch(() => {})); // "Leave site?" would hang the end
  return { violations, messages };
}
