import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';
import { type WorkspaceConfig, workspaceConfigSchema } from '../../core/schema/workspace.ts';
import { errorCode, onDisk } from '../runs/index.ts';

export const WORKSPACE_FILE = 'reflection.json';

/** A workspace folder and what its `reflection.json` says. */
export interface Workspace {
  readonly dir: string;
  readonly config: WorkspaceConfig;
  /** The configuration file; null when there is none and everything is at its default. */
  readonly file: string | null;
}

/** Reads `reflection.json` at the root of a workspace folder. Throws a `UserError` that names the line or field. */
export async function readWorkspace(dir: string, file = path.join(dir, WORKSPACE_FILE)): Promise<Workspace> {
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return null;
    return onDisk(file, () => Promise.reject(thrown));
  });
  if (text === null) return { dir, config: workspaceConfigSchema.parse({}), file: null };
  return { dir, config: parseConfig(file, text), file };
}

function parseConfig(file: string, text: string): WorkspaceConfig {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    throw new UserError('bad-config', `The file is not JSON: ${messageOf(thrown)}`, {
      place: { file },
      remedy: 'Mend the file: commas between fields, none after the last one, no comments.',
      cause: thrown,
    });
  }
  const parsed = workspaceConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError('bad-config', issue?.message ?? 'The file does not fit.', {
    place: { file, field: issue?.path.join('.') ?? '' },
    remedy: 'Mend the field, or take it out to use the default.',
  });
}
