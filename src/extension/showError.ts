import * as vscode from 'vscode';
import { messageOf, UserError } from '../core/errors.ts';
import { showFailure, showWarning } from './messages.ts';
import { openPlace } from './openPlace.ts';

/** Thrown by a handler when the person left a question unanswered: nothing is shown. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/**
 * Shows an error once: a `UserError` with its place and remedy, anything else as a bug with a way to the log.
 * Does not wait for the notification to be dismissed.
 */
export async function showError(log: vscode.LogOutputChannel, thrown: unknown): Promise<void> {
  if (thrown instanceof Cancelled) return;
  if (thrown instanceof UserError) {
    log.warn(thrown.toString());
    if (thrown.code === 'untrusted') {
      void offerTrust(thrown);
      return;
    }
    const { file, line } = thrown.place;
    void offer(`${thrown.message} ${thrown.remedy}`, {
      ...(file === undefined ? {} : { [vscode.l10n.t('Open File')]: () => openPlace(file, line) }),
      [vscode.l10n.t('Show Log')]: () => log.show(true),
    });
    return;
  }
  log.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  void offer(vscode.l10n.t('Something went wrong in Reflection Workbench: {0}', messageOf(thrown)), {
    [vscode.l10n.t('Show Log')]: () => log.show(true),
  });
}

/** Nothing is broken, so this is no error; the remedy is a click away. */
async function offerTrust({ message, remedy }: UserError): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const chosen = await showWarning(`${message} ${remedy}`, manage);
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}

async function offer(message: string, actions: Readonly<Record<string, () => unknown>>): Promise<void> {
  const chosen = await showFailure(message, ...Object.keys(actions));
  if (chosen !== undefined) await actions[chosen]?.();
}
