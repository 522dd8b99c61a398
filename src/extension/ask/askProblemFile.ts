import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors.ts';
import { type Choice, choose, heading } from '../choose.ts';
import { isProblemFile } from '../problemFiles.ts';
import type { Services } from '../services.ts';
import { Cancelled } from '../showError.ts';

const FOUND = '**/*.{jsonl,ndjson,csv,parquet,json,problem.md}';
const SKIPPED = '**/{node_modules,.reflection,.git,.venv}/**';
const FILES_AT_MOST = 200;
const BROWSE = Symbol('browse');

/** The problem file to work on: the active editor's, one of the workspace, the demo set, or any other. */
export async function askProblemFile(services: Services, title: string): Promise<string> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const found = await vscode.workspace.findFiles(FOUND, SKIPPED, FILES_AT_MOST);
  const files = [
    ...new Set([...(active?.scheme === 'file' ? [active] : []), ...found].map((uri) => uri.fsPath)),
  ];
  const problemFiles = await filterAsync(files, isProblemFile);
  if (active !== undefined && problemFiles[0] === active.fsPath && problemFiles.length === 1)
    return active.fsPath;
  const demo = vscode.Uri.joinPath(services.context.extensionUri, 'media', 'problems');
  const builtIn = await vscode.workspace.fs.readDirectory(demo).then(
    (entries) => entries.map(([name]) => vscode.Uri.joinPath(demo, name).fsPath),
    () => [],
  );
  const choice = (file: string): Choice<string | typeof BROWSE> => ({
    label: path.basename(file),
    description: vscode.workspace.asRelativePath(path.dirname(file), true),
    value: file,
  });
  const chosen = await choose<string | typeof BROWSE>(
    title,
    [
      ...problemFiles.map(choice),
      ...(builtIn.length > 0 ? [heading(vscode.l10n.t('built in'))] : []),
      ...(await filterAsync(builtIn, isProblemFile)).map((file) => ({
        ...choice(file),
        description: vscode.l10n.t('demo'),
      })),
      heading(vscode.l10n.t('other')),
      { label: vscode.l10n.t('Browse…'), value: BROWSE },
    ],
    vscode.l10n.t('Problem file (.jsonl, .json, .csv, .parquet, .problem.md)'),
  );
  return chosen === BROWSE ? browse() : chosen;
}

async function browse(): Promise<string> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Problem file'),
    filters: { [vscode.l10n.t('Problem files')]: ['jsonl', 'json', 'csv', 'parquet', 'md'] },
  });
  const file = picked?.[0]?.fsPath;
  if (file === undefined) throw new Cancelled();
  if (await isProblemFile(file)) return file;
  throw new UserError('not-a-problem-file', vscode.l10n.t('No problem was recognised in the first rows.'), {
    place: { file },
    remedy: vscode.l10n.t('Each row needs a statement (problem, question or prompt) and an answer.'),
  });
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, at) => kept[at]);
}
