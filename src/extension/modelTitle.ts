import path from 'node:path';
import type * as vscode from 'vscode';
import { runsRoot } from '../node/runs/layout.ts';
import type { Services } from './services.ts';

/** What people call a model that the command line is given: `nano`, the stem of a file, `scft-nano from nano, step 28`. */
export function modelTitle(services: Services, folder: vscode.WorkspaceFolder, model: string): string {
  const full = path.resolve(folder.uri.fsPath, model);
  const inRuns = path.relative(runsRoot(folder.uri.fsPath), full).split(path.sep);
  const [id, , checkpoint] = inRuns;
  const run = services.runs.runs.find((entry) => entry.folder === folder && entry.id === id);
  const step = /^step-0*(\d+)$/.exec(checkpoint ?? '')?.[1];
  if (run !== undefined && step !== undefined) return `${run.manifest.title || run.id}, step ${step}`;
  return path.basename(model).replace(/\.gguf$/i, '');
}
