/** Intervals and their unions; relations over one name are intervals too. */

import { evaluateNumerically, NoValue } from '../evaluate/numeric.ts';
import { isName } from '../structure/relation.ts';
import type { RelationSign, Structure } from '../structure/structure.ts';
import { compareScalarTexts, readExpression } from './compareTexts.ts';
import { type Comparison, decide, every, type Outcome } from './outcome.ts';

export interface Interval {
  readonly open: '(' | '[';
  readonly close: ')' | ']';
  readonly from: string;
  readonly to: string;
}

/** The intervals that a structure means, or null when it means none. */
export function asIntervals(structure: Structure): Interval[] | null {
  switch (structure.kind) {
    case 'tuple': {
      const [from, to, ...more] = structure.items;
      if (from?.kind !== 'scalar' || to?.kind !== 'scalar' || more.length > 0) return null;
      return [{ open: structure.open, close: structure.close, from: from.text, to: to.text }];
    }
    case 'union':
    case 'list': {
      const parts = structure.items.map(asIntervals);
      return parts.every((part) => part !== null) ? parts.flat() : null;
    }
    case 'set': {
      const points = structure.items.map((item) => (item.kind === 'scalar' ? point(item.text) : null));
      return points.every((part) => part !== null) ? points : null;
    }
    case 'relation':
      return relationIntervals(structure.parts, structure.signs);
    default:
      return null;
  }
}

function point(text: string): Interval {
  return { open: '[', close: ']', from: text, to: text };
}

const FLIPPED: Readonly<Record<RelationSign, RelationSign>> = {
  '<': '>',
  '>': '<',
  '\\le': '\\ge',
  '\\ge': '\\le',
  '=': '=',
  '\\ne': '\\ne',
};

/** The chain with its signs pointing to the right: 3 > x becomes x < 3. */
export function ascending(
  parts: readonly string[],
  signs: readonly RelationSign[],
): { parts: readonly string[]; signs: readonly RelationSign[] } {
  if (signs[0] !== '>' && signs[0] !== '\\ge') return { parts, signs };
  return { parts: parts.toReversed(), signs: signs.toReversed().map((sign) => FLIPPED[sign]) };
}

const BEFORE = { '<': '(', '\\le': '[' } as const;
const BEHIND = { '<': ')', '\\le': ']' } as const;

function relationIntervals(written: readonly string[], signs: readonly RelationSign[]): Interval[] | null {
  const {
    parts,
    signs: [first, second, ...more],
  } = ascending(written, signs);
  const [a = '', b = '', c = ''] = parts;
  if (more.length > 0 || first === undefined) return null;
  if (second === undefined) return singleRelation(a, first, b);
  if (!isOrder(first) || !isOrder(second)) return null;
  const inside: Interval = { open: BEFORE[first], close: BEHIND[second], from: a, to: c };
  if (isName(b)) return [inside];
  if (!isAbsoluteName(b)) return null;
  return [inside, { open: BEFORE[second], close: BEHIND[first], from: `-(${c})`, to: `-(${a})` }];
}

function singleRelation(a: string, sign: RelationSign, b: string): Interval[] | null {
  if (sign === '\\ne' && isName(a)) {
    return [
      { open: '(', close: ')', from: '-\\infty', to: b },
      { open: '(', close: ')', from: b, to: '\\infty' },
    ];
  }
  if (!isOrder(sign)) return null;
  if (isName(a)) return [{ open: '(', close: BEHIND[sign], from: '-\\infty', to: b }];
  if (isName(b)) return [{ open: BEFORE[sign], close: ')', from: a, to: '\\infty' }];
  if (isAbsoluteName(a)) return [{ open: BEFORE[sign], close: BEHIND[sign], from: `-(${b})`, to: b }];
  return null;
}

function isOrder(sign: RelationSign): sign is '<' | '\\le' {
  return sign === '<' || sign === '\\le';
}

function isAbsoluteName(text: string): boolean {
  return /^\s*\|\s*[a-zA-Z]\s*\|\s*$/.test(text);
}

/** Two unions of intervals: merged and in order where the ends are numbers, else matched in any order. */
export function compareIntervals(
  gold: readonly Interval[],
  answer: readonly Interval[],
  comparison: Comparison,
): Outcome {
  const a = merged(gold, comparison);
  const b = merged(answer, comparison);
  if (a === null || b === null) return matchIntervals(gold, answer, comparison);
  if (a.length !== b.length) return decide(comparison, 'interval', false);
  return every(a, (interval, index) => compareOne(interval, b[index] ?? interval, comparison));
}

function compareOne(gold: Interval, answer: Interval, comparison: Comparison): Outcome {
  const sameBrackets =
    (gold.open === answer.open || isInfinite(gold.from)) &&
    (gold.close === answer.close || isInfinite(gold.to));
  if (!sameBrackets) return decide(comparison, 'interval', false);
  return every(
    [
      [gold.from, answer.from],
      [gold.to, answer.to],
    ] as const,
    ([x, y]) => compareScalarTexts(x, y, comparison),
  );
}

function isInfinite(text: string): boolean {
  return /^\s*[-+]?\s*\\infty\s*$/.test(text);
}

function matchIntervals(
  gold: readonly Interval[],
  answer: readonly Interval[],
  comparison: Comparison,
): Outcome {
  if (gold.length !== answer.length) return decide(comparison, 'interval', false);
  const left = [...answer];
  return every(gold, (interval) => {
    const outcomes = left.map((candidate) => compareOne(interval, candidate, comparison));
    const at = outcomes.indexOf('equal');
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? 'equal' : outcomes.includes('unknown') ? 'unknown' : 'different';
  });
}

interface PlacedInterval extends Interval {
  readonly low: number;
  readonly high: number;
}

/** In ascending order, with those that touch or overlap joined; null when an end is not a number. */
function merged(intervals: readonly Interval[], comparison: Comparison): Interval[] | null {
  const placed: PlacedInterval[] = [];
  for (const interval of intervals) {
    const low = endpoint(interval.from, comparison);
    const high = endpoint(interval.to, comparison);
    if (low === null || high === null || low > high) return null;
    placed.push({ ...interval, low, high });
  }
  placed.sort((a, b) => a.low - b.low || (a.open === '[' ? -1 : 1));
  const result: PlacedInterval[] = [];
  for (const interval of placed) {
    const last = result.at(-1);
    if (last !== undefined && touches(last, interval)) result[result.length - 1] = joined(last, interval);
    else result.push(interval);
  }
  return result;
}

function touches(a: PlacedInterval, b: PlacedInterval): boolean {
  return b.low < a.high || (b.low === a.high && (a.close === ']' || b.open === '['));
}

function joined(a: PlacedInterval, b: PlacedInterval): PlacedInterval {
  if (b.high < a.high) return a;
  const close = b.high === a.high && a.close === ']' ? ']' : b.close;
  return { ...a, to: b.to, high: b.high, close };
}

function endpoint(text: string, comparison: Comparison): number | null {
  const expression = readExpression(text);
  if (!('kind' in expression)) return null;
  try {
    const environment = { variable: () => ({ re: Number.NaN, im: 0 }), logBase: 10 };
    const { re, im } = evaluateNumerically(expression, environment, comparison.budget);
    return Number.isNaN(re) || im !== 0 ? null : re;
  } catch (error) {
    if (error instanceof NoValue) return null;
    throw error;
  }
}
