import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { Cancelled } from '../showError.ts';

/** How many samples. The answer is remembered under `key` for this workspace. */
export async function askCount(
  services: Services,
  key: string,
  options: { title: string; prompt: string; initial: number },
): Promise<number> {
  const remembered = services.context.workspaceState.get<number>(key) ?? options.initial;
  const answer = await vscode.window.showInputBox({
    title: options.title,
    prompt: options.prompt,
    value: String(remembered),
    validateInput: (text) => (isCount(text) ? undefined : vscode.l10n.t('A whole number from 1 to 1024.')),
  });
  if (answer === undefined || !isCount(answer)) throw new Cancelled();
  const count = Number(answer);
  await services.context.workspaceState.update(key, count);
  return count;
}

function isCount(text: string): boolean {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= 1024;
}
