/** What the runs of a window's workspace hold, as whoever reads the directory sees it; and problems enough for a long one. */
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/host/paths.ts';
import type { RunEvent } from '../../src/core/schema/event.ts';

/** The directories of all runs, oldest first. */
export function runDirectories(workspace: string): string[] {
  const root = path.join(workspace, '.reflection/runs');
  const names = fs.existsSync(root) ? fs.readdirSync(root) : [];
  return names.sort().map((name) => path.join(root, name));
}

/** The lines of a file of a run, none while it is not there; the last one may be half written and does not count. */
export function linesOf<T>(dir: string, name: string): T[] {
  const file = path.join(dir, name);
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): T => JSON.parse(line));
}

/** Of every run. */
export function solutionsIn(workspace: string): { grade: string }[] {
  return runDirectories(workspace).flatMap((dir) => linesOf<{ grade: string }>(dir, 'solutions.jsonl'));
}

/** Events of one type in a run. */
export function eventsOf<Type extends RunEvent['type']>(
  dir: string,
  type: Type,
): Extract<RunEvent, { type: Type }>[] {
  const isOfType = (event: RunEvent): event is Extract<RunEvent, { type: Type }> => event.type === type;
  return linesOf<RunEvent>(dir, 'events.jsonl').filter(isOfType);
}

/** More than are tried before a person can do something. */
export const MANY = 3000;

/** The training set of the demo, ten times, each row with more fields. */
export function manyProblems(more: object = {}): string {
  const file = 'demo-train-300.jsonl';
  const rows = linesOf<{ id: string; problem: string }>(path.join(projectRoot, 'media/problems'), file);
  return Array.from({ length: MANY / rows.length }, (_, day) =>
    rows.map((row) => ({
      ...row,
      ...more,
      id: `${row.id}-${day}`,
      problem: `On day ${day}: ${row.problem}`,
    })),
  )
    .flat()
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}
