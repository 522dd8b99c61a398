/** The strings that the extension shows, for translators: every literal that is given to `vscode.l10n.t`. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const CALL = /\bl10n\.t\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g;

/** `bundle.l10n.json`: each string under itself, sorted. */
export function extensionStrings(root: string): string {
  const found = new Set<string>();
  for (const file of globSync('src/extension/**/*.ts', { cwd: root })) {
    for (const [, single, double] of readFileSync(path.join(root, file), 'utf8').matchAll(CALL)) {
      found.add(unescaped(single ?? double ?? ''));
    }
  }
  const strings = [...found].sort();
  return `${JSON.stringify(Object.fromEntries(strings.map((text) => [text, text])), null, 2)}\n`;
}

function unescaped(text: string): string {
  return text.replace(/\\(['"\\])/g, '$1');
}
