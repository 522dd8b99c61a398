import * as vscode from 'vscode';
import { type Handlers, lazyHandlers } from '../../commands.ts';
import { type Services, workspaceFolder } from '../../services.ts';
import { registerRowCompletion } from './completion.ts';
import { registerProblemDiagnostics } from './diagnostics.ts';
import { registerDocumentOutline } from './documentOutline.ts';
import { registerLastGrades } from './lastGrades.ts';
import { registerProblemLens } from './lens.ts';
import { registerModelStatus } from './modelStatus.ts';
import { registerProblemQuickFixes } from './quickFixes.ts';
import { registerSolutionFindings } from './solutionFindings.ts';

/** What is shown on a problem file: a line above each problem, faults and their fixes, grades, and the model in use. */
export function registerProblemFiles(
  services: Services,
): Handlers<'reflection.selectModel' | 'reflection.dismissFinding'> {
  services.context.subscriptions.push(
    registerProblemLens(services),
    registerProblemDiagnostics(services),
    registerProblemQuickFixes(),
    registerLastGrades(services),
    registerModelStatus(services),
    registerDocumentOutline(),
    registerRowCompletion(),
  );
  return {
    ...registerSolutionFindings(services),
    ...lazyHandlers(['reflection.selectModel'], async () => {
      const { askModel } = await import('../../ask/askModel.ts');
      const title = vscode.l10n.t('Select Model');
      return { 'reflection.selectModel': () => askModel(services, workspaceFolder(), title) };
    }),
  };
}
