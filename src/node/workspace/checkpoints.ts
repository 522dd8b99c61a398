import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../core/errors.ts';
import { type CheckpointMark, checkpointMarkSchema } from '../../core/schema/event.ts';
import { isRun, readManifest, resolveRun } from '../runs/index.ts';

/** A complete checkpoint that llama.cpp can run. */
export interface CheckpointModel {
  /** `RUN@step-000028`. */
  readonly name: string;
  readonly dir: string;
  /** Absolute path of its GGUF file. */
  readonly gguf: string;
  readonly step: number;
  /** Name of the training run's directory. */
  readonly run: string;
  readonly mark: CheckpointMark;
}

/** What stands in `dir`: a checkpoint, or a training run, whose newest complete checkpoint is taken. Null: neither. */
export async function checkpointAt(dir: string): Promise<CheckpointModel | null> {
  const mark = await readMark(dir);
  if (mark !== null) return toModel(dir, mark);
  if (!(await isRun(dir))) return null;
  const [newest] = await completeCheckpoints(dir);
  if (newest !== undefined) return toModel(newest.dir, newest.mark);
  const { kind } = await readManifest(dir);
  throw new UserError('no-checkpoint', `The run has no complete checkpoint; it is of kind "${kind}".`, {
    place: { file: dir },
    remedy: kind === 'train' ? 'Wait until training has saved one, or resume it.' : 'Name a training run.',
  });
}

/** `RUN` or `RUN@step-000028`, the run by name or path. Null when no run fits the name. */
export async function checkpointOfRun(workspaceDir: string, wanted: string): Promise<CheckpointModel | null> {
  const at = /^(?<run>.+)@(?<step>step-\d+|\d+)$/.exec(wanted)?.groups;
  const dir = await resolveRun(workspaceDir, at?.run ?? wanted).catch((thrown: unknown) => {
    if (thrown instanceof UserError && thrown.code === 'run-unknown') return null;
    throw thrown;
  });
  if (dir === null) return null;
  if (at === undefined) return checkpointAt(dir);
  const step = Number(/\d+$/.exec(at.step ?? '')?.[0]);
  const all = await completeCheckpoints(dir);
  const found = all.find(({ mark }) => mark.step === step);
  if (found !== undefined) return toModel(found.dir, found.mark);
  throw new UserError('no-checkpoint', `The run has no complete checkpoint of step ${step}.`, {
    place: { file: dir },
    remedy:
      all.length > 0
        ? `Use one of ${all.map(({ mark }) => stepName(mark.step)).join(', ')}.`
        : 'Wait until training has saved one, or resume it.',
  });
}

/** The complete checkpoints of a training run, newest first. */
export async function completeCheckpoints(
  runDir: string,
): Promise<{ readonly dir: string; readonly mark: CheckpointMark }[]> {
  const root = path.join(runDir, 'checkpoints');
  const names = await readdir(root).catch(() => []);
  const found: { dir: string; mark: CheckpointMark }[] = [];
  for (const name of names) {
    const dir = path.join(root, name);
    const mark = await readMark(dir);
    if (mark !== null) found.push({ dir, mark });
  }
  return found.sort((a, b) => b.mark.step - a.mark.step);
}

/** `complete.json`, written last: without it, or when it cannot be read, the checkpoint does not exist. */
async function readMark(dir: string): Promise<CheckpointMark | null> {
  try {
    return checkpointMarkSchema.parse(JSON.parse(await readFile(path.join(dir, 'complete.json'), 'utf8')));
  } catch {
    return null;
  }
}

async function toModel(dir: string, mark: CheckpointMark): Promise<CheckpointModel> {
  const gguf = path.join(dir, mark.gguf ?? 'model.gguf');
  if (mark.gguf === null || !(await isFile(gguf))) {
    throw new UserError('checkpoint-no-gguf', 'The checkpoint has no GGUF file to run.', {
      place: { file: dir },
      remedy: 'Serve it with an OpenAI-compatible server and use openai:MODEL@URL, or export it to GGUF.',
    });
  }
  const run = path.basename(path.resolve(dir, '..', '..'));
  return { name: `${run}@${stepName(mark.step)}`, dir, gguf, step: mark.step, run, mark };
}

function stepName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
