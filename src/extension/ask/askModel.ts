import path from 'node:path';
import * as vscode from 'vscode';
import { completeCheckpoints, NANO, readWorkspace } from '../../node/workspace/index.ts';
import { type Choice, choose, heading } from '../choose.ts';
import { modelInUse, rememberModel } from '../modelInUse.ts';
import type { Services } from '../services.ts';
import { Cancelled } from '../showError.ts';

const BROWSE = Symbol('browse');
type Value = string | typeof BROWSE;

/**
 * The model to use, in the words of the command line: the built-in one, a row of `reflection.json`, a checkpoint
 * directory, or a GGUF file. The one used last comes first.
 */
export async function askModel(
  services: Services,
  folder: vscode.WorkspaceFolder,
  title: string,
): Promise<string> {
  const choices = [
    ...(await namedModels(folder)),
    ...(await checkpointModels(services, folder)),
    heading(vscode.l10n.t('other')),
    { label: vscode.l10n.t('Browse for a GGUF file…'), value: BROWSE as Value },
  ];
  const chosen = await choose(
    title,
    lastFirst(choices, modelInUse(services, folder)),
    vscode.l10n.t('Model'),
  );
  const model = chosen === BROWSE ? await browse() : chosen;
  await rememberModel(services, model);
  return model;
}

async function namedModels(folder: vscode.WorkspaceFolder): Promise<Choice<Value>[]> {
  const { config } = await readWorkspace(folder.uri.fsPath);
  return [
    {
      label: NANO,
      description: vscode.l10n.t('built in, 0.9 M parameters, for trying things out'),
      value: NANO,
    },
    ...Object.entries(config.models).map(([name, model]) => ({
      label: name,
      description:
        model.engine === 'llama' ? model.path : vscode.l10n.t('{0} at {1}', model.model, model.baseUrl),
      value: name,
    })),
  ];
}

async function checkpointModels(
  services: Services,
  folder: vscode.WorkspaceFolder,
): Promise<(Choice<Value> | vscode.QuickPickItem)[]> {
  await services.runs.refresh();
  const runs = services.runs.runs.filter((run) => run.manifest.kind === 'train' && run.folder === folder);
  const choices: Choice<Value>[] = [];
  for (const run of runs) {
    for (const { dir, mark } of await completeCheckpoints(run.dir)) {
      if (mark.gguf === null) continue;
      choices.push({
        label: vscode.l10n.t('{0} · step {1}', run.manifest.title, mark.step),
        description: run.id,
        value: path.relative(folder.uri.fsPath, dir),
      });
    }
  }
  return choices.length === 0 ? [] : [heading(vscode.l10n.t('checkpoints')), ...choices];
}

function lastFirst(
  choices: readonly (Choice<Value> | vscode.QuickPickItem)[],
  last: string,
): readonly (Choice<Value> | vscode.QuickPickItem)[] {
  const chosen = choices.find((choice) => 'value' in choice && choice.value === last);
  return chosen === undefined ? choices : [chosen, ...choices.filter((choice) => choice !== chosen)];
}

async function browse(): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Model'),
    filters: { GGUF: ['gguf'] },
  });
  const file = picked?.[0]?.fsPath;
  if (file === undefined) throw new Cancelled();
  return file;
}
