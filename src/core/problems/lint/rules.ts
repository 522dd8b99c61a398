/** What can be wrong with one problem. To add a rule, add a function to `RULES`. */
import { readExpression } from '../../answers/compare/compareTexts.ts';
import { compareAnswers, findBoxes } from '../../answers/index.ts';
import { normalise } from '../../answers/normalise.ts';
import { readStructure, type Structure } from '../../answers/structure/structure.ts';
import type { Problem } from '../../schema/problem.ts';
import { withoutWrapper } from '../forms.ts';

export interface Finding {
  /** A stable name, such as `leaked-answer`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly field: keyof Problem;
  readonly message: string;
  /** One imperative sentence: the next action. */
  readonly remedy: string;
}

type Rule = (problem: Problem, context: { readonly aimeSet: boolean }) => Finding | null;

const missingGold: Rule = ({ answer }) =>
  answer === null
    ? {
        rule: 'missing-gold',
        severity: 'error',
        field: 'answer',
        message: 'no gold answer: every sample stays undetermined',
        remedy: 'Add the answer, or leave the problem out of evaluations.',
      }
    : null;

/** The grader must take a gold for its own answer without knowing that they are the same text. */
const unreadableGold: Rule = ({ answer, mode }) => {
  if (answer === null) return null;
  const readable =
    mode === 'math'
      ? isReadable(readStructure(normalise(answer)))
      : // In brackets a Python literal is the same value, but not the same text.
        compareAnswers({ gold: mode === 'python' ? `(${answer})` : answer, pred: answer, mode }).grade ===
        'correct';
  if (readable) return null;
  return {
    rule: 'unreadable-gold',
    severity: 'warning',
    field: 'answer',
    message: `the gold answer "${shortened(answer)}" cannot be read in ${mode} mode: only the same text will be graded correct`,
    remedy:
      mode === 'math'
        ? 'Rewrite it as a formula, or set the mode to "text".'
        : 'Correct the answer or the mode.',
  };
};

