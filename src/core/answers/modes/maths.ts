/** Maths mode: every reading of the gold against every reading of the answer. */

import { compareStructures } from '../compare/compareStructures.ts';
import type { Comparison, Outcome } from '../compare/outcome.ts';
import { newBudget, OutOfBudget } from '../evaluate/budget.ts';
import { normalise } from '../normalise.ts';
import { MAX_ANSWER } from '../parse/lexer.ts';
import type { GradingPolicy } from '../policies.ts';
import { readStructure } from '../structure/structure.ts';
import type { Verdict } from './verdict.ts';

/** Compares two answers in maths mode. */
export function compareMaths(gold: string, answer: string, policy: GradingPolicy): Verdict {
  if (gold.length > MAX_ANSWER || answer.length > MAX_ANSWER) {
    const same = gold === answer;
    return {
      outcome: same ? 'equal' : 'unknown',
      layer: same ? 'string' : 'length',
      reason: same ? null : 'too-long',
      gold,
      answer,
    };
  }
  const [plainGold, plainAnswer] = [normalise(gold), normalise(answer)];
  const forms = { gold: plainGold, answer: plainAnswer };
  if (plainAnswer === '') return { outcome: 'different', layer: 'string', reason: 'no-answer', ...forms };
  if (plainGold === '') return { outcome: 'unknown', layer: 'string', reason: 'gold-syntax', ...forms };
  if (plainGold === plainAnswer) return { outcome: 'equal', layer: 'string', reason: null, ...forms };
  const comparison: Comparison = { policy, budget: newBudget(), layer: 'form', obstacle: null };
  try {
    const outcome = compareReadings(plainGold, plainAnswer, comparison);
    return {
      outcome,
      layer: comparison.layer,
      reason: outcome === 'unknown' ? comparison.obstacle : null,
      ...forms,
    };
  } catch (error) {
    if (error instanceof OutOfBudget)
      return { outcome: 'unknown', layer: 'budget', reason: 'budget', ...forms };
    throw error;
  }
}

function compareReadings(gold: string, answer: string, comparison: Comparison): Outcome {
  let result: Outcome = 'different';
  let layer: string | null = null;
  for (const goldReading of readings(gold, comparison.policy)) {
    const goldStructure = readStructure(goldReading);
    for (const answerReading of readings(answer, comparison.policy)) {
      const answerStructure = readStructure(answerReading);
      const outcome = compareStructures(goldStructure, answerStructure, comparison);
      if (goldStructure.kind !== 'scalar' || answerStructure.kind !== 'scalar') {
        comparison.layer = goldStructure.kind === 'scalar' ? answerStructure.kind : goldStructure.kind;
      }
      layer ??= comparison.layer;
      if (outcome === 'equal') return outcome;
      if (outcome === 'unknown') result = 'unknown';
    }
  }
  comparison.layer = layer ?? 'form';
  return result;
}

/** 1,234 and 12 345, outside of brackets, where a comma or space may as well separate. */
const THOUSANDS = /(?<![\d.,({[])(\d{1,3}(?:,\d{3})+)(?![\d,])/g;
const SPACED_THOUSANDS = /(?<![\d.,({[])(\d{1,3}(?: \d{3})+)(?![\d,])/g;
const DECIMAL_COMMA = /^-?\d{1,50},\d{1,50}$/;

/** The ways to read the commas and spaces of an answer; the likeliest first. */
function readings(text: string, policy: GradingPolicy): string[] {
  const joined = text
    .replace(THOUSANDS, (number) => number.replaceAll(',', ''))
    .replace(SPACED_THOUSANDS, (number) => number.replaceAll(' ', ''));
  const found = [joined, text];
  if (policy.separators === 'locale' && DECIMAL_COMMA.test(text)) found.push(text.replace(',', '.'));
  return [...new Set(found)];
}
