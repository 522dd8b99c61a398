/** Comparison of two structures: which forms may meet, and how. */
import { spend } from '../evaluate/budget.ts';
import { readStructure, type Structure } from '../structure/structure.ts';
import { asIntervals, compareIntervals } from './compareIntervals.ts';
import { assignedValue, compareRelations, isEquation, isSumOfNames } from './compareRelations.ts';
import { compareScalarTexts, readExpression } from './compareTexts.ts';
import { type Comparison, decide, every, giveUp, type Outcome } from './outcome.ts';

export function compareStructures(gold: Structure, answer: Structure, comparison: Comparison): Outcome {
  spend(comparison.budget, 10);
  return (
    compareSameKind(gold, answer, comparison) ??
    compareAssignments(gold, answer, comparison) ??
    compareRanges(gold, answer, comparison) ??
    compareCollections(gold, answer, comparison) ??
    compareVectors(gold, answer, comparison) ??
    compareRatios(gold, answer, comparison) ??
    compareSingle(gold, answer, comparison) ??
    formsDiffer(gold, answer, comparison)
  );
}

function compareSameKind(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (gold.kind === 'scalar' && answer.kind === 'scalar') {
    return compareScalarTexts(gold.text, answer.text, comparison);
  }
  if (gold.kind === 'relation' && answer.kind === 'relation') {
    return compareRelations(gold, answer, comparison, compareStructures);
  }
  if (gold.kind === 'tuple' && answer.kind === 'tuple') return compareTuples(gold, answer, comparison);
  if (gold.kind === 'matrix' && answer.kind === 'matrix') {
    if (gold.rows.length !== answer.rows.length) return decide(comparison, 'matrix', false);
    return every(gold.rows, (row, index) => compareInOrder(row, answer.rows[index] ?? [], comparison));
  }
  return null;
}

/** (a, b) with its brackets may be an interval; of any other length the brackets do not matter. */
function compareTuples(
  gold: Extract<Structure, { kind: 'tuple' }>,
  answer: Extract<Structure, { kind: 'tuple' }>,
  comparison: Comparison,
): Outcome {
  if (comparison.policy.tupleOrder === 'ignore')
    return compareUnordered(gold.items, answer.items, comparison);
  if (gold.items.length === 2 && (gold.open !== answer.open || gold.close !== answer.close)) {
    return decide(comparison, 'interval', false);
  }
  return compareInOrder(gold.items, answer.items, comparison);
}

/** `x = 5` against `5`. */
function compareAssignments(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (comparison.policy.assignments === 'keep') return null;
  if (answer.kind === 'relation' && gold.kind !== 'relation') {
    const value = assignedValue(answer) ?? (isSumOfNames(answer) ? answer.parts[1] : null);
    if (value != null) return compareStructures(gold, readStructure(value), comparison);
  }
  if (gold.kind === 'relation' && answer.kind !== 'relation' && isEquation(gold)) {
    const value = assignedValue(gold);
    if (value !== null) return compareStructures(readStructure(value), answer, comparison);
  }
  return null;
}

/** Intervals, unions, relations over one name, and the reals without some points. */
function compareRanges(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (gold.kind === 'except' || answer.kind === 'except') {
    const [a, b] = [excluded(gold), excluded(answer)];
    return a === null || b === null ? null : compareUnordered(a, b, comparison);
  }
  if (gold.kind === 'intersection' || answer.kind === 'intersection') {
    if (gold.kind !== 'intersection' || answer.kind !== 'intersection') return null;
    return compareUnordered(gold.items, answer.items, comparison);
  }
  const hasUnion = gold.kind === 'union' || answer.kind === 'union';
  const oneRelation = (gold.kind === 'relation') !== (answer.kind === 'relation');
  if (!hasUnion && !oneRelation) return null;
  if (!hasUnion && comparison.policy.intervals === 'keep') return null;
  const [a, b] = [asIntervals(gold), asIntervals(answer)];
  if (a !== null && b !== null) return compareIntervals(a, b, comparison);
  if (gold.kind !== 'union' || answer.kind !== 'union') return null;
  return compareUnordered(gold.items, answer.items, comparison);
}

/** The points that are left out: of R \ {0}, of x ≠ 0, and of (-∞, 0) ∪ (0, ∞). */
function excluded(structure: Structure): readonly Structure[] | null {
  if (structure.kind === 'except') return structure.items;
  const intervals = asIntervals(structure)?.filter((interval) => interval.from !== interval.to);
  if (intervals === undefined || intervals.length < 2) return null;
  const points: Structure[] = [];
  for (const [index, interval] of intervals.entries()) {
    const before = intervals[index - 1];
    if (interval.open !== '(' || interval.close !== ')') return null;
    if (before !== undefined && before.to !== interval.from) return null;
    if (before !== undefined) points.push(readStructure(interval.from));
  }
  const ends =
    /^\s*-\s*\\infty\s*$/.test(intervals[0]?.from ?? '') &&
    /^\s*\+?\s*\\infty\s*$/.test(intervals.at(-1)?.to ?? '');
  return ends ? points : null;
}

type Collection = Extract<Structure, { kind: 'list' | 'set' }>;

function isCollection(structure: Structure): structure is Collection {
  return structure.kind === 'list' || structure.kind === 'set';
}

