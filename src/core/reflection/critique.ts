import type { Span, Verdict } from '../schema/common.ts';
import type { Finding, FindingKind } from '../schema/lines.ts';
import { anchorRemark, stepsNamed } from './anchor.ts';
import { lastAttempt } from './lastAttempt.ts';
import { indexSteps, type StepIndex } from './stepIndex.ts';
import { splitSteps } from './steps.ts';
import { splitThinking } from './thinking.ts';
import { RETRY } from './trajectory.ts';
import { verdictsStated } from './verdicts.ts';

/** What a critique claims, and what it says about which part of the solution. */
export interface ReadCritique {
  readonly verdict: Verdict;
  readonly findings: Finding[];
}

/**
 * Reads a critique of `solutionText`. Findings point into `solutionText`; `region` is the part that the critic was
 * shown (default: the last attempt), where steps are looked up. A critique with a verdict but no finding of its own gets
 * one on the whole region.
 */
export function readCritique(critique: string, solutionText: string, region?: Span): ReadCritique {
  const shown = region ?? lastAttempt(solutionText).span;
  const index = indexSteps(splitSteps(solutionText, shown), solutionText);
  const remarks = remarksOf(critique).slice(-MOST_REMARKS);
  const findings = settle(remarks.map((remark) => findingOf(remark, index, shown)));
  const verdict = claimedVerdict(critique) ?? impliedVerdict(findings);
  const isSupported = findings.some((finding) => (finding.kind === 'confirmed') === (verdict === 'correct'));
  if (verdict !== 'none' && !isSupported) findings.push(wholeFinding(critique, shown, verdict));
  return { verdict, findings };
}

/** Remarks that are looked for in the solution, the last ones: a critique that runs in circles says the same again. */
const MOST_REMARKS = 200;

/**
 * The verdict that a critique states on the whole solution: its summary's if it states one, else its reasoning's. The
 * last one counts, because a critic may change its mind, but nothing that it says of its own new attempt.
 */
export function claimedVerdict(critique: string): 'correct' | 'incorrect' | null {
  const { think, summary } = splitThinking(critique);
  for (const span of [summary, think]) {
    if (span === null) continue;
    const verdict = lastVerdict(critique.slice(...span));
    if (verdict !== null) return verdict;
  }
  return null;
}

function lastVerdict(text: string): 'correct' | 'incorrect' | null {
  const retry = text.indexOf(RETRY);
  const judging = retry < 0 ? text : text.slice(0, retry);
  const conclusions = [
    ...judging.matchAll(
      /\b(?:conclusion|verdict|judg(?:e)?ment)\W{0,6}(?<no>not |in)?(?<word>correct|right|wrong)\b/giu,
    ),
  ];
  const conclusion = conclusions.at(-1)?.groups;
  if (conclusion !== undefined) {
    return conclusion.no === undefined && conclusion.word?.toLowerCase() !== 'wrong'
      ? 'correct'
      : 'incorrect';
  }
  return verdictsStated(judging).findLast((statement) => statement.isOnAnswer)?.verdict ?? null;
}

/** Blame of a certain place is a claim that the solution is incorrect; praise of a place claims nothing on the whole. */
function impliedVerdict(findings: readonly Finding[]): Verdict {
  const blames = findings.some(
    ({ kind, anchor }) => anchor !== 'whole' && kind !== 'confirmed' && kind !== 'superficial',
  );
  return blames ? 'incorrect' : 'none';
}

/** A stretch of a critique that says one thing about one place. */
interface Remark {
  readonly text: string;
  readonly kind: FindingKind;
  /** It stands in the think part, where a critic also talks about its own work. */
  readonly isThought: boolean;
}

