/** The read-only documents in which people read solutions and critiques. Model text is text: nothing is taken out. */
import { editedText, type StandingReview, standingReviews } from '../runs/index.ts';
import type { Span } from '../schema/common.ts';
import type { Critique, Review, Solution } from '../schema/lines.ts';
import type { Problem } from '../schema/problem.ts';
import type { RunManifest } from '../schema/run.ts';
import { visibleLine } from '../visibleText.ts';
import type { SourceMap } from './sourceMap.ts';

/** The parts of a run that a transcript shows. */
export interface TranscriptRun {
  readonly manifest: RunManifest;
  readonly problems: readonly Problem[];
}

export interface Transcript {
  readonly text: string;
  readonly sourceMap: SourceMap;
  /** The parts between our own headings, for an outline. */
  readonly sections: readonly Section[];
}

export interface Section {
  readonly name: 'problem' | 'solution' | 'critiques' | 'critique' | 'edited';
  readonly span: Span;
}

/**
 * One solution: where it comes from on the first line, the statement, the solution word for word, and a line for each
 * of its critiques. Lines between the parts are ours; whatever the solution holds, it cannot move them, because
 * `sourceMap` says where it stands.
 */
export function renderTranscript(
  run: TranscriptRun,
  solution: Solution,
  critiques: readonly Critique[],
  reviews: readonly Review[],
): Transcript {
  const problem = run.problems.find(({ id }) => id === solution.problemId);
  const lead = `${provenance(run.manifest, solution, problem)}\n\n`;
  const head = [
    `${lead}── Problem ${solution.problemId} ──`,
    '',
    problem?.problem ?? '(not in the run)',
    '',
    `── Solution ${solution.index} ──`,
    '',
    '',
  ].join('\n');
  const standing = standingReviews(reviews);
  const about = critiques.filter(({ solutionId }) => solutionId === solution.id);
  const tail =
    about.length === 0
      ? []
      : [
          '',
          '── Critiques ──',
          '',
          ...about.map((critique) => critiqueLine(critique, standing.get(critique.id))),
        ];
  const end = head.length + solution.text.length;
  const text = `${head}${solution.text}\n${tail.map((line) => `${line}\n`).join('')}`;
  // Our own heading of the solution is the last line but one of the head.
  const heading = head.lastIndexOf('── Solution ');
  return {
    text,
    sourceMap: { solution: [head.length, end] },
    sections: [
      { name: 'problem', span: [lead.length, heading] },
      { name: 'solution', span: [heading, end] },
      ...(about.length === 0 ? [] : [{ name: 'critiques' as const, span: [end + 2, text.length] as Span }]),
    ],
  };
}

/** One critique as a document of its own; `sourceMap` says where the critique's text stands. */
export function renderCritique(
  run: TranscriptRun,
  critique: Critique,
  reviews: readonly Review[],
): Transcript {
  const problem = run.problems.find(({ id }) => id === critique.problemId);
  const review = standingReviews(reviews).get(critique.id);
  const head = [
    provenance(run.manifest, critique, problem),
    '',
    `── Critique of ${critique.solutionId}: ${critiqueLine(critique, review)} ──`,
    '',
    '',
  ].join('\n');
  const end = head.length + critique.text.length;
  const edited = review === undefined ? null : editedText(review);
  const tail =
    edited === null ? '' : `\n── As edited by ${oneLine(review?.whole?.by ?? '')} ──\n\n${edited}\n`;
  const text = `${head}${critique.text}\n${tail}`;
  return {
    text,
    sourceMap: { solution: [head.length, end] },
    sections: [
      { name: 'critique', span: [head.lastIndexOf('── Critique of '), end] },
      ...(edited === null ? [] : [{ name: 'edited' as const, span: [end + 2, text.length] as Span }]),
    ],
  };
}

/** Problem, sample, model, temperature, seed, tokens, and the grade against the gold answer. */
function provenance(manifest: RunManifest, row: Solution | Critique, problem: Problem | undefined): string {
  const sampling = 'solutionId' in row ? (manifest.critiqueSampling ?? manifest.sampling) : manifest.sampling;
  const gold = problem?.answer ?? null;
  const answer = row.answer === null ? 'no answer' : `answer ${oneLine(row.answer)}`;
  return [
    oneLine(row.id),
    oneLine(manifest.model?.name ?? 'no model'),
    sampling === undefined ? null : `T ${sampling.temperature}`,
    `seed ${row.seed}`,
    `${row.tokens} tokens${row.finish === 'stop' ? '' : `, ended by ${row.finish}`}`,
    `${answer}: ${row.grade}${gold === null ? ' (no gold answer)' : ` (gold ${oneLine(gold)})`}`,
    row.error === undefined ? null : `error: ${oneLine(row.error)}`,
    `run ${manifest.id}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function critiqueLine(critique: Critique, review: StandingReview | undefined): string {
  const says = critique.verdict === 'none' ? 'gives no verdict' : `says ${critique.verdict}`;
  const answer = critique.answer === null ? 'no answer' : `answer ${oneLine(critique.answer)}`;
  return [
    `${critique.index}: ${says}`,
    `${answer} (${critique.grade})`,
    critique.transition,
    review === undefined ? null : `review: ${review.decision}`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

/** Our own lines stay one line that can be read, whatever an answer or a name holds. */
function oneLine(text: string): string {
  return visibleLine(text, NAME_CHARACTERS);
}

const NAME_CHARACTERS = 200;
