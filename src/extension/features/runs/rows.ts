/** The rows of the Runs tree, and how each looks. Rows carry the fields that commands read (`Target`). */
import * as vscode from 'vscode';
import type { RunStatus } from '../../../core/runs/index.ts';
import type { Grade } from '../../../core/schema/common.ts';
import type { Critique, Solution } from '../../../core/schema/lines.ts';
import { visibleLine, visibleText } from '../../../core/visibleText.ts';
import type { ProblemTally, RunPart } from '../../../node/runs/index.ts';
import { isOver, isResumable } from '../../followRun.ts';
import type { RunEntry, RunFault } from '../../runStore.ts';
import type { RunName } from '../../target.ts';

export type Row = RunRow | ProblemRow | SolutionRow | FaultRow | NoteRow;

export interface RunRow {
  readonly row: 'run';
  readonly run: RunName;
  readonly entry: RunEntry;
}

export interface ProblemRow {
  readonly row: 'problem';
  readonly run: RunName;
  readonly entry: RunEntry;
  readonly tally: ProblemTally;
}

export interface SolutionRow {
  readonly row: 'solution';
  readonly run: RunName;
  readonly solution: string;
  readonly line: Solution;
  readonly critiques: readonly Critique[];
}

export interface FaultRow {
  readonly row: 'fault';
  readonly fault: RunFault;
}

export interface NoteRow {
  readonly row: 'note';
  readonly text: string;
}

export function runRow(entry: RunEntry): RunRow {
  return { row: 'run', run: { folder: entry.folder.uri.toString(), id: entry.id }, entry };
}

/** The samples of a problem by their number, each with the critiques on it. */
export function solutionRows({ run, tally }: ProblemRow, { solutions, critiques }: RunPart): SolutionRow[] {
  return solutions
    .filter(({ problemId }) => problemId === tally.problemId)
    .sort((a, b) => a.index - b.index)
    .map((line) => ({
      row: 'solution',
      run,
      solution: line.id,
      line,
      critiques: critiques.filter(({ solutionId }) => solutionId === line.id),
    }));
}

export function itemOf(row: Row, headline: (run: RunEntry) => string): vscode.TreeItem {
  switch (row.row) {
    case 'run':
      return runItem(row, headline(row.entry));
    case 'problem':
      return problemItem(row);
    case 'solution':
      return solutionItem(row);
    case 'fault':
      return faultItem(row.fault);
    case 'note':
      return new vscode.TreeItem(row.text);
    default:
      throw new Error(`no such row: ${JSON.stringify(row satisfies never)}`);
  }
}

