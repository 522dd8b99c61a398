/** `show RUN --reflections`: sample by sample, where it re-examines itself and what that changed. */
import { UserError } from '../../core/errors.ts';
import {
  type ConfidenceReading,
  type ReflectionReading,
  type ReflectionRow,
  readConfidence,
  readReflections,
} from '../../core/reflection/reading.ts';
import type { Critique, Solution } from '../../core/schema/lines.ts';
import { measureRun } from '../../node/comparison/index.ts';
import type { Context } from '../context.ts';

/** Prints every sample of the run, or the one with this id: a line each, with `--json` an object each. */
export async function showReflections(
  { output }: Context,
  dir: string,
  wanted: string | true,
): Promise<void> {
  const { run, groups } = await measureRun(dir);
  const gradeOf = new Map(groups.map((group) => [group.problemId, group.grade]));
  const isWanted = ({ id }: { readonly id: string }) => wanted === true || id === wanted;
  const solutions = run.solutions.filter(isWanted);
  const critiques = run.critiques.filter(isWanted);
  if (solutions.length + critiques.length === 0) {
    throw new UserError(
      'sample-unknown',
      `the run has no sample ${wanted === true ? 'yet' : `"${wanted}"`}`,
      {
        place: { file: dir },
        remedy: 'Samples are named <problem id>#<index>, critiques <solution id>/<index>.',
      },
    );
  }
  for (const solution of solutions) {
    const grade = gradeOf.get(solution.problemId) ?? (() => 'undetermined' as const);
    const reading = readReflections(solution, grade);
    output.row({ id: solution.id, grade: solution.grade, ...reading }, solutionText(solution, reading));
  }
  for (const critique of critiques) {
    const reading = readConfidence(critique);
    output.row(
      { id: critique.id, verdict: critique.verdict, grade: critique.grade, ...reading },
      critiqueText(critique, reading),
    );
  }
}

function solutionText({ id, grade, answer, tokens }: Solution, reading: ReflectionReading): string {
  const { count, reflections, tokensAfterFirstCorrect: after } = reading;
  const tail = after === null ? '' : `, ${about(after)}${after.tokens} tokens after the first right answer`;
  const head = `${id}  ${grade}, answer ${answer ?? 'none'}, ${tokens} tokens: R = ${count}, ${reflections.length} reflections${tail}`;
  return [head, ...reflections.map((row) => `  ${reflectionText(row)}`)].join('\n');
}

function reflectionText(row: ReflectionRow): string {
  const { before, after, transition, verdict, isSuperficial } = row;
  const shown = (side: ReflectionRow['before']) =>
    side === null ? 'none' : `${side.answer} (${side.grade})`;
  const what = [
    `${shown(before)} → ${shown(after)}`,
    ...(transition === null ? [] : [transition]),
    ...(verdict === null ? [] : [`says ${verdict}`]),
    ...(isSuperficial ? ['superficial'] : []),
  ];
  return `${placeText(row)}  ${what.join(', ')}`;
}

function critiqueText({ id, verdict, grade }: Critique, { cues, hedging }: ConfidenceReading): string {
  const share =
    hedging === null
      ? 'no word of confidence'
      : `${Math.round(100 * hedging)} % hedges of ${cues.length} cues`;
  const rows = cues.map((cue) => `  ${placeText(cue)}  ${cue.kind === 'hedge' ? 'unsure' : 'sure'}`);
  return [`${id}  verdict ${verdict}, its answer ${grade}: ${share}`, ...rows].join('\n');
}

function placeText({ span, token, text }: Pick<ReflectionRow, 'span' | 'token' | 'text'>): string {
  return `char ${span[0]}, token ${about(token)}${token.token}  "${text.replace(/\s+/g, ' ')}"`;
}

/** Engines tell no borders of tokens: then a place is its share of the characters. */
function about({ isExact }: { readonly isExact: boolean }): string {
  return isExact ? '' : '≈';
}
