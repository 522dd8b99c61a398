import type { Span, Verdict } from '../schema/common.ts';
import type { Finding } from '../schema/lines.ts';
import { lastAttempt } from './lastAttempt.ts';
import { type Step, splitSteps } from './steps.ts';
import { splitThinking } from './thinking.ts';

/** What a critique claims, and what it says about which part of the solution. */
export interface ReadCritique {
  readonly verdict: Verdict;
  readonly findings: Finding[];
}

/**
 * Reads a critique of `solutionText`. Findings point into `solutionText`; `region` is the part that the critic was
 * shown (default: the last attempt), where step numbers are looked up.
 */
export function readCritique(critique: string, solutionText: string, region?: Span): ReadCritique {
  const shown = region ?? lastAttempt(solutionText).span;
  const verdict = claimedVerdict(critique);
  const findings = stepFindings(critique, splitSteps(solutionText, shown));
  if (findings.length > 0) return { verdict, findings };
  const quoted = quotationFindings(critique, solutionText, shown, verdict);
  if (quoted.length > 0) return { verdict, findings: quoted };
  return { verdict, findings: wholeSolutionFinding(critique, shown, verdict) };
}

/** The verdict claimed on the whole solution: the summary's if it states one, else the reasoning's; the last one counts. */
export function claimedVerdict(critique: string): Verdict {
  const { think, summary } = splitThinking(critique);
  for (const span of [summary, think]) {
    const verdict = span === null ? null : lastVerdict(critique.slice(...span));
    if (verdict !== null) return verdict;
  }
  return 'none';
}

const VERDICT =
  /\b(?:answer|solution|conclusion|result|reasoning)\b(?:\s+\w+){0,4}?\s*(?:is|are|was|:)\s*(?:\*\*|therefore |thus |indeed |also |actually |in fact )*(?<no>not |in|wrong|flawed|false|erroneous)?(?:correct|right|valid|accurate|\b)/giu;

function lastVerdict(text: string): Verdict | null {
  let verdict: Verdict | null = null;
  for (const match of text.matchAll(VERDICT)) {
    if (match.groups?.no !== undefined) verdict = 'incorrect';
    else if (/(?:correct|right|valid|accurate)$/i.test(match[0])) verdict = 'correct';
  }
  return verdict;
}

/** A remark that opens with the number of the step it is about, and whether it blames or confirms it. */
const STEP_REMARK =
  /(?<=^|\n)[ \t]*(?:[#>*_-]+[ \t]*)*(?:check|step)[ \t]*(?<number>\d{1,3})\b(?<rest>[^\n]*)/giu;

function stepFindings(critique: string, steps: readonly Step[]): Finding[] {
  const findings: Finding[] = [];
  for (const remark of critique.matchAll(STEP_REMARK)) {
    const step = steps.findLast((candidate) => candidate.number === Number(remark.groups?.number));
    const kind = remarkKind(remark.groups?.rest ?? '');
    if (step === undefined || kind === null) continue;
    findings.push({
      span: step.span,
      kind,
      message: remark[0].trim(),
      confidence: 0.95,
      anchor: 'step',
    });
  }
  return findings;
}

function remarkKind(remark: string): 'wrong-step' | 'confirmed' | null {
  if (/\b(?:wrong|incorrect|mistake|error|not (?:correct|right))\b/i.test(remark)) return 'wrong-step';
  if (/\b(?:right|correct|fine|ok)\b/i.test(remark)) return 'confirmed';
  return null;
}

function quotationFindings(critique: string, solution: string, region: Span, verdict: Verdict): Finding[] {
  const findings: Finding[] = [];
  for (const match of critique.matchAll(/["“`](?<quote>[^"“”`\n]{6,200})["”`]/gu)) {
    const quote = match.groups?.quote ?? '';
    const within = solution.slice(...region).indexOf(quote);
    if (within < 0) continue;
    const start = region[0] + within;
    findings.push({
      span: [start, start + quote.length],
      kind: verdict === 'correct' ? 'confirmed' : 'wrong-step',
      message: match[0],
      confidence: 0.8,
      anchor: 'quotation',
    });
  }
  return findings;
}

function wholeSolutionFinding(critique: string, region: Span, verdict: Verdict): Finding[] {
  if (verdict === 'none') return [];
  return [
    {
      span: region,
      kind: verdict === 'correct' ? 'confirmed' : 'wrong-step',
      message: critique.trim().split('\n').at(-1) ?? '',
      confidence: 0.2,
      anchor: 'whole',
    },
  ];
}
