import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/errors.ts';
import { type Choice, choose, heading } from '../choose.ts';
import { findProblemFiles } from '../findProblemFiles.ts';
import { isProblemFile } from '../problemFiles.ts';
import type { Services } from '../services.ts';
import { Cancelled } from '../showError.ts';

const BROWSE = Symbol('browse');

/** The problem file to work on: the active editor's, one of the workspace, the demo set, or any other. */
export async function askProblemFile(services: Services, title: string): Promise<string> {
  const { uri } = vscode.window.activeTextEditor?.document ?? {};
  const active = uri?.scheme === 'file' && (await isProblemFile(uri.fsPath)) ? [uri.fsPath] : [];
  const found = (await findProblemFiles()).map(({ fsPath }) => fsPath);
  const problemFiles = [...new Set([...active, ...found])];
  const [only] = active;
  if (only !== undefined && problemFiles.length === 1) return only;
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
      ...builtIn.map((file) => ({
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
