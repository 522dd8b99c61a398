/** The outer form of an answer: list, set, tuple, interval, relation, matrix, ratio, or a scalar. */
import { behindClosingBrace, isEnclosed, separator, splitTopLevel } from './brackets.ts';
import { readMatrix } from './matrix.ts';
import { readRelation } from './relation.ts';

export type RelationSign = '=' | '<' | '>' | '\\le' | '\\ge' | '\\ne';

export type Structure =
  | { readonly kind: 'scalar'; readonly text: string }
  /** A bare list, `1, 2`. */
  | { readonly kind: 'list'; readonly items: readonly Structure[] }
  | {
      readonly kind: 'set';
      readonly items: readonly Structure[];
      /** Written with TeX's invisible braces, {1, 2}: may be meant as a tuple. */
      readonly bare: boolean;
    }
  /** A tuple, a point or an interval: the form does not tell which. */
  | {
      readonly kind: 'tuple';
      readonly open: '(' | '[';
      readonly close: ')' | ']';
      readonly items: readonly Structure[];
    }
  | { readonly kind: 'union' | 'intersection'; readonly items: readonly Structure[] }
  /** All reals but these. */
  | { readonly kind: 'except'; readonly items: readonly Structure[] }
  /** A chain `parts[0] signs[0] parts[1] ...` of scalar texts. */
  | { readonly kind: 'relation'; readonly parts: readonly string[]; readonly signs: readonly RelationSign[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Structure[])[] }
  | { readonly kind: 'ratio'; readonly items: readonly Structure[] }
  /** A side condition such as `k \in \mathbb{Z}`, which does not count as an answer. */
  | { readonly kind: 'condition' };

const MAX_DEPTH = 12;

/** Reads the outer form of a normalised answer. */
export function readStructure(source: string, depth = 0): Structure {
  let text = trimSeparators(source);
  if (depth > MAX_DEPTH) return { kind: 'scalar', text };
  while (text.startsWith('{') && behindClosingBrace(text, 0) === text.length) {
    const inner = text.slice(1, -1).trim();
    const items = splitTopLevel(inner, separator(',', ';'));
    if (depth === 0 && items.length > 1) return { kind: 'set', items: readAll(items, depth), bare: true };
    text = inner;
  }
  return (
    readList(text, depth) ??
    readSet(text, depth) ??
    readRelation(text, depth) ??
    readSetOperation(text, depth) ??
    readTuple(text, depth) ??
    readMatrix(text, depth) ??
    readPlusMinus(text, depth) ??
    readRatio(text, depth) ?? { kind: 'scalar', text: withoutOuterBrackets(text) }
  );
}

function trimSeparators(text: string): string {
  return text.replace(/^[\s,;]+/, '').replace(/(?<![\s,;])[\s,;]+$/, '');
}

export function readAll(items: readonly string[], depth: number): Structure[] {
  return items.filter((item) => item.trim() !== '').map((item) => readStructure(item, depth + 1));
}

/** Semicolons separate before commas do: `1, 2; 3, 4` is a list of two. */
function readList(text: string, depth: number): Structure | null {
  for (const mark of [';', ',']) {
    const parts = splitTopLevel(text, separator(mark));
    if (parts.length > 1) return listOf(parts, depth, mark === ',');
  }
  return null;
}

function listOf(parts: readonly string[], depth: number, flatten: boolean): Structure {
  const items: Structure[] = [];
  for (const part of parts) {
    if (part.trim() === '') continue;
    const item = readStructure(part, depth + 1);
    if (item.kind === 'condition') continue;
    if (flatten && item.kind === 'list') items.push(...item.items);
    else if (item.kind === 'relation' && /\\pm/.test(part) && item.signs.every((sign) => sign === '=')) {
      items.push(...['+', '-'].map((sign) => readStructure(part.replaceAll('\\pm', sign), depth + 1)));
    } else items.push(item);
  }
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { kind: 'list', items };
}

