import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import type { Services } from '../../services.ts';
import { showError } from '../../showError.ts';
import { createTestItems } from './items.ts';
import type { TestProfile } from './run.ts';

const MANY = 16;

/** Problem files in the Test Explorer. Nothing is read before somebody looks there, or opens a problem file. */
export function registerTests(services: Services): void {
  const controller = vscode.tests.createTestController('reflection', vscode.l10n.t('Reflection Problems'));
  const items = createTestItems(services, controller);
  controller.resolveHandler = (suite) => (suite === undefined ? items.discover() : items.resolve(suite));
  controller.refreshHandler = () => items.discover();
  const add = (label: string, profile: TestProfile, isDefault: boolean) =>
    controller.createRunProfile(
      label,
      vscode.TestRunProfileKind.Run,
      async (request, token) => {
        try {
          const { runTests } = await import('./run.ts');
          await runTests(services, controller, items, profile, request, token);
        } catch (thrown) {
          await showError(services.log, thrown);
        }
      },
      isDefault,
    );
  services.context.subscriptions.push(
    controller,
    add(vscode.l10n.t('Evaluate (1 sample)'), { kind: 'evaluate', n: 1 }, true),
    add(vscode.l10n.t('Evaluate ({0} samples)', MANY), { kind: 'evaluate', n: MANY }, false),
    add(vscode.l10n.t('Critique worked solutions'), { kind: 'critique', n: 1 }, false),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const suite = controller.items.get(uri.toString());
      if (suite === undefined || suite.children.size === 0) return;
      items
        .resolve(suite)
        .catch((thrown: unknown) => services.log.warn(`${uri.fsPath} cannot be read: ${messageOf(thrown)}`));
    }),
    vscode.workspace.onDidDeleteFiles(({ files }) => {
      for (const uri of files) controller.items.delete(uri.toString());
    }),
  );
}
