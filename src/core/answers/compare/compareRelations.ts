/** Comparison of equations and inequalities. */
import { type Budget, withShare } from '../evaluate/budget.ts';
import { isFiniteValue, modulus } from '../evaluate/complex.ts';
import { evaluateExactly } from '../evaluate/exact.ts';
import { evaluateNumerically, fingerprint, NoValue } from '../evaluate/numeric.ts';
import * as rational from '../evaluate/rational.ts';
import { type Expression, variablesOf } from '../parse/expression.ts';
import { isName } from '../structure/relation.ts';
import { readStructure, type Structure } from '../structure/structure.ts';
import { ascending } from './compareIntervals.ts';
import { samplePoint } from './compareScalars.ts';
import { compareScalarTexts, readExpression } from './compareTexts.ts';
import { type Comparison, decide, every, giveUp, type Outcome } from './outcome.ts';

export type Relation = Extract<Structure, { kind: 'relation' }>;
export type CompareStructures = (gold: Structure, answer: Structure, comparison: Comparison) => Outcome;

export function isEquation(relation: Relation): boolean {
  return relation.signs.every((sign) => sign === '=');
}

/**
 * The value that an equation gives to its other side: of `x = 5`, `2 = y`, `\frac{NO}{BO} = \frac12`, and of a
 * chain `f(1) = 1 + 1 = 2`. Null for an equation in its own right, such as x² + b = 0.
 */
export function assignedValue(relation: Relation): string | null {
  if (!isEquation(relation)) return null;
  const [first = '', second = ''] = relation.parts;
  const last = relation.parts.at(-1) ?? '';
  if (relation.parts.length > 2) return last;
  if (isName(first) || isAssigned(first)) return last;
  if (isName(second) && !isName(first)) return first;
  // B^{-1}, 2A or AB: what is equal to a matrix written out is only a name for it.
  if (isMatrix(second) && !isMatrix(first)) return second;
  if (isMatrix(first) && !isMatrix(second)) return first;
  const left = readExpression(first);
  return 'kind' in left && variablesOf(left).size === 0 ? last : null;
}

function isMatrix(text: string): boolean {
  return text.includes('\\begin') && readStructure(text).kind === 'matrix';
}

/** A name, or a notation without arithmetic such as \frac{NO}{BO}, (p, q), \lim_{x \to 0} ... */
function isAssigned(text: string): boolean {
  if (/^\s*\\lim(?![a-zA-Z])/.test(text)) return true;
  const bare = text.replace(/_\{[^{}]{0,100}\}|_\w|\\frac/g, '');
  return bare.trim() !== '' && !/[\d+*^]|\\cdot|\\times|(?<!^)-/.test(bare);
}

/** `a + b = 5` where only the number was asked for. */
export function isSumOfNames(relation: Relation): boolean {
  return (
    isEquation(relation) && relation.parts.length === 2 && /^[\sa-zA-Z+|]+$/.test(relation.parts[0] ?? '')
  );
}

export function compareRelations(
  gold: Relation,
  answer: Relation,
  comparison: Comparison,
  compare: CompareStructures,
): Outcome {
  if (isEquation(gold) && isEquation(answer)) return compareEquations(gold, answer, comparison, compare);
  const [sign, ...more] = gold.signs;
  const [otherSign] = answer.signs;
  if (gold.signs.length !== answer.signs.length) return decide(comparison, 'relation', false);
  if (more.length === 0 && sign !== undefined && otherSign !== undefined) {
    return compareInequalities(gold, answer, comparison);
  }
  const a = ascending(gold.parts, gold.signs);
  const b = ascending(answer.parts, answer.signs);
  if (a.signs.join() !== b.signs.join()) return decide(comparison, 'relation', false);
  return every(a.parts, (part, index) =>
    compare(readStructure(part), readStructure(b.parts[index] ?? ''), comparison),
  );
}

function compareEquations(
  gold: Relation,
  answer: Relation,
  comparison: Comparison,
  compare: CompareStructures,
): Outcome {
  const [goldValue, answerValue] = [assignedValue(gold), assignedValue(answer)];
  if (goldValue !== null && answerValue !== null) {
    if (isConstant(gold) && isConstant(answer)) {
      return compare(readStructure(goldValue), readStructure(answerValue), comparison);
    }
    const renamed = renameArgument(gold, answer, answerValue);
    const [a, b] = [assignedName(gold), assignedName(answer)];
    const sameName =
      renamed !== null ||
      withoutArgument(a) === withoutArgument(b) ||
      compare(readStructure(a), readStructure(b), comparison) === 'equal';
    if (sameName) {
      const values = compare(readStructure(goldValue), readStructure(renamed ?? answerValue), comparison);
      // Equal values decide. Different ones may still be one equation solved for another side, if it is of scalars.
      if (values === 'equal' || !isScalarEquation(gold) || !isScalarEquation(answer)) return values;
    }
  }
  if (gold.parts.length !== 2 || answer.parts.length !== 2) return decide(comparison, 'relation', false);
  return compareDifferences(gold, answer, comparison, false);
}

function isScalarEquation(relation: Relation): boolean {
  return relation.parts.every((part) => 'kind' in readExpression(part));
}

/** `y(x)` and `y` name the same function. */
function withoutArgument(name: string): string {
  return name.replace(/\s/g, '').replace(/\([a-z]\)$/, '');
}

