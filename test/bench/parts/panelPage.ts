/** A panel's page in a Chromium of its own, without VS Code: for what its own drawing and scrolling cost. */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { projectRoot } from '../../../scripts/host/paths.ts';

export interface PanelPage {
  readonly page: Page;
  /** Sends a call to the page, as the host would. */
  send(method: string, ...parameters: unknown[]): Promise<void>;
  /** Lengths of tasks over 50 ms since the last call, in milliseconds. */
  longTasks(): Promise<number[]>;
  /** CPU time of the page's thread since the last call, in milliseconds: on a busy machine tasks wait, and look long. */
  busy(): Promise<number>;
  close(): Promise<void>;
}

/** Opens the bundled page; `answer` is what its `ready` is answered with. */
export async function openPanelPage(browser: Browser, panel: string, answer: unknown): Promise<PanelPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const file = (name: string) => fs.readFileSync(path.join(projectRoot, 'dist/webview', name), 'utf8');
  // Text rather than functions: it runs in the page, and this project's types know no DOM outside webview/.
  await page.addInitScript({
    content: `
      window.tasks = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.tasks.push(entry.duration);
      }).observe({ type: 'longtask', buffered: true });
      window.acquireVsCodeApi = () => ({
        getState: () => undefined,
        setState: () => {},
        postMessage: (message) => {
          if (message.method === 'ready')
            window.answerOf().then((value) => window.postMessage({ id: message.id, value }, '*'));
        },
      });`,
  });
  await page.exposeFunction('answerOf', () => answer);
  await page.goto('about:blank');
  await page.setContent(`<style>${file(`${panel}.css`)}</style>`);
  await page.addScriptTag({ content: file(`${panel}.js`) });
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  let counted = 0;
  let calls = 0;
  return {
    page,
    async send(method, ...parameters) {
      calls += 1;
      const message = JSON.stringify({ id: 1_000_000 + calls, method, parameters });
      await page.evaluate(`window.postMessage(${message}, '*')`);
    },
    longTasks: () => page.evaluate('window.tasks.splice(0)'),
    async busy() {
      const { metrics } = await session.send('Performance.getMetrics');
      const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
      const before = counted;
      counted = seconds;
      return 1000 * (seconds - before);
    },
    close: () => context.close(),
  };
}

/** Scrolls a box by so many pixels a frame; the times between frames in milliseconds. */
export function scrollFrames(
  page: Page,
  selector: string,
  pixels: number,
  frames: number,
): Promise<number[]> {
  return page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector(${JSON.stringify(selector)});
    const times = [];
    let last = performance.now();
    const step = (now) => {
      times.push(now - last);
      last = now;
      box.scrollTop += ${pixels};
      if (times.length < ${frames}) requestAnimationFrame(step);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(step);
  })`);
}
