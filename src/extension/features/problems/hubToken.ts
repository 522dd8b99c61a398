/** The person's token of the Hugging Face hub: in the editor's secret storage, and nowhere else. */
import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { Cancelled } from '../../showError.ts';

const KEY = 'reflection.huggingFaceToken';

/** Stores what the person types, or forgets the token when nothing is typed. Returns whether there is one now. */
export async function setHubToken({ context }: Services): Promise<boolean> {
  const isStored = (await context.secrets.get(KEY)) !== undefined;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Set Hugging Face Token'),
    prompt: isStored
      ? vscode.l10n.t(
          'For sets that need an account (huggingface.co/settings/tokens). It is kept in the secret storage of this editor. Leave it empty to forget the one that is stored.',
        )
      : vscode.l10n.t(
          'For sets that need an account (huggingface.co/settings/tokens). It is kept in the secret storage of this editor.',
        ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/\s/.test(text.trim()) ? vscode.l10n.t('A token has no spaces.') : undefined),
  });
  if (typed === undefined) throw new Cancelled();
  const token = typed.trim();
  if (token === '') await context.secrets.delete(KEY);
  else await context.secrets.store(KEY, token);
  return token !== '';
}

/**
 * What the importing process gets to see besides the editor's environment. `needed`: the token is asked for when there
 * is none, here or in HF_TOKEN.
 */
export async function hubEnvironment(services: Services, needed: boolean): Promise<Record<string, string>> {
  const stored = () => services.context.secrets.get(KEY);
  let token = await stored();
  if (token === undefined && needed && !process.env.HF_TOKEN) {
    await setHubToken(services);
    token = await stored();
  }
  return token === undefined ? {} : { HF_TOKEN: token };
}
