import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { type ApiKeyName, apiKeyNames, hasApiKey, storeApiKey } from '../../apiKeys.ts';
import { choose } from '../../choose.ts';
import type { Handlers } from '../../commands.ts';
import { rememberModel } from '../../modelInUse.ts';
import { type Services, workspaceFolder } from '../../services.ts';
import { Cancelled } from '../../showError.ts';
import { targetOf } from '../../target.ts';

const TITLE = vscode.l10n.t('Set API Key');

/** The model in use, and the keys of served models. `refresh` draws the Models view again. */
export function modelHandlers(
  services: Services,
  refresh: () => void,
): Handlers<'reflection.setApiKey' | 'reflection.useModel'> {
  return {
    'reflection.useModel': async (parameter) => {
      const { model } = targetOf(parameter);
      if (model === undefined) throw new Cancelled();
      await rememberModel(services, model);
    },
    'reflection.setApiKey': async (parameter) => {
      const name = await askWhich(services, targetOf(parameter).model);
      const typed = await vscode.window.showInputBox({
        title: TITLE,
        prompt: vscode.l10n.t(
          'Key for {0}, given to it as {1}. It is kept in the secret storage of this editor; leave it empty to forget it.',
          name.origin,
          name.variable,
        ),
        password: true,
        ignoreFocusOut: true,
      });
      if (typed === undefined) throw new Cancelled();
      await storeApiKey(services, name, typed.trim());
      refresh();
      return true;
    },
  };
}

async function askWhich(services: Services, model: string | undefined): Promise<ApiKeyName> {
  const folder = workspaceFolder().uri.fsPath;
  const names = await apiKeyNames(folder);
  const [first] = names;
  if (first === undefined) {
    throw new UserError('no-server', vscode.l10n.t('No model of reflection.json needs a key.'), {
      remedy: vscode.l10n.t('Add a model with "engine": "openai" and an "apiKeyEnv".'),
    });
  }
  const named = names.find((name) => name.model === model);
  if (named !== undefined || names.length === 1) return named ?? first;
  const choices = await Promise.all(
    names.map(async (value) => ({
      label: value.model,
      description: `${value.variable} · ${value.origin}`,
      detail: (await hasApiKey(services, value)) ? vscode.l10n.t('is set') : vscode.l10n.t('is not set'),
      value,
    })),
  );
  return choose(TITLE, choices, vscode.l10n.t('Key'));
}
