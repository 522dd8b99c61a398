/** Atoms: numbers, names, groups, bars, functions, fractions, roots, series. */
import type { Expression } from './expression.ts';
import { ACCENTS, FUNCTION_ALIASES, FUNCTIONS, GREEK, INVERSES, STYLED_NAMES } from './names.ts';
import { parseArgument, parsePower, parseProduct, parseSubscript, parseSum } from './parse.ts';
import { decimalNumber, numberInBase, repeatingDecimal } from './parseNumber.ts';
import { accept, expect, nested, next, peek, rawGroup, type Tokens } from './tokens.ts';
import { UnreadableAnswer } from './unreadable.ts';

/** Opening brackets that only group, and what closes them. */
const BRACKETS: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '\\{': '\\}',
  '\\lbrace': '\\rbrace',
  '\\lbrack': '\\rbrack',
};

const BARS = ['|', '\\vert', '\\lvert', '\\rvert', '\\mid'];

const ATOM_COMMANDS = new Set(
  `frac dfrac tfrac cfrac sqrt binom dbinom tbinom pi infty lfloor lceil sum prod imath angle triangle ldots cdots dots
  lim int oint begin`.split(/\s+/),
);

/** True when the next token can begin another factor. */
export function startsAtom(tokens: Tokens): boolean {
  const token = peek(tokens);
  if (token === undefined) return false;
  if (BARS.includes(token)) return tokens.bars === 0;
  if (/^(?:\d|\.\d|[a-zA-Z]$)/.test(token) || token === '{' || Object.hasOwn(BRACKETS, token)) return true;
  const command = token.startsWith('\\') ? token.slice(1) : '';
  const name = FUNCTION_ALIASES[command] ?? command;
  return (
    FUNCTIONS.has(name) ||
    GREEK.has(name) ||
    STYLED_NAMES.has(name) ||
    ACCENTS.has(name) ||
    ATOM_COMMANDS.has(name)
  );
}

export function parseAtom(tokens: Tokens): Expression {
  return nested(tokens, () => {
    const token = next(tokens);
    if (/^\.?\d/.test(token)) return parseNumberAtom(tokens, token);
    const closing = Object.hasOwn(BRACKETS, token) ? BRACKETS[token] : undefined;
    if (closing !== undefined) {
      const inner = withFreeBars(tokens, () => parseSum(tokens));
      expect(tokens, closing);
      return inner;
    }
    if (token === '{') {
      if (accept(tokens, '}')) return parsePower(tokens);
      const inner = withFreeBars(tokens, () => parseSum(tokens));
      expect(tokens, '}');
      return inner;
    }
    if (BARS.includes(token)) return parseAbsolute(tokens);
    if (/^[a-zA-Z]$/.test(token)) return parseLetter(tokens, token);
    if (!token.startsWith('\\')) throw new UnreadableAnswer('syntax', `unexpected ${token}`);
    return parseCommand(tokens, token.slice(1));
  });
}

function parseNumberAtom(tokens: Tokens, token: string): Expression {
  if (token.includes('.') && accept(tokens, '\\overline')) return repeatingDecimal(token, rawGroup(tokens));
  if (peek(tokens) !== '_') return decimalNumber(token.endsWith('.') ? token.slice(0, -1) : token);
  const base = parseSubscript(tokens).slice(1);
  if (!/^\d{1,2}$/.test(base)) throw new UnreadableAnswer('unsupported', 'a subscript on a number');
  return numberInBase(token, Number(base));
}

function parseAbsolute(tokens: Tokens): Expression {
  tokens.bars++;
  const inner = parseSum(tokens);
  expect(tokens, ...BARS);
  tokens.bars--;
  return { kind: 'apply', name: 'abs', args: [inner] };
}

/** Inside a bracket, a bar opens again. */
function withFreeBars<T>(tokens: Tokens, part: () => T): T {
  const bars = tokens.bars;
  tokens.bars = 0;
  const result = part();
  tokens.bars = bars;
  return result;
}

/** Letters that name functions when a bracket follows; x(y+1) is a product. */
const FUNCTION_LETTERS = /^[fghFGH]$/;

function parseLetter(tokens: Tokens, letter: string): Expression {
  let name = letter;
  while (accept(tokens, "'")) name += "'";
  name += parseSubscript(tokens);
  if (name === 'e' || name === 'i') return { kind: 'constant', name };
  if (FUNCTION_LETTERS.test(letter)) {
    if (peek(tokens) === '(') return { kind: 'call', name, args: parseArguments(tokens) };
    if (peek(tokens) === '{' && peek(tokens, 1) === '(') {
      next(tokens);
      const args = parseArguments(tokens);
      expect(tokens, '}');
      return { kind: 'call', name, args };
    }
  }
  return { kind: 'variable', name };
}

