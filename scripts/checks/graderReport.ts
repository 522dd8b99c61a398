/**
 * How the grader does on cases and generations that others labelled. The files are not part of this repository:
 *
 *   node scripts/checks/graderReport.ts CASES.jsonl [GENERATIONS.jsonl]
 *
 * CASES has rows {gold, pred, expected, mode: pair | extract | choice, tier, policy?}; a case of the tier `policy` is
 * right when it is right under the convention that it names. GENERATIONS has rows {gold, output, correct, source,
 * disputed?, correct_reviewed?}. Every difference is printed.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  compareAnswers,
  defaultPolicy,
  GRADING_POLICIES,
  type GradeResult,
  type GradingPolicy,
  gradeAnswer,
} from '../../src/core/answers/index.ts';

const lenient = GRADING_POLICIES.lenient ?? defaultPolicy;

/** The settings that a case's convention means; more than one where the convention has several sides. */
const CONVENTIONS: Readonly<Record<string, readonly Partial<GradingPolicy>[]>> = {
  'locale-separator': [{ separators: 'locale' }],
  'assignment-lhs': [{ assignments: 'strip' }, { assignments: 'keep' }],
  order: [{ listOrder: 'keep' }, { tupleOrder: 'ignore' }],
  'multi-box': [{ boxes: 'linked' }, { boxes: 'last' }],
  tolerance: [
    { decimalDigits: 5 },
    { absoluteTolerance: [1e34] },
    { absoluteTolerance: [1e33] },
    { absoluteTolerance: [1e34, 1e-3] },
    { absoluteTolerance: [1e-3] },
  ],
  'percent-scale': [{ percent: 'scale' }],
  units: [{ units: 'strict' }, { units: 'lenient' }],
  'variable-name': [{ variableNames: 'rename' }],
  'unreduced-fraction': [{ fractions: 'equal' }, { fractions: 'reduced' }],
  'log-is-natural': [{ logarithm: 'natural' }],
};

const caseSchema = z.looseObject({
  id: z.string(),
  gold: z.string(),
  pred: z.string(),
  expected: z.boolean(),
  mode: z.enum(['pair', 'extract', 'choice']),
  tier: z.string(),
  policy: z.array(z.string()).optional(),
});
type Case = z.infer<typeof caseSchema>;

const generationSchema = z.looseObject({
  id: z.string(),
  gold: z.string(),
  output: z.string(),
  correct: z.boolean(),
  source: z.string(),
  disputed: z.boolean().optional(),
  /** The label as a person corrected it. */
  correct_reviewed: z.boolean().optional(),
});

function rows<T>(file: string, schema: z.ZodType<T>): T[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => schema.parse(JSON.parse(line)));
}

function gradeCase({ gold, pred, mode }: Case, policy: GradingPolicy): GradeResult {
  if (mode === 'pair') return compareAnswers({ gold, pred, policy });
  return gradeAnswer({ text: pred, gold, mode: mode === 'choice' ? 'choice' : 'math', policy });
}

function policiesFor({ mode, policy }: Case): GradingPolicy[] {
  // A case of extraction is about finding an answer in prose, which only the lenient policy does.
  const usual = mode === 'pair' ? [defaultPolicy] : [lenient];
  const named = (policy ?? []).flatMap((name) => CONVENTIONS[name] ?? []);
  return [...usual, ...named.map((change) => ({ ...(usual[0] ?? defaultPolicy), ...change, name: 'named' }))];
}

function reportCases(file: string): void {
  const tiers = new Map<string, { cases: number; right: number; undetermined: number }>();
  let slowest = 0;
  for (const labelled of rows(file, caseSchema)) {
    const wanted = labelled.expected ? 'correct' : 'incorrect';
    const start = performance.now();
    const results = policiesFor(labelled).map((policy) => gradeCase(labelled, policy));
    slowest = Math.max(slowest, (performance.now() - start) / results.length);
    const tier = tiers.get(labelled.tier) ?? { cases: 0, right: 0, undetermined: 0 };
    tiers.set(labelled.tier, tier);
    tier.cases++;
    if (results.some(({ grade }) => grade === wanted)) tier.right++;
    else {
      const { grade, reason, layer, normalised } = results[0] ?? gradeCase(labelled, defaultPolicy);
      if (grade === 'undetermined') tier.undetermined++;
      console.log(`${labelled.tier} ${labelled.id}: expected ${wanted}, ${grade} (${reason}, ${layer})`);
      console.log(`   ${normalised.gold ?? '-'}  |  ${normalised.answer ?? '-'}`.slice(0, 160));
    }
  }
  console.log();
  for (const [name, { cases, right, undetermined }] of tiers) {
    console.log(
      `${name.padEnd(12)} ${right} of ${cases} right${undetermined > 0 ? `, ${undetermined} undetermined` : ''}`,
    );
  }
  console.log(`slowest case ${slowest.toFixed(1)} ms\n`);
}

function reportGenerations(file: string): void {
  const generations = rows(file, generationSchema);
  let agreed = 0;
  let undisputed = 0;
  let agreedUndisputed = 0;
  let agreedReviewed = 0;
  for (const generation of generations) {
    const { id, gold, output, correct, source, disputed, correct_reviewed: reviewed } = generation;
    const mode = /MMLU/.test(source) ? 'choice' : /crux/.test(source) ? 'python' : 'math';
    const { grade, reason, answer } = gradeAnswer({ text: output, gold, mode, policy: lenient });
    const agrees = grade === (correct ? 'correct' : 'incorrect');
    if (agrees) agreed++;
    if (grade === ((reviewed ?? correct) ? 'correct' : 'incorrect')) agreedReviewed++;
    if (disputed !== true) {
      undisputed++;
      if (agrees) agreedUndisputed++;
    }
    if (!agrees) {
      console.log(
        `generation ${id}: labelled ${correct}, ${grade} (${reason})${disputed === true ? ', label disputed' : ''}`,
      );
      console.log(`   ${gold}  |  ${answer ?? '-'}`.slice(0, 160));
    }
  }
  const share = (part: number, all: number) => `${part} of ${all} (${((100 * part) / all).toFixed(1)} %)`;
  console.log(
    `\n${share(agreed, generations.length)} as labelled; ${share(agreedUndisputed, undisputed)} of the undisputed; ` +
      `${share(agreedReviewed, generations.length)} with the labels that were reviewed`,
  );
}

const [cases, generations] = process.argv.slice(2);
if (cases === undefined) {
  console.error('Usage: node scripts/checks/graderReport.ts CASES.jsonl [GENERATIONS.jsonl]');
  process.exitCode = 2;
} else {
  reportCases(cases);
  if (generations !== undefined) reportGenerations(generations);
}
