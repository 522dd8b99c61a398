/** Asking the trainer what a run would take, without starting it. */
import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../../core/errors.ts';
import type { TrainConfig } from '../../core/schema/trainConfig.ts';
import { type TrainEstimate, trainEstimateSchema } from '../../core/schema/trainEstimate.ts';
import { makeTemporaryFolder } from '../temporaryFolder.ts';
import { CONFIG_FILE } from './createTrainingRun.ts';
import type { TrainerPython } from './python.ts';

/**
 * Steps, tokens, memory and disk of a run that would be written under `runs`. Reads the model's sizes and the data.
 * @throws UserError in the trainer's words, where it would not start either
 */
export async function estimateTraining(
  config: TrainConfig,
  runs: string,
  python: TrainerPython,
  signal: AbortSignal,
): Promise<TrainEstimate> {
  const folder = makeTemporaryFolder('estimate');
  try {
    const file = path.join(folder, CONFIG_FILE);
    await writeFile(file, JSON.stringify(config));
    const args = ['-m', 'reflection_trainer', '--config', file, '--estimate'];
    const env = { ...process.env, ...python.env };
    const { stdout } = await promisify(execFile)(python.command, args, { env, signal });
    const found = trainEstimateSchema.parse(JSON.parse(stdout));
    return { ...found, available: { ...found.available, disk: await freeBytes(runs, found.available.disk) } };
  } catch (error) {
    throw refusal(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The trainer's last word on stderr begins with `error:`. */
function refusal(error: unknown): unknown {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const said = text.slice(text.lastIndexOf('error: ') + 'error: '.length).trim();
  if (!text.includes('error: ')) return error;
  return new UserError('training-refused', said || messageOf(error), {
    remedy: 'The same would end a training; nothing was started.',
    cause: error,
  });
}

async function freeBytes(dir: string, otherwise: number): Promise<number> {
  for (let folder = dir; ; folder = path.dirname(folder)) {
    try {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    } catch {
      if (folder === path.dirname(folder)) return otherwise;
    }
  }
}
