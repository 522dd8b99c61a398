import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import type { Grade } from '../../../core/schema/common.ts';
import { visibleLine } from '../../../core/visibleText.ts';
import { runOf } from '../../ask/askRun.ts';
import { choose } from '../../choose.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import type { Target } from '../../target.ts';
import { transcriptUri } from '../../transcriptAddress.ts';
import { allSolutions, isLargeReview, solutionsOfProblem } from './library.ts';

/** Opens the transcript of a solution; asks which run and which solution when they were not named. */
export async function openTranscript(services: Services, target: Target): Promise<vscode.Uri> {
  const run = await runOf(services, target, {
    title: vscode.l10n.t('Open Transcript'),
    fits: ({ manifest }) => manifest.kind !== 'train',
    none: vscode.l10n.t('There are no solutions to read yet.'),
    remedy: vscode.l10n.t('Run "Reflection: Evaluate Problem File" first.'),
  });
  const sample = target.solution ?? (await askSolution(services, run));
  const uri = transcriptUri({ folder: run.folder.uri.toString(), run: run.id, kind: 'transcript', sample });
  await vscode.window.showTextDocument(uri, { preview: true });
  return uri;
}

const GRADE_MARKS: Record<Grade, string> = {
  correct: '$(pass)',
  incorrect: '$(error)',
  undetermined: '$(question)',
};

/** Solutions with something to review come first. */
async function askSolution(services: Services, run: RunEntry): Promise<string> {
  const { solutions, findings } = isLargeReview(services, run)
    ? await solutionsOfProblem(services, run, await askProblem(services, run))
    : await allSolutions(services, run);
  const rows = solutions.map((solution) => {
    const groups = (findings.get(solution.id) ?? []).filter(({ kind }) => kind !== 'confirmed');
    return { solution, open: groups.filter(({ decision }) => decision === null).length, all: groups.length };
  });
  if (rows.length === 0) {
    throw noSolutions(run);
  }
  return choose(
    vscode.l10n.t('Open Transcript'),
    rows
      .sort((a, b) => b.open - a.open)
      .map(({ solution, open, all }) => ({
        label: `${GRADE_MARKS[solution.grade]} ${solution.id}`,
        description: [
          solution.answer === null ? vscode.l10n.t('no answer') : visibleLine(solution.answer, 200),
          ...(all > 0
            ? [
                all === 1
                  ? vscode.l10n.t('1 finding, {0} to review', open)
                  : vscode.l10n.t('{0} findings, {1} to review', all, open),
              ]
            : []),
        ].join(' · '),
        value: solution.id,
      })),
    vscode.l10n.t('Solution'),
  );
}

/** A large run is asked about problem by problem: nobody looks through a list of a hundred thousand. */
async function askProblem(services: Services, run: RunEntry): Promise<string> {
  const { problems } = await services.runs.samples.tallies(run);
  if (problems.length === 0) throw noSolutions(run);
  return choose(
    vscode.l10n.t('Open Transcript'),
    problems.map(({ problemId, statement, solutions, grades }) => ({
      label: problemId,
      description: vscode.l10n.t('{0}/{1} correct', grades.correct, solutions),
      detail: statement,
      value: problemId,
    })),
    vscode.l10n.t('Problem'),
  );
}

function noSolutions(run: RunEntry): UserError {
  return new UserError('no-solutions', vscode.l10n.t('The run {0} holds no solutions yet.', run.id), {
    remedy: vscode.l10n.t('Wait for the first one, or resume the run.'),
  });
}
