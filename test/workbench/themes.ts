import type { FrameLocator } from 'playwright-core';
import type { Driver } from '../../scripts/host/driver.ts';

/** The kinds of colour theme that every screen has to be readable in. */
export const THEMES = {
  dark: { label: 'Dark Modern', class: 'vs-dark', panel: 'vscode-dark' },
  light: { label: 'Light Modern', class: 'vs', panel: 'vscode-light' },
  contrast: { label: 'Dark High Contrast', class: 'hc-black', panel: 'vscode-high-contrast' },
} as const;

/** Chooses a theme as a person does. */
export async function chooseTheme({ palette, page, pick }: Driver, name: keyof typeof THEMES): Promise<void> {
  const { label, class: themeClass } = THEMES[name];
  await palette('Preferences: Color Theme');
  // The list holds more rows than are drawn: typing narrows it. Before it is there, keys would go into the editor.
  const input = page.locator('.quick-input-widget input[placeholder^="Select Color Theme"]');
  await input.fill(label);
  await pick(new RegExp(`^${label}`));
  await input.waitFor({ state: 'hidden' });
  await page.locator(`.monaco-workbench.${themeClass}`).waitFor();
}

/** Waits until a panel has the theme as well: it is told a moment later than the window. */
export async function themeOfPanel(panel: FrameLocator, name: keyof typeof THEMES): Promise<void> {
  await panel.locator(`body.${THEMES[name].panel}`).waitFor();
}

/** A picture of the window in each kind of theme, ending with the dark one: `NAME-light.png` and so on. */
export async function shotInThemes(driver: Driver, name: string): Promise<void> {
  for (const theme of ['light', 'contrast', 'dark'] as const) {
    await chooseTheme(driver, theme);
    await driver.shot(`${name}-${theme}`);
  }
}
