import * as vscode from 'vscode';
import { isProblemFile } from './problemFiles.ts';

const ENDINGS = ['jsonl', 'ndjson', 'csv', 'parquet', 'json', 'problem.md'] as const;
type Ending = (typeof ENDINGS)[number];

/** Folders of tools, and of runs, which hold copies of problems and change with every sample. */
export const SKIPPED_FOLDERS = ['node_modules', '.reflection', '.git', '.venv'] as const;
/** Each is opened and looked into. */
const FILES_AT_MOST = 200;

/** Names of files that may hold problems. */
export function problemFileNames(except: readonly Ending[] = []): string {
  return `**/*.{${ENDINGS.filter((ending) => !except.includes(ending)).join()}}`;
}

/** The problem files of the workspace. */
export async function findProblemFiles(except: readonly Ending[] = []): Promise<vscode.Uri[]> {
  const skipped = `**/{${SKIPPED_FOLDERS.join()}}/**`;
  const found = await vscode.workspace.findFiles(problemFileNames(except), skipped, FILES_AT_MOST);
  const are = await Promise.all(found.map(({ fsPath }) => isProblemFile(fsPath)));
  return found.filter((_, at) => are[at]);
}
