/** The one reader of run directories: command line, editor and panels all come here. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { messageOf, UserError } from '../../core/errors.ts';
import { SCHEMA_VERSION } from '../../core/schema/common.ts';
import { type RunEvent, runEventSchema } from '../../core/schema/event.ts';
import {
  type Critique,
  critiqueSchema,
  type Dropped,
  droppedSchema,
  type Review,
  reviewSchema,
  type Solution,
  solutionSchema,
} from '../../core/schema/lines.ts';
import { type Problem, problemSchema } from '../../core/schema/problem.ts';
import { type RunManifest, runManifestSchema } from '../../core/schema/run.ts';
import { upgradeManifest } from '../../core/schema/upgrades.ts';
import { errorCode, onDisk } from './diskErrors.ts';
import { type LineFault, readJsonLines } from './jsonLines.ts';
import { MANIFEST_FILE, RUN_LINES } from './layout.ts';
import { requireRegularFiles } from './regularFiles.ts';

/** Everything in a run directory. */
export interface RunData {
  readonly dir: string;
  readonly manifest: RunManifest;
  readonly problems: readonly Problem[];
  /** The newest line of each id: a failed sample that was repeated appears once, as it ended. */
  readonly solutions: readonly Solution[];
  readonly critiques: readonly Critique[];
  readonly dropped: readonly Dropped[];
  readonly reviews: readonly Review[];
  readonly events: readonly RunEvent[];
  /** Lines that could not be used, with file and number. */
  readonly faults: readonly LineFault[];
  /** Events of a type that this version does not know. */
  readonly unknownEvents: number;
}

/** Reads a run directory. Throws a `UserError` when it is none; a bad line is a fault, not an error. */
export async function readRun(dir: string): Promise<RunData> {
  const manifest = await readManifest(dir);
  const at = (name: keyof typeof RUN_LINES) => path.join(dir, RUN_LINES[name]);
  const problems = await readJsonLines(at('problems'), problemSchema);
  const solutions = await readJsonLines(at('solutions'), solutionSchema);
  const critiques = await readJsonLines(at('critiques'), critiqueSchema);
  const dropped = await readJsonLines(at('dropped'), droppedSchema);
  const reviews = await readJsonLines(at('reviews'), reviewSchema);
  const events = await readEvents(dir);
  return {
    dir,
    manifest,
    problems: problems.rows,
    solutions: newestById(solutions.rows),
    critiques: newestById(critiques.rows),
    dropped: dropped.rows,
    reviews: reviews.rows,
    events: events.events,
    faults: [problems, solutions, critiques, dropped, reviews, events].flatMap((part) => part.faults),
    unknownEvents: events.unknownEvents,
  };
}

/** Reads and checks `run.json`. */
export async function readManifest(dir: string): Promise<RunManifest> {
  await requireRegularFiles(dir);
  const file = path.join(dir, MANIFEST_FILE);
  const text = await onDisk(file, () => readFile(file, 'utf8')).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError) || errorCode(thrown.cause) !== 'ENOENT') throw thrown;
    throw new UserError('not-a-run', `${dir} is not a run directory: it has no ${MANIFEST_FILE}.`, {
      place: { file },
      remedy: 'Name a directory under .reflection/runs, or list the runs.',
    });
  });
  const value = parseManifestText(file, text);
  const version = z.object({ schemaVersion: z.int() }).safeParse(value);
  if (version.success && version.data.schemaVersion > SCHEMA_VERSION) {
    throw new UserError('run-too-new', `The run was written in format ${version.data.schemaVersion}.`, {
      place: { file, field: 'schemaVersion' },
      remedy: `This version reads formats up to ${SCHEMA_VERSION}: update the workbench.`,
    });
  }
  const manifest = runManifestSchema.safeParse(upgradeManifest(value));
  if (manifest.success) return manifest.data;
  const issue = manifest.error.issues[0];
  throw new UserError('bad-manifest', issue?.message ?? 'The manifest does not fit.', {
    place: { file, field: issue?.path.join('.') ?? '' },
    remedy: 'Mend the field, or start a new run: the manifest is never changed by the workbench.',
  });
}

function parseManifestText(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new UserError('bad-manifest', `The manifest is not JSON: ${messageOf(thrown)}`, {
      place: { file },
      remedy: 'Mend the file, or start a new run.',
      cause: thrown,
    });
  }
}

const eventTypes: ReadonlySet<string> = new Set(
  runEventSchema.options.map((option) => option.shape.type.value),
);
const anyEventSchema = z.looseObject({ type: z.string() });
/** An event of any type: known ones are checked, the others pass as `null`. */
export const looseEventSchema = anyEventSchema.transform((value, context): RunEvent | null => {
  if (!eventTypes.has(value.type)) return null;
  const parsed = runEventSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
  }
  return z.NEVER;
});

/** The events of a run, without its samples. */
export async function readEvents(
  dir: string,
): Promise<{ events: RunEvent[]; faults: LineFault[]; unknownEvents: number }> {
  const { rows, faults } = await readJsonLines(path.join(dir, RUN_LINES.events), looseEventSchema);
  const events = rows.filter((row) => row !== null);
  return { events, faults, unknownEvents: rows.length - events.length };
}

/** The newest row of each id, in the order in which the ids first appeared. */
export function newestById<T extends { readonly id: string }>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
