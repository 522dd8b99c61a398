import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { untranslated } from '../../../scripts/extensionStrings.ts';
import { localisedManifest } from '../../../scripts/manifestStrings.ts';
import { panelTexts, textsOf } from '../../../scripts/panelStrings.ts';
import { sourceStrings } from '../../../scripts/sourceStrings.ts';
import { contributions } from '../../../src/extension/contributions.ts';
import { plainMessage } from '../../../src/extension/plainMessage.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

describe('texts of package.json', () => {
  const texts = z.record(z.string(), z.string()).parse(read('package.nls.json'));
  const keys = [...JSON.stringify(read('package.json')).matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);

  it('are all in package.nls.json, and nothing else is', () => {
    expect([...new Set(keys)].sort()).toEqual(Object.keys(texts).sort());
  });

  it('are put back as they were, with the same key for the same text only', () => {
    const { manifest, strings } = localisedManifest(contributions);
    const filled = JSON.stringify(manifest).replace(/"%([^"%]+)%"/g, (_, key: string) =>
      JSON.stringify(strings[key]),
    );
    expect(JSON.parse(filled)).toEqual(JSON.parse(JSON.stringify(contributions)));
  });

  it('leave no sentence in the manifest', () => {
    const sentences: string[] = [];
    const walk = (value: unknown, at: string): void => {
      if (typeof value === 'string') {
        if (/[a-z]{2,} [a-z]{2,}/i.test(value)) sentences.push(`${at}: ${value}`);
      } else if (typeof value === 'object' && value !== null) {
        for (const [name, inner] of Object.entries(value)) walk(inner, `${at}.${name}`);
      }
    };
    const { manifest } = localisedManifest(contributions);
    walk(manifest, '');
    // Names of things, clauses of `when`, and patterns.
    const isName = (one: string) => /\.(?:when|regexp|aliases\.\d+|owner|pattern)\b/.test(one);
    expect(sentences.filter((one) => !isName(one))).toEqual([]);
  });
});

describe('notifications', () => {
  /** What VS Code makes links of, by its own pattern (`base/common/linkedText.ts`). */
  const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

  it('hold no link, whatever a file or a model has written', () => {
    const attack = '[Fix it](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22x%22%7D)';
    expect(attack).toMatch(LINK);
    expect(plainMessage(`The run ${attack} is gone.`)).not.toMatch(LINK);
    const part = fc.constantFrom('[a', ']', '](', '(', 'command:x', 'https://x', ')', '\n', '\u200b', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        expect(plainMessage(parts.join(''))).not.toMatch(LINK);
      }),
    );
  });

  it('are all shown by the one module that sees to that', () => {
    const others = fs.globSync('src/extension/**/*.ts', { cwd: root }).filter((file) => {
      const source = fs.readFileSync(path.join(root, file), 'utf8');
      return /\bwindow\s*\.show(?:Information|Warning|Error)Message\b|ProgressLocation\.Notification/.test(
        source,
      );
    });
    expect(others).toEqual(['src/extension/messages.ts']);
  });
});

describe('texts of the editor', () => {
  it('all go through l10n', () => {
    expect(untranslated(root)).toEqual([]);
  });

  it('are found in code as it is written', () => {
    const source = [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      "const a = /['\"`]/.test(b) ? t('one') : `two ${c ? `three ${d}` : 'four'} five`;",
      "// 'no' text\n/* `neither` */ const e = f / g; const h = 'it\\'s';",
    ].join('\n');
    expect(sourceStrings(source).map(({ text, line }) => [text, line])).toEqual([
      ['one', 1],
      ['three {}', 1],
      ['four', 1],
      ['two {} five', 1],
      ["it\\'s", 3],
    ]);
  });
});

describe('texts of the panels', () => {
  const { keys, untranslated: english } = panelTexts(root);

  it('all go through l10n', () => {
    expect(english).toEqual([]);
  });

  it('are all in the bundle that translators get', () => {
    const bundle = z.record(z.string(), z.string()).parse(read('l10n/bundle.l10n.json'));
    expect(keys.length).toBeGreaterThan(200);
    expect(keys.filter((key) => !(key in bundle))).toEqual([]);
  });

  it('are seen in children, in names that are read aloud, and in what a panel is given to say', () => {
    const source = `
      import x from 'no text here';
      const WORDS = { done: 'is done now', good: '✓ good', class: 'link-like' };
      export const One = ({ n, kind }: { n: number; kind: 'two words' }) => (
        <section class="no text" aria-label="Name" title={l10n.t('Title of {0}', 'this')}>
          {n} item{n === 1 ? '' : 's'} <b onClick={() => say('to the host')}>·</b>
          {kind === 'two words' ? \`\${n} left\` : null} {l10n.t('fine')} {l10n.t(WORDS.done)}
          {rows.map((row) => <i key={row} data-row="no text">{row ?? 'none'}</i>)}
        </section>
      );`;
    const found = textsOf(source);
    expect(found.keys).toEqual(['Title of {0}', 'fine']);
    expect(found.untranslated).toEqual([
      '3: is done now',
      '3: ✓ good',
      '5: Name',
      '5: this',
      '6: item',
      '7: {} left',
      '7: the text is no literal',
      '8: none',
    ]);
  });
});