function runItem({ entry }: RunRow, headline: string): vscode.TreeItem {
  const { manifest, state } = entry;
  const item = new vscode.TreeItem(runLabel(entry), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = entry.dir;
  item.iconPath = statusIcon(state.status);
  item.description = [headline, setName(entry)].filter((part) => part !== '').join(' · ');
  item.contextValue = runContext(entry);
  item.tooltip = [
    `${manifest.kind}, ${state.status}: ${headline}`,
    entry.id,
    ...(manifest.problemSet
      ? [vscode.l10n.t('{0} problems of {1}', manifest.problemSet.count, manifest.problemSet.name)]
      : []),
    ...(manifest.sampling
      ? [
          vscode.l10n.t(
            'n {0}, temperature {1}, seed {2}',
            Math.max(manifest.n, state.n ?? 0),
            manifest.sampling.temperature,
            manifest.seed,
          ),
        ]
      : []),
    ...(state.error === null ? [] : [state.error]),
  ].join('\n');
  item.accessibilityInformation = {
    label: `${manifest.kind} ${runLabel(entry)}, ${state.status}, ${headline}`,
  };
  return item;
}

/**
 * What a person calls the run, short enough to leave room for its number in a side bar: the problem set comes after the
 * number. The number itself says which kind of run it is: pass@1, Acc@t2, i→c and c→c, or a step.
 */
export function runLabel({ manifest }: RunEntry): string {
  const { title, model, problemSet } = manifest;
  const suffix = ` on ${problemSet?.name ?? ''}`;
  const short = title.endsWith(suffix) ? title.slice(0, -suffix.length) : title;
  return short || model?.name || manifest.id;
}

function setName({ manifest }: RunEntry): string {
  return manifest.kind === 'train' ? '' : (manifest.problemSet?.name ?? '');
}

/** Of what a model or a file says in a row. */
const SHOWN_CHARACTERS = 200;

/** Words for the `when` clauses of the menus. */
function runContext({ manifest, state }: RunEntry): string {
  const words = ['run', manifest.kind];
  if (!isOver(state.status)) words.push('active', ...(manifest.kind === 'train' ? [] : ['watchable']));
  else if (isResumable(state)) words.push('resumable');
  if (manifest.kind === 'evaluate' || manifest.kind === 'sample') words.push('solutions');
  if (manifest.kind === 'sample') words.push('dataset');
  if (manifest.kind === 'critique' || manifest.kind === 'sample') words.push('critiques');
  return words.join(' ');
}

function problemItem({ run, tally }: ProblemRow): vscode.TreeItem {
  const { problemId, statement, solutions, grades } = tally;
  const item = new vscode.TreeItem(
    visibleLine(problemId, SHOWN_CHARACTERS),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${run.folder} ${run.id} ${problemId}`;
  item.description = vscode.l10n.t('{0}/{1} correct', grades.correct, solutions);
  item.iconPath = gradeIcon(shared(tally));
  item.tooltip = visibleText(statement);
  item.contextValue = 'problem';
  return item;
}

function solutionItem(row: SolutionRow): vscode.TreeItem {
  const { run, solution, line, critiques } = row;
  const item = new vscode.TreeItem(vscode.l10n.t('sample {0}', line.index));
  item.id = `${run.folder} ${run.id} ${solution} solution`;
  const about = critiques.map(({ transition, verdict }) => transition ?? vscode.l10n.t('says {0}', verdict));
  const answer =
    line.answer === null ? vscode.l10n.t('no answer') : visibleLine(line.answer, SHOWN_CHARACTERS);
  const outcome = line.error === undefined ? answer : visibleLine(line.error, SHOWN_CHARACTERS);
  item.description = [outcome, ...about].join('  ');
  item.iconPath = line.error === undefined ? gradeIcon(line.grade) : new vscode.ThemeIcon('error');
  item.contextValue = 'sample';
  item.tooltip = vscode.l10n.t(
    '{0} ({1})\n{2} tokens, seed {3}',
    line.grade,
    line.reason,
    line.tokens,
    line.seed,
  );
  item.accessibilityInformation = {
    label: vscode.l10n.t('sample {0}, {1}, answer {2}', line.index, line.grade, answer),
  };
  item.command = {
    command: 'reflection.openTranscript',
    title: vscode.l10n.t('Open Transcript'),
    arguments: [{ run, solution }],
  };
  return item;
}

function faultItem({ dir, message }: RunFault): vscode.TreeItem {
  const item = new vscode.TreeItem(dir.split(/[\\/]/).at(-1) ?? dir);
  item.id = dir;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.description = message;
  item.tooltip = `${dir}\n${message}`;
  return item;
}

const STATUS_ICONS: Record<RunStatus, { icon: string; colour?: string }> = {
  empty: { icon: 'circle-outline' },
  running: { icon: 'loading~spin' },
  stalled: { icon: 'warning', colour: 'list.warningForeground' },
  lost: { icon: 'error', colour: 'testing.iconFailed' },
  interrupted: { icon: 'debug-pause' },
  cancelled: { icon: 'circle-slash' },
  failed: { icon: 'error', colour: 'testing.iconFailed' },
  done: { icon: 'pass', colour: 'testing.iconPassed' },
};

export function statusIcon(status: RunStatus): vscode.ThemeIcon {
  const { icon, colour } = STATUS_ICONS[status];
  return new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

/** `mixed`: some samples are right and some wrong, which is where critiques have most to say. */
function gradeIcon(grade: Grade | 'mixed'): vscode.ThemeIcon {
  switch (grade) {
    case 'correct':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'incorrect':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
    case 'mixed':
      return new vscode.ThemeIcon('circle-large-outline', new vscode.ThemeColor('testing.iconQueued'));
    default:
      return new vscode.ThemeIcon('question', new vscode.ThemeColor('testing.iconSkipped'));
  }
}

const GRADES = ['correct', 'incorrect', 'undetermined'] as const satisfies readonly Grade[];

/** The grade that all solutions of a problem have. */
function shared({ grades }: ProblemTally): Grade | 'mixed' {
  const [first, ...rest] = GRADES.filter((grade) => grades[grade] > 0);
  return first === undefined ? 'undetermined' : rest.length > 0 ? 'mixed' : first;
}
