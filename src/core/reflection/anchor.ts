import type { Span } from '../schema/common.ts';
import type { Finding } from '../schema/lines.ts';
import { formulasOf, squeeze } from './squeeze.ts';
import { numbersOf, type StepIndex, textIn, wordsOf } from './stepIndex.ts';
import type { Step } from './steps.ts';

/** Where in a solution a remark belongs. `confidence` is the share of such anchors that are right, as measured. */
export interface Anchor {
  readonly span: Span;
  readonly anchor: Finding['anchor'];
  readonly confidence: number;
}

/**
 * Finds the place in the solution that a remark is about: by the number of a step, by a quotation, by the formulas and
 * numbers that it disputes, by likeness of words, in that order. `null` where none of them is sure enough: a remark on
 * the whole solution is better than one on a wrong line.
 */
export function anchorRemark(remark: string, index: StepIndex): Anchor | null {
  return (
    anchorByStepNumber(remark, index.steps) ??
    anchorByQuotation(remark, index) ??
    anchorByContent(remark, index)
  );
}

const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
const CARDINALS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const STEP_NAME = new RegExp(
  [
    String.raw`\b(?:step|check)s?\s*[#(]?\s*(?<digits>\d{1,3})\b`,
    String.raw`\bstep\s+(?<cardinal>${CARDINALS.join('|')})\b`,
    String.raw`\b(?<ordinal>${ORDINALS.join('|')}|last|final)\s+step\b`,
  ].join('|'),
  'giu',
);
/** What makes a step's number a reference back, not the place of the error. */
const REFERENCE_BACK =
  /\b(?:after|from|following|based on|according to|using|per|given|since|until|before|unlike|similar to|as in|than|of|performing|completing)\s+(?:the\s+|our\s+|its\s+)?$/i;

/** The steps that a remark names, in order; references back ("from step 2") only where there is no other. */
export function stepsNamed(remark: string, steps: readonly Step[]): Step[] {
  const direct: Step[] = [];
  const back: Step[] = [];
  for (const name of remark.matchAll(STEP_NAME)) {
    const step = stepOfName(name.groups ?? {}, steps);
    if (step === undefined) continue;
    const before = remark.slice(Math.max(0, name.index - 24), name.index);
    (REFERENCE_BACK.test(before) ? back : direct).push(step);
  }
  return direct.length > 0 ? direct : back;
}

/**
 * Earlier places of a solution that a remark on a later place calls on, in the order of the text: steps that it names
 * ("contradicts step 2", "from step 1"), and what it quotes word for word.
 */
export function earlierPlaces(remark: string, solution: string, steps: readonly Step[], place: Span): Span[] {
  const found = new Map<number, Span>();
  const names = [...remark.matchAll(STEP_NAME)];
  if (names.length > 0) {
    const earlier = steps.filter(({ span }) => span[1] <= place[0]);
    const own = steps.filter(({ span }) => span[0] < place[1] && place[0] < span[1]);
    for (const { groups = {} } of names) {
      // Its own number, under which an earlier attempt may have a step, too, is no reference back.
      const step = stepOfName(groups, own) === undefined ? stepOfName(groups, earlier) : undefined;
      if (step !== undefined) found.set(step.span[0], step.span);
    }
  }
  for (const match of remark.matchAll(QUOTATION)) {
    const quotation = (match[1] ?? match[2] ?? '').trim();
    const at =
      place[0] < quotation.length ? -1 : solution.lastIndexOf(quotation, place[0] - quotation.length);
    const isWithin = [...found.values()].some(([start, end]) => start <= at && at < end);
    if (quotation !== '' && at >= 0 && !isWithin) found.set(at, [at, at + quotation.length]);
  }
  return [...found.values()].sort((a, b) => a[0] - b[0]);
}

/** The last step of that number: a later attempt counts again from 1. */
function stepOfName(groups: Record<string, string | undefined>, steps: readonly Step[]): Step | undefined {
  const { digits, cardinal, ordinal } = groups;
  const word = ordinal?.toLowerCase();
  if (word === 'last' || word === 'final') return steps.at(-1);
  let number = Number(digits);
  if (cardinal !== undefined) number = CARDINALS.indexOf(cardinal.toLowerCase()) + 1;
  if (word !== undefined) number = ORDINALS.indexOf(word) + 1;
  return steps.findLast((step) => step.number === number);
}

function anchorByStepNumber(remark: string, steps: readonly Step[]): Anchor | null {
  const [step] = stepsNamed(remark, steps);
  return step === undefined ? null : { span: step.span, anchor: 'step', confidence: 0.95 };
}

