import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { screenshotsDir } from './paths.ts';
import { until } from './until.ts';

const OPEN_TRIES = 3;
const OPEN_WAIT_MS = 5_000;

/** Drives one workbench window as a person would: by keyboard, clicks and what is on the screen. */
export interface Driver {
  page: Page;
  /** The folder that the window has open. */
  workspace: string;
  /** Runs the command of exactly this title from the command palette: `Reflection: Compare Checkpoints`. */
  palette(title: string): Promise<void>;
  /** The rows of the open quick pick. */
  picks(): Locator;
  /** Chooses a row of the quick pick: by exactly its label, or by a pattern of all that the row says. */
  pick(row: string | RegExp): Promise<void>;
  /** Ticks rows of the multi-select quick pick, and accepts. */
  pickMany(rows: (string | RegExp)[]): Promise<void>;
  /** Types into the input box that asks this, and accepts. */
  answer(text: string, prompt: string | RegExp): Promise<void>;
  /** Opens a file of the workspace in an editor; the path is relative to the folder. */
  openFile(file: string): Promise<void>;
  /** Waits for a notification toast with this text; gives all of its text. */
  toast(text: string | RegExp): Promise<string>;
  /** Clicks a button of the toast with this text, until the toast has taken it and gone. */
  toastButton(text: string | RegExp, button: string): Promise<void>;
  clearToasts(): Promise<void>;
  /** Opens a container of the activity bar by its title. */
  openContainer(title: string): Promise<void>;
  /** Rows of the side bar's open trees. */
  treeRow(text: string | RegExp): Locator;
  /** Waits for a row with this text in the Problems view, which it opens; gives the row. */
  problem(text: string | RegExp): Promise<Locator>;
  /** An item of the status bar. */
  statusBar(text: string | RegExp): Locator;
  /** The page inside the webview panel in the editor area, or the webview view in the side bar. */
  webview(where: 'editor' | 'sideBar'): FrameLocator;
  /** What the visible terminal shows, without the line breaks of its width. */
  terminalText(): Promise<string>;
  /** Changes user settings while the window runs, for instance `workbench.colorTheme`. */
  changeSettings(values: Record<string, unknown>): void;
  /** Waits until the check gives something other than undefined or false: for files, and for what no locator sees. */
  until: typeof until;
  /** Writes dist/screenshots/NAME.png. */
  shot(name: string): Promise<void>;
}

