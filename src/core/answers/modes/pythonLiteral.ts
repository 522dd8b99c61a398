/** Python's literals: what `ast.literal_eval` reads, and `set()`. */
import { UnreadableAnswer } from '../parse/unreadable.ts';

export type PythonValue =
  | { readonly kind: 'none' }
  /** Booleans are the numbers 1 and 0, as in Python. */
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string' | 'bytes'; readonly value: string }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly PythonValue[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [PythonValue, PythonValue])[] };

interface Source {
  readonly text: string;
  at: number;
  depth: number;
}

const MAX_LENGTH = 20_000;
const MAX_DEPTH = 100;

/** Throws `UnreadableAnswer`. */
export function parsePythonLiteral(text: string): PythonValue {
  if (text.length > MAX_LENGTH) throw new UnreadableAnswer('too-long', 'the literal is too long');
  const source: Source = { text, at: 0, depth: 0 };
  const first = parseValue(source);
  const value = peek(source) === ',' ? bareTuple(source, first) : first;
  if (peek(source) !== '') throw syntax(source);
  return value;
}

/** The next character that is not white space; '' at the end. */
function peek(source: Source): string {
  while (/\s/.test(source.text[source.at] ?? '')) source.at++;
  return source.text[source.at] ?? '';
}

function accept(source: Source, char: string): boolean {
  if (peek(source) !== char) return false;
  source.at++;
  return true;
}

function syntax(source: Source): UnreadableAnswer {
  return new UnreadableAnswer('syntax', `no Python literal at character ${source.at + 1}`);
}

function take(source: Source, pattern: RegExp): string | null {
  pattern.lastIndex = source.at;
  const match = pattern.exec(source.text);
  if (match === null) return null;
  source.at += match[0].length;
  return match[0];
}

function bareTuple(source: Source, first: PythonValue): PythonValue {
  const items = [first];
  while (accept(source, ',') && peek(source) !== '') items.push(parseValue(source));
  return { kind: 'tuple', items };
}

function parseValue(source: Source): PythonValue {
  if (++source.depth > MAX_DEPTH) throw new UnreadableAnswer('too-long', 'nested too deeply');
  const value = parseNested(source);
  source.depth--;
  return value;
}

function parseNested(source: Source): PythonValue {
  const char = peek(source);
  if (accept(source, '[')) return { kind: 'list', items: parseItems(source, ']').items };
  if (accept(source, '(')) {
    const { items, comma } = parseItems(source, ')');
    const [only] = items;
    return items.length === 1 && !comma && only !== undefined ? only : { kind: 'tuple', items };
  }
  if (accept(source, '{')) return parseBraces(source);
  if (/[-+.\d]/.test(char)) return parseNumber(source);
  const string = parseStrings(source);
  if (string !== null) return string;
  return parseWord(source);
}

function parseItems(source: Source, close: string): { items: PythonValue[]; comma: boolean } {
  const items: PythonValue[] = [];
  let comma = false;
  while (!accept(source, close)) {
    items.push(parseValue(source));
    comma = accept(source, ',');
    if (!comma && peek(source) !== close) throw syntax(source);
  }
  return { items, comma };
}

function parseBraces(source: Source): PythonValue {
  const entries: [PythonValue, PythonValue][] = [];
  const items: PythonValue[] = [];
  while (!accept(source, '}')) {
    const key = parseValue(source);
    if (accept(source, ':')) entries.push([key, parseValue(source)]);
    else items.push(key);
    if (!accept(source, ',') && peek(source) !== '}') throw syntax(source);
  }
  if (items.length > 0 && entries.length > 0) throw syntax(source);
  return items.length > 0 ? { kind: 'set', items } : { kind: 'dict', entries };
}

const NUMBER =
  /[-+\s]*(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d+)?)/y;

function parseNumber(source: Source): PythonValue {
  const written = take(source, NUMBER);
  if (written === null || /[\w.]/.test(source.text[source.at] ?? '')) throw syntax(source);
  const digits = written.replace(/[-+\s_]/g, '');
  const negative = (written.match(/-/g)?.length ?? 0) % 2 === 1;
  if (/^0[xXbBoO]|^\d+$/.test(digits)) {
    const value = BigInt(digits.replace(/^0+(?=\d)/, ''));
    return { kind: 'integer', value: negative ? -value : value };
  }
  return { kind: 'float', value: Number(digits) * (negative ? -1 : 1) };
}

