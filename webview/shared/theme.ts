import { signal } from '@preact/signals';

/** Counts the changes of the colour theme: what draws on a canvas reads it, and so is drawn again. */
export const themeVersion = signal(0);

new MutationObserver(() => {
  themeVersion.value++;
}).observe(document.body, { attributes: true, attributeFilter: ['class'] });

/** The value of a theme colour such as `--vscode-charts-blue`; the fallback when the theme has none. */
export function themeColour(name: string, fallback: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim() || fallback;
}