export function createDriver(page: Page, workspace: string, userDataDir: string): Driver {
  const quickInput = page.locator('.quick-input-widget');
  const input = quickInput.locator('input.input');
  const picks = () => quickInput.locator('.quick-input-list .monaco-list-row');
  const toasts = page.locator('.notifications-toasts .notification-list-item');
  const pickRow = (row: string | RegExp) => {
    if (typeof row !== 'string') return picks().filter({ hasText: row }).first();
    const label = page.locator('.label-name', { hasText: exactly(row) });
    return picks().filter({ has: label }).first();
  };

  // Tried again when the row comes after the list was made (a command that is being contributed), or when the command
  // before this one closes the quick input under our hands. Enter would run the first row, which is often another
  // command of a similar name.
  const quickOpen = async (key: string, text: string, row: Locator) => {
    await until(`${key} offers "${text}"`, async () => {
      try {
        await page.keyboard.press(key);
        await input.fill(text, { timeout: 2_000 });
        await row.click({ timeout: 2_000 });
        return true;
      } catch {
        await page.keyboard.press('Escape');
        return false;
      }
    });
  };
  const palette = (title: string) => quickOpen('F1', `>${title}`, pickRow(title));

  return {
    page,
    workspace,
    palette,
    picks,
    pick: (row) => pickRow(row).click(),
    async pickMany(rows) {
      for (const row of rows) await pickRow(row).locator('.monaco-checkbox').check();
      await quickInput.locator('.quick-input-action a', { hasText: exactly('OK') }).click();
    },
    async answer(text, prompt) {
      const asked = page.locator('.quick-input-message', { hasText: prompt });
      await quickInput.filter({ has: asked }).locator('input.input').fill(text);
      await page.keyboard.press('Enter');
    },
    async openFile(file) {
      await quickOpen('Control+P', file, pickRow(path.basename(file)));
      await page.locator('.tab.active', { hasText: path.basename(file) }).waitFor();
    },
    async toast(text) {
      const message = toasts.locator('.notification-list-item-message').filter({ hasText: text }).first();
      await message.waitFor();
      return await message.innerText();
    },
    async toastButton(text, button) {
      const message = page.locator('.notification-list-item-message', { hasText: text });
      const buttons = page.locator('.notification-list-item-buttons-container a', {
        hasText: exactly(button),
      });
      const toast = toasts.filter({ has: message }).filter({ has: buttons });
      await toast.first().waitFor();
      const before = await toast.count();
      // A toast is drawn anew with each step of its progress, and a click between two drawings is lost.
      await until(`the toast takes "${button}"`, async () => {
        try {
          await toast.first().hover({ timeout: 2_000 }); // a collapsed toast shows its buttons on hover
          await toast.first().locator(buttons).click({ timeout: 2_000 });
        } catch {
          // It was drawn anew under the pointer, or has gone.
        }
        return (await toast.count()) < before;
      });
    },
    clearToasts: async () => await palette('Notifications: Clear All Notifications'),
    async openContainer(title) {
      // The whole item, not its icon: a badge ("1 running") lies over the icon and takes the click.
      const icon = `.action-label[aria-label^="${title}"]`;
      const item = page.locator(`.activitybar .action-item:has(${icon})`).first();
      const open = page.locator('.sidebar .composite.title', { hasText: title });
      await item.waitFor();
      // After a reload the side bar may be coming up by itself, and a click would close it: look again.
      for (let tries = 0; tries < OPEN_TRIES && !(await open.isVisible()); tries += 1) {
        await item.click();
        await open.waitFor({ timeout: OPEN_WAIT_MS }).catch(() => {});
      }
      await open.waitFor();
      // The icon's tooltip would cover the side bar.
      // It stays when another icon appears and moves this one from under the pointer: moving once may not be enough.
      const tooltip = page.locator('.workbench-hover-container');
      await until('no tooltip covers the side bar', async () => {
        await page.mouse.move(640, 300);
        await page.mouse.move(640, 15);
        // A layout that moved under a pointer at rest leaves it where it was; Escape takes any tooltip away.
        if (await tooltip.isVisible()) await page.keyboard.press('Escape');
        return !(await tooltip.isVisible());
      });
    },
    // A pane that is closed keeps its rows for a fifth of a second: they are no longer there for anybody.
    treeRow: (text) =>
      page.locator('.sidebar .pane:has(> .pane-header.expanded) .monaco-list-row').filter({ hasText: text }),
    async problem(text) {
      await palette('Problems: Focus on Problems View');
      const row = page.locator('.markers-panel .monaco-list-row').filter({ hasText: text }).first();
      await row.waitFor();
      return row;
    },
    statusBar: (text) => page.locator('.statusbar-item').filter({ hasText: text }),
    webview: (where) => webviewFrame(page, where),
    async terminalText() {
      const rows = await page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
      return rows.join('').replaceAll('\u00a0', ' ');
    },
    changeSettings: (values) => changeSettings(userDataDir, values),
    until,
    async shot(name) {
      fs.mkdirSync(screenshotsDir, { recursive: true });
      await page.screenshot({ path: path.join(screenshotsDir, `${name}.png`) });
    },
  };
}

/**
 * The outer frame belongs to VS Code and names its purpose in the address; the inner one is the extension's page.
 */
function webviewFrame(page: Page, where: 'editor' | 'sideBar'): FrameLocator {
  const view = '[src*="purpose=webviewView"]';
  const outer = where === 'sideBar' ? `iframe.webview.ready${view}` : `iframe.webview.ready:not(${view})`;
  // While a tab takes the place of another, both frames are there for a moment, and one of them can be seen.
  const seen = page.locator(outer).filter({ visible: true }).first();
  return seen.contentFrame().frameLocator('iframe#active-frame');
}

/** The server watches this file, and the window follows. */
function changeSettings(userDataDir: string, values: Record<string, unknown>): void {
  const file = path.join(userDataDir, 'User/settings.json');
  const current: Record<string, unknown> = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify({ ...current, ...values }, null, 2));
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