const STRING = /([rRbBuU]{0,2})('''|"""|'|")/y;

/** One or several adjacent strings, which Python joins; null when there is none. */
function parseStrings(source: Source): PythonValue | null {
  let kind: 'string' | 'bytes' = 'string';
  let value: string | null = null;
  for (;;) {
    peek(source);
    STRING.lastIndex = source.at;
    const [, prefix = '', quote = ''] = STRING.exec(source.text) ?? [];
    if (quote === '') return value === null ? null : { kind, value };
    source.at = STRING.lastIndex;
    if (/b/i.test(prefix)) kind = 'bytes';
    value = (value ?? '') + readString(source, quote, /r/i.test(prefix));
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function readString(source: Source, quote: string, raw: boolean): string {
  let value = '';
  for (;;) {
    const char = source.text[source.at];
    if (char === undefined || (char === '\n' && quote.length === 1)) throw syntax(source);
    if (source.text.startsWith(quote, source.at)) {
      source.at += quote.length;
      return value;
    }
    source.at++;
    if (char !== '\\') value += char;
    else if (raw) value += char + (source.text[source.at++] ?? '');
    else value += readEscape(source);
  }
}

const CODE = /x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}/y;

function readEscape(source: Source): string {
  const code = take(source, CODE);
  if (code !== null) {
    const value = /^[xuU]/.test(code) ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8);
    if (value > 0x10ffff) throw syntax(source);
    return String.fromCodePoint(value);
  }
  const char = source.text[source.at++] ?? '';
  return Object.hasOwn(ESCAPES, char) ? (ESCAPES[char] ?? '') : `\\${char}`;
}

const WORD = /[A-Za-z_]\w*(?:\(\))?/y;

function parseWord(source: Source): PythonValue {
  switch (take(source, WORD)) {
    case 'None':
      return { kind: 'none' };
    case 'True':
      return { kind: 'integer', value: 1n };
    case 'False':
      return { kind: 'integer', value: 0n };
    case 'set()':
      return { kind: 'set', items: [] };
    case 'inf':
      return { kind: 'float', value: Number.POSITIVE_INFINITY };
    default:
      throw syntax(source);
  }
}

/** Equality as Python has it. */
export function pythonEqual(a: PythonValue, b: PythonValue): boolean {
  switch (a.kind) {
    case 'none':
      return b.kind === 'none';
    case 'integer':
    case 'float':
      // The loose comparison of JavaScript is exact between bigint and number.
      return (
        (b.kind === 'integer' || b.kind === 'float') &&
        (a.value === b.value || numbersEqual(a.value, b.value))
      );
    case 'string':
    case 'bytes':
      return b.kind === a.kind && a.value === b.value;
    case 'list':
    case 'tuple':
      return (
        b.kind === a.kind &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => {
          const other = b.items[index];
          return other !== undefined && pythonEqual(item, other);
        })
      );
    case 'set':
      return b.kind === 'set' && setsEqual(a.items, b.items);
    case 'dict':
      return b.kind === 'dict' && dictsEqual(a.entries, b.entries);
  }
}

function numbersEqual(a: bigint | number, b: bigint | number): boolean {
  return !(a < b) && !(a > b) && !Number.isNaN(a) && !Number.isNaN(b);
}

function setsEqual(a: readonly PythonValue[], b: readonly PythonValue[]): boolean {
  const within = (items: readonly PythonValue[], others: readonly PythonValue[]) =>
    items.every((item) => others.some((other) => pythonEqual(item, other)));
  return within(a, b) && within(b, a);
}

type Entries = readonly (readonly [PythonValue, PythonValue])[];

/** The last of equal keys counts. */
function dictsEqual(a: Entries, b: Entries): boolean {
  const within = (entries: Entries, others: Entries) =>
    entries.every(([key]) => {
      const value = lookUp(entries, key);
      const other = lookUp(others, key);
      return value !== null && other !== null && pythonEqual(value, other);
    });
  return within(a, b) && within(b, a);
}

function lookUp(entries: Entries, key: PythonValue): PythonValue | null {
  return entries.findLast(([candidate]) => pythonEqual(candidate, key))?.[1] ?? null;
}
