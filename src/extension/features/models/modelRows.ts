import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { NANO, readWorkspace } from '../../../node/workspace/index.ts';
import { apiKeyNames, hasApiKey } from '../../apiKeys.ts';
import { modelInUse } from '../../modelInUse.ts';
import type { Services } from '../../services.ts';

/** A model that commands can be given. Carries the fields that commands read (`Target`). */
export interface ModelRow {
  readonly model: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly context: string;
  readonly isInUse: boolean;
}

/** The built-in model and those of `reflection.json`; a fault of that file is a row, too. */
export async function modelRows(services: Services): Promise<ModelRow[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || folder.uri.scheme !== 'file') return [];
  const used = modelInUse(services, folder);
  const builtIn: ModelRow = {
    model: NANO,
    description: vscode.l10n.t('built in'),
    tooltip: vscode.l10n.t('0.9 M parameters, for trying things out: no GPU, account or download.'),
    icon: 'package',
    context: 'model',
    isInUse: used === NANO,
  };
  try {
    const { config, dir } = await readWorkspace(folder.uri.fsPath);
    const keys = await apiKeyNames(folder.uri.fsPath);
    const rows = await Promise.all(
      Object.entries(config.models).map(async ([name, model]): Promise<ModelRow> => {
        const isInUse = used === name;
        if (model.engine === 'llama') {
          const file = path.resolve(dir, model.path);
          const size = await stat(file).then(
            (entry) => `${(entry.size / 1e9).toFixed(2)} GB`,
            () => vscode.l10n.t('file is missing'),
          );
          return {
            model: name,
            description: size,
            tooltip: file,
            icon: 'file-binary',
            context: 'model',
            isInUse,
          };
        }
        const { origin } = new URL(model.baseUrl);
        const key = keys.find((one) => one.variable === model.apiKeyEnv && one.origin === origin);
        const isMissing = key !== undefined && !(await hasApiKey(services, key));
        return {
          model: name,
          description: isMissing ? vscode.l10n.t('key is not set') : origin,
          tooltip: `${model.model}\n${model.baseUrl}`,
          icon: isMissing ? 'key' : 'server',
          context: key === undefined ? 'model' : 'model key',
          isInUse,
        };
      }),
    );
    return [builtIn, ...rows];
  } catch (thrown) {
    services.log.warn(`reflection.json could not be read: ${messageOf(thrown)}`);
    const fault = { ...builtIn, model: 'reflection.json', description: messageOf(thrown), isInUse: false };
    return [builtIn, { ...fault, icon: 'warning', tooltip: messageOf(thrown), context: 'fault' }];
  }
}
