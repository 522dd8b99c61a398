import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { Host } from './install.ts';
import type { Server } from './server.ts';

const FLAGS = [
  '--no-sandbox', // Chromium refuses to run as root with its sandbox; only our own local page is opened
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export function launchBrowser(host: Host): Promise<Browser> {
  return chromium.launch({
    executablePath: host.chromium,
    args: FLAGS,
    // Playwright's own handlers exit the process before the server could be stopped.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** A window of a size that makes readable screenshots; what the editor copies can be read. */
export function newWindow(browser: Browser): Promise<BrowserContext> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  return browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US', permissions });
}

/** Aborts every request of the page that would leave this machine. Returns the addresses, as they come. */
export async function blockOutside(context: BrowserContext): Promise<string[]> {
  const blocked: string[] = [];
  const leaves = (url: URL) =>
    /^https?:$/.test(url.protocol) && !/^(127\.0\.0\.1|localhost)$/.test(url.hostname);
  await context.route(leaves, (route) => {
    blocked.push(route.request().url());
    return route.abort();
  });
  return blocked;
}

export interface Development {
  /** Folders of the extensions to load from source, as `code --extensionDevelopmentPath` would. */
  extensions: string[];
  /** The module that runs the tests in the extension host. */
  tests?: string;
}

/**
 * Makes the windows of this context Extension Development Hosts: the embedder's own option developmentOptions is
 * put into the page's configuration before the workbench, a deferred script, reads it. The URL's payload could
 * say the same only to a server with --enable-smoke-test-driver, and that driver hides all notification toasts.
 */
export async function developmentHost(
  context: BrowserContext,
  server: Server,
  development: Development,
): Promise<void> {
  const uri = (file: string) => ({
    $mid: 1,
    scheme: 'vscode-remote',
    authority: server.authority,
    path: file,
  });
  const options = {
    extensions: development.extensions.map(uri),
    ...(development.tests && { extensionTestsPath: uri(development.tests) }),
  };
  // Text rather than a function: it runs in the page, and this project's types know no DOM outside webview/.
  const content = `if (window.top === window) {
    document.addEventListener('readystatechange', () => {
      const element = document.getElementById('vscode-workbench-web-configuration');
      if (document.readyState !== 'interactive' || !element) return;
      const configuration = JSON.parse(element.getAttribute('data-settings'));
      configuration.developmentOptions = ${JSON.stringify(options)};
      element.setAttribute('data-settings', JSON.stringify(configuration));
    });
  }`;
  await context.addInitScript({ content });
}