const QUOTATION = /["“”«]([^"“”«»\n]{6,300})["“”»]|`([^`\n]{4,300})`/gu;

/** A quotation that stands, but for spelling of mathematics and white space, in exactly one step. */
function anchorByQuotation(remark: string, index: StepIndex): Anchor | null {
  for (const match of remark.matchAll(QUOTATION)) {
    const quotation = squeeze(match[1] ?? match[2] ?? '').replace(/[.,;:…]+$/, '');
    if (quotation.length < 4) continue;
    const exact = (match[1] ?? match[2] ?? '').trim();
    const holders = index.steps.filter((_, at) => index.squeezed[at]?.includes(quotation));
    const [step] = holders;
    if (step === undefined || holders.length > 1) continue;
    const within = textIn(index, step.span).indexOf(exact);
    const span: Span = within < 0 ? step.span : [step.span[0] + within, step.span[0] + within + exact.length];
    return { span, anchor: 'quotation', confidence: 0.9 };
  }
  return null;
}

/** How much a formula, a number and a word that a remark shares with a step weigh. */
const WEIGHTS = { formula: 3, number: 1.5, word: 0.5 };
/** How far the best step must lead the second, as a share of its score; more where only words speak for it. */
const LEAST_LEAD = { equation: 0.15, similarity: 0.3 };
/** Below this, a remark and a step share nothing that is worth a place: one rare word scores about 1. */
const LEAST_SCORE = 1;

function anchorByContent(remark: string, index: StepIndex): Anchor | null {
  const [best, second] = scoreSteps(remark, index).toSorted((a, b) => b.score - a.score);
  if (best === undefined || best.score < LEAST_SCORE) return null;
  const lead = (best.score - (second?.score ?? 0)) / best.score;
  const anchor = best.hasMathematics ? 'equation' : 'similarity';
  if (lead < LEAST_LEAD[anchor]) return null;
  return { span: best.step.span, anchor, confidence: 0.4 + 0.5 * lead };
}

interface ScoredStep {
  readonly step: Step;
  readonly score: number;
  /** A formula or number is among what they share. */
  readonly hasMathematics: boolean;
}

/**
 * The steps that share anything with a remark, weighed by how few steps hold it; the first holder introduced it. A
 * remark is read for its first `LONGEST_REMARK` characters: nobody disputes more in one breath.
 */
function scoreSteps(remark: string, index: StepIndex): ScoredStep[] {
  const { steps, squeezed } = index;
  const scored = new Map<number, { score: number; hasMathematics: boolean }>();
  const credit = (kind: keyof typeof WEIGHTS, weight: number, holders: readonly number[] = []) => {
    const rarity = Math.log((steps.length + 1) / Math.max(1, holders.length));
    for (const [order, at] of holders.entries()) {
      const known = scored.get(at) ?? { score: 0, hasMathematics: false };
      scored.set(at, {
        score: known.score + WEIGHTS[kind] * weight * rarity * (order === 0 ? 1 : LATER_HOLDER),
        hasMathematics: known.hasMathematics || kind !== 'word',
      });
    }
  };
  for (const { text, weight } of clausesOf(remark.slice(0, LONGEST_REMARK))) {
    for (const formula of formulasOf(text)) {
      const holders = [...squeezed.keys()].filter((at) => squeezed[at]?.includes(formula));
      credit('formula', weight * Math.min(2, formula.length / 8), holders);
    }
    for (const number of new Set(numbersOf(text))) credit('number', weight, index.numbers.get(number));
    for (const word of new Set(wordsOf(text))) credit('word', weight, index.words.get(word));
  }
  return steps.flatMap((step, at) => {
    const found = scored.get(at);
    return found === undefined ? [] : [{ step, ...found }];
  });
}

const LONGEST_REMARK = 4000;

/** A step that repeats what an earlier one introduced is the less likely place of the error. */
const LATER_HOLDER = 0.6;
/** What a remark disputes stands in the solution; what it puts right mostly does not. */
const DISPUTED = 1.5;
const CORRECTION = 0.3;
/** Words after which a remark says what the solution has, or what it should have. */
const CLAUSE_CUE =
  /(?<disputed>\b(?:rather than|instead of|, not|but not|is not|incorrectly|mistakenly|wrongly|erroneously|assum\w+|mistook|treated?|claims?|stat(?:es|ed)|conclud\w+)\b)|(?<correction>\b(?:should|must|correct(?:ly)? |in fact|in reality|actually|ought)\b)|(?<end>[.;!?](?=\s)|\bwhen\b|\bwhere\b)/giu;

/** Cuts a remark where it starts to quote the solution or to correct it. */
function clausesOf(remark: string): { text: string; weight: number }[] {
  const clauses: { text: string; weight: number }[] = [];
  let from = 0;
  let weight = 1;
  for (const cue of remark.matchAll(CLAUSE_CUE)) {
    clauses.push({ text: remark.slice(from, cue.index), weight });
    from = cue.index;
    weight =
      cue.groups?.disputed === undefined ? (cue.groups?.correction === undefined ? 1 : CORRECTION) : DISPUTED;
  }
  clauses.push({ text: remark.slice(from), weight });
  return clauses;
}
