import path from 'node:path';
import type { RunKind } from '../../core/schema/common.ts';

/** The JSONL files of a run directory. */
export const RUN_LINES = {
  problems: 'problems.jsonl',
  solutions: 'solutions.jsonl',
  critiques: 'critiques.jsonl',
  dropped: 'dropped.jsonl',
  reviews: 'reviews.jsonl',
  events: 'events.jsonl',
} as const;
export type RunLines = keyof typeof RUN_LINES;

export const MANIFEST_FILE = 'run.json';

/** Where a workspace keeps its runs. */
export function runsRoot(workspaceDir: string): string {
  return path.join(workspaceDir, '.reflection', 'runs');
}

/** `<yyyymmdd-hhmmss>-<kind>-<slug>` in local time; the slug keeps what is safe in a file name on every system. */
export function newRunId(now: Date, kind: RunKind, slug: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const safe = slug
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, 40)
    .replace(/^[-.]+|[-.]+$/g, '');
  return [`${day}-${time}`, kind, safe].filter((part) => part !== '').join('-');
}
