import * as vscode from 'vscode';
import { UserError } from '../../../core/errors.ts';
import { readWorkspace, WORKSPACE_FILE } from '../../../node/workspace/readWorkspace.ts';
import { type ApiKeyName, apiKeyNames, hasApiKey, storeApiKey } from '../../apiKeys.ts';
import { type Choice, choose } from '../../choose.ts';
import type { Handlers } from '../../commands.ts';
import { showInformation, showWarning } from '../../messages.ts';
import { rememberModel } from '../../modelInUse.ts';
import { requireTrust, type Services, workspaceFolder } from '../../services.ts';
import { Cancelled } from '../../showError.ts';
import { targetOf } from '../../target.ts';
import type { ModelsTree } from './tree.ts';

const TITLE = vscode.l10n.t('Set API Key');

type Commands =
  | 'reflection.setApiKey'
  | 'reflection.useModel'
  | 'reflection.checkServer'
  | 'reflection.openConfiguration';

/** The model in use, servers and their keys, and the file that names them all. */
export function modelHandlers(services: Services, { servers, refresh }: ModelsTree): Handlers<Commands> {
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
    'reflection.checkServer': async (parameter) => {
      requireTrust(vscode.l10n.t('Asking a server'));
      const { config } = await readWorkspace(workspaceFolder().uri.fsPath);
      const served = Object.entries(config.models).flatMap(([name, model]) =>
        model.engine === 'openai' ? [{ label: name, description: model.baseUrl, value: model.baseUrl }] : [],
      );
      const named = served.find(({ label }) => label === targetOf(parameter).model);
      const baseUrl = named?.value ?? (await askServer(served));
      const state = await servers.ask(baseUrl);
      refresh();
      const { origin } = new URL(baseUrl);
      void (state === 'answers'
        ? showInformation(vscode.l10n.t('{0} answers.', origin))
        : showWarning(vscode.l10n.t('{0} does not answer. Start the server, or mend its address.', origin)));
      return state;
    },
    'reflection.openConfiguration': async () => {
      const file = vscode.Uri.joinPath(workspaceFolder().uri, WORKSPACE_FILE);
      const isThere = await vscode.workspace.fs.stat(file).then(
        () => true,
        () => false,
      );
      if (!isThere) await vscode.workspace.fs.writeFile(file, Buffer.from(NEW_CONFIGURATION));
      await vscode.window.showTextDocument(file);
      return file;
    },
  };
}

/** A beginning that says by completion what may stand in it. */
const NEW_CONFIGURATION = '{\n  "models": {\n    \n  }\n}\n';

function askServer(served: readonly Choice<string>[]): Promise<string> {
  if (served.length > 0) return choose(vscode.l10n.t('Check Server'), served, vscode.l10n.t('Server'));
  throw new UserError('no-server', vscode.l10n.t('No model of reflection.json is on a server.'), {
    remedy: vscode.l10n.t('Add a model with "engine": "openai" and a "baseUrl".'),
  });
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
