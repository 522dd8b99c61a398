/**
 * What a stretch of reasoning says about an answer. One set of expressions for reflections (spec A4.2, verdict rule) and
 * critiques. `scripts/trainer/reflection_trainer/rule_score.py` holds the same ones: change both; the contract fixtures
 * tell when they differ.
 */
export type StatedVerdict = 'correct' | 'incorrect';

export interface VerdictStatement {
  readonly verdict: StatedVerdict;
  /** Where it stands in the text. */
  readonly index: number;
  /** On the answer itself, not only on "that" or "this". */
  readonly isOnAnswer: boolean;
}

const ADVERBS =
  '(?:(?:indeed|also|in fact|actually|definitely|still|clearly|therefore|thus|probably|likely|certainly|completely|entirely|quite|exactly|simply|just|all) )*';
const RIGHT = '(?:correct|right|accurate|valid|verified|fine)\\b';
const WRONG = '(?:incorrect|wrong|false|invalid|mistaken|flawed|erroneous)\\b';
const IS = "(?:(?: is| was| are| were| seems| looks| appears)(?: to be)?|['’]s|['’]re| must be| should be) ";
const IS_NOT =
  "(?:(?: is| was| are| were)(?: not|n['’]t)|['’]s not|['’]re not|(?: cannot| can['’]t| can not| could not| couldn['’]t) be| does(?: not|n['’]t) (?:seem|look|appear)(?: to be)?) ";
const AFFIRMED = `(?:${IS}${ADVERBS}${RIGHT}|${IS_NOT}${ADVERBS}${WRONG})`;
const DENIED = `(?:${IS}${ADVERBS}${WRONG}|${IS_NOT}${ADVERBS}${RIGHT})`;
/** "the answer of 3.5", "my first solution": the subject and at most 40 characters of the same sentence after it. */
const ANSWER = '\\b(?:answer|solution|result)\\b(?:[^.!?\\n=]|\\.[0-9]){0,40}?';
const WORK = '\\b(?:that|this|it|everything|all of (?:this|that|it))';
const CHECKS_OUT =
  '\\bchecks out\\b|\\b(?:matches|confirms|agrees with) (?:the|my|our) (?:[a-z]+ )?(?:answer|result|solution)\\b';
const MISTAKE =
  "\\b(?:made|is|was|contains|has) an? (?:[a-z]+ )?(?:mistake|error)\\b|\\b(?:does|did)(?: not|n['’]t) (?:check out|add up|match)\\b";

const STATEMENTS: readonly { pattern: RegExp; verdict: StatedVerdict; isOnAnswer: boolean }[] = [
  { pattern: new RegExp(ANSWER + AFFIRMED, 'giu'), verdict: 'correct', isOnAnswer: true },
  { pattern: new RegExp(ANSWER + DENIED, 'giu'), verdict: 'incorrect', isOnAnswer: true },
  { pattern: new RegExp(`${WORK}${AFFIRMED}|${CHECKS_OUT}`, 'giu'), verdict: 'correct', isOnAnswer: false },
  { pattern: new RegExp(`${WORK}${DENIED}|${MISTAKE}`, 'giu'), verdict: 'incorrect', isOnAnswer: false },
];

/** Words that make a statement one that is only considered, from them to the statement in one sentence. */
const CONSIDERED_BEFORE =
  /\b(?:if|whether|suppose|assume|assuming|ensure|make sure|be sure|not sure|check that|verify that|confirm that|unless|until|maybe|perhaps|might)\b[^.!?\n]*$/iu;
const ASKED_AFTER = /^[^.!?\n]{0,80}\?/u;

/** Every verdict that a text states, in order; questions and conditions state none. */
export function verdictsStated(text: string): VerdictStatement[] {
  const found: VerdictStatement[] = [];
  for (const { pattern, verdict, isOnAnswer } of STATEMENTS) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length;
      const isConsidered =
        CONSIDERED_BEFORE.test(text.slice(Math.max(0, match.index - 120), match.index)) ||
        ASKED_AFTER.test(text.slice(end, end + 100));
      if (!isConsidered) found.push({ verdict, index: match.index, isOnAnswer });
    }
  }
  return found.sort((a, b) => a.index - b.index);
}

/**
 * The verdict of a reflection on the answer before it: the first on the answer itself; without one, `incorrect` if
 * anything is called wrong, else `correct` if anything is called right.
 */
export function reflectionVerdict(text: string): StatedVerdict | null {
  const stated = verdictsStated(text);
  const onAnswer = stated.find((statement) => statement.isOnAnswer);
  if (onAnswer !== undefined) return onAnswer.verdict;
  if (stated.some((statement) => statement.verdict === 'incorrect')) return 'incorrect';
  return stated.length > 0 ? 'correct' : null;
}
