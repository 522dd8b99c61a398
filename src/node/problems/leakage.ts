/** The leakage guard: problems that a checkpoint was trained on, recognised when it is evaluated on them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { renderStatement, statementCanonicalText } from '../../core/problems/index.ts';
import { checkpointMarkSchema } from '../../core/schema/event.ts';
import type { Problem } from '../../core/schema/problem.ts';

/** The hash of one statement; the same for copies that differ in white space, case and Unicode form. */
function statementHash(statement: string): string {
  return createHash('sha256').update(statementCanonicalText(statement)).digest('hex');
}

/** Hashes of the statements, sorted, each once: what a training dataset carries to its checkpoint. */
export function problemHashes(problems: readonly Pick<Problem, 'problem'>[]): string[] {
  return [...new Set(problems.map(({ problem }) => statementHash(problem)))].sort();
}

export interface Leakage {
  /** Ids of the problems that were trained on. */
  readonly leaked: readonly string[];
  readonly total: number;
  /** For people; null when nothing leaked. */
  readonly label: string | null;
}

/** Which of the problems the training data held. */
export function findLeakage(
  problems: readonly Pick<Problem, 'id' | 'problem' | 'mode' | 'options'>[],
  trainedOn: readonly string[],
): Leakage {
  const known = new Set(trainedOn);
  const leaked = problems
    .filter(
      (problem) =>
        known.has(statementHash(problem.problem)) || known.has(statementHash(renderStatement(problem))),
    )
    .map(({ id }) => id);
  const total = problems.length;
  const label = leaked.length === 0 ? null : `trained on ${leaked.length} of these ${total} problems`;
  return { leaked, total, label };
}

/** Longer chains of training are not followed: they would go in a circle. */
const MAX_ANCESTORS = 50;

/** Hashes of all problems that a model file was trained on, by the checkpoint that it lies in and its ancestors. */
export async function trainedProblemHashes(modelFile: string): Promise<string[]> {
  const found = new Set<string>();
  let file: string | null = modelFile;
  for (let generation = 0; file !== null && generation < MAX_ANCESTORS; generation++) {
    const mark = await readCheckpointMark(file);
    for (const hash of mark?.problemHashes ?? []) found.add(hash);
    file = mark?.trainedFrom ?? null;
  }
  return [...found].sort();
}

/** `complete.json` of the checkpoint whose folder, or a file in whose folder, this is; null when it is none. */
async function readCheckpointMark(model: string) {
  for (const dir of [path.dirname(model), model]) {
    const text = await readFile(path.join(dir, 'complete.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      const parsed = checkpointMarkSchema.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
    } catch {
      // A torn file is no checkpoint.
    }
  }
  return null;
}
