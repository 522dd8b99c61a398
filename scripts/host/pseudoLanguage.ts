/**
 * A language of brackets: `[Show more]`. A window that speaks it shows which texts nobody could translate, and that
 * translations arrive where they are shown.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { z } from 'zod';

/** What Microsoft's tools call a pseudo-language. */
const LANGUAGE = 'qps-ploc';

/** The extension with such a translation, in a folder mostly of links: nothing is written beside the sources. */
export function translatedExtension(extension: string, folder: string): string {
  // VS Code knows by the place of a file whose texts it asks for: code has to be in the folder itself.
  const copied = ['extension', 'extension.cjs'];
  link(extension, folder, ['l10n', 'dist']);
  link(path.join(extension, 'dist'), path.join(folder, 'dist'), copied);
  for (const name of copied) {
    fs.cpSync(path.join(extension, 'dist', name), path.join(folder, 'dist', name), { recursive: true });
  }
  fs.mkdirSync(path.join(folder, 'l10n'));
  const english = fs.readFileSync(path.join(extension, 'l10n/bundle.l10n.json'), 'utf8');
  const texts = z.record(z.string(), z.string()).parse(JSON.parse(english));
  const bracketed = Object.fromEntries(Object.keys(texts).map((text) => [text, `[${text}]`]));
  fs.writeFileSync(path.join(folder, `l10n/bundle.l10n.${LANGUAGE}.json`), JSON.stringify(bracketed));
  return folder;
}

/** Links to everything in a folder except these names. */
function link(from: string, to: string, except: readonly string[]): void {
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) {
    if (!except.includes(name)) fs.symlinkSync(path.join(from, name), path.join(to, name));
  }
}

/** Windows of this context tell their extensions that they speak it. Their own texts stay English. */
export async function speakPseudoLanguage(context: BrowserContext): Promise<void> {
  // Where the workbench looks for its language before it asks anybody else.
  const content = `if (window.top === window) globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(LANGUAGE)};`;
  await context.addInitScript({ content });
}
