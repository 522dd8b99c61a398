/** Texts of the panels, found in the syntax tree: JSX says which of them people see. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vitest/node';

export interface PanelTexts {
  /** What is given to `l10n.t`. */
  readonly keys: readonly string[];
  /** What people see and nobody could translate, as `line: text`. */
  readonly untranslated: readonly string[];
}

/** All panels; what cannot be translated with its file. */
export function panelTexts(root: string): PanelTexts {
  const files = globSync('webview/**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => ({ file, ...textsOf(readFileSync(path.join(root, file), 'utf8')) }));
  return {
    keys: files.flatMap(({ keys }) => keys),
    untranslated: files.flatMap(({ file, untranslated }) => untranslated.map((one) => `${file}:${one}`)),
  };
}

/**
 * Where a text stands. `seen`: it is drawn or read aloud, so that one word is enough. `code`: it may come to be seen, and
 * does so where it is prose. `hidden`: classes, comparisons and names.
 */
type Place = 'seen' | 'code' | 'hidden';

/** Of our components, too: `label`, `of`, `what` and `title` are read aloud. */
const SEEN_ATTRIBUTES =
  /^(?:aria-(?:label|description|valuetext|roledescription)|alt|label|of|placeholder|summary|title|what)$/;

const WORD = /[A-Za-z]{2,}/;
/** Two words, where `{}` is an expression's; a word after a mark; or one that begins as a sentence does. */
const PROSE = /(?:[A-Za-z]{2,}|\{\}|\p{So})\W* \W*[A-Za-z]{2,}|[A-Za-z]{2,}\W* \{\}|^[A-Z][a-z]{2,}/u;

/** What looks like it and is none. */
const NOT_READ = new Set([
  // Classes, fonts and colours.
  ...['point better', 'point worse', '10px {}'],
  ...['color-mix(in srgb, {} 45%, transparent)', 'color-mix(in srgb, {} 25%, transparent)'],
  // An order that is chosen at first; people see its name.
  'regressions first',
  // A name in every language.
  'Markdown',
]);

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export function textsOf(source: string): PanelTexts {
  const keys: string[] = [];
  const untranslated: string[] = [];
  const report = (text: string, { start }: SyntaxNode) => {
    const line = source.slice(0, start).split('\n').length;
    untranslated.push(`${line}: ${text.trim().replace(/\s+/g, ' ')}`);
  };
  const text = (words: string, node: SyntaxNode, place: Place) => {
    if (NOT_READ.has(words) || place === 'hidden') return;
    if ((place === 'seen' ? WORD : PROSE).test(words)) report(words, node);
  };

  const visit = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, place);
    if (isNode(value)) (VISITORS[value.type] ?? visitParts)(value, place);
  };
  const visitParts = (node: SyntaxNode, place: Place) => {
    // Types are no texts; the three that hold an expression are.
    if (/^TS(?!AsExpression|NonNullExpression|SatisfiesExpression)/.test(node.type)) return;
    for (const [field, part] of Object.entries(node)) {
      if (field !== 'typeAnnotation') visit(part, place);
    }
  };
  const translated = (call: SyntaxNode) => {
    const [key, ...rest] = nodesOf(call.arguments);
    if (key !== undefined && typeof key.value === 'string') keys.push(key.value);
    else report('the text is no literal', call);
    visit(rest, 'seen');
  };
  const VISITORS: Readonly<Record<string, (node: SyntaxNode, place: Place) => void>> = {
    ImportDeclaration: () => {},
    Literal: (node, place) => {
      if (typeof node.value === 'string') text(node.value, node, place);
    },
    TemplateLiteral: (node, place) => {
      text(templateText(node), node, place);
      visit(node.expressions, place);
    },
    JSXText: (node) => text(String(node.value), node, 'seen'),
    JSXElement: ({ openingElement, children }) => {
      visit(openingElement, 'hidden');
      visit(children, 'seen');
    },
    JSXFragment: ({ children }) => visit(children, 'seen'),
    JSXAttribute: ({ name, value }) => visit(value, isSeen(name) ? 'seen' : 'hidden'),
    CallExpression: (node, place) => {
      if (isL10n(node.callee)) return translated(node);
      visit(node.callee, place);
      for (const one of nodesOf(node.arguments)) visit(one, isFunction(one) ? place : lower(place));
    },
    // Our own faults, and names of events.
    NewExpression: (node) => visit(nodesOf(node.arguments).filter(isFunction), 'code'),
    BinaryExpression: ({ operator, left, right }, place) => {
      visit([left, right], operator === '+' ? place : 'hidden');
    },
    ConditionalExpression: ({ test, consequent, alternate }, place) => {
      visit(test, 'hidden');
      visit([consequent, alternate], place);
    },
    LogicalExpression: ({ operator, left, right }, place) => {
      visit(left, operator === '&&' ? 'hidden' : place);
      visit(right, place);
    },
    MemberExpression: ({ object }, place) => visit(object, place),
    Property: ({ value }, place) => visit(value, place),
    SwitchCase: ({ consequent }, place) => visit(consequent, place),
    // What a function does is code; what it gives at once stands where the function stands.
    BlockStatement: ({ body }) => visit(body, 'code'),
  };

  visit(parseAst(source, { lang: 'tsx' }), 'code');
  return { keys, untranslated };
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function nodesOf(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function isFunction({ type }: SyntaxNode): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}

function lower(place: Place): Place {
  return place === 'seen' ? 'code' : place;
}

function isL10n(callee: unknown): boolean {
  return (
    isNode(callee) &&
    callee.type === 'MemberExpression' &&
    isNode(callee.object) &&
    callee.object.name === 'l10n' &&
    isNode(callee.property) &&
    callee.property.name === 't'
  );
}

function isSeen(name: unknown): boolean {
  return isNode(name) && typeof name.name === 'string' && SEEN_ATTRIBUTES.test(name.name);
}

/** The text of a template with `{}` for each expression. */
function templateText({ quasis }: SyntaxNode): string {
  return nodesOf(quasis)
    .map(({ value }) =>
      typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : '',
    )
    .join('{}');
}