/** Lists and sets with one another and with tuples, whose order counts. */
function compareCollections(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (isCollection(gold) && isCollection(answer)) {
    const ordered = comparison.policy.listOrder === 'keep' && gold.kind === 'list' && answer.kind === 'list';
    if (ordered) return compareInOrder(gold.items, answer.items, comparison);
    return compareUnordered(distinct(gold.items, comparison), distinct(answer.items, comparison), comparison);
  }
  if (gold.kind === 'tuple' && isCollection(answer)) {
    // {1, 2} with TeX's invisible braces may be meant as (1, 2); a true set has no order to meet.
    if (answer.kind === 'set' && !answer.bare) return null;
    if (gold.items.length === 2 && (gold.open !== '(' || gold.close !== ')')) return null;
    return compareInOrder(gold.items, answer.items, comparison);
  }
  if (isCollection(gold) && answer.kind === 'tuple') {
    if (gold.kind === 'set' && !gold.bare) return null;
    const python = answer.open === '[' && answer.close === ']' && gold.kind === 'list';
    if (python) return compareUnordered(gold.items, answer.items, comparison);
    return answer.open === '(' && answer.close === ')'
      ? compareInOrder(gold.items, answer.items, comparison)
      : null;
  }
  return null;
}

function compareVectors(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (gold.kind === 'matrix' && answer.kind === 'tuple') {
    const vector = vectorOf(gold.rows);
    return vector === null ? null : compareInOrder(vector, answer.items, comparison);
  }
  if (gold.kind === 'tuple' && answer.kind === 'matrix') {
    const vector = vectorOf(answer.rows);
    return vector === null ? null : compareInOrder(gold.items, vector, comparison);
  }
  return null;
}

function vectorOf(rows: readonly (readonly Structure[])[]): readonly Structure[] | null {
  if (rows.every((row) => row.length === 1)) return rows.flat();
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

/** 3:4 against 3:4, and against 3/4. */
function compareRatios(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (gold.kind === 'ratio' && answer.kind === 'ratio')
    return compareInOrder(gold.items, answer.items, comparison);
  const [ratio, scalar] = gold.kind === 'ratio' ? [gold, answer] : [answer, gold];
  if (ratio.kind !== 'ratio' || scalar.kind !== 'scalar') return null;
  const [a, b, ...more] = ratio.items;
  if (a?.kind !== 'scalar' || b?.kind !== 'scalar' || more.length > 0) return null;
  const quotient = `(${a.text})/(${b.text})`;
  return gold.kind === 'ratio'
    ? compareScalarTexts(quotient, scalar.text, comparison)
    : compareScalarTexts(scalar.text, quotient, comparison);
}

/** A collection of one value is that value. */
function compareSingle(gold: Structure, answer: Structure, comparison: Comparison): Outcome | null {
  if (isCollection(answer) && !isCollection(gold)) {
    const [only, ...more] = distinct(answer.items, comparison);
    if (only !== undefined && more.length === 0) return compareStructures(gold, only, comparison);
  }
  if (isCollection(gold) && !isCollection(answer)) {
    const [only, ...more] = gold.items;
    if (only !== undefined && more.length === 0) return compareStructures(only, answer, comparison);
  }
  return null;
}

/** Different forms are different answers, unless one of them holds what cannot be read. */
function formsDiffer(gold: Structure, answer: Structure, comparison: Comparison): Outcome {
  for (const [structure, side] of [
    [gold, 'gold-'],
    [answer, ''],
  ] as const) {
    if (structure.kind !== 'scalar') continue;
    const expression = readExpression(structure.text);
    if ('reason' in expression && expression.reason !== 'syntax' && /\\/.test(structure.text)) {
      return giveUp(comparison, `${side}${expression.reason}`);
    }
  }
  return decide(comparison, 'form', false);
}

function compareInOrder(
  gold: readonly Structure[],
  answer: readonly Structure[],
  comparison: Comparison,
): Outcome {
  if (gold.length !== answer.length) return decide(comparison, 'count', false);
  return every(gold, (item, index) => {
    const other = answer[index];
    return other === undefined ? 'different' : compareStructures(item, other, comparison);
  });
}

const MAX_UNORDERED = 60;

/** Each gold item must meet an answer of its own, in any order. */
function compareUnordered(
  gold: readonly Structure[],
  answer: readonly Structure[],
  comparison: Comparison,
): Outcome {
  if (gold.length !== answer.length) return decide(comparison, 'count', false);
  if (gold.length > MAX_UNORDERED) return giveUp(comparison, 'too-long');
  const left = [...answer];
  let undecided = 0;
  for (const item of gold) {
    const outcomes: Outcome[] = [];
    for (const candidate of left) {
      const outcome = compareStructures(item, candidate, comparison);
      outcomes.push(outcome);
      if (outcome === 'equal') break;
    }
    const at = outcomes.indexOf('equal');
    if (at >= 0) left.splice(at, 1);
    else if (outcomes.includes('unknown')) undecided++;
    else return decide(comparison, 'set', false);
  }
  return undecided === 0 ? decide(comparison, 'set', true) : 'unknown';
}

const MAX_DISTINCT = 30;

/** Items without repetitions: 1, 1, 2 is the set of 1 and 2. */
function distinct(items: readonly Structure[], comparison: Comparison): readonly Structure[] {
  if (items.length < 2 || items.length > MAX_DISTINCT) return items;
  const kept: Structure[] = [];
  for (const item of items) {
    if (!kept.some((other) => compareStructures(item, other, comparison) === 'equal')) kept.push(item);
  }
  return kept;
}
