import type * as vscode from 'vscode';

/** Files that may hold problems; whether one does is asked of its first rows. */
export const PROBLEM_FILES: vscode.DocumentFilter[] = ['jsonl', 'ndjson', 'json', 'csv', 'problem.md'].map(
  (extension) => ({ scheme: 'file', pattern: `**/*.${extension}` }),
);
