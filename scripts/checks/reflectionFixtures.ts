/**
 * Writes test/fixtures/contract/reflection.jsonl: traces with their rule score (spec A4.2), read by both languages.
 *
 *   node scripts/checks/reflectionFixtures.ts
 *
 * Generated traces are told from a plan (which answers, which verdicts), and their expected classes and scores come
 * from the plan, never from reading the text: the reader and the table are tested against something else than
 * themselves. Soup, spans and words are recorded from the TypeScript side and only hold the two languages together.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ruleScore } from '../../src/core/reflection/index.ts';
import type { Grade } from '../../src/core/schema/common.ts';
import { seededRandom } from '../../src/core/stats/random.ts';
import { DIALECTS, type PlannedReflection, type TracePlan, tell } from './traceDialects.ts';

const HERE = new URL('../../test/fixtures/contract/', import.meta.url);

interface Expected {
  readonly s: number;
  readonly answersOnly: number;
  readonly isCapped: boolean;
  readonly classes: readonly string[];
}

/** A trace written by hand with what a person says about it. */
interface HandWritten extends Expected {
  readonly id: string;
  readonly text: string;
  readonly grades: Record<string, Grade>;
  readonly finalGrade?: Grade;
}

const TRACES = 240;

function planTrace(index: number): TracePlan {
  const random = seededRandom(1000 + index);
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const dialect = DIALECTS[index % DIALECTS.length] ?? 'nano';
  const gold = 10 + random.below(900);
  const wrong = [1, 2, 3].map((k) => gold + k * (1 + random.below(9)));
  let current = random.below(2) === 0 ? gold : pick(wrong);
  const first = current;
  const reflections: PlannedReflection[] = [];
  for (let n = random.below(5); n > 0; n -= 1) {
    const next = pick([current, current, gold, pick(wrong)]);
    const verdict = pick(['correct', 'incorrect', null] as const);
    reflections.push({ verdict, answer: next, isRestated: next !== current || random.below(2) === 0 });
    current = next;
  }
  return { dialect, gold, first, reflections, seed: index };
}

/** The table of spec A4.2 applied to a plan. */
function expectedOf(plan: TracePlan, answersOnly: boolean): Expected {
  const rows: { name: string; s: number; answer: number }[] = [];
  let before = plan.first;
  let confirmations = 0;
  for (const { answer, verdict: stated } of plan.reflections) {
    const verdict = answersOnly ? null : stated;
    const [wasRight, isRight] = [before === plan.gold, answer === plan.gold];
    if (wasRight && isRight) confirmations += 1;
    let [name, s]: [string, number] = ['repeated-error', 3];
    if (wasRight && isRight) {
      s = [7, 5][confirmations - 1] ?? 3;
      name = confirmations === 1 ? 'truthful-confirmation' : 'redundant-confirmation';
    } else if (isRight) [name, s] = ['effective-correction', 8];
    else if (wasRight) [name, s] = ['destroyed', 1];
    else if (before !== answer) [name, s] = ['failed-correction', 4];
    else if (verdict === 'correct') [name, s] = ['affirmed-error', 2];
    if (verdict !== null && (verdict === 'correct') !== wasRight) s = Math.min(s, 2);
    rows.push({ name, s, answer });
    before = answer;
  }
  const isRight = before === plan.gold;
  if (rows.length === 0) return { s: isRight ? 5 : 2, answersOnly: 0, isCapped: false, classes: [] };
  const mean = rows.reduce((sum, row) => sum + row.s, 0) / rows.length;
  const isViolated = rows.some(
    (row) => row.name === 'destroyed' || (row.name === 'affirmed-error' && row.answer === before),
  );
  const isCapped = !isRight && isViolated && mean > 2;
  return { s: isCapped ? 2 : mean, answersOnly: 0, isCapped, classes: rows.map((row) => row.name) };
}

/** Checks a trace against what is expected of it and adds what only the reader knows. */
function fixture(trace: HandWritten) {
  const { id, text, grades, finalGrade, s, answersOnly, isCapped, classes } = trace;
  const grade = (answer: string): Grade => grades[answer] ?? 'incorrect';
  const options = { grade, ...(finalGrade === undefined ? {} : { finalGrade }) };
  const read = ruleScore(text, options);
  const readAnswersOnly = ruleScore(text, { ...options, answersOnly: true });
  const found = {
    s: read.s,
    answersOnly: readAnswersOnly.s,
    isCapped: read.isCapped,
    classes: read.reflections.map((r) => r.class),
  };
  const wanted = { s, answersOnly, isCapped, classes };
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(
      `${id}\n${text}\nwanted ${JSON.stringify(wanted)}\nread   ${JSON.stringify(found)}\n${JSON.stringify(read.reflections, null, 1)}`,
    );
  }
  return {
    id,
    text,
    grades,
    ...(finalGrade === undefined ? {} : { finalGrade }),
    expected: { ...wanted, why: read.why, reflections: read.reflections },
  };
}

function generated(): HandWritten[] {
  return Array.from({ length: TRACES }, (_, index) => {
    const plan = planTrace(index);
    const expected = expectedOf(plan, false);
    return {
      id: `${plan.dialect}-${index}`,
      text: tell(plan),
      grades: { [plan.gold]: 'correct' },
      ...expected,
      answersOnly: expectedOf(plan, true).s,
    };
  });
}

/** Phrases thrown together: nobody knows what is right of these, but the two languages have to agree. */
const SOUP = [
  'The answer is 4.',
  'the answer is 5,',
  'Answer: (B)',
  '\\boxed{4}',
  '\\boxed{5',
  '\\boxed 4',
  '\\fbox{\\boxed{5}}',
  '$2+2=4$',
  '2+3=5',
  'Wait,',
  'wait',
  'Hold on',
  'Let me double‑check.',
  'let me re-evaluate this',
  'go over\nthe steps',
  '<think>',
  '</think>',
  "that's wrong.",
  'The answer of 3.5 is wrong',
  'which is right?',
  'if the answer is correct, then',
  'The solution isn’t correct.',
  'This checks out!',
  'It does not match.',
  'I made a mistake.',
  'Let me try again.',
  '\n',
  '\n\n',
  'x = 3',
  'é',
  '🧮',
  '}',
  'The answer is 1,024',
  '−4',
];

function soup() {
  return Array.from({ length: 150 }, (_, index) => {
    const random = seededRandom(5000 + index);
    const text = Array.from({ length: 3 + random.below(14) }, () => SOUP[random.below(SOUP.length)]).join(
      ' ',
    );
    const grades: Record<string, Grade> = { '4': 'correct', B: 'undetermined' };
    const options = { grade: (answer: string): Grade => grades[answer] ?? 'incorrect' };
    const { s, isCapped, why, reflections } = ruleScore(text, options);
    const answersOnly = ruleScore(text, { ...options, answersOnly: true }).s;
    return {
      id: `soup-${index}`,
      text,
      grades,
      expected: { s, answersOnly, isCapped, classes: reflections.map((r) => r.class), why, reflections },
    };
  });
}

const byHand: HandWritten[] = readFileSync(new URL('reflection.byHand.jsonl', HERE), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line));
const rows = [...[...byHand, ...generated()].map(fixture), ...soup()];
mkdirSync(HERE, { recursive: true });
writeFileSync(new URL('reflection.jsonl', HERE), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
console.log(`${rows.length} traces written, ${byHand.length} of them by hand`);
