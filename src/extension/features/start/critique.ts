import * as vscode from 'vscode';
import { askCount } from '../../ask/askCount.ts';
import { askModel } from '../../ask/askModel.ts';
import { runOf } from '../../ask/askRun.ts';
import { modelTitle } from '../../modelTitle.ts';
import { announceEnd, nameOfRun } from '../../runEnd.ts';
import type { RunEntry } from '../../runStore.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { setting } from '../../settings.ts';
import { startRun } from '../../startRun.ts';
import type { RunName, Target } from '../../target.ts';

const TITLE = vscode.l10n.t('Critique Solutions');

/** Has a model criticise the solutions of a run, or the worked solutions of a problem file. Returns the run. */
export async function critiqueSolutions(services: Services, target: Target): Promise<RunName> {
  requireTrust(vscode.l10n.t('Running a model'));
  const source = await sourceOf(services, target);
  const model = target.model ?? (await askModel(services, source.folder, TITLE));
  const n =
    target.n ??
    (await askCount(services, 'reflection.lastCritiques', {
      title: TITLE,
      prompt: vscode.l10n.t('Critiques of each solution (n)'),
      initial: setting('reflection.critiques', source.folder.uri),
    }));
  const finished = await startRun(services, {
    kind: 'critique',
    folder: source.folder,
    title: `${modelTitle(services, source.folder, model)} criticises ${source.name}`,
    parameters: ['critique', source.path, ...['--model', model, '-n', String(n)], ...onlyOf(target)],
  });
  await announceEnd(services, finished);
  return nameOfRun(finished.run);
}

interface Source {
  readonly folder: vscode.WorkspaceFolder;
  readonly path: string;
  readonly name: string;
}

async function sourceOf(services: Services, target: Target): Promise<Source> {
  if (target.file !== undefined && target.run === undefined) {
    const folder = workspaceFolder(vscode.Uri.file(target.file));
    return { folder, path: target.file, name: vscode.workspace.asRelativePath(target.file) };
  }
  const run = await runOf(services, target, {
    title: TITLE,
    fits: hasSolutions,
    none: vscode.l10n.t('There are no solutions to criticise yet.'),
    remedy: vscode.l10n.t('Run "Reflection: Evaluate Problem File" first.'),
  });
  return { folder: run.folder, path: run.dir, name: run.manifest.title || run.id };
}

function hasSolutions(run: RunEntry): boolean {
  return run.manifest.kind === 'evaluate' || run.manifest.kind === 'sample';
}

/** One solution of a run, or one problem of a file. */
function onlyOf({ solution, problem }: Target): string[] {
  if (solution !== undefined) return ['--solution', solution];
  return problem === undefined ? [] : ['--problem', problem];
}
