import * as vscode from 'vscode';
import { z } from 'zod';

const runSchema = z.object({
  /** The workspace folder's URI. */
  folder: z.string(),
  id: z.string(),
});

/**
 * What a command was called on: a file of the explorer, a row of a tree, a code lens, or the arguments that a
 * keybinding or a test gives. What is missing is asked for.
 */
const targetSchema = z.object({
  file: z.string().optional(),
  /** Name of a public problem set. */
  set: z.string().optional(),
  /** Id of one problem of the file. */
  problem: z.string().optional(),
  run: runSchema.optional(),
  /** Id of a solution of the run. */
  solution: z.string().optional(),
  /** Directory of a checkpoint. */
  checkpoint: z.string().optional(),
  model: z.string().optional(),
  n: z.int().min(1).optional(),
  recipe: z.string().optional(),
  data: z.string().optional(),
});
export type Target = z.infer<typeof targetSchema>;
export type RunName = z.infer<typeof runSchema>;

/** Reads a command's parameter; anything that is not understood is nothing. */
export function targetOf(parameter: unknown): Target {
  if (parameter instanceof vscode.Uri) return parameter.scheme === 'file' ? { file: parameter.fsPath } : {};
  const parsed = targetSchema.safeParse(parameter);
  return parsed.success ? parsed.data : {};
}

/** All rows that were selected when a command was called on one of them. */
export function targetsOf(parameters: readonly unknown[]): Target[] {
  const [one, all] = parameters;
  return Array.isArray(all) && all.length > 0 ? all.map(targetOf) : one === undefined ? [] : [targetOf(one)];
}
