import * as vscode from 'vscode';
import type { Critique, Solution } from '../../../core/schema/lines.ts';
import type { Problem } from '../../../core/schema/problem.ts';
import { visibleLine } from '../../../core/visibleText.ts';

/** How the samples of one problem came out, in the words of the Test Explorer. */
export type TestResult =
  | { readonly state: 'passed' }
  | { readonly state: 'failed' | 'errored'; readonly message: vscode.TestMessage };

/** Passed when at least this share of the samples is right; a sample that nobody can grade is not wrong. */
export function resultOf(
  problem: Problem,
  samples: readonly (Solution | Critique)[],
  threshold: number,
): TestResult {
  const graded = samples.filter(({ grade }) => grade !== 'undetermined');
  const right = graded.filter(({ grade }) => grade === 'correct').length;
  if (graded.length === 0) {
    const [first] = samples;
    const why = first?.error ?? first?.reason ?? vscode.l10n.t('no sample was finished');
    return { state: 'errored', message: new vscode.TestMessage(vscode.l10n.t('Not graded: {0}', why)) };
  }
  if (right / graded.length >= threshold) return { state: 'passed' };
  const wrong = graded.filter(({ grade }) => grade === 'incorrect');
  const answer = commonest(
    wrong.map((sample) => visibleLine(sample.answer ?? vscode.l10n.t('no answer'), 200)),
  );
  const share = `${right}/${graded.length}`;
  const message = vscode.TestMessage.diff(
    vscode.l10n.t('{0} right; the commonest wrong answer is {1}.', share, answer),
    problem.answer ?? '',
    answer,
  );
  return { state: 'failed', message };
}

function commonest(answers: readonly string[]): string {
  const counts = Map.groupBy(answers, (answer) => answer);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}
