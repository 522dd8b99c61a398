import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import { PROBLEM_FILES } from './selector.ts';

/** How a problem fared in the newest run that tried it. */
interface LastGrade {
  readonly run: RunEntry;
  readonly correct: number;
  readonly samples: number;
}

/** Evaluations of a file that are looked through for the newest word on each problem. */
const RUNS_AT_MOST = 5;

/** `✓ 3/8` before each problem: how many of its samples were right the last time. */
export function registerLastGrades(services: Services): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const grades = gradesByFile(services);
  return vscode.Disposable.from(
    changed,
    services.runs.onDidChange(() => changed.fire()),
    vscode.languages.registerInlayHintsProvider(PROBLEM_FILES, {
      onDidChangeInlayHints: changed.event,
      provideInlayHints: async (document, range) => {
        const set = await services.problems.parsed(document);
        if (set === null) return [];
        const known = await grades(document.uri.fsPath).catch((thrown: unknown) => {
          services.log.warn(`grades of ${document.uri.fsPath} cannot be shown: ${messageOf(thrown)}`);
          return new Map<string, LastGrade>();
        });
        return set.problems
          .filter(({ line }) => line >= range.start.line && line <= range.end.line)
          .flatMap(({ line, problem }) => hintOf(line, known.get(problem.id)));
      },
    }),
  );
}

function hintOf(line: number, grade: LastGrade | undefined): vscode.InlayHint[] {
  if (grade === undefined) return [];
  const { correct, samples, run } = grade;
  const mark = correct === samples ? '✓' : correct === 0 ? '✗' : '◐';
  // In front: the end of a row of JSON is beyond the window.
  const hint = new vscode.InlayHint(new vscode.Position(line, 0), `${mark} ${correct}/${samples}`);
  hint.paddingRight = true;
  hint.tooltip = vscode.l10n.t(
    'pass@1 {0} in {1}, {2} samples',
    (correct / samples).toFixed(2),
    run.manifest.title || run.id,
    samples,
  );
  return [hint];
}

/** Computed again only when a run of the file has changed. */
function gradesByFile(services: Services): (file: string) => Promise<ReadonlyMap<string, LastGrade>> {
  const cache = new Map<string, { key: string; grades: Promise<ReadonlyMap<string, LastGrade>> }>();
  return async (file) => {
    if (services.runs.runs.length === 0) await services.runs.refresh();
    const runs = services.runs.runs
      .filter(({ manifest }) => manifest.kind === 'evaluate' && manifest.problemSet?.path === file)
      .slice(0, RUNS_AT_MOST);
    const key = runs.map(({ id, revision }) => `${id} ${revision}`).join('\n');
    const known = cache.get(file);
    if (known?.key === key) return known.grades;
    const grades = readGrades(services, runs);
    cache.set(file, { key, grades });
    return grades;
  };
}

async function readGrades(
  services: Services,
  runs: readonly RunEntry[],
): Promise<ReadonlyMap<string, LastGrade>> {
  const grades = new Map<string, LastGrade>();
  for (const run of runs) {
    const { problems } = await services.runs.samples.tallies(run);
    for (const { problemId, solutions, grades: counts } of problems) {
      if (!grades.has(problemId)) grades.set(problemId, { run, correct: counts.correct, samples: solutions });
    }
  }
  return grades;
}