const WORDS = /^(?:\\text\{[^{}]*\}|[\w\s.,'()-])+$/;

function isReadable(structure: Structure): boolean {
  // A name or a word, such as Evelyn, is met by its text.
  if (structure.kind === 'scalar')
    return 'kind' in readExpression(structure.text) || WORDS.test(structure.text);
  if (structure.kind === 'relation') return structure.parts.every((part) => isReadable(readStructure(part)));
  if (structure.kind === 'matrix') return structure.rows.flat().every(isReadable);
  return structure.kind === 'condition' ? false : structure.items.every(isReadable);
}

const aimeRange: Rule = ({ answer, mode }, { aimeSet }) => {
  if (answer === null || (mode !== 'aime' && !aimeSet)) return null;
  if (/^\d{1,3}$/.test(answer)) return null;
  return {
    rule: 'aime-range',
    severity: 'error',
    field: 'answer',
    message: `"${shortened(answer)}" is not an integer from 0 to 999`,
    remedy: 'Check the answer against the source of the set.',
  };
};

/** The gold in a box, behind "answer", or word for word where it is long enough to be no accident. */
const leakedAnswer: Rule = ({ problem, answer, mode, options }) => {
  if (answer === null || mode === 'choice' || mode === 'boolean') return null;
  const boxed = findBoxes(problem).some(({ content }) => bare(content) === bare(answer));
  const said = new RegExp(
    `(?:answer|solution)\\s*(?:is|:|=)\\s*\\$?${escaped(answer)}(?!\\w|\\.\\d)`,
    'i',
  ).test(problem);
  const long = bare(answer).length >= 12 && mode === 'math' && options === undefined;
  const whole = long && bare(problem).includes(bare(answer));
  if (!boxed && !said && !whole) return null;
  return {
    rule: 'leaked-answer',
    severity: whole && !boxed && !said ? 'warning' : 'error',
    field: 'problem',
    message: `the statement holds the gold answer "${shortened(answer)}"`,
    remedy: 'Cut the answer out of the statement.',
  };
};

function bare(text: string): string {
  return text.replace(/[\s${}]|\\left|\\right|\\[,!;]/g, '');
}

function escaped(text: string): string {
  return text.slice(0, 200).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const solutionDisagrees: Rule = ({ answer, solution, mode }) => {
  const box = solution === undefined ? undefined : findBoxes(solution).findLast(({ closed }) => closed);
  if (answer === null || box === undefined || box.content.trim() === '') return null;
  if (compareAnswers({ gold: answer, pred: box.content, mode }).grade !== 'incorrect') return null;
  return {
    rule: 'solution-disagrees',
    severity: 'warning',
    field: 'solution',
    message: `the solution ends with "${shortened(box.content)}", the gold answer is "${shortened(answer)}"`,
    remedy: 'Find out which of the two is right.',
  };
};

/** Characters that change what a reader sees (CVE-2021-42574), or that nobody sees. */
const HIDDEN = /\p{Bidi_Control}|\u200b|\u200c|\u200d|\u2060|\ufeff|[\u{e0000}-\u{e007f}]/u;
const BROKEN = /\ufffd|(?![\t\n\r])\p{Cc}|\u00c3[\u0080-\u00bf]|\u00e2\u20ac/u;

const hiddenCharacters: Rule = (problem) => {
  for (const field of ['problem', 'answer', 'solution', 'id'] as const) {
    const text = problem[field];
    const found = text == null ? null : HIDDEN.exec(text);
    if (found === null) continue;
    const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
    return {
      rule: 'hidden-characters',
      severity: 'warning',
      field,
      message: `U+${code}: a character that reorders or hides text`,
      remedy: 'Delete it: a model reads it, a person does not see it.',
    };
  }
  return null;
};

const brokenCharacters: Rule = (problem) => {
  for (const field of ['problem', 'answer', 'solution'] as const) {
    if (!BROKEN.test(problem[field] ?? '')) continue;
    return {
      rule: 'broken-characters',
      severity: 'warning',
      field,
      message: 'control or replacement characters: the text was decoded wrongly once',
      remedy: 'Fetch the set again, or repair the text.',
    };
  }
  return null;
};

const options: Rule = ({ options: list, answer, mode }) => {
  const fault = (message: string): Finding => ({
    rule: 'options',
    severity: 'error',
    field: 'options',
    message,
    remedy: 'Check the row against the source of the set.',
  });
  if (mode !== 'choice' || list === undefined) return null;
  if (new Set(list).size < list.length) return { ...fault('two options are the same'), severity: 'warning' };
  const index = answer === null ? 0 : answer.charCodeAt(0) - 65;
  return index >= list.length
    ? fault(`the gold answer is ${answer}, but there are ${list.length} options`)
    : null;
};

const suspiciousStatement: Rule = ({ problem }) => {
  const fault = (message: string, remedy: string): Finding => ({
    rule: 'statement',
    severity: 'warning',
    field: 'problem',
    message,
    remedy,
  });
  if (problem.length < 12) return fault('the statement is very short', 'Check that it was not cut off.');
  if (problem.length > 30_000)
    return fault('the statement is longer than 30,000 characters', 'Check that rows were not joined.');
  if (withoutWrapper(problem) !== problem.trim()) {
    return fault(
      'a prompt of another harness is wrapped round the statement',
      'Cut it off: the prompt belongs to the run.',
    );
  }
  if (/!\[[^\]]*\]\(|<img\b|\\includegraphics/.test(problem)) {
    return fault(
      'the statement shows a picture, which a model of text cannot see',
      'Leave the problem out, or describe the picture.',
    );
  }
  return null;
};

const openDollars: Rule = ({ problem }) => {
  const marks = problem.replace(/\\\$/g, '').match(/\$/g)?.length ?? 0;
  // One price in a text without formulas is money.
  if (marks % 2 === 0 || marks === 1 || /\$\d/.test(problem)) return null;
  return {
    rule: 'open-formula',
    severity: 'info',
    field: 'problem',
    message: 'an odd number of dollar signs: a formula is not closed',
    remedy: 'Close the formula.',
  };
};

const RULES: readonly Rule[] = [
  missingGold,
  aimeRange,
  unreadableGold,
  leakedAnswer,
  solutionDisagrees,
  hiddenCharacters,
  brokenCharacters,
  options,
  suspiciousStatement,
  openDollars,
];

/** All that is wrong with one problem. */
export function lintProblem(problem: Problem, context: { readonly aimeSet: boolean }): Finding[] {
  return RULES.flatMap((rule) => rule(problem, context) ?? []);
}