/** Kinds of remark, in the order in which they are tried on a sentence. */
const KINDS: readonly { kind: FindingKind; pattern: RegExp }[] = [
  {
    kind: 'confirmed',
    pattern:
      /\bno (?:\w+ )?(?:mistakes?|errors?|problems?|issues?)\b|\bnot (?:wrong|incorrect)\b|\b(?:does|did) not (?:make|contain) (?:any|an?) (?:mistake|error)/iu,
  },
  {
    kind: 'superficial',
    pattern:
      /\b(?:merely|only|just|simply) (?:restat|repeat|rephras|reword)\w*|\bsuperficial\b|\bwithout (?:actually )?(?:checking|verifying)\b/iu,
  },
  {
    kind: 'unsupported',
    pattern:
      /\bunsupported\b|\bunjustified\b|\b(?:without|lacks?|no) (?:any )?(?:justification|proof|reason|explanation|support)\b|\bnot (?:justified|supported|proven|explained)\b|\bdoes(?: not|n['’]t) follow\b/iu,
  },
  {
    kind: 'missed',
    pattern:
      /\b(?:overlook|omit|neglect|ignor|forg[eo]t|miss(?:es|ed|ing)\b)\w*|\b(?:fail(?:s|ed)?|did(?: not|n['’]t)|does(?: not|n['’]t)) (?:to )?(?:consider|account|include|check|take into account|realize|notice|recognize)\b/iu,
  },
  {
    kind: 'wrong-step',
    pattern:
      /\b(?:wrong(?:ly)?|incorrect(?:ly)?|mistake[ns]?|mistakenly|errors?|erroneous(?:ly)?|flaw(?:ed)?|false|invalid|inaccurate|improper(?:ly)?|inconsistent|contradict\w*|mis(?:took|us|read|under|calc|inter|appl|match|stat)\w*|confus\w+|(?:problem|issue) (?:in|with|of) (?:this|the) (?:step|solution|model|calculation))\b|, not (?:the |an? )?[\p{N}$\\-]|\b(?:is|are|was|were)(?: not|n['’]t) (?:correct|right|true|valid|equal|accurate)\b|\bshould (?:actually |instead |really )?(?:be|have|equal|give|yield)\b|\b(?:rather than|instead of)\b/iu,
  },
  { kind: 'confirmed', pattern: /\b(?:correct(?:ly)?|right|accurate(?:ly)?|valid|fine|ok|okay)\b/iu },
];

/** Sentences that blame or praise, joined with their neighbours in the paragraph as long as these say the same. */
function remarksOf(critique: string): Remark[] {
  const { think } = splitThinking(critique);
  const remarks: Remark[] = [];
  for (const paragraph of critique.matchAll(/[^\n]+/g)) {
    const isThought = think !== null && paragraph.index < think[1];
    const heading =
      /^[ \t#>*_-]*(?:check|step)[ \t]*\d{1,3}(?:[ \t]*[:.)*]|[ \t]*$)/iu.exec(paragraph[0])?.[0] ?? null;
    remarks.push(...paragraphRemarks(paragraph[0], heading, isThought));
  }
  return remarks;
}

function paragraphRemarks(paragraph: string, heading: string | null, isThought: boolean): Remark[] {
  const sentences = paragraph
    .trim()
    .split(/(?<=[.!?])\s+(?=\S)/u)
    .flatMap(contrasted);
  const remarks: Remark[] = [];
  let lead = '';
  for (const sentence of sentences) {
    const kind = sentence.endsWith('?') ? null : sentenceKind(sentence);
    const last = remarks.at(-1);
    const namesStep = /\b(?:step|check)\s*[#(]?\s*\d/iu.test(sentence);
    if (kind === null) {
      // What leads to a remark, or follows it, helps to find its place.
      if (last === undefined) lead += `${sentence} `;
      else if (!namesStep) remarks[remarks.length - 1] = { ...last, text: `${last.text} ${sentence}` };
    } else if (last?.kind === kind && (!namesStep || heading !== null)) {
      remarks[remarks.length - 1] = { ...last, text: `${last.text} ${sentence}` };
    } else {
      remarks.push({ text: `${remarks.length === 0 ? lead : ''}${sentence}`, kind, isThought });
    }
  }
  // Under a heading "Step 3: ..." one blame outweighs praise on the way.
  if (heading === null || remarks.length < 2) return remarks;
  const blame = remarks.find((remark) => remark.kind !== 'confirmed') ?? remarks[0];
  return blame === undefined ? [] : [{ ...blame, text: paragraph.trim() }];
}

/** "12+5=17 is fine, but 17*2 should be 34" says two things about two places. */
function contrasted(sentence: string): string[] {
  // Only from where white space begins: else a long run of it is gone through from each of its characters.
  const contrast = /(?:,|(?<!\s))\s+(?=(?:but|however|although|whereas)\b)/iu.exec(sentence);
  if (contrast === null) return [sentence];
  const [praise, blame] = [
    sentence.slice(0, contrast.index),
    sentence.slice(contrast.index).replace(/^[,\s]+/, ''),
  ];
  const isTurn = sentenceKind(praise) === 'confirmed' && (sentenceKind(blame) ?? 'confirmed') !== 'confirmed';
  return isTurn ? [praise, blame] : [sentence];
}

function sentenceKind(sentence: string): FindingKind | null {
  const claimed = sentence.replace(/^(?:if|suppose|assuming|whether)\b[^,]*,/iu, '');
  return KINDS.find(({ pattern }) => pattern.test(claimed))?.kind ?? null;
}

/** How sure an anchor must be for a confirmation, and for anything that was only thought. */
const PRAISE_OR_THOUGHT = 0.8;
const WHOLE_CONFIDENCE = 0.2;

/** A remark as a finding, or `null` where it says nothing that can be shown. */
function findingOf(remark: Remark, index: StepIndex, region: Span): Finding | null {
  const anchor = anchorRemark(remark.text, index);
  const isDoubtful = remark.kind === 'confirmed' || remark.isThought;
  if (isDoubtful && (anchor === null || anchor.confidence < PRAISE_OR_THOUGHT)) return null;
  // A verdict on the whole ("Therefore, the answer is incorrect.") is no remark on a step.
  if (isBareVerdict(remark.text) && stepsNamed(remark.text, index.steps).length === 0) return null;
  const place = anchor ?? { span: region, anchor: 'whole' as const, confidence: WHOLE_CONFIDENCE };
  return { ...place, kind: remark.kind, message: remark.text.trim() };
}

function isBareVerdict(text: string): boolean {
  return (
    text.length < 120 &&
    verdictsStated(text).some((statement) => statement.isOnAnswer) &&
    !/\d\s*[-+*/=]\s*\d/.test(text)
  );
}

/** One finding for each place and side: what a critique says last of a place replaces what it said before. */
function settle(findings: readonly (Finding | null)[]): Finding[] {
  const settled = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding === null) continue;
    const key = finding.span.join(':');
    settled.delete(key);
    settled.set(key, finding);
  }
  const all = [...settled.values()];
  const placed = all.filter((finding) => finding.anchor !== 'whole');
  return placed.length > 0 ? placed : all;
}

function wholeFinding(critique: string, region: Span, verdict: 'correct' | 'incorrect'): Finding {
  const { summary } = splitThinking(critique);
  const closing = verdictsStated(critique).findLast((statement) => statement.isOnAnswer);
  const at = closing?.index ?? summary?.[0] ?? 0;
  const lineStart = critique.lastIndexOf('\n', at) + 1;
  const lineEnd = critique.indexOf('\n', at);
  return {
    span: region,
    kind: verdict === 'correct' ? 'confirmed' : 'wrong-step',
    message: critique.slice(lineStart, lineEnd < 0 ? critique.length : lineEnd).trim(),
    confidence: WHOLE_CONFIDENCE,
    anchor: 'whole',
  };
}
