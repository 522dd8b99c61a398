/** The grammar of a scalar answer: sums, products, quotients, powers. Atoms are in `parseAtom.ts`. */
import type { Expression } from './expression.ts';
import { tokenise } from './lexer.ts';
import { parseAtom, startsAtom } from './parseAtom.ts';
import { decimalNumber, number, TWO_DIGIT_HUNDRED } from './parseNumber.ts';
import { accept, nested, next, peek, rawGroup, type Tokens } from './tokens.ts';
import { UnreadableAnswer } from './unreadable.ts';

/** Parses LaTeX or plain notation; throws `UnreadableAnswer`. */
export function parseExpression(text: string): Expression {
  const tokens: Tokens = { list: tokenise(text), at: 0, depth: 0, bars: 0 };
  const expression = parseSum(tokens);
  const rest = peek(tokens);
  if (rest !== undefined) throw new UnreadableAnswer('syntax', `unexpected ${rest}`);
  return expression;
}

const TIMES = ['*', '\\cdot', '\\times', '\\ast', '·', '×', '∗'];
const OVER = ['/', '\\div', '÷'];

/** term (± term)* */
export function parseSum(tokens: Tokens): Expression {
  return nested(tokens, () => {
    const terms: Expression[] = [];
    let negative = accept(tokens, '-');
    if (!negative) accept(tokens, '+');
    for (;;) {
      const term = parseProduct(tokens);
      terms.push(negative ? { kind: 'negate', args: [term] } : term);
      if (accept(tokens, '+')) negative = false;
      else if (accept(tokens, '-')) negative = true;
      else break;
    }
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : { kind: 'add', args: terms };
  });
}

/** factor (× factor | ÷ factor | factor)*: juxtaposition binds like ×. */
export function parseProduct(tokens: Tokens): Expression {
  return nested(tokens, () => {
    let factors: Expression[] = [parseSigned(tokens)];
    const product = () => productOf(factors);
    for (;;) {
      if (accept(tokens, ...TIMES)) factors.push(parseSigned(tokens));
      else if (accept(tokens, ...OVER)) {
        factors = [{ kind: 'divide', args: [product(), parseSigned(tokens)], stacked: false }];
      } else if (accept(tokens, '\\bmod', '\\mod')) {
        factors = [{ kind: 'modulo', args: [product(), parseSigned(tokens)] }];
      } else if (accept(tokens, '\\pmod')) {
        factors = [{ kind: 'modulo', args: [product(), parseArgument(tokens)] }];
      } else if (startsAtom(tokens)) {
        const factor = parsePower(tokens);
        const whole = factors.at(-1);
        if (whole !== undefined && isMixedNumber(whole, factor)) {
          factors[factors.length - 1] = { kind: 'add', args: [whole, factor] };
        } else factors.push(factor);
      } else return product();
    }
  });
}

function productOf(factors: readonly Expression[]): Expression {
  const [only] = factors;
  return factors.length === 1 && only !== undefined ? only : { kind: 'multiply', args: factors };
}

/** `3\frac12` is three and a half. */
function isMixedNumber(whole: Expression, part: Expression): boolean {
  return (
    whole.kind === 'number' &&
    whole.value.d === 1n &&
    whole.places === null &&
    part.kind === 'divide' &&
    part.stacked &&
    part.args.every((arg) => arg.kind === 'number')
  );
}

function parseSigned(tokens: Tokens): Expression {
  return nested(tokens, () => {
    if (accept(tokens, '-')) return { kind: 'negate', args: [parseSigned(tokens)] };
    if (accept(tokens, '+')) return parseSigned(tokens);
    return parsePower(tokens);
  });
}

/** atom with its exponents, subscripts, factorials, degree and percent signs. */
export function parsePower(tokens: Tokens): Expression {
  return nested(tokens, () => {
    let base = parseAtom(tokens);
    for (;;) {
      if (accept(tokens, '^')) base = parseExponent(tokens, base);
      else if (peek(tokens) === '_') base = withSubscript(base, parseSubscript(tokens));
      else if (accept(tokens, '\\degree', '°', '\\circ')) base = { kind: 'degrees', args: [base] };
      else if (accept(tokens, '!')) base = { kind: 'factorial', args: [base] };
      else if (accept(tokens, "'")) base = primed(base);
      else if (accept(tokens, '\\%', '%')) {
        base = { kind: 'divide', args: [base, TWO_DIGIT_HUNDRED], stacked: false };
      } else return base;
    }
  });
}

const DEGREE = ['\\circ', '\\degree'];
const PRIME = ['\\prime', "'"];

function parseExponent(tokens: Tokens, base: Expression): Expression {
  for (const [marks, build] of [
    [DEGREE, (e: Expression): Expression => ({ kind: 'degrees', args: [e] })],
    [PRIME, primed],
  ] as const) {
    if (accept(tokens, ...marks)) return build(base);
    if (peek(tokens) === '{' && marks.includes(peek(tokens, 1) ?? '') && peek(tokens, 2) === '}') {
      tokens.at += 3;
      return build(base);
    }
  }
  // In \frac12 each digit is an argument, but nobody who types 2^10 means 2^1 times 0.
  if (/^\d/.test(peek(tokens) ?? '')) return { kind: 'power', args: [base, decimalNumber(next(tokens))] };
  return { kind: 'power', args: [base, parseArgument(tokens)] };
}

function primed(base: Expression): Expression {
  if (base.kind === 'variable') return { kind: 'variable', name: `${base.name}'` };
  throw new UnreadableAnswer('unsupported', 'a derivative');
}

/** `v^2_0` is `v_0^2`. */
function withSubscript(base: Expression, subscript: string): Expression {
  if (base.kind === 'variable') return { kind: 'variable', name: base.name + subscript };
  if (base.kind === 'power' && base.args[0].kind === 'variable') {
    return { kind: 'power', args: [withSubscript(base.args[0], subscript), base.args[1]] };
  }
  throw new UnreadableAnswer('unsupported', 'a subscript');
}

/** `_x`, `_{12}`, `_\text{max}`: the subscript as part of a name, or the empty text. */
export function parseSubscript(tokens: Tokens): string {
  if (!accept(tokens, '_')) return '';
  const text = peek(tokens) === '{' ? rawGroup(tokens) : next(tokens);
  const inner = /^\\(?:text|mathrm|mbox)$/.test(text) && peek(tokens) === '{' ? rawGroup(tokens) : text;
  return `_${inner.replace(/\\(?:text|mathrm|mbox)|[{}]/g, '')}`;
}

/** One argument as TeX takes it: a group, or a single token, of a number only its first digit. */
export function parseArgument(tokens: Tokens): Expression {
  if (accept(tokens, '{')) {
    if (accept(tokens, '}')) throw new UnreadableAnswer('syntax', 'an empty group');
    const inner = parseSum(tokens);
    if (!accept(tokens, '}')) throw new UnreadableAnswer('syntax', 'a group is not closed');
    return inner;
  }
  const token = peek(tokens);
  if (token !== undefined && /^\d{2,}$/.test(token)) {
    tokens.list[tokens.at] = token.slice(1);
    return number(BigInt(token[0] ?? '0'));
  }
  if (accept(tokens, '-')) return { kind: 'negate', args: [parseAtom(tokens)] };
  return parseAtom(tokens);
}