function parseCommand(tokens: Tokens, command: string): Expression {
  switch (command) {
    case 'frac':
    case 'dfrac':
    case 'tfrac':
    case 'cfrac': {
      const above = parseArgument(tokens);
      return { kind: 'divide', args: [above, parseArgument(tokens)], stacked: true };
    }
    case 'sqrt':
      return parseRoot(tokens);
    case 'binom':
    case 'dbinom':
    case 'tbinom': {
      const above = parseArgument(tokens);
      return { kind: 'apply', name: 'binom', args: [above, parseArgument(tokens)] };
    }
    case 'pi':
      return { kind: 'constant', name: 'pi' };
    case 'infty':
      return { kind: 'constant', name: 'infinity' };
    case 'imath':
      return { kind: 'constant', name: 'i' };
    case 'lfloor':
    case 'lceil': {
      const inner = withFreeBars(tokens, () => parseSum(tokens));
      expect(tokens, command === 'lfloor' ? '\\rfloor' : '\\rceil');
      return { kind: 'apply', name: command === 'lfloor' ? 'floor' : 'ceil', args: [inner] };
    }
    case 'sum':
    case 'prod':
      return parseSeries(tokens, command);
    case 'angle':
    case 'triangle': {
      let name = command;
      while (/^[A-Z]$/.test(peek(tokens) ?? '')) name += next(tokens);
      return { kind: 'variable', name };
    }
    default:
      return parseName(tokens, command);
  }
}

function parseName(tokens: Tokens, command: string): Expression {
  const name = FUNCTION_ALIASES[command] ?? command;
  if (FUNCTIONS.has(name)) return parseFunction(tokens, name);
  if (GREEK.has(name)) return { kind: 'variable', name: name + parseSubscript(tokens) };
  if (ACCENTS.has(name)) {
    const text = peek(tokens) === '{' ? rawGroup(tokens) : next(tokens);
    return { kind: 'variable', name: `${name}:${text}${parseSubscript(tokens)}` };
  }
  if (!STYLED_NAMES.has(name)) throw new UnreadableAnswer('unsupported', `the command \\${command}`);
  const text = peek(tokens) === '{' ? rawGroup(tokens) : next(tokens);
  const known = FUNCTION_ALIASES[text] ?? text;
  if (FUNCTIONS.has(known)) return parseFunction(tokens, known);
  if (known === 'sqrt') return parseRoot(tokens);
  if (text === 'e' || text === 'i') return { kind: 'constant', name: text };
  return { kind: 'variable', name: text + parseSubscript(tokens) };
}

function parseRoot(tokens: Tokens): Expression {
  if (!accept(tokens, '[')) return { kind: 'apply', name: 'sqrt', args: [parseArgument(tokens)] };
  const degree = parseSum(tokens);
  expect(tokens, ']');
  return { kind: 'apply', name: 'root', args: [parseArgument(tokens), degree] };
}

function parseSeries(tokens: Tokens, name: 'sum' | 'prod'): Expression {
  expect(tokens, '_');
  expect(tokens, '{');
  const index = next(tokens);
  expect(tokens, '=');
  const from = parseSum(tokens);
  expect(tokens, '}');
  expect(tokens, '^');
  const to = parseArgument(tokens);
  return { kind: 'series', name, index, args: [from, to, parseProduct(tokens)] };
}

function parseArguments(tokens: Tokens): Expression[] {
  const open = next(tokens);
  const args: Expression[] = [];
  withFreeBars(tokens, () => {
    do args.push(parseSum(tokens));
    while (accept(tokens, ',', ';'));
  });
  expect(tokens, BRACKETS[open] ?? ')');
  return args;
}

/** `\sin^2 x`, `\log_2(8)`, `\sin 2x`: without brackets, factors up to the next function are the argument. */
function parseFunction(tokens: Tokens, name: string): Expression {
  let base: Expression | null = null;
  let exponent: Expression | null = null;
  for (;;) {
    if (accept(tokens, '_')) base = parseArgument(tokens);
    else if (accept(tokens, '^')) exponent = parseArgument(tokens);
    else break;
  }
  const args = parseFunctionArguments(tokens);
  const inverse = exponent !== null && isMinusOne(exponent) ? INVERSES[name] : undefined;
  const applied: Expression = {
    kind: 'apply',
    name: inverse ?? name,
    args: base === null ? args : [...args, base],
  };
  if (exponent === null || inverse !== undefined) return applied;
  return { kind: 'power', args: [applied, exponent] };
}

function parseFunctionArguments(tokens: Tokens): Expression[] {
  const token = peek(tokens) ?? '';
  if (token === '{') return [parseArgument(tokens)];
  if (Object.hasOwn(BRACKETS, token)) return parseArguments(tokens);
  const factors = [parseSignedPower(tokens)];
  while (startsAtom(tokens) && !startsFunction(peek(tokens)) && peek(tokens) !== '(') {
    factors.push(parseSignedPower(tokens));
  }
  const [only] = factors;
  return [factors.length === 1 && only !== undefined ? only : { kind: 'multiply', args: factors }];
}

function startsFunction(token: string | undefined): boolean {
  const command = token?.startsWith('\\') ? token.slice(1) : '';
  return FUNCTIONS.has(FUNCTION_ALIASES[command] ?? command);
}

function parseSignedPower(tokens: Tokens): Expression {
  return accept(tokens, '-') ? { kind: 'negate', args: [parsePower(tokens)] } : parsePower(tokens);
}

function isMinusOne(expression: Expression): boolean {
  if (expression.kind !== 'negate') return false;
  const [inner] = expression.args;
  return inner.kind === 'number' && inner.value.n === 1n && inner.value.d === 1n;
}
