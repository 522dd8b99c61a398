import { stat } from 'node:fs/promises';
import path from 'node:path';
import { NANO, readWorkspace } from '../node/workspace/index.ts';
import type { RunEntry } from './runStore.ts';

/**
 * The model that made a run, in the words of the command line; null when the run does not tell. A name of
 * `reflection.json` comes first, since it brings its prompts with it.
 */
export async function modelOfRun({ folder, manifest }: RunEntry): Promise<string | null> {
  const { model } = manifest;
  if (model === undefined) return null;
  const { config } = await readWorkspace(folder.uri.fsPath);
  if (model.name === NANO || Object.hasOwn(config.models, model.name)) return model.name;
  if (model.engine === 'openai') return `openai:${model.path}@${model.baseUrl ?? ''}`;
  const directory = path.dirname(model.path);
  const isCheckpoint = await stat(path.join(directory, 'complete.json')).then(
    () => true,
    () => false,
  );
  return isCheckpoint ? directory : model.path;
}
