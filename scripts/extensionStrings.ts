/** The strings that the extension and its panels show, for translators: every literal that is given to `l10n.t`. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type SourceString, sourceStrings } from './sourceStrings.ts';

/** `bundle.l10n.json`: each string under itself, sorted. */
export function extensionStrings(root: string): string {
  const found = [
    ...editorStrings(root)
      .filter(isTranslated)
      .map(({ text }) => text),
    ...panelKeys(root),
  ];
  const strings = [...new Set(found.map(unescaped))].sort();
  return `${JSON.stringify(Object.fromEntries(strings.map((text) => [text, text])), null, 2)}\n`;
}

/** A literal's value, from how it is written: the escapes that our texts have. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** What the panels give to `l10n.t`; `panelStrings.ts` finds what they do not. */
function panelKeys(root: string): string[] {
  return globSync('webview/**/*.{ts,tsx}', { cwd: root }).flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    return [...source.matchAll(/\bl10n\.t\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(
      ([, single, double]) => single ?? double ?? '',
    );
  });
}

/** Texts of two words and more that nobody could translate, as `file:line: text`. Logs and our own faults stay English. */
export function untranslated(root: string): string[] {
  return editorStrings(root)
    .filter((one) => !isTranslated(one) && isProse(one) && !NOT_SHOWN.test(one.before))
    .map(({ file, line, text }) => `${file}:${line}: ${text}`);
}

/** `contributions.ts` and its parts are the manifest: package.nls.json holds their texts. */
function editorStrings(root: string): (SourceString & { file: string })[] {
  return globSync('src/extension/**/*.ts', { cwd: root })
    .filter((file) => !file.includes('contributions'))
    .flatMap((file) =>
      sourceStrings(readFileSync(path.join(root, file), 'utf8')).map((one) => ({ ...one, file })),
    );
}

function isTranslated({ before }: SourceString): boolean {
  return /\bl10n\.t\($/.test(before);
}

const NOT_SHOWN =
  /(?:\blog\.\w+\(|new Error\(|createDiagnosticCollection\(|\bsource (?:=|===)|\.id =|secretName\(.*)$/;

/** Run titles, which are data that every language shares, and what is no sentence. */
const NOT_READ = new Set([
  // A script.
  '@echo off',
  'set ELECTRON_RUN_AS_NODE=1',
  // Names of documents: part of their address.
  ', step {}',
  '/{}/rollout {}{}.txt',
  'rollout {}',
  '{}, step {}',
  '$(sync~spin) {}{}{}',
  '$(hubot) {}',
  '{} on {}',
  ' on {}',
  '{} from {}',
  '{} criticises {}',
  '{} goes on with {}',
  'base {} {}',
  'model key',
  'reflection {}',
  'reflection.apiKey {} {}',
  'run {}',
  'VS Code {}, {}-{}',
]);

/** A place where even one word is read. */
const READ =
  /(?:\b(?:label|title|placeHolder|prompt|detail|tooltip|remedy|none):|\bheading\(|\bshow(?:Information|Warning|Failure)\(|\.(?:text|tooltip|description|message|name) =)$/;

/** Two words in a row, which no identifier has; or one, where it is read. Our own HTML is no text. */
function isProse({ text, before }: SourceString): boolean {
  if (NOT_READ.has(text) || /^(?:<|#!|[a-z]+-src )/.test(text)) return false;
  return READ.test(before)
    ? /[A-Za-z]{3,}/.test(text)
    : /[A-Za-z]{2,}[,.;:]? (?:[A-Za-z]{2,}|\{\})/.test(text);
}