/** `\{1, 2\}`, or the condition of `\{x | x > 2\}`. */
function readSet(text: string, depth: number): Structure | null {
  if (!text.startsWith('\\{') || !text.endsWith('\\}') || !isEnclosed(text)) return null;
  const inner = text.slice(2, -2);
  const [before = '', after, ...more] = splitTopLevel(inner, separator('|', ':'));
  if (after !== undefined && more.length === 0 && /^\s*[a-zA-Z]\s*(?:\\in\b.*)?$/.test(before)) {
    return readStructure(after, depth + 1);
  }
  const parts = splitTopLevel(inner, separator(',', ';'));
  const items = readAll(parts, depth).flatMap((item) => (item.kind === 'list' ? item.items : [item]));
  return { kind: 'set', items, bare: false };
}

function readSetOperation(text: string, depth: number): Structure | null {
  for (const [command, kind] of [
    ['\\cup', 'union'],
    ['\\cap', 'intersection'],
  ] as const) {
    const parts = splitTopLevel(text, separator(command));
    if (parts.length > 1) return mergeSets({ kind, items: readAll(parts, depth) });
  }
  const [whole = '', removed, ...more] = splitTopLevel(
    text,
    separator('\\setminus', '\\backslash', '\\smallsetminus'),
  );
  if (removed === undefined || more.length > 0 || !isAllReals(whole)) return null;
  const inner = readStructure(removed, depth + 1);
  return { kind: 'except', items: inner.kind === 'set' ? inner.items : [inner] };
}

/** A union of finite sets is a set; other operations stay as they are. */
function mergeSets(operation: { kind: 'union' | 'intersection'; items: readonly Structure[] }): Structure {
  const sets = operation.items.filter((item) => item.kind === 'set' || item.kind === 'list');
  if (operation.kind !== 'union' || sets.length < operation.items.length) return operation;
  return { kind: 'set', items: sets.flatMap((set) => set.items), bare: false };
}

function isAllReals(text: string): boolean {
  return /^\s*(?:\\mathbb\s*\{?\s*R\s*\}?|\(\s*-\s*\\infty\s*,\s*\+?\s*\\infty\s*\))\s*$/.test(text);
}

function readTuple(text: string, depth: number): Structure | null {
  const open = text[0];
  const close = text.at(-1);
  if ((open !== '(' && open !== '[') || (close !== ')' && close !== ']') || !isEnclosed(text)) return null;
  const parts = splitTopLevel(text.slice(1, -1), separator(',', ';'));
  if (parts.length > 1) return { kind: 'tuple', open, close, items: readAll(parts, depth) };
  const inner = readStructure(parts[0] ?? '', depth + 1);
  return inner.kind === 'scalar' ? null : inner;
}

/** `1 \pm \sqrt{5}` stands for two values. */
function readPlusMinus(text: string, depth: number): Structure | null {
  if (!/\\[pm][mp](?![a-zA-Z])/.test(text) || depth >= MAX_DEPTH - 2) return null;
  const choose = (plus: string, minus: string) =>
    readStructure(
      text
        .replace(/\\pm(?![a-zA-Z])/g, plus)
        .replace(/\\mp(?![a-zA-Z])/g, minus)
        .replace(/([({=]|^)\s*\+/g, '$1'),
      depth + 1,
    );
  return { kind: 'list', items: [choose('+', '-'), choose('-', '+')] };
}

function readRatio(text: string, depth: number): Structure | null {
  const parts = splitTopLevel(text, separator(':'));
  if (parts.length < 2 || parts.some((part) => part.trim() === '')) return null;
  return { kind: 'ratio', items: readAll(parts, depth) };
}

/** `(x+1)` is `x+1`. */
function withoutOuterBrackets(text: string): string {
  let inner = text;
  while (/^[([]/.test(inner) && /[)\]]$/.test(inner) && isEnclosed(inner)) inner = inner.slice(1, -1).trim();
  return inner;
}
