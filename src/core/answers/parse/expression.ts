/** Expressions: what a scalar answer is parsed to. */
import type { Rational } from '../evaluate/rational.ts';

export type Expression =
  | {
      readonly kind: 'number';
      readonly value: Rational;
      /** Digits after the decimal point as written; null for an exact number. `1.50e-3` has 5. */
      readonly places: number | null;
      /** Written with a base as subscript, as in 204_5. */
      readonly base?: number;
    }
  | { readonly kind: 'constant'; readonly name: 'pi' | 'e' | 'i' | 'infinity' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'add' | 'multiply'; readonly args: readonly Expression[] }
  | {
      readonly kind: 'divide';
      readonly args: readonly [Expression, Expression];
      /** Written with \frac, so that `3\frac12` is a mixed number. */
      readonly stacked: boolean;
    }
  | { readonly kind: 'power' | 'modulo'; readonly args: readonly [Expression, Expression] }
  | { readonly kind: 'negate' | 'factorial' | 'degrees'; readonly args: readonly [Expression] }
  /** A known function, such as sin, or sqrt, or log with its base as second argument. */
  | { readonly kind: 'apply'; readonly name: string; readonly args: readonly Expression[] }
  /** An unknown function, such as f(x): equal for equal names and arguments only. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** Sum or product of `args[2]` for the index from `args[0]` to `args[1]`. */
  | {
      readonly kind: 'series';
      readonly name: 'sum' | 'prod';
      readonly index: string;
      readonly args: readonly [Expression, Expression, Expression];
    };

function argumentsOf(expression: Expression): readonly Expression[] {
  return 'args' in expression ? expression.args : [];
}

/** Names of the free variables and unknown functions. */
export function variablesOf(expression: Expression, found = new Set<string>()): Set<string> {
  if (expression.kind === 'variable') found.add(expression.name);
  if (expression.kind === 'call') found.add(`${expression.name}()`);
  if (expression.kind === 'series') {
    const inner = variablesOf(expression.args[2]);
    inner.delete(expression.index);
    for (const name of inner) found.add(name);
    variablesOf(expression.args[0], found);
    variablesOf(expression.args[1], found);
    return found;
  }
  for (const argument of argumentsOf(expression)) variablesOf(argument, found);
  return found;
}

/** True when a decimal literal stands anywhere in the expression. */
export function hasDecimal(expression: Expression): boolean {
  if (expression.kind === 'number') return expression.places !== null;
  return argumentsOf(expression).some(hasDecimal);
}

/** A text that is the same for expressions that differ only in the order of sums and products, or in an index. */
export function canonicalText(expression: Expression, bound: readonly string[] = []): string {
  switch (expression.kind) {
    case 'number':
      return `${expression.value.n}/${expression.value.d}`;
    case 'constant':
      return expression.name;
    case 'variable': {
      const index = bound.lastIndexOf(expression.name);
      return index < 0 ? expression.name : `#${index}`;
    }
    default: {
      const names = expression.kind === 'series' ? [...bound, expression.index] : bound;
      const args = expression.args.map((arg) => canonicalText(arg, names));
      if (expression.kind === 'add' || expression.kind === 'multiply') args.sort();
      const name = 'name' in expression ? expression.name : '';
      return `${expression.kind}${name}(${args.join(',')})`;
    }
  }
}

/** The expression with other names for its variables. */
export function substitute(expression: Expression, names: ReadonlyMap<string, string>): Expression {
  switch (expression.kind) {
    case 'number':
    case 'constant':
      return expression;
    case 'variable':
      return { kind: 'variable', name: names.get(expression.name) ?? expression.name };
    case 'add':
    case 'multiply':
    case 'apply':
    case 'call':
      return { ...expression, args: expression.args.map((arg) => substitute(arg, names)) };
    case 'divide':
    case 'power':
    case 'modulo': {
      const [a, b] = expression.args;
      return { ...expression, args: [substitute(a, names), substitute(b, names)] };
    }
    case 'negate':
    case 'factorial':
    case 'degrees':
      return { ...expression, args: [substitute(expression.args[0], names)] };
    case 'series': {
      const [from, to, body] = expression.args;
      return {
        ...expression,
        args: [substitute(from, names), substitute(to, names), substitute(body, names)],
      };
    }
  }
}