function isConstant(relation: Relation): boolean {
  return relation.parts.every((part) => {
    const expression = readExpression(part);
    return 'kind' in expression && variablesOf(expression).size === 0;
  });
}

/** The side of an assignment that is given a value. */
function assignedName(relation: Relation): string {
  const [first = '', second = ''] = relation.parts;
  return relation.parts.length === 2 && !isAssigned(first) && isName(second) ? second : first;
}

/** `f(x) = x^2` and `f(t) = t^2` define the same function: the answer's value in the gold's variable. */
function renameArgument(gold: Relation, answer: Relation, value: string): string | null {
  const read = (relation: Relation) =>
    /^\s*([a-zA-Z])\s*\(\s*([a-zA-Z])\s*\)\s*$/.exec(relation.parts[0] ?? '');
  const [a, b] = [read(gold), read(answer)];
  if (a === null || b === null || a[1] !== b[1] || a[2] === b[2]) return null;
  return value.replace(new RegExp(`(?<![a-zA-Z\\\\])${b[2]}(?![a-zA-Z])`, 'g'), a[2] ?? '');
}

function compareInequalities(gold: Relation, answer: Relation, comparison: Comparison): Outcome {
  const a = ascending(gold.parts, gold.signs);
  const b = ascending(answer.parts, answer.signs);
  if (a.signs[0] !== b.signs[0]) return decide(comparison, 'relation', false);
  const ordered = a.signs[0] === '<' || a.signs[0] === '\\le';
  return compareDifferences({ ...gold, ...a }, { ...answer, ...b }, comparison, ordered);
}

/** Two relations say the same when the differences of their sides are proportional; in an order, positively so. */
function compareDifferences(
  gold: Relation,
  answer: Relation,
  comparison: Comparison,
  positive: boolean,
): Outcome {
  const p = difference(gold);
  const q = difference(answer);
  if (p === null || q === null) {
    const same = every(gold.parts, (part, index) =>
      compareScalarTexts(part, answer.parts[index] ?? '', comparison),
    );
    return same === 'equal' ? 'equal' : giveUp(comparison, 'unsupported');
  }
  const [a, b] = [variablesOf(p), variablesOf(q)];
  if (a.size === 0 || a.size !== b.size || [...a].some((name) => !b.has(name))) {
    return decide(comparison, 'relation', false);
  }
  const factor = exactFactor(p, q, comparison.budget) ?? numericFactor(p, q, comparison.budget);
  if (factor === 'unknown') return giveUp(comparison, 'no-sample-point');
  return decide(comparison, 'relation', factor !== 'none' && (!positive || factor > 0));
}

function difference(relation: Relation): Expression | null {
  const [first, second] = relation.parts.map(readExpression);
  if (first === undefined || second === undefined || !('kind' in first) || !('kind' in second)) return null;
  return { kind: 'add', args: [first, { kind: 'negate', args: [second] }] };
}

/** p/q where it is the same at several rational points, `none` where it is not; null when they are not rational. */
function exactFactor(p: Expression, q: Expression, budget: Budget): number | 'none' | null {
  return withShare(budget, { cost: 15_000, maxBits: 4096 }, (own) => {
    let first: rational.Rational | null = null;
    for (let point = 0; point < 3; point++) {
      const environment = (name: string) =>
        rational.integer(BigInt(2 + Math.floor(fingerprint(`${name}!${point}`) * 9973)));
      const a = evaluateExactly(p, own, environment);
      const b = a === null ? null : evaluateExactly(q, own, environment);
      if (a === null || b === null || b.n === 0n || a.n === 0n) return null;
      const factor = rational.divide(a, b, own);
      if (factor === null) return null;
      if (first !== null && !rational.isEqual(first, factor)) return 'none';
      first ??= factor;
    }
    return first === null ? null : rational.toNumber(first);
  });
}

const POINTS = 7;

function numericFactor(p: Expression, q: Expression, budget: Budget): number | 'none' | 'unknown' {
  let factor: number | null = null;
  let agreed = 0;
  for (let point = 0; point < POINTS; point++) {
    const [a, b] = [valueAt(p, point, budget), valueAt(q, point, budget)];
    if (a === null || b === null) continue;
    if (modulus(a) < 1e-9 || modulus(b) < 1e-9) {
      if (modulus(a) > 1e-7 || modulus(b) > 1e-7) return 'none';
      continue;
    }
    const size = b.re ** 2 + b.im ** 2;
    const ratio = (a.re * b.re + a.im * b.im) / size;
    const turned = (a.im * b.re - a.re * b.im) / size;
    if (Math.abs(turned) > 1e-9 * Math.abs(ratio)) return 'none';
    if (factor !== null && Math.abs(ratio - factor) > 1e-8 * Math.abs(factor)) return 'none';
    factor ??= ratio;
    agreed++;
  }
  return factor === null || agreed < 3 ? 'unknown' : factor;
}

function valueAt(expression: Expression, point: number, budget: Budget) {
  try {
    const value = evaluateNumerically(expression, { variable: samplePoint(point), logBase: 10 }, budget);
    return isFiniteValue(value) ? value : null;
  } catch (error) {
    if (error instanceof NoValue) return null;
    throw error;
  }
}
